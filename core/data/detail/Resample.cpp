// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/detail/Resample.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "core/data/detail/Filter.h"

namespace graft::data {

namespace {

constexpr int kPrecisionBits = 32 - 8 - 2;  // fixed point: 8 bits of pixel, 2 of headroom

// For each output position: the first input it reads, and its weights.
struct Taps {
    int perOutput = 0;
    std::vector<int> first;
    std::vector<int> count;
    std::vector<std::int32_t> weights;  // outputs x perOutput
};

// The input is what lies from `begin` to `begin + length` of `pixels` pixels; `first` counts from the pixel
// that it begins in.
Taps makeTaps(double begin, double length, int pixels, int outputSize, int windowStart, int windowSize,
              Interpolation interpolation) {
    const int firstPixel = static_cast<int>(begin);
    const double offset = begin - firstPixel;
    const int inputSize = std::min(pixels, static_cast<int>(std::ceil(begin + length))) - firstPixel;
    const double scale = length / outputSize;
    const double filterScale = std::max(1.0, scale);
    const double support = filterSupport(interpolation) * filterScale;
    Taps taps;
    taps.perOutput = static_cast<int>(std::ceil(support)) * 2 + 1;
    taps.first.resize(static_cast<std::size_t>(windowSize));
    taps.count.resize(static_cast<std::size_t>(windowSize));
    taps.weights.assign(static_cast<std::size_t>(windowSize) * static_cast<std::size_t>(taps.perOutput), 0);

    std::vector<double> exact(static_cast<std::size_t>(taps.perOutput));
    for (int i = 0; i < windowSize; ++i) {
        const double centre = offset + (windowStart + i + 0.5) * scale;
        const int low = std::max(0, static_cast<int>(centre - support + 0.5));
        const int high = std::min(inputSize, static_cast<int>(centre + support + 0.5));
        double sum = 0.0;
        for (int x = low; x < high; ++x) {
            const double weight = filterWeight(interpolation, (x - centre + 0.5) / filterScale);
            exact[static_cast<std::size_t>(x - low)] = weight;
            sum += weight;
        }
        const auto index = static_cast<std::size_t>(i);
        taps.first[index] = low;
        taps.count[index] = high - low;
        for (int x = 0; x < high - low; ++x) {
            const double weight = exact[static_cast<std::size_t>(x)] / sum * (1 << kPrecisionBits);
            taps.weights[index * static_cast<std::size_t>(taps.perOutput) + static_cast<std::size_t>(x)] =
                static_cast<std::int32_t>(weight < 0 ? weight - 0.5 : weight + 0.5);
        }
    }
    return taps;
}

std::uint8_t toByte(std::int32_t sum) {
    return static_cast<std::uint8_t>(std::clamp(sum >> kPrecisionBits, 0, 255));
}

}  // namespace

base::Image resample(const base::Image& image, const Box& source, int width, int height,
                     const Rectangle& window, Interpolation interpolation) {
    constexpr std::int32_t kHalf = 1 << (kPrecisionBits - 1);
    const Taps across =
        makeTaps(source.x, source.width, image.width, width, window.x, window.width, interpolation);
    const Taps down =
        makeTaps(source.y, source.height, image.height, height, window.y, window.height, interpolation);

    const int left = static_cast<int>(source.x);
    const int top = static_cast<int>(source.y);
    const int firstRow = down.first.front();
    const int lastRow = down.first.back() + down.count.back();
    base::Image narrow(window.width, lastRow - firstRow);
    for (int y = 0; y < narrow.height; ++y) {
        const std::uint8_t* in = image.row(top + firstRow + y) + static_cast<std::ptrdiff_t>(left) * 3;
        std::uint8_t* out = narrow.row(y);
        for (std::size_t x = 0; x < static_cast<std::size_t>(window.width); ++x, out += 3) {
            const std::int32_t* weights = &across.weights[x * static_cast<std::size_t>(across.perOutput)];
            const std::uint8_t* pixel = in + static_cast<std::ptrdiff_t>(across.first[x]) * 3;
            std::int32_t red = kHalf;
            std::int32_t green = kHalf;
            std::int32_t blue = kHalf;
            for (int i = 0; i < across.count[x]; ++i, pixel += 3) {
                red += pixel[0] * weights[i];
                green += pixel[1] * weights[i];
                blue += pixel[2] * weights[i];
            }
            out[0] = toByte(red);
            out[1] = toByte(green);
            out[2] = toByte(blue);
        }
    }

    base::Image result(window.width, window.height);
    std::vector<std::int32_t> sums(result.stride());
    for (int y = 0; y < window.height; ++y) {
        const auto index = static_cast<std::size_t>(y);
        std::ranges::fill(sums, kHalf);
        for (int i = 0; i < down.count[index]; ++i) {
            const std::int32_t weight =
                down.weights[index * static_cast<std::size_t>(down.perOutput) + static_cast<std::size_t>(i)];
            const std::uint8_t* in = narrow.row(down.first[index] - firstRow + i);
            for (std::size_t x = 0; x < sums.size(); ++x)
                sums[x] += in[x] * weight;
        }
        std::ranges::transform(sums, result.row(y), toByte);
    }
    return result;
}

}  // namespace graft::data
