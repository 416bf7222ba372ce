// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/detail/ShownImages.h"

#include <algorithm>

namespace graft::training {

namespace {

// `wanted` of `all`, from the middle of as many equal parts. wanted: at most all.size().
std::vector<std::size_t> spread(const std::vector<std::size_t>& all, std::size_t wanted) {
    std::vector<std::size_t> chosen;
    for (std::size_t i = 0; i < wanted; ++i)
        chosen.push_back(all[(2 * i + 1) * all.size() / (2 * wanted)]);
    return chosen;
}

}  // namespace

ShownImages::ShownImages(const data::DatasetIndex& dataset) {
    std::map<int, std::vector<std::size_t>> byClass;
    const std::vector<std::size_t> validation = dataset.indicesOf(data::Split::Validation);
    for (const std::size_t sample : validation)
        byClass[dataset.samples[sample].classIndex].push_back(sample);
    std::vector<std::size_t> places;
    std::vector<std::vector<std::size_t>> classes;
    for (auto& [index, samples] : byClass) {
        places.push_back(places.size());
        classes.push_back(std::move(samples));
    }
    places = spread(places, std::min(places.size(), kMost));

    // One of each class, a second one of each, until there are enough.
    std::vector<std::size_t> wanted(classes.size(), 0);
    std::size_t left = std::min(kMost, validation.size());
    for (bool found = true; found && left > 0;) {
        found = false;
        for (const std::size_t place : places) {
            if (left == 0 || wanted[place] == classes[place].size()) continue;
            ++wanted[place];
            --left;
            found = true;
        }
    }
    for (const std::size_t place : places) {
        const auto chosen = spread(classes[place], wanted[place]);
        m_samples.insert(m_samples.end(), chosen.begin(), chosen.end());
    }
    std::ranges::sort(m_samples);
    for (const std::size_t sample : m_samples)
        m_byPath.emplace(dataset.samples[sample].path, sample);
}

ValidationAnswers ShownImages::answers(int epoch, const data::DatasetIndex& dataset,
                                       const evaluation::Evaluation& evaluation) const {
    ValidationAnswers answers;
    answers.epoch = epoch;
    for (const evaluation::Prediction& prediction : evaluation.predictions) {
        const auto shown = m_byPath.find(prediction.path);
        if (shown == m_byPath.end()) continue;
        const auto predicted = static_cast<std::size_t>(prediction.predicted);
        ValidationAnswer& answer = answers.images.emplace_back();
        answer.path = dataset.absolutePath(dataset.samples[shown->second]);
        answer.truth = dataset.classes[static_cast<std::size_t>(prediction.truth)];
        answer.predicted = dataset.classes[predicted];
        answer.probability = double{prediction.probabilities[predicted]};
    }
    return answers;
}

}  // namespace graft::training
