// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/comparing/detail/Statistics.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace graft::comparing {

double normalBound(double confidence) {
    double low = 0;
    double high = 40;
    for (int i = 0; i < 100; ++i) {
        const double middle = (low + high) / 2;
        (std::erf(middle / std::numbers::sqrt2) < confidence ? low : high) = middle;
    }
    return (low + high) / 2;
}

Interval wilson(double share, std::size_t n, double confidence) {
    const double count = static_cast<double>(n);
    const double z = normalBound(confidence);
    const double z2 = z * z / count;
    const double centre = share + z2 / 2;
    const double half = z * std::sqrt(share * (1 - share) / count + z2 / (4 * count));
    return {std::max(0.0, (centre - half) / (1 + z2)), std::min(1.0, (centre + half) / (1 + z2))};
}

Difference pairedDifference(const std::vector<bool>& first, const std::vector<bool>& second,
                            double confidence) {
    double both = 0, firstOnly = 0, secondOnly = 0, none = 0;
    for (std::size_t i = 0; i < first.size(); ++i)
        (first[i] ? (second[i] ? both : firstOnly) : (second[i] ? secondOnly : none)) += 1;
    const double n = both + firstOnly + secondOnly + none;
    const double p1 = (both + firstOnly) / n;
    const double p2 = (both + secondOnly) / n;
    const Interval one = wilson(p1, first.size(), confidence);
    const Interval two = wilson(p2, second.size(), confidence);
    // The correlation of the answers, with the article's correction for continuity.
    const double margins =
        (both + firstOnly) * (secondOnly + none) * (both + secondOnly) * (firstOnly + none);
    double covariance = both * none - firstOnly * secondOnly;
    if (covariance > 0) covariance = std::max(0.0, covariance - n / 2);
    const double phi = margins > 0 ? covariance / std::sqrt(margins) : 0;
    const auto distance = [phi](double a, double b) {
        return std::sqrt(std::max(0.0, a * a - 2 * phi * a * b + b * b));
    };
    const double value = (firstOnly - secondOnly) / n;
    return {value,
            {value - distance(p1 - one.low, two.high - p2), value + distance(one.high - p1, p2 - two.low)}};
}

}  // namespace graft::comparing
