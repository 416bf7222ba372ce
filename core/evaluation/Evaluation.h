// SPDX-License-Identifier: GPL-3.0-or-later
// What a model gets right and wrong. Definitions are scikit-learn's (classification_report,
// confusion_matrix, top_k_accuracy_score); a quotient by zero counts as 0.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/backbones/Outputs.h"
#include "core/base/Result.h"

namespace graft::evaluation {

struct Prediction {
    std::string path;  // relative to the dataset's root
    int truth = 0;     // class index
    int predicted = 0;
    std::vector<float>
        probabilities;  // one per class, adding up to 1; none where only the figures were asked for
};

struct ClassScore {
    std::string name;
    std::size_t support = 0;    // images whose true class this is
    std::size_t predicted = 0;  // images that were given this class
    double precision = 0;
    double recall = 0;
    double f1 = 0;
};

// Over the classes that occur: those of at least one image. scikit-learn: labels= the truth's own.
struct MeanScore {
    double precision = 0;
    double recall = 0;
    double f1 = 0;
};

// What lies in the folder and is in no figure.
struct Unscored {
    std::string path;    // relative to the folder; a folder where it holds several
    std::string reason;  // "trained_on", "other_split", "unreadable_image", "system_folder", ...
    Message message;     // one sentence
    std::size_t files = 1;
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

    // What the figures rest on.
    std::string scored = "val";  // "val", "test", or "all": the whole folder
    // Images among the scored ones that the model was trained on; empty: nothing says what the model, or one
    // that it was begun from, was trained on, and trainedOnUnknown names that.
    std::optional<std::size_t> trainedOn = 0;
    std::vector<std::string> trainedOnUnknown = {};
    std::vector<Unscored> unscored;
    std::size_t views = 1;  // of each image, whose probabilities' mean was scored: test-time augmentation
    std::size_t unscoredFiles() const;
};

// Predictions one after another, from the network's logits.
class Scorer {
  public:
    // Figures: the probabilities are not kept, a number for each image and class; every figure is the same.
    enum class Keep { Everything, Figures };
    explicit Scorer(std::vector<std::string> classes, const backbones::Outputs& outputs = {},
                    Keep keep = Keep::Everything)
        : m_classes(std::move(classes)), m_outputs(outputs), m_keep(keep) {}

    // logits: one per class. truth: a class index.
    void add(const std::string& path, int truth, std::span<const float> logits);

    std::size_t images() const { return m_predictions.size(); }
    double loss() const;      // mean so far, nats; not finite where a logit was not
    double accuracy() const;  // so far, 0..1

    Evaluation finish();  // ends it

  private:
    std::vector<std::string> m_classes;
    backbones::Outputs m_outputs;
    Keep m_keep;
    std::vector<Prediction> m_predictions;
    double m_lossSum = 0;
    std::size_t m_correct = 0;
    std::size_t m_inTop5 = 0;
};

// Fills every figure from the predictions, with their probabilities. meanLoss is passed through. Every index
// in predictions must be within classes.
Evaluation scorePredictions(std::vector<Prediction> predictions, const std::vector<std::string>& classes,
                            double meanLoss);

// Of images that the model had been trained on, which the figures do not say by themselves; empty: there is
// nothing to say.
Message learntSentence(const Evaluation& evaluation);

std::string toJson(const Evaluation& evaluation);  // without the predictions
// predictions.csv: file,truth,prediction,probability,...; the predictions must have their probabilities.
std::string toCsv(const Evaluation& evaluation);

// Both of them back: every figure anew from the predictions. Errors: NotFound, Unreadable, BadFormat.
Result<Evaluation> evaluationFromFiles(const std::string& jsonFile, const std::string& csvFile);
Result<Evaluation> evaluationFromText(const std::string& json, const std::string& csv,
                                      const std::string& jsonPath, const std::string& csvPath);

}  // namespace graft::evaluation
