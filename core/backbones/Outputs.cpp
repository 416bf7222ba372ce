// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backbones/Outputs.h"

#include <algorithm>
#include <cmath>

namespace graft::backbones {

std::string_view outputName(OutputKind kind) {
    return kind == OutputKind::Sigmoid ? "sigmoid" : "softmax";
}

std::optional<OutputKind> parseOutput(std::string_view name) {
    for (const OutputKind kind : {OutputKind::Softmax, OutputKind::Sigmoid}) {
        if (outputName(kind) == name) return kind;
    }
    return std::nullopt;
}

std::vector<double> probabilitiesOf(std::span<const float> logits) {
    const double largest = *std::ranges::max_element(logits);
    std::vector<double> probabilities;
    double sum = 0;
    for (const float logit : logits) {
        probabilities.push_back(std::exp(double{logit} - largest));
        sum += probabilities.back();
    }
    for (double& probability : probabilities)
        probability /= sum;
    return probabilities;
}

std::size_t decidedClass(std::span<const double> probabilities, const Outputs& outputs) {
    if (outputs.kind == OutputKind::Sigmoid) return probabilities[1] > outputs.threshold ? 1 : 0;
    return static_cast<std::size_t>(std::ranges::max_element(probabilities) - probabilities.begin());
}

std::size_t decidedClass(std::span<const float> logits, const Outputs& outputs) {
    if (outputs.kind == OutputKind::Sigmoid) return decidedClass(probabilitiesOf(logits), outputs);
    return static_cast<std::size_t>(std::ranges::max_element(logits) - logits.begin());
}

}  // namespace graft::backbones
