// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/augment/Homography.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace graft::data {

namespace {

constexpr std::size_t kUnknowns = 8;
using Row = std::array<double, kUnknowns + 1>;  // of a linear system, its right side last

// Gauss and Jordan's elimination. False where the rows do not determine the unknowns.
bool solve(std::array<Row, kUnknowns>& rows) {
    for (std::size_t column = 0; column < kUnknowns; ++column) {
        const auto largest =
            std::ranges::max_element(rows.begin() + static_cast<std::ptrdiff_t>(column), rows.end(), {},
                                     [column](const Row& row) { return std::abs(row[column]); });
        std::swap(rows[column], *largest);
        const double pivot = rows[column][column];
        if (std::abs(pivot) < 1e-12) return false;
        for (double& value : rows[column])
            value /= pivot;
        for (std::size_t other = 0; other < kUnknowns; ++other) {
            if (other == column) continue;
            const double factor = rows[other][column];
            for (std::size_t i = column; i <= kUnknowns; ++i)
                rows[other][i] -= factor * rows[column][i];
        }
    }
    return true;
}

}  // namespace

std::optional<Homography> Homography::ofCorners(const std::array<Point, 4>& from,
                                                const std::array<Point, 4>& to) {
    std::array<Row, kUnknowns> rows{};
    for (std::size_t i = 0; i < from.size(); ++i) {
        const auto [x, y] = from[i];
        const auto [u, v] = to[i];
        rows[2 * i] = {x, y, 1, 0, 0, 0, -u * x, -u * y, u};
        rows[2 * i + 1] = {0, 0, 0, x, y, 1, -v * x, -v * y, v};
    }
    if (!solve(rows)) return std::nullopt;
    Homography map;
    for (std::size_t i = 0; i < kUnknowns; ++i)
        map.m[i] = rows[i][kUnknowns];
    return map;
}

Mapped mapped(const Homography& map, const Point& point) {
    const auto& m = map.m;
    if (map.isAffine() && m[8] == 1) {
        return {{m[0] * point.x + m[1] * point.y + m[2], m[3] * point.x + m[4] * point.y + m[5]},
                {m[0], m[3]},
                {m[1], m[4]},
                true};
    }
    const double depth = m[6] * point.x + m[7] * point.y + m[8];
    if (!(depth > 1e-9)) return {};
    const double x = (m[0] * point.x + m[1] * point.y + m[2]) / depth;
    const double y = (m[3] * point.x + m[4] * point.y + m[5]) / depth;
    return {{x, y},
            {(m[0] - m[6] * x) / depth, (m[3] - m[6] * y) / depth},
            {(m[1] - m[7] * x) / depth, (m[4] - m[7] * y) / depth},
            std::isfinite(x) && std::isfinite(y)};
}

Homography operator*(const Homography& left, const Homography& right) {
    Homography product;
    for (std::size_t row = 0; row < 3; ++row) {
        for (std::size_t column = 0; column < 3; ++column) {
            double sum = 0;
            for (std::size_t i = 0; i < 3; ++i)
                sum += left.m[row * 3 + i] * right.m[i * 3 + column];
            product.m[row * 3 + column] = sum;
        }
    }
    return product;
}

}  // namespace graft::data
