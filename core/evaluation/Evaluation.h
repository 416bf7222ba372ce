// SPDX-License-Identifier: GPL-3.0-or-later
// What a model gets right and wrong. Definitions are scikit-learn's (classification_report,
// confusion_matrix, top_k_accuracy_score); a quotient by zero counts as 0.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/base/Result.h"

namespace graft::evaluation {

struct Prediction {
    std::string path;  // relative to the dataset's root
    int truth = 0;     // class index
    int predicted = 0;
    std::vector<float> probabilities;  // softmax, one per class
};

struct ClassScore {
    std::string name;
    std::size_t support = 0;    // images whose true class this is
    std::size_t predicted = 0;  // images that were given this class
    double precision = 0;
    double recall = 0;
    double f1 = 0;
};

struct MeanScore {
    double precision = 0;
    double recall = 0;
    double f1 = 0;
};

struct Evaluation {
    std::size_t images = 0;
    double accuracy = 0;  // top-1, 0..1
    double loss = 0;      // mean cross-entropy, nats
    std::optional<double>
        top5;  // where there are more than five classes; of equal probabilities the truth comes first
    std::vector<ClassScore> classes;
    MeanScore macro;                                  // every class counts the same
    MeanScore weighted;                               // by support
    std::vector<std::vector<std::size_t>> confusion;  // [truth][predicted]
    std::vector<Prediction> predictions;
};

// Fills every figure from the predictions. meanLoss is passed through. Every index in predictions must be
// within classes.
Evaluation scorePredictions(std::vector<Prediction> predictions, const std::vector<std::string>& classes,
                            double meanLoss);

std::string toJson(const Evaluation& evaluation);  // without the predictions
std::string toCsv(const Evaluation& evaluation);   // predictions.csv: file,truth,prediction,probability,...
Result<Evaluation> evaluationFromFiles(const std::string& jsonFile, const std::string& csvFile);

}  // namespace graft::evaluation
