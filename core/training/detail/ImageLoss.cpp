// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/detail/ImageLoss.h"

#include <fmt/format.h>

#include <utility>

namespace graft::training {

namespace {
constexpr std::size_t kAFew = 5;
constexpr std::size_t kOneIn = 100;
constexpr std::size_t kQuarter = 4;
}  // namespace

ImageLoss::ImageLoss(std::vector<int> labels) : m_labels(std::move(labels)) {
    for (const int label : m_labels) {
        if (label == kNoPart) continue;
        ++m_total;
        const auto index = static_cast<std::size_t>(label);
        if (index >= m_left.size()) m_left.resize(index + 1, 0);
        ++m_left[index];
    }
}

void ImageLoss::add(std::size_t image, const std::string& path, const std::string& why) {
    if (!isThere(image)) return;
    const auto label = static_cast<std::size_t>(std::exchange(m_labels[image], kNoPart));
    if (m_count++ == 0) m_first = path;
    if (m_why.empty() && !why.empty()) {
        m_first = path;
        m_why = " (" + why.substr(0, why.find_last_not_of('.') + 1) + ")";
    }
    if (--m_left[label] == 0) m_lostClass = true;
}

bool ImageLoss::isTooMuch() const {
    const bool many = m_count > kAFew && m_count * kOneIn > m_total;
    return many || m_count * kQuarter > m_total || m_lostClass;
}

std::string ImageLoss::sentence(const std::string& kind, const std::string& what) const {
    return fmt::format("{} of {} {} images {}{}{} {}{}.", m_count, m_total, kind, what,
                       m_lostClass ? ", all of a class among them" : "",
                       m_count == 1 ? ":" : ", the first is", m_first, m_why);
}

tl::unexpected<Error> lostTooMuch(const ImageLoss& loss, const std::string& kind, const std::string& root,
                                  const std::string& remedy, const std::string& what) {
    return fail(ErrorCode::Unreadable, loss.sentence(kind, what) + " " + remedy, root);
}

}  // namespace graft::training
