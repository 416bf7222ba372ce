// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/RunResults.h"

#include <QFileInfo>
#include <utility>

#include "ui/session/LostImages.h"

namespace graft::ui {

RunResults::Times RunResults::modifiedTimes(const QString& runFolder) {
    return {QFileInfo(runFolder + QStringLiteral("/evaluation.json")).lastModified(),
            QFileInfo(runFolder + QStringLiteral("/dataset.json")).lastModified()};
}

Result<std::shared_ptr<const RunResults>> RunResults::read(const QString& runFolder) {
    const std::string folder = runFolder.toStdString();
    auto results = std::make_shared<RunResults>();
    results->modified = modifiedTimes(runFolder);
    auto run = training::openRun(folder);
    if (!run) return fail(run.error());
    auto evaluation = training::readEvaluation(folder);
    if (!evaluation) return fail(evaluation.error());
    results->run = std::move(*run);
    results->evaluation = std::move(*evaluation);
    results->pairs = worstPairs(results->evaluation.confusion);
    // Only needed for where the images lie and how many there are.
    const auto dataset = training::readDataset(folder);
    if (dataset) {
        results->validationImages = dataset->countOf(data::Split::Validation);
        results->lostImages = placeOfLostImages(*dataset);
    }
    results->root = QString::fromStdString(dataset ? dataset->root : results->run.config.datasetFolder);
    return results;
}

QString RunResults::className(int index) const {
    const auto position = static_cast<std::size_t>(index);
    return position < evaluation.classes.size() ? QString::fromStdString(evaluation.classes[position].name)
                                                : QString();
}

QString RunResults::imagePath(const evaluation::Prediction& prediction) const {
    return root + '/' + QString::fromStdString(prediction.path);
}

}  // namespace graft::ui
