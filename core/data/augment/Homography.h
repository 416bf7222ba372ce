// SPDX-License-Identifier: GPL-3.0-or-later
// A map of the plane that keeps straight lines straight: affine maps and perspective. Geometric augmentations
// are such maps, and one after another they are one again.
#pragma once

#include <array>
#include <optional>

namespace graft::data {

struct Point {
    double x = 0;
    double y = 0;
};

struct Homography {
    // Row by row; acts on (x, y, 1).
    std::array<double, 9> m{1, 0, 0, 0, 1, 0, 0, 0, 1};

    // x -> a x + b y + c, y -> d x + e y + f.
    static Homography affine(double a, double b, double c, double d, double e, double f) {
        return {{a, b, c, d, e, f, 0, 0, 1}};
    }
    static Homography moved(double x, double y) { return affine(1, 0, x, 0, 1, y); }
    static Homography scaled(double x, double y) { return affine(x, 0, 0, 0, y, 0); }
    // The one that takes each corner to its partner. None where three of them lie on a line.
    static std::optional<Homography> ofCorners(const std::array<Point, 4>& from,
                                               const std::array<Point, 4>& to);

    bool isAffine() const { return m[6] == 0 && m[7] == 0; }
    bool operator==(const Homography&) const = default;
};

// Where a point comes to, and how far two neighbours of it are apart there: the derivatives by x and y.
struct Mapped {
    Point at;
    Point byX;
    Point byY;
    bool isFinite = false;  // not on the horizon or behind it
};
Mapped mapped(const Homography& map, const Point& point);

// First the right one, then the left one.
Homography operator*(const Homography& left, const Homography& right);

}  // namespace graft::data
