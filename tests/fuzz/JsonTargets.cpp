// SPDX-License-Identifier: GPL-3.0-or-later
// The JSON of runs and of models. What is read must be written back as something that reads as the same.
#include <string>

#include "core/evaluation/Evaluation.h"
#include "core/inference/detail/Sidecar.h"
#include "core/settings/Settings.h"
#include "core/settings/TrainConfig.h"
#include "core/training/detail/RunJson.h"
#include "tests/fuzz/Checks.h"
#include "tests/fuzz/Targets.h"

namespace graft::fuzz {

namespace {

std::string textOf(Bytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

template <class Read, class Write>
void readTwice(Bytes bytes, Read read, Write write) {
    const auto value = read(textOf(bytes));
    if (!value) {
        requireSentence(value.error());
        return;
    }
    const std::string written = write(*value);
    const auto again = read(written);
    require(again.has_value() && write(*again) == written);
}

}  // namespace

void fuzzConfig(Bytes bytes) {
    readTwice(bytes, settings::configFromJson,
              [](const settings::TrainConfig& config) { return settings::toJson(config); });
}

void fuzzDataset(Bytes bytes) {
    readTwice(
        bytes, [](const std::string& text) { return training::datasetFromJson(text, "memory"); },
        [](const data::DatasetIndex& index) {
            index.countsPerClass();  // counts by the indices that were read
            return training::toJson(index);
        });
}

void fuzzMetrics(Bytes bytes) {
    readTwice(
        bytes, [](const std::string& text) { return training::epochsFromJsonLines(text, "memory"); },
        [](const std::vector<training::EpochDone>& epochs) { return training::toJsonLines(epochs); });
}

void fuzzDecisions(Bytes bytes) {
    readTwice(
        bytes, [](const std::string& text) { return training::decisionsFromJson(text, "memory"); },
        [](const training::Decisions& decisions) { return training::toJson(decisions); });
}

void fuzzProgress(Bytes bytes) {
    readTwice(
        bytes, [](const std::string& text) { return training::progressFromJson(text, "memory"); },
        [](const training::RunProgress& progress) { return training::toJson(progress); });
}

void fuzzSidecar(Bytes bytes) {
    const auto sidecar = inference::sidecarFromJson(textOf(bytes), "memory");
    if (!sidecar) {
        requireSentence(sidecar.error());
        return;
    }
    require(!sidecar->classes.empty() && sidecar->preprocess.cropSize > 0);
    require(data::validate(sidecar->preprocess).has_value());
}

// evaluation.json up to the first zero byte, predictions.csv behind it.
void fuzzEvaluation(Bytes bytes) {
    const std::string text = textOf(bytes);
    const std::size_t end = std::min(text.find('\0'), text.size());
    const auto evaluation = evaluation::evaluationFromText(
        text.substr(0, end), text.substr(std::min(end + 1, text.size())), "memory", "memory");
    if (!evaluation) {
        requireSentence(evaluation.error());
        return;
    }
    require(evaluation->accuracy >= 0 && evaluation->accuracy <= 1);
    require(evaluation->images == evaluation->predictions.size());
    evaluation::toCsv(*evaluation);
    evaluation::toJson(*evaluation);
}

}  // namespace graft::fuzz
