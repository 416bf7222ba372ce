// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/augment/Warp.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "core/data/detail/Filter.h"

namespace graft::data {

namespace {

using Colour = std::array<std::uint8_t, 3>;

// The pixels that one direction's filter reads for a point, and their weights.
class Taps {
  public:
    explicit Taps(Interpolation interpolation) : m_interpolation(interpolation) {}

    // centre: within 0..size; scale: pixels of the picture for one of the result, at least 1.
    void aim(double centre, double scale, int size) {
        const double support = filterSupport(m_interpolation) * scale;
        first = std::max(0, static_cast<int>(centre - support + 0.5));
        const int end = std::max(std::min(size, static_cast<int>(centre + support + 0.5)), first + 1);
        weights.resize(static_cast<std::size_t>(end - first));
        sum = 0;
        const double perPixel = 1 / scale;
        for (int x = first; x < end; ++x) {
            const double weight = filterWeight(m_interpolation, (x - centre + 0.5) * perPixel);
            weights[static_cast<std::size_t>(x - first)] = static_cast<float>(weight);
            sum += static_cast<float>(weight);
        }
    }

    int first = 0;
    std::vector<float> weights;
    float sum = 0;

  private:
    Interpolation m_interpolation;
};

// Back into 0..size over the borders, which mirror.
double mirrored(double x, double size) {
    const double folded = std::fmod(std::abs(x), 2 * size);
    return folded < size ? folded : 2 * size - folded;
}

std::uint8_t toByte(float value) {
    return static_cast<std::uint8_t>(std::clamp(value + 0.5F, 0.0F, 255.0F));
}

void sample(const base::Image& image, const Taps& across, const Taps& down, std::uint8_t* out) {
    float red = 0;
    float green = 0;
    float blue = 0;
    for (std::size_t i = 0; i < down.weights.size(); ++i) {
        const std::uint8_t* pixel =
            image.row(down.first + static_cast<int>(i)) + std::ptrdiff_t{3} * across.first;
        for (const float acrossWeight : across.weights) {
            const float weight = down.weights[i] * acrossWeight;
            red += weight * static_cast<float>(pixel[0]);
            green += weight * static_cast<float>(pixel[1]);
            blue += weight * static_cast<float>(pixel[2]);
            pixel += 3;
        }
    }
    const float whole = 1 / (across.sum * down.sum);
    out[0] = toByte(red * whole);
    out[1] = toByte(green * whole);
    out[2] = toByte(blue * whole);
}

// The same where the filter is a triangle over four pixels.
void sampleBetweenFour(const base::Image& image, const Point& at, std::uint8_t* out) {
    const double x = std::clamp(at.x - 0.5, 0.0, image.width - 1.0);
    const double y = std::clamp(at.y - 0.5, 0.0, image.height - 1.0);
    const int left = static_cast<int>(x);
    const int top = static_cast<int>(y);
    const auto right = static_cast<float>(x - left);
    const auto below = static_cast<float>(y - top);
    const std::ptrdiff_t next = left + 1 < image.width ? 3 : 0;
    const std::uint8_t* upper = image.row(top) + std::ptrdiff_t{3} * left;
    const std::uint8_t* lower = top + 1 < image.height ? upper + image.stride() : upper;
    for (int channel = 0; channel < 3; ++channel, ++upper, ++lower) {
        const auto between = [right, next](const std::uint8_t* pixel) {
            return static_cast<float>(pixel[0]) + right * static_cast<float>(pixel[next] - pixel[0]);
        };
        const float above = between(upper);
        out[channel] = toByte(above + below * (between(lower) - above));
    }
}

double scaleOf(double byX, double byY, bool isAntialiased) {
    return isAntialiased ? std::max(1.0, std::sqrt(byX * byX + byY * byY)) : 1.0;
}

}  // namespace

base::Image warp(const base::Image& image, const Homography& map, int width, int height,
                 Interpolation interpolation, const Surroundings& surroundings, bool isAntialiased) {
    const Outside outside = surroundings.outside;
    const Colour plain = outside == Outside::Black ? Colour{} : surroundings.mean;
    const bool isPlain = outside == Outside::Black || outside == Outside::Mean;
    Taps across(interpolation);
    Taps down(interpolation);
    base::Image result(width, height);
    for (int y = 0; y < height; ++y) {
        std::uint8_t* out = result.row(y);
        for (int x = 0; x < width; ++x, out += 3) {
            const Mapped from = mapped(map, {x + 0.5, y + 0.5});
            Point at = from.at;
            const bool isInside =
                at.x >= 0 && at.x < image.width && at.y >= 0 && at.y < image.height && from.isFinite;
            if (!isInside && (isPlain || !from.isFinite)) {
                std::ranges::copy(plain, out);
                continue;
            }
            if (!isInside && outside == Outside::Mirror)
                at = {mirrored(at.x, image.width), mirrored(at.y, image.height)};
            at = {std::clamp(at.x, 0.0, image.width - 1e-6), std::clamp(at.y, 0.0, image.height - 1e-6)};
            const double acrossScale = scaleOf(from.byX.x, from.byY.x, isAntialiased);
            const double downScale = scaleOf(from.byX.y, from.byY.y, isAntialiased);
            if (acrossScale == 1 && downScale == 1 && interpolation == Interpolation::Bilinear) {
                sampleBetweenFour(image, at, out);
                continue;
            }
            across.aim(at.x, acrossScale, image.width);
            down.aim(at.y, downScale, image.height);
            sample(image, across, down, out);
        }
    }
    return result;
}

}  // namespace graft::data
