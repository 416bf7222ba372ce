// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/detail/ImageLoss.h"

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

void ImageLoss::add(std::size_t image, const std::string& path, const Message& why) {
    if (!isThere(image)) return;
    const auto label = static_cast<std::size_t>(std::exchange(m_labels[image], kNoPart));
    if (m_count++ == 0) m_first = path;
    if (m_why.empty() && !why.empty()) {
        m_first = path;
        m_why = why;
    }
    if (--m_left[label] == 0) m_lostClass = true;
}

bool ImageLoss::isTooMuch() const {
    const bool many = m_count > kAFew && m_count * kOneIn > m_total;
    return many || m_count * kQuarter > m_total || m_lostClass;
}

Message ImageLoss::sentence(data::Split split, const Message& what) const {
    const Message lost = m_lostClass ? Message(GRAFT_TEXT("{1}, all of a class among them"), what) : what;
    const Message first =
        m_why.empty() ? Message::words(m_first) : Message(GRAFT_TEXT("{1} ({2})"), m_first, m_why);
    const bool isTraining = split == data::Split::Train;
    const char* one = isTraining ? GRAFT_TEXT("{1} of {2} training images {3}: {4}.")
                                 : GRAFT_TEXT("{1} of {2} validation images {3}: {4}.");
    const char* several = isTraining ? GRAFT_TEXT("{1} of {2} training images {3}, the first is {4}.")
                                     : GRAFT_TEXT("{1} of {2} validation images {3}, the first is {4}.");
    return {m_count == 1 ? one : several, m_count, m_total, lost, first};
}

tl::unexpected<Error> lostTooMuch(const ImageLoss& loss, data::Split split, const std::string& root,
                                  const Message& remedy, const Message& what) {
    return fail(ErrorCode::Unreadable, {GRAFT_TEXT("{1} {2}"), loss.sentence(split, what), remedy}, root);
}

}  // namespace graft::training
