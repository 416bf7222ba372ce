// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/Project.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <utility>

#include "core/backbones/Catalogue.h"
#include "core/backbones/WeightStore.h"
#include "core/settings/Settings.h"
#include "core/training/DefaultConfig.h"

namespace graft::ui {

namespace {

constexpr const char* kFileOwner = "mobilenet_v2";  // of a weight file that comes without a backbone's name
constexpr const char* kLastResort = "resnet18";
constexpr int kSmallPicture = 64;

}  // namespace

Project::Project(const QString& runsRoot, QObject* parent) : QObject(parent), m_runsRoot(runsRoot) {}

QString Project::folder() const {
    return QString::fromStdString(m_config.datasetFolder);
}

void Project::setFolder(const QString& folder) {
    settings::TrainConfig config = m_config;
    config.datasetFolder =
        folder.isEmpty() ? std::string() : QFileInfo(folder).absoluteFilePath().toStdString();
    if (config.datasetFolder != m_config.datasetFolder) setConfig(config);
}

void Project::setDataset(std::shared_ptr<const data::DatasetIndex> dataset) {
    if (dataset == m_dataset) return;
    m_dataset = std::move(dataset);
    emit datasetChanged();
}

void Project::setConfig(const settings::TrainConfig& config) {
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

bool Project::takeBackbone(const Result<settings::TrainConfig>& defaults) {
    if (!defaults) {
        emit backboneRefused(defaults.error());
        return false;
    }
    settings::TrainConfig fresh = *defaults;
    settings::keepChanged(fresh, m_config, m_defaults);
    const bool otherNetwork = fresh.backbone != m_config.backbone;
    m_defaults = *defaults;
    m_config = fresh;
    if (otherNetwork) m_summary.reset();
    emit backboneChanged();
    emit configChanged();
    if (otherNetwork) emit summaryChanged();
    return true;
}

Result<settings::TrainConfig> Project::findDefaultBackbone(const QString& name, const QString& weightsFile) {
    std::string chosen = name.toStdString();
    std::string file =
        weightsFile.isEmpty() ? std::string() : QFileInfo(weightsFile).absoluteFilePath().toStdString();
    if (chosen.empty() && !file.empty()) chosen = training::backboneOf(file);
    if (chosen.empty()) chosen = file.empty() ? backbones::firstChoice().name : kFileOwner;
    const bool nothingHere = chosen.empty();
    if (nothingHere) chosen = kLastResort;
    if (file.empty()) file = backbones::locateAnyWeights(chosen).value_or(std::string());
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
