// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/augment/ByteOps.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

namespace graft::data {

namespace {

using Pixel = std::array<std::uint8_t, 3>;
using Table = std::array<std::uint8_t, 256>;

std::uint8_t toByte(double value) {
    return static_cast<std::uint8_t>(std::clamp(value, 0.0, 255.0));
}

template <class Change>
void forEachPixel(base::Image& image, const Change& change) {
    for (std::size_t i = 0; i + 2 < image.pixels.size(); i += 3) {
        const Pixel before{image.pixels[i], image.pixels[i + 1], image.pixels[i + 2]};
        std::ranges::copy(change(before), image.pixels.begin() + static_cast<std::ptrdiff_t>(i));
    }
}

// Pillow's convert("L").
std::uint8_t brightnessOf(const Pixel& pixel) {
    return static_cast<std::uint8_t>((pixel[0] * 19595 + pixel[1] * 38470 + pixel[2] * 7471 + 0x8000) >> 16);
}

// Pillow's Image.blend: from other (0) to byte (1), and beyond.
std::uint8_t blended(std::uint8_t other, std::uint8_t byte, float factor) {
    const float value = static_cast<float>(other) + factor * static_cast<float>(byte - other);
    return static_cast<std::uint8_t>(std::clamp(value, 0.0F, 255.0F));
}

void blendWith(base::Image& image, std::uint8_t grey, double factor) {
    Table table;
    for (std::size_t i = 0; i < table.size(); ++i)
        table[i] = blended(grey, static_cast<std::uint8_t>(i), static_cast<float>(factor));
    for (std::uint8_t& byte : image.pixels)
        byte = table[byte];
}

struct Hsv {
    std::uint8_t hue = 0;
    std::uint8_t saturation = 0;
    std::uint8_t value = 0;
};

// Pillow's conversions, single precision where it has that.
Hsv hsvOf(const Pixel& pixel) {
    const std::uint8_t low = std::ranges::min(pixel);
    const std::uint8_t high = std::ranges::max(pixel);
    if (low == high) return {0, 0, high};
    const auto range = static_cast<float>(high - low);
    const auto below = [&](std::size_t channel) { return static_cast<float>(high - pixel[channel]) / range; };
    float hue = 0;
    if (pixel[0] == high) {
        hue = below(2) - below(1);
    } else if (pixel[1] == high) {
        hue = static_cast<float>(2.0 + below(0) - below(2));
    } else {
        hue = static_cast<float>(4.0 + below(1) - below(0));
    }
    const double turned = hue / 6.0 + 1.0;
    hue = static_cast<float>(turned >= 1.0 ? turned - 1.0 : turned);
    return {toByte(hue * 255.0), toByte(range / static_cast<float>(high) * 255.0), high};
}

Pixel rgbOf(const Hsv& colour) {
    const std::uint8_t v = colour.value;
    if (colour.saturation == 0) return {v, v, v};
    const double turned = static_cast<float>(colour.hue) * 6.0 / 255.0;
    const int sector = static_cast<int>(turned);
    const auto f = static_cast<float>(turned - static_cast<float>(sector));
    const float s = static_cast<float>(colour.saturation) / 255.0F;
    const auto darker = [&](double share) { return toByte(static_cast<float>(v) * (1.0 - share) + 0.5); };
    const std::uint8_t p = darker(s);
    const std::uint8_t q = darker(static_cast<double>(s * f));
    const std::uint8_t t = darker(s * (1.0 - f));
    switch (sector % 6) {
        case 0:
            return {v, t, p};
        case 1:
            return {q, v, p};
        case 2:
            return {p, v, t};
        case 3:
            return {p, q, v};
        case 4:
            return {t, p, v};
        default:
            return {v, p, q};
    }
}

// Pillow's ImageFilter.SMOOTH; the border stays as it is.
base::Image smoothed(const base::Image& image) {
    base::Image result = image;
    const auto stride = static_cast<std::ptrdiff_t>(image.stride());
    for (int y = 1; y + 1 < image.height; ++y) {
        const std::uint8_t* in = image.row(y);
        std::uint8_t* out = result.row(y);
        for (std::ptrdiff_t i = 3; i < stride - 3; ++i) {
            int sum = 4 * in[i];
            for (const std::ptrdiff_t row : {-stride, std::ptrdiff_t{0}, stride})
                sum += in[i + row - 3] + in[i + row] + in[i + row + 3];
            out[i] = static_cast<std::uint8_t>((2 * sum + 13) / 26);
        }
    }
    return result;
}

using Histogram = std::array<std::size_t, 256>;

// table(histogram of a colour) gives what its bytes become.
template <class MakeTable>
void mapColours(base::Image& image, const MakeTable& makeTable) {
    for (std::size_t channel = 0; channel < 3; ++channel) {
        Histogram histogram{};
        for (std::size_t i = channel; i < image.pixels.size(); i += 3)
            ++histogram[image.pixels[i]];
        const Table table = makeTable(histogram);
        for (std::size_t i = channel; i < image.pixels.size(); i += 3)
            image.pixels[i] = table[image.pixels[i]];
    }
}

Table identity() {
    Table table;
    std::iota(table.begin(), table.end(), std::uint8_t{0});
    return table;
}

Table stretched(const Histogram& histogram) {
    const auto isThere = [](std::size_t count) { return count > 0; };
    const auto low = std::ranges::find_if(histogram, isThere) - histogram.begin();
    const auto high = histogram.rend() - std::find_if(histogram.rbegin(), histogram.rend(), isThere) - 1;
    if (high <= low) return identity();
    const double scale = 255.0 / static_cast<double>(high - low);
    const double offset = static_cast<double>(-low) * scale;
    Table table;
    for (std::size_t i = 0; i < table.size(); ++i)
        table[i] = toByte(static_cast<double>(i) * scale + offset);
    return table;
}

Table equalized(const Histogram& histogram) {
    const std::size_t all = std::accumulate(histogram.begin(), histogram.end(), std::size_t{0});
    const auto last = std::find_if(histogram.rbegin(), histogram.rend(), [](std::size_t n) { return n > 0; });
    const std::size_t step = last != histogram.rend() ? (all - *last) / 255 : 0;
    if (step == 0) return identity();
    Table table;
    std::size_t sum = step / 2;
    for (std::size_t i = 0; i < table.size(); ++i) {
        table[i] = static_cast<std::uint8_t>(std::min<std::size_t>(sum / step, 255));
        sum += histogram[i];
    }
    return table;
}

int mirroredIndex(int i, int size) {
    if (size == 1) return 0;
    const int period = 2 * (size - 1);
    const int folded = std::abs(i) % period;
    return folded < size ? folded : period - folded;
}

// Along the rows: pixel x of the result is of x - radius .. x + radius.
std::vector<float> blurredRows(const std::vector<float>& in, int width, int height,
                               const std::vector<float>& kernel) {
    const auto radius = static_cast<int>(kernel.size() / 2);
    std::vector<float> out(in.size());
    std::vector<float> row((static_cast<std::size_t>(width) + kernel.size() - 1) * 3);
    std::vector<float> sums(static_cast<std::size_t>(width) * 3);
    for (int y = 0; y < height; ++y) {
        for (int x = -radius; x < width + radius; ++x) {
            const auto from = in.begin() + std::ptrdiff_t{3} * (y * width + mirroredIndex(x, width));
            std::copy_n(from, 3, row.begin() + std::ptrdiff_t{3} * (x + radius));
        }
        std::ranges::fill(sums, 0.0F);
        for (std::size_t i = 0; i < kernel.size(); ++i) {
            for (std::size_t x = 0; x < sums.size(); ++x)
                sums[x] += kernel[i] * row[x + 3 * i];
        }
        // Transposed, so that the second time goes along the columns.
        for (int x = 0; x < width; ++x)
            std::copy_n(sums.begin() + std::ptrdiff_t{3} * x, 3,
                        out.begin() + std::ptrdiff_t{3} * (x * height + y));
    }
    return out;
}

}  // namespace

void adjustBrightness(base::Image& image, double factor) {
    blendWith(image, 0, factor);
}

void adjustContrast(base::Image& image, double factor) {
    double sum = 0;
    forEachPixel(image, [&](const Pixel& pixel) {
        sum += brightnessOf(pixel);
        return pixel;
    });
    const double pixels = std::max(1.0, static_cast<double>(image.pixels.size() / 3));
    blendWith(image, static_cast<std::uint8_t>(sum / pixels + 0.5), factor);
}

void adjustSaturation(base::Image& image, double factor) {
    forEachPixel(image, [&](const Pixel& pixel) {
        const std::uint8_t grey = brightnessOf(pixel);
        Pixel result;
        std::ranges::transform(pixel, result.begin(), [&](std::uint8_t byte) {
            return blended(grey, byte, static_cast<float>(factor));
        });
        return result;
    });
}

void adjustSharpness(base::Image& image, double factor) {
    const base::Image soft = smoothed(image);
    std::ranges::transform(soft.pixels, image.pixels, image.pixels.begin(),
                           [&](std::uint8_t smooth, std::uint8_t byte) {
                               return blended(smooth, byte, static_cast<float>(factor));
                           });
}

void adjustHue(base::Image& image, double turn) {
    const auto steps = static_cast<unsigned>(static_cast<int>(turn * 255));
    forEachPixel(image, [&](const Pixel& pixel) {
        Hsv colour = hsvOf(pixel);
        colour.hue = static_cast<std::uint8_t>(colour.hue + steps);
        return rgbOf(colour);
    });
}

void makeGrey(base::Image& image) {
    forEachPixel(image, [](const Pixel& pixel) {
        const std::uint8_t grey = brightnessOf(pixel);
        return Pixel{grey, grey, grey};
    });
}

void posterize(base::Image& image, int bits) {
    const auto mask = static_cast<std::uint8_t>(~((1U << (8 - bits)) - 1));
    for (std::uint8_t& byte : image.pixels)
        byte &= mask;
}

void solarize(base::Image& image, double threshold) {
    for (std::uint8_t& byte : image.pixels)
        byte = static_cast<double>(byte) < threshold ? byte : static_cast<std::uint8_t>(255 - byte);
}

void autoContrast(base::Image& image) {
    mapColours(image, stretched);
}

void equalize(base::Image& image) {
    mapColours(image, equalized);
}

void gaussianBlur(base::Image& image, double sigma, int radius) {
    std::vector<float> kernel;
    for (int i = -radius; i <= radius; ++i)
        kernel.push_back(static_cast<float>(std::exp(-0.5 * (i / sigma) * (i / sigma))));
    const float sum = std::accumulate(kernel.begin(), kernel.end(), 0.0F);
    for (float& weight : kernel)
        weight /= sum;
    const std::vector<float> bytes(image.pixels.begin(), image.pixels.end());
    const auto blurred =
        blurredRows(blurredRows(bytes, image.width, image.height, kernel), image.height, image.width, kernel);
    std::ranges::transform(blurred, image.pixels.begin(),
                           [](float value) { return toByte(std::nearbyint(value)); });
}

}  // namespace graft::data
