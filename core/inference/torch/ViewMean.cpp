// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inference/torch/ViewMean.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace graft::inference {

namespace {

// log(exp(a) + exp(b)), where either alone may be too small for a number.
double logOfSum(double a, double b) {
    const double larger = std::max(a, b);
    return larger + std::log1p(std::exp(std::min(a, b) - larger));
}

// Of finite logits.
std::vector<double> logProbabilities(std::span<const float> logits) {
    const double largest = *std::ranges::max_element(logits);
    double sum = 0;
    for (const float logit : logits)
        sum += std::exp(double{logit} - largest);
    std::vector<double> result;
    for (const float logit : logits)
        result.push_back(double{logit} - largest - std::log(sum));
    return result;
}

class ViewMean {
  public:
    ViewMean(std::size_t views, Sink sink) : m_views(views), m_sink(std::move(sink)) {}

    bool operator()(const Seen& seen) {
        if (seen.index % m_views == 0) *this = ViewMean(m_views, std::move(m_sink));
        take(seen);
        const bool isLast = seen.index % m_views == m_views - 1;
        return !isLast || handOut(seen.index / m_views);
    }

  private:
    void take(const Seen& seen) {
        if (seen.replaced != nullptr) m_replaced = *seen.replaced;
        if (seen.error != nullptr && !m_error) m_error = *seen.error;
        if (m_error) return;
        m_isFinite =
            m_isFinite && std::ranges::all_of(seen.row, [](float value) { return std::isfinite(value); });
        m_classes = seen.row.size();
        if (!m_isFinite) return;
        std::vector<double> logs = logProbabilities(seen.row);
        if (!m_sum.empty()) std::ranges::transform(m_sum, logs, logs.begin(), logOfSum);
        m_sum = std::move(logs);
    }

    bool handOut(std::size_t image) {
        const std::string* replaced = m_replaced ? &*m_replaced : nullptr;
        if (m_error) return m_sink({image, {}, &*m_error, replaced});
        std::vector<float> row(m_classes, std::numeric_limits<float>::quiet_NaN());
        if (m_isFinite) {
            const double all = std::log(static_cast<double>(m_views));
            std::ranges::transform(m_sum, row.begin(),
                                   [all](double sum) { return static_cast<float>(sum - all); });
        }
        return m_sink({image, row, nullptr, replaced});
    }

    std::size_t m_views;
    Sink m_sink;
    // Of the image whose views come.
    std::vector<double> m_sum;  // the logarithms of the sums of the probabilities
    std::size_t m_classes = 0;
    bool m_isFinite = true;
    std::optional<Error> m_error;
    std::optional<std::string> m_replaced;
};

}  // namespace

Sink meanOfViews(std::size_t views, Sink sink) {
    return ViewMean(views, std::move(sink));
}

}  // namespace graft::inference
