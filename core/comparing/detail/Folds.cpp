// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/comparing/detail/Folds.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "core/base/Seed.h"

namespace graft::comparing {

namespace {

using Samples = std::vector<std::size_t>;

void shuffle(Samples& samples, base::RandomStream& random) {
    for (std::size_t i = samples.size(); i > 1; --i)
        std::swap(samples[i - 1], samples[random.below(i)]);
}

// The training images of each class, each content once.
std::vector<Samples> distinctByClass(const data::DatasetIndex& dataset) {
    std::vector<Samples> byClass(dataset.classes.size());
    std::set<std::pair<int, std::string>> seen;
    for (const std::size_t index : dataset.indicesOf(data::Split::Train)) {
        const data::Sample& sample = dataset.samples[index];
        if (seen.emplace(sample.classIndex, sample.sha256).second)
            byClass[static_cast<std::size_t>(sample.classIndex)].push_back(index);
    }
    return byClass;
}

// Those with the same content, which several classes have, are dealt first, as one: then the rest evens out.
class Deal {
  public:
    Deal(std::size_t classes, int folds)
        : m_ofClass(static_cast<std::size_t>(folds), std::vector<std::size_t>(classes, 0)),
          m_total(static_cast<std::size_t>(folds), 0) {}

    int operator()(const std::vector<int>& labels) {
        const auto cost = [&](std::size_t fold) {
            std::size_t most = 0;
            for (const int label : labels)
                most = std::max(most, m_ofClass[fold][static_cast<std::size_t>(label)]);
            return std::pair(most, m_total[fold]);
        };
        std::size_t best = 0;
        for (std::size_t fold = 1; fold < m_total.size(); ++fold) {
            if (cost(fold) < cost(best)) best = fold;
        }
        for (const int label : labels)
            ++m_ofClass[best][static_cast<std::size_t>(label)];
        m_total[best] += labels.size();
        return static_cast<int>(best);
    }

  private:
    std::vector<std::vector<std::size_t>> m_ofClass;
    std::vector<std::size_t> m_total;
};

}  // namespace

Result<Folds> makeFolds(const data::DatasetIndex& dataset, int folds, std::size_t mostImages,
                        std::uint64_t seed) {
    std::vector<Samples> byClass = distinctByClass(dataset);
    Folds result;
    std::size_t total = 0;
    std::size_t largest = 0;
    for (std::size_t i = 0; i < byClass.size(); ++i) {
        if (byClass[i].size() < 2) {
            result.classesLeftOut.push_back(dataset.classes[i]);
            byClass[i].clear();
            continue;
        }
        result.classes.push_back(dataset.classes[i]);
        total += byClass[i].size();
        largest = std::max(largest, byClass[i].size());
    }
    if (result.classes.size() < 2) {
        return fail(
            ErrorCode::InvalidArgument,
            GRAFT_TEXT("Comparing takes two classes with at least two different training images each: "
                       "one to learn from, one to ask about. Add images."),
            dataset.root);
    }
    result.count = static_cast<int>(std::min<std::size_t>(static_cast<std::size_t>(folds), largest));
    const double kept = std::min(1.0, static_cast<double>(mostImages) / static_cast<double>(total));

    base::RandomStream random(seed);
    std::map<std::string, std::vector<FoldedImage>> byContent;
    std::vector<std::string> order;
    int label = 0;
    for (Samples& samples : byClass) {
        if (samples.empty()) continue;
        shuffle(samples, random);
        const auto enough =
            static_cast<std::size_t>(std::llround(kept * static_cast<double>(samples.size())));
        samples.resize(std::min(samples.size(), std::max<std::size_t>(enough, 2)));
        for (const std::size_t sample : samples) {
            auto& same = byContent[dataset.samples[sample].sha256];
            if (same.empty()) order.push_back(dataset.samples[sample].sha256);
            same.push_back({sample, label, 0});
        }
        ++label;
    }
    std::stable_partition(order.begin(), order.end(),
                          [&](const std::string& content) { return byContent[content].size() > 1; });
    Deal deal(result.classes.size(), result.count);
    for (const std::string& content : order) {
        std::vector<int> labels;
        for (const FoldedImage& image : byContent[content])
            labels.push_back(image.label);
        const int fold = deal(labels);
        for (FoldedImage image : byContent[content]) {
            image.fold = fold;
            result.images.push_back(image);
        }
    }
    std::ranges::sort(result.images, {}, &FoldedImage::sample);
    return result;
}

}  // namespace graft::comparing
