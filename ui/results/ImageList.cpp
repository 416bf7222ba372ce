// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/results/ImageList.h"

#include <QCoreApplication>
#include <algorithm>
#include <cstddef>
#include <numeric>

#include "ui/session/FigureText.h"

namespace graft::ui {

namespace {

using evaluation::Prediction;

constexpr std::size_t kClassesInTooltip = 3;

double predictedProbability(const Prediction& prediction) {
    const auto index = static_cast<std::size_t>(prediction.predicted);
    return index < prediction.probabilities.size() ? double(prediction.probabilities[index]) : 0.0;
}

QString tooltipFor(const RunResults& results, const Prediction& prediction) {
    QString text = QString::fromStdString(prediction.path);
    text += '\n' + QCoreApplication::translate("graft::ui::ResultsPage", "truth: %1")
                       .arg(results.className(prediction.truth));
    std::vector<std::size_t> order(prediction.probabilities.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const std::size_t shown = std::min(order.size(), kClassesInTooltip);
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(shown), order.end(),
                      [&](std::size_t a, std::size_t b) {
                          return prediction.probabilities[a] > prediction.probabilities[b];
                      });
    for (std::size_t i = 0; i < shown; ++i) {
        text += '\n' + results.className(static_cast<int>(order[i])) + ' ' +
                FigureText::percent(double(prediction.probabilities[order[i]]));
    }
    return text;
}

}  // namespace

ImageList ImageList::make(const RunResults& results, const ImageSelection& selection) {
    const std::vector<Prediction>& predictions = results.evaluation.predictions;
    const bool mistakesOnly = !selection.truth && !selection.predicted;
    std::vector<std::size_t> chosen;
    for (std::size_t i = 0; i < predictions.size(); ++i) {
        const Prediction& prediction = predictions[i];
        if (mistakesOnly && prediction.truth == prediction.predicted) continue;
        if (selection.truth && prediction.truth != *selection.truth) continue;
        if (selection.predicted && prediction.predicted != *selection.predicted) continue;
        chosen.push_back(i);
    }
    std::stable_sort(chosen.begin(), chosen.end(), [&](std::size_t a, std::size_t b) {
        const bool aWrong = predictions[a].truth != predictions[a].predicted;
        const bool bWrong = predictions[b].truth != predictions[b].predicted;
        if (aWrong != bWrong) return aWrong;
        return predictedProbability(predictions[a]) > predictedProbability(predictions[b]);
    });

    ImageList list;
    list.items.reserve(chosen.size());
    for (const std::size_t index : chosen) {
        const Prediction& prediction = predictions[index];
        if (prediction.truth != prediction.predicted) ++list.wrong;
        const QString path = results.imagePath(prediction);
        list.items.push_back({path,
                              results.className(prediction.predicted) + ' ' +
                                  FigureText::percent(predictedProbability(prediction)),
                              tooltipFor(results, prediction)});
        list.predictionOf.insert(path, static_cast<int>(index));
    }
    return list;
}

}  // namespace graft::ui
