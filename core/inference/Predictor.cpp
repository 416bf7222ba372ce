// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inference/Predictor.h"

#include <algorithm>
#include <cmath>

#include "core/inference/detail/PredictorImpl.h"

namespace graft::inference {

Predictor::Predictor(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
Predictor::Predictor(Predictor&&) noexcept = default;
Predictor& Predictor::operator=(Predictor&&) noexcept = default;
Predictor::~Predictor() = default;

const std::vector<std::string>& Predictor::classes() const {
    return m_impl->classes();
}

const data::PreprocessOptions& Predictor::preprocessOptions() const {
    return m_impl->preprocessOptions();
}

Result<std::vector<std::vector<float>>> Predictor::logits(const std::vector<base::Image>& images) {
    std::vector<std::vector<float>> inputs;
    for (const base::Image& image : images)
        inputs.push_back(data::preprocess(image, preprocessOptions()));
    return m_impl->logits(inputs);
}

Result<std::vector<ClassProbability>> Predictor::predict(const std::string& imagePath) {
    const auto side = static_cast<std::size_t>(preprocessOptions().cropSize);
    std::vector<float> input(3 * side * side);
    const auto read = data::loadPreprocessed(imagePath, preprocessOptions(), std::nullopt, 0, input);
    if (!read) return fail(read.error());
    const auto answer = m_impl->logits({std::move(input)});
    if (!answer) return fail(answer.error());
    const std::vector<float>& values = answer->front();
    const double largest = *std::ranges::max_element(values);
    double sum = 0;
    for (const float value : values)
        sum += std::exp(value - largest);
    std::vector<ClassProbability> result;
    for (std::size_t i = 0; i < values.size(); ++i) {
        result.push_back({classes()[i], std::exp(values[i] - largest) / sum});
    }
    std::ranges::stable_sort(result, std::ranges::greater{}, &ClassProbability::probability);
    return result;
}

}  // namespace graft::inference
