// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/ClassWeights.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <system_error>

#include "core/base/detail/Quoted.h"
#include "core/settings/Field.h"

namespace graft::settings {

namespace {

std::size_t occurring(const std::vector<std::size_t>& counts) {
    return counts.size() - static_cast<std::size_t>(std::ranges::count(counts, std::size_t{0}));
}

// As many names as a sentence holds.
Message listOf(const std::vector<std::string>& classes) {
    constexpr std::size_t kNamed = 10;
    std::string text;
    for (std::size_t i = 0; i < std::min(classes.size(), kNamed); ++i)
        text += (i > 0 ? ", " : "") + base::printable(classes[i]);
    if (classes.size() <= kNamed) return Message::words(text);
    return {GRAFT_TEXT("{1} and {2} more"), text, classes.size() - kNamed};
}

}  // namespace

std::optional<std::vector<double>> parseWeights(const std::string& text) {
    std::vector<double> weights;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t comma = std::min(text.find(',', begin), text.size());
        const std::size_t first = std::min(text.find_first_not_of(' ', begin), comma);
        std::size_t last = comma;
        while (last > first && text[last - 1] == ' ')
            --last;
        double weight = 0;
        const auto [end, error] = std::from_chars(text.data() + first, text.data() + last, weight);
        if (error != std::errc() || end != text.data() + last || !std::isfinite(weight) || weight <= 0)
            return std::nullopt;
        weights.push_back(weight);
        begin = comma + 1;
    }
    return weights;
}

std::vector<double> balancedWeights(const std::vector<std::size_t>& counts) {
    const auto images = static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::size_t{0}));
    const auto classes = static_cast<double>(occurring(counts));
    std::vector<double> weights;
    for (const std::size_t count : counts)
        weights.push_back(count > 0 ? images / (classes * static_cast<double>(count)) : 0);
    return weights;
}

std::vector<double> effectiveWeights(const std::vector<std::size_t>& counts, double beta) {
    std::vector<double> weights;
    for (const std::size_t count : counts)
        weights.push_back(count > 0 ? (1 - beta) / (1 - std::pow(beta, static_cast<double>(count))) : 0);
    const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
    for (double& weight : weights)
        weight *= static_cast<double>(occurring(counts)) / sum;
    return weights;
}

Result<std::vector<double>> classWeights(const TrainConfig& config, const std::vector<std::string>& classes,
                                         const std::vector<std::size_t>& counts) {
    switch (config.loss.classWeights) {
        case ClassWeights::None:
            return std::vector<double>();
        case ClassWeights::Balanced:
            return balancedWeights(counts);
        case ClassWeights::Effective:
            return effectiveWeights(counts, ownValue(config, "loss.effective_beta", kEffectiveBeta));
        case ClassWeights::ByHand:
            break;
    }
    const auto weights = parseWeights(ownValue(config, kWeightsByHand, std::string()));
    if (weights && weights->size() == classes.size()) return *weights;
    return fail(
        {ErrorCode::InvalidArgument,
         {GRAFT_TEXT("The class weights by hand are {1} numbers, and the folder has {2} classes; give "
                     "one for each, in this order: {3}."),
          weights ? weights->size() : 0, classes.size(), listOf(classes)},
         "",
         kWeightsByHand});
}

}  // namespace graft::settings
