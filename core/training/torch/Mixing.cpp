// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/torch/Mixing.h"

#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include "core/base/Distributions.h"
#include "core/base/Seed.h"

namespace graft::training {

namespace {

// Whom each image is paired with; on the images' device.
at::Tensor partners(const at::Tensor& images, base::RandomStream& random) {
    std::vector<std::int64_t> order(static_cast<std::size_t>(images.size(0)));
    std::iota(order.begin(), order.end(), std::int64_t{0});
    for (std::size_t i = order.size(); i > 1; --i)
        std::swap(order[i - 1], order[random.below(i)]);
    return torch::tensor(order, torch::kLong).to(images.device());
}

// Of a rectangle around a random middle, as far as it lies in the picture.
struct Side {
    std::int64_t first = 0;
    std::int64_t end = 0;
};
Side randomSide(std::int64_t length, double part, base::RandomStream& random) {
    const auto middle = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(length)));
    const auto half = static_cast<std::int64_t>(part * static_cast<double>(length) / 2);
    return {std::max<std::int64_t>(middle - half, 0), std::min(middle + half, length)};
}

}  // namespace

MixedBatch mixup(const at::Tensor& images, const at::Tensor& labels, double alpha, std::uint64_t seed) {
    base::RandomStream random(seed);
    const double share = base::beta(random, alpha, alpha);
    const at::Tensor others = partners(images, random);
    return {images * share + images.index_select(0, others) * (1 - share),
            {labels, labels.index_select(0, others.to(labels.device())), share}};
}

MixedBatch cutmix(const at::Tensor& images, const at::Tensor& labels, double alpha, std::uint64_t seed) {
    base::RandomStream random(seed);
    const double part = std::sqrt(1 - base::beta(random, alpha, alpha));  // of each side
    const at::Tensor others = partners(images, random);
    const Side down = randomSide(images.size(2), part, random);
    const Side across = randomSide(images.size(3), part, random);
    const auto rectangle = [&](const at::Tensor& batch) {
        return batch.slice(2, down.first, down.end).slice(3, across.first, across.end);
    };
    at::Tensor result = images.clone();
    rectangle(result).copy_(rectangle(images).index_select(0, others));
    const auto pixels = static_cast<double>((down.end - down.first) * (across.end - across.first));
    return {result,
            {labels, labels.index_select(0, others.to(labels.device())),
             1 - pixels / static_cast<double>(images.size(2) * images.size(3))}};
}

MixedBatch mixed(const at::Tensor& images, const at::Tensor& labels, const MixOptions& options,
                 std::uint64_t seed) {
    if (!options.isOn()) return {images, {labels}};
    constexpr std::uint64_t kWhich = 1;
    const bool isEven = base::RandomStream(base::deriveSeed(seed, kWhich)).uniform() < 0.5;
    const bool cuts = options.mixupAlpha <= 0 || (options.cutmixAlpha > 0 && isEven);
    return cuts ? cutmix(images, labels, options.cutmixAlpha, seed)
                : mixup(images, labels, options.mixupAlpha, seed);
}

}  // namespace graft::training
