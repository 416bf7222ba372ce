// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/Evaluation.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>
#include <sstream>
#include <string_view>
#include <system_error>

#include "core/base/Csv.h"
#include "core/base/detail/StrictJson.h"
#include "core/base/detail/TextFile.h"

namespace graft::evaluation {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kProbabilityOf = "p:";  // before a class's name in the header of the CSV

// Unlike strtof, the same in every language.
std::optional<float> readFloat(const std::string& text) {
    float value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || stop != end) return std::nullopt;
    return value;
}

double quotient(double numerator, double denominator) {
    return denominator > 0 ? numerator / denominator : 0.0;
}

// A prediction counts if fewer than five classes are more probable than the truth.
bool isInTop5(const Prediction& prediction) {
    const float truth = prediction.probabilities[static_cast<std::size_t>(prediction.truth)];
    return std::ranges::count_if(prediction.probabilities, [truth](float p) { return p > truth; }) < 5;
}

Evaluation figuresOf(std::vector<Prediction> predictions, const std::vector<std::string>& classes,
                     double meanLoss, std::size_t inTop5) {
    const std::size_t count = classes.size();
    Evaluation result;
    result.images = predictions.size();
    result.loss = meanLoss;
    result.confusion.assign(count, std::vector<std::size_t>(count, 0));
    std::size_t correct = 0;
    for (const Prediction& prediction : predictions) {
        ++result.confusion[static_cast<std::size_t>(prediction.truth)]
                          [static_cast<std::size_t>(prediction.predicted)];
        if (prediction.truth == prediction.predicted) ++correct;
    }
    const auto images = static_cast<double>(result.images);
    result.accuracy = quotient(static_cast<double>(correct), images);
    if (count > 5) result.top5 = quotient(static_cast<double>(inTop5), images);

    std::size_t occurring = 0;
    for (std::size_t c = 0; c < count; ++c) {
        ClassScore score;
        score.name = classes[c];
        for (std::size_t other = 0; other < count; ++other) {
            score.support += result.confusion[c][other];
            score.predicted += result.confusion[other][c];
        }
        const auto hits = static_cast<double>(result.confusion[c][c]);
        score.precision = quotient(hits, static_cast<double>(score.predicted));
        score.recall = quotient(hits, static_cast<double>(score.support));
        score.f1 = quotient(2 * score.precision * score.recall, score.precision + score.recall);
        const double weight = quotient(static_cast<double>(score.support), images);
        if (score.support > 0) {
            ++occurring;
            result.macro.precision += score.precision;
            result.macro.recall += score.recall;
            result.macro.f1 += score.f1;
        }
        result.weighted.precision += score.precision * weight;
        result.weighted.recall += score.recall * weight;
        result.weighted.f1 += score.f1 * weight;
        result.classes.push_back(std::move(score));
    }
    for (double* mean : {&result.macro.precision, &result.macro.recall, &result.macro.f1})
        *mean = quotient(*mean, static_cast<double>(occurring));
    result.predictions = std::move(predictions);
    return result;
}

}  // namespace

Evaluation scorePredictions(std::vector<Prediction> predictions, const std::vector<std::string>& classes,
                            double meanLoss) {
    const auto inTop5 = classes.size() > 5 ? std::ranges::count_if(predictions, isInTop5) : 0;
    return figuresOf(std::move(predictions), classes, meanLoss, static_cast<std::size_t>(inTop5));
}

void Scorer::add(const std::string& path, int truth, std::span<const float> logits) {
    const auto best = std::ranges::max_element(logits);
    double sum = 0;
    for (const float logit : logits)
        sum += std::exp(double{logit} - double{*best});
    Prediction prediction{path, truth, static_cast<int>(backbones::decidedClass(logits, m_outputs)), {}};
    for (const float logit : logits)
        prediction.probabilities.push_back(static_cast<float>(std::exp(double{logit} - double{*best}) / sum));
    m_lossSum += std::log(sum) + double{*best} - double{logits[static_cast<std::size_t>(truth)]};
    if (prediction.predicted == truth) ++m_correct;
    if (m_classes.size() > 5 && isInTop5(prediction)) ++m_inTop5;
    if (m_keep == Keep::Figures) prediction.probabilities = std::vector<float>();
    m_predictions.push_back(std::move(prediction));
}

double Scorer::loss() const {
    return quotient(m_lossSum, static_cast<double>(images()));
}

double Scorer::accuracy() const {
    return quotient(static_cast<double>(m_correct), static_cast<double>(images()));
}

Evaluation Scorer::finish() {
    const double mean = loss();
    return figuresOf(std::move(m_predictions), m_classes, mean, m_inTop5);
}

std::size_t Evaluation::unscoredFiles() const {
    return std::accumulate(unscored.begin(), unscored.end(), std::size_t{0},
                           [](std::size_t sum, const Unscored& entry) { return sum + entry.files; });
}

Message learntSentence(const Evaluation& evaluation) {
    if (!evaluation.trainedOn && evaluation.trainedOnUnknown.empty()) {
        return GRAFT_TEXT(
            "Nothing says which images the model was trained on: where they are among these, the figures are "
            "too good. (A run's folder says it.)");
    }
    if (!evaluation.trainedOn) {
        return {
            GRAFT_TEXT(
                "Nothing says which images {1} was trained on: where they are among these, the figures are "
                "too good. (A run's folder says it.)"),
            evaluation.trainedOnUnknown.front()};
    }
    if (*evaluation.trainedOn == 0) return {};
    return {
        GRAFT_TEXT(
            "{1} of these {2} images were trained on: the figures are better than they will be on new ones."),
        *evaluation.trainedOn, evaluation.images};
}

std::string toJson(const Evaluation& evaluation) {
    const auto mean = [](const MeanScore& score) {
        return Json{{"precision", score.precision}, {"recall", score.recall}, {"f1", score.f1}};
    };
    Json json;
    json["images"] = evaluation.images;
    json["scored"] = evaluation.scored;
    json["tta"] = evaluation.views;
    json["trained_on"] = evaluation.trainedOn ? Json(*evaluation.trainedOn) : Json();
    if (!evaluation.trainedOn) json["trained_on_unknown"] = evaluation.trainedOnUnknown;
    json["accuracy"] = evaluation.accuracy;
    json["loss"] = evaluation.loss;
    if (evaluation.top5) json["top5"] = *evaluation.top5;
    json["macro_f1"] = evaluation.macro.f1;
    json["weighted_f1"] = evaluation.weighted.f1;
    json["macro"] = mean(evaluation.macro);
    json["weighted"] = mean(evaluation.weighted);
    json["classes"] = Json::array();
    for (const ClassScore& score : evaluation.classes) {
        json["classes"].push_back({{"name", score.name},
                                   {"support", score.support},
                                   {"precision", score.precision},
                                   {"recall", score.recall},
                                   {"f1", score.f1}});
    }
    json["confusion"] = evaluation.confusion;
    json["unscored_files"] = evaluation.unscoredFiles();
    json["unscored"] = Json::array();
    for (const Unscored& entry : evaluation.unscored) {
        json["unscored"].push_back({{"path", entry.path},
                                    {"reason", entry.reason},
                                    {"message", entry.message.english()},
                                    {"files", entry.files}});
    }
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string toCsv(const Evaluation& evaluation) {
    const auto nameOf = [&](int index) { return evaluation.classes[static_cast<std::size_t>(index)].name; };
    std::ostringstream out;
    out.precision(9);  // enough for a float to come back the same
    std::vector<std::string> header{"file", "truth", "prediction", "probability"};
    for (const ClassScore& score : evaluation.classes)
        header.push_back(std::string(kProbabilityOf) + score.name);
    out << base::csvLine(header);
    for (const Prediction& p : evaluation.predictions) {
        out << base::csvLine({p.path, nameOf(p.truth), nameOf(p.predicted)}, false);
        out << ',' << p.probabilities[static_cast<std::size_t>(p.predicted)];
        for (const float probability : p.probabilities)
            out << ',' << probability;
        out << '\n';
    }
    return out.str();
}

Result<Evaluation> evaluationFromText(const std::string& jsonText, const std::string& csvText,
                                      const std::string& jsonPath, const std::string& csvPath) {
    std::vector<std::string> classes;
    double loss = 0;
    std::optional<std::size_t> images;
    Evaluation basis;  // what the figures rest on, nothing else
    const base::JsonSource source{GRAFT_TEXT("The run's evaluation"), jsonPath};
    const auto read = base::readJson(jsonText, source, [&](const base::StrictJson& json) -> Result<void> {
        for (const auto& entry : json.at("classes").items())
            classes.push_back(entry.at("name").as<std::string>());
        json.read("loss", loss);
        if (json.has("images")) images = json.at("images").as<std::size_t>();
        if (!json.has("trained_on")) return {};  // of an older version
        json.read("scored", basis.scored);
        if (json.has("tta")) json.read("tta", basis.views);
        basis.trainedOn.reset();
        if (json.at("trained_on").isNull()) {
            json.read("trained_on_unknown", basis.trainedOnUnknown);
        } else {
            basis.trainedOn = json.at("trained_on").as<std::size_t>();
            if (images && *basis.trainedOn > *images)
                json.at("trained_on").refuse(GRAFT_TEXT("is more than there are images"));
        }
        for (const auto& entry : json.at("unscored").items()) {
            Unscored unscored;
            entry.read("path", unscored.path);
            entry.read("reason", unscored.reason);
            unscored.message = Message::words(entry.at("message").as<std::string>());
            entry.read("files", unscored.files);
            basis.unscored.push_back(std::move(unscored));
        }
        return {};
    });
    if (!read) return fail(read.error());

    std::istringstream csv(csvText);
    std::vector<std::string> fields;
    const auto damaged = [&] {
        return fail(ErrorCode::BadFormat, GRAFT_TEXT("The run's predictions are damaged."), csvPath);
    };
    // Its header has the names' own bytes, where JSON has nothing but UTF-8.
    base::readCsvLine(csv, fields);
    if (fields.size() != classes.size() + 4) return damaged();
    std::map<std::string, int> indices;
    for (std::size_t i = 0; i < classes.size(); ++i) {
        if (!fields[i + 4].starts_with(kProbabilityOf)) return damaged();
        classes[i] = fields[i + 4].substr(kProbabilityOf.size());
        if (!indices.emplace(classes[i], static_cast<int>(i)).second) return damaged();
    }
    std::vector<Prediction> predictions;
    while (base::readCsvLine(csv, fields)) {
        if (fields.size() != classes.size() + 4) return damaged();
        const auto truth = indices.find(fields[1]);
        const auto predicted = indices.find(fields[2]);
        if (truth == indices.end() || predicted == indices.end()) return damaged();
        Prediction prediction{fields[0], truth->second, predicted->second, {}};
        for (std::size_t i = 4; i < fields.size(); ++i) {
            const auto probability = readFloat(fields[i]);
            if (!probability || !(*probability >= 0 && *probability <= 1.0001F)) return damaged();
            prediction.probabilities.push_back(*probability);
        }
        predictions.push_back(std::move(prediction));
    }
    if (images && *images != predictions.size()) {
        return fail(
            ErrorCode::BadFormat,
            {GRAFT_TEXT(
                 "The run's predictions are of {1} images and its evaluation of {2}: one of the files was "
                 "changed. Put it back; graft-cli evaluate gives the figures anew."),
             predictions.size(), *images},
            csvPath);
    }
    Evaluation evaluation = scorePredictions(std::move(predictions), classes, loss);
    evaluation.scored = std::move(basis.scored);
    evaluation.views = basis.views;
    evaluation.trainedOn = basis.trainedOn;
    evaluation.trainedOnUnknown = std::move(basis.trainedOnUnknown);
    evaluation.unscored = std::move(basis.unscored);
    return evaluation;
}

Result<Evaluation> evaluationFromFiles(const std::string& jsonFile, const std::string& csvFile) {
    std::error_code error;
    if (!std::filesystem::exists(jsonFile, error))
        return fail(ErrorCode::NotFound, GRAFT_TEXT("The run has no evaluation yet; let an epoch end first."),
                    jsonFile);
    if (!std::filesystem::exists(csvFile, error))
        return fail(ErrorCode::NotFound, GRAFT_TEXT("The run's predictions are missing."), csvFile);
    return base::readText(jsonFile).and_then([&](const std::string& json) {
        return base::readText(csvFile).and_then(
            [&](const std::string& csv) { return evaluationFromText(json, csv, jsonFile, csvFile); });
    });
}

}  // namespace graft::evaluation
