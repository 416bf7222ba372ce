// SPDX-License-Identifier: GPL-3.0-or-later
// What a classifier's numbers mean, and which class they stand for. Two classes can do with one number x: the
// second class has the probability sigmoid(x), the first the rest. Everything behind the network sees a logit
// for each class all the same: (0, x), whose softmax is (1 - sigmoid(x), sigmoid(x)).
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace graft::backbones {

enum class OutputKind {
    Softmax,  // a logit for each class
    Sigmoid,  // one number for two classes
};
std::string_view outputName(OutputKind kind);  // "softmax", "sigmoid": as in JSON
std::optional<OutputKind> parseOutput(std::string_view name);

struct Outputs {
    OutputKind kind = OutputKind::Softmax;
    // Sigmoid only: it is the second class where its probability is above this; between 0 and 1.
    double threshold = 0.5;

    // Numbers that the network gives for an image.
    std::size_t count(std::size_t classes) const { return kind == OutputKind::Sigmoid ? 1 : classes; }
};

// Softmax of finite logits, one per class.
std::vector<double> probabilitiesOf(std::span<const float> logits);

// The class that is decided for, by its probabilities or by its logits; of equally probable ones the first.
std::size_t decidedClass(std::span<const double> probabilities, const Outputs& outputs);
std::size_t decidedClass(std::span<const float> logits, const Outputs& outputs);

}  // namespace graft::backbones
