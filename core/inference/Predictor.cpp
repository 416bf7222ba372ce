// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inference/Predictor.h"

#include <algorithm>
#include <numeric>

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

Result<std::string> Predictor::modelSha256() const {
    return m_impl->modelSha256();
}

Result<bool> Predictor::predictAll(const std::vector<std::string>& images, const Sink& sink,
                                   runtime::RunControl& control) {
    return m_impl->predictAll(images, sink, control);
}

Message Predictor::method() const {
    return m_impl->method();
}

Result<std::vector<std::vector<float>>> Predictor::logits(const std::vector<base::Image>& images) {
    std::vector<std::vector<float>> inputs;
    for (const base::Image& image : images)
        inputs.push_back(data::preprocess(image, preprocessOptions()));
    return m_impl->logits(inputs);
}

Result<std::vector<ClassProbability>> Predictor::predict(const std::string& imagePath) {
    Probabilities answer;
    runtime::RunControl control;
    const auto asked = predictAll(
        {imagePath},
        [&](std::size_t, const Probabilities& given) {
            answer = given;
            return true;
        },
        control);
    if (!asked) return fail(asked.error());
    return answer.map([this](const std::vector<double>& probabilities) { return ranked(probabilities); });
}

std::vector<ClassProbability> Predictor::ranked(const std::vector<double>& probabilities,
                                                std::size_t most) const {
    std::vector<std::size_t> order(probabilities.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const std::size_t count = most == 0 ? order.size() : std::min(most, order.size());
    const std::size_t decided = backbones::decidedClass(probabilities, m_impl->outputs());
    // of equal ones the first class comes first
    std::ranges::partial_sort(
        order, order.begin() + static_cast<std::ptrdiff_t>(count), [&](std::size_t a, std::size_t b) {
            if ((a == decided) != (b == decided)) return a == decided;
            return probabilities[a] != probabilities[b] ? probabilities[a] > probabilities[b] : a < b;
        });
    std::vector<ClassProbability> result;
    for (std::size_t i = 0; i < count; ++i)
        result.push_back({classes()[order[i]], probabilities[order[i]]});
    return result;
}

}  // namespace graft::inference
