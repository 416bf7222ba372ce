// SPDX-License-Identifier: GPL-3.0-or-later
// Random numbers of other distributions than the uniform one, from a stream of Seed.h; the standard library's
// own differ between its makers.
#pragma once

#include <array>
#include <cmath>
#include <numbers>

#include "core/base/Seed.h"

namespace graft::base {

// Two of mean 0 and standard deviation 1 (Box and Muller 1958).
inline std::array<double, 2> twoNormals(RandomStream& random) {
    const double radius = std::sqrt(-2 * std::log(1 - random.uniform()));
    const double angle = 2 * std::numbers::pi * random.uniform();
    return {radius * std::cos(angle), radius * std::sin(angle)};
}
inline double normal(RandomStream& random) {
    return twoNormals(random)[0];
}

// Scale 1; shape > 0 (Marsaglia and Tsang 2000).
inline double gamma(RandomStream& random, double shape) {
    if (shape < 1) return gamma(random, shape + 1) * std::pow(1 - random.uniform(), 1 / shape);
    const double d = shape - 1.0 / 3;
    const double c = 1 / std::sqrt(9 * d);
    while (true) {
        const double x = normal(random);
        const double v = std::pow(1 + c * x, 3);
        if (v > 0 && std::log(1 - random.uniform()) < x * x / 2 + d - d * v + d * std::log(v)) return d * v;
    }
}

// From 0 to 1; a, b > 0.
inline double beta(RandomStream& random, double a, double b) {
    const double first = gamma(random, a);
    const double sum = first + gamma(random, b);
    return sum > 0 ? first / sum : 0.5;
}

}  // namespace graft::base
