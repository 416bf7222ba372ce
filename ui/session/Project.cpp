// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/Project.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <utility>

#include "core/backbones/Catalogue.h"
#include "core/weights/WeightStore.h"

namespace graft::ui {

namespace {

constexpr const char* kFileOwner = "mobilenet_v2";  // of a weight file that comes without a backbone's name
constexpr const char* kLastResort = "resnet18";
constexpr int kSmallPicture = 64;

// value, unless the person had moved it away from the old default.
template <class T>
void keepChanged(T& fresh, const T& current, const T& oldDefault) {
    if (!(current == oldDefault)) fresh = current;
}

void keepChangedSettings(training::TrainConfig& fresh, const training::TrainConfig& now,
                         const training::TrainConfig& before) {
    fresh.datasetFolder = now.datasetFolder;
    fresh.validationShare = now.validationShare;
    keepChanged(fresh.head.kind, now.head.kind, before.head.kind);
    keepChanged(fresh.head.hiddenUnits, now.head.hiddenUnits, before.head.hiddenUnits);
    keepChanged(fresh.head.dropout, now.head.dropout, before.head.dropout);
    keepChanged(fresh.augment, now.augment, before.augment);
    keepChanged(fresh.epochs, now.epochs, before.epochs);
    keepChanged(fresh.batchSize, now.batchSize, before.batchSize);
    keepChanged(fresh.accumulate, now.accumulate, before.accumulate);
    keepChanged(fresh.precision, now.precision, before.precision);
    keepChanged(fresh.cache, now.cache, before.cache);
    keepChanged(fresh.optimizer.kind, now.optimizer.kind, before.optimizer.kind);
    keepChanged(fresh.optimizer.learningRate, now.optimizer.learningRate, before.optimizer.learningRate);
    keepChanged(fresh.optimizer.momentum, now.optimizer.momentum, before.optimizer.momentum);
    keepChanged(fresh.optimizer.nesterov, now.optimizer.nesterov, before.optimizer.nesterov);
    keepChanged(fresh.optimizer.weightDecay, now.optimizer.weightDecay, before.optimizer.weightDecay);
    keepChanged(fresh.schedule.kind, now.schedule.kind, before.schedule.kind);
    keepChanged(fresh.schedule.stepEpochs, now.schedule.stepEpochs, before.schedule.stepEpochs);
    keepChanged(fresh.schedule.gamma, now.schedule.gamma, before.schedule.gamma);
    keepChanged(fresh.schedule.warmupEpochs, now.schedule.warmupEpochs, before.schedule.warmupEpochs);
    keepChanged(fresh.earlyStopEpochs, now.earlyStopEpochs, before.earlyStopEpochs);
    keepChanged(fresh.seed, now.seed, before.seed);
    keepChanged(fresh.threads, now.threads, before.threads);
    keepChanged(fresh.loaderThreads, now.loaderThreads, before.loaderThreads);
    keepChanged(fresh.device, now.device, before.device);
}

}  // namespace

Project::Project(const QString& runsRoot, QObject* parent) : QObject(parent), m_runsRoot(runsRoot) {}

QString Project::folder() const {
    return QString::fromStdString(m_config.datasetFolder);
}

void Project::setFolder(const QString& folder) {
    training::TrainConfig config = m_config;
    config.datasetFolder =
        folder.isEmpty() ? std::string() : QFileInfo(folder).absoluteFilePath().toStdString();
    if (config.datasetFolder != m_config.datasetFolder) setConfig(config);
}

void Project::setDataset(std::shared_ptr<const data::DatasetIndex> dataset) {
    if (dataset == m_dataset) return;
    m_dataset = std::move(dataset);
    emit datasetChanged();
}

void Project::setConfig(const training::TrainConfig& config) {
    const bool otherFolder = config.datasetFolder != m_config.datasetFolder;
    const bool otherNetwork = config.backbone != m_config.backbone;
    const bool otherWeights = config.weightsFile != m_config.weightsFile;
    m_config = config;
    if (otherNetwork || otherWeights) {
        if (auto found = training::defaultConfig(config.backbone, config.weightsFile)) m_defaults = *found;
    }
    if (otherFolder) m_dataset.reset();
    if (otherNetwork) m_summary.reset();

    if (otherFolder) emit folderChanged();
    if (otherNetwork || otherWeights) emit backboneChanged();
    emit configChanged();
    if (otherFolder) emit datasetChanged();
    if (otherNetwork) emit summaryChanged();
}

bool Project::chooseBackbone(const QString& name, const QString& weightsFile) {
    return takeBackbone(training::defaultConfig(name.toStdString(), weightsFile.toStdString()));
}

bool Project::takeBackbone(const Result<training::TrainConfig>& defaults) {
    if (!defaults) {
        emit backboneRefused(defaults.error());
        return false;
    }
    training::TrainConfig fresh = *defaults;
    keepChangedSettings(fresh, m_config, m_defaults);
    const bool otherNetwork = fresh.backbone != m_config.backbone;
    m_defaults = *defaults;
    m_config = fresh;
    if (otherNetwork) m_summary.reset();
    emit backboneChanged();
    emit configChanged();
    if (otherNetwork) emit summaryChanged();
    return true;
}

Result<training::TrainConfig> Project::findDefaultBackbone(const QString& name, const QString& weightsFile) {
    std::string chosen = name.toStdString();
    std::string file =
        weightsFile.isEmpty() ? std::string() : QFileInfo(weightsFile).absoluteFilePath().toStdString();
    if (chosen.empty() && !file.empty()) chosen = training::backboneOf(file);
    if (chosen.empty()) chosen = file.empty() ? weights::firstChoice().name : kFileOwner;
    const bool nothingHere = chosen.empty();
    if (nothingHere) chosen = kLastResort;
    if (file.empty()) file = weights::locateAnyWeights(chosen).value_or(std::string());
    auto found = training::defaultConfig(chosen, file);
    if (found && nothingHere) {
        // From nothing, large pictures on a CPU take hours; small ones show something within minutes.
        found->preprocess.cropSize = kSmallPicture;
        found->preprocess.resizeSize = kSmallPicture + kSmallPicture / 8;
    }
    return found;
}

void Project::setSummary(std::shared_ptr<const backbones::ModelSummary> summary) {
    m_summary = std::move(summary);
    emit summaryChanged();
}

void Project::setCurrentRun(const QString& folder) {
    if (folder == m_currentRun) return;
    m_currentRun = folder;
    emit currentRunChanged();
}

QString Project::newRunFolder() const {
    const QString base = m_runsRoot + QLatin1Char('/') +
                         QDateTime::currentDateTime().toString(QStringLiteral("yyyy-MM-dd-HHmmss")) +
                         QLatin1Char('-') + QString::fromStdString(m_config.backbone);
    QString folder = base;
    for (int n = 2; QFileInfo::exists(folder); ++n) {
        folder = base + QLatin1Char('-') + QString::number(n);
    }
    return folder;
}

}  // namespace graft::ui
