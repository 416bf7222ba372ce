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
#include "ui/session/Background.h"
#include "ui/session/DatasetSummary.h"

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

void Project::setDataset(std::shared_ptr<const data::DatasetIndex> dataset,
                         std::shared_ptr<const DatasetSummary> summary) {
    Q_ASSERT((dataset == nullptr) == (summary == nullptr));
    if (dataset == m_dataset) return;
    m_dataset = std::move(dataset);
    m_datasetSummary = std::move(summary);
    emit datasetChanged();
}

void Project::setConfig(const settings::TrainConfig& config) {
    const bool otherFolder = config.datasetFolder != m_config.datasetFolder;
    const bool otherNetwork = config.backbone != m_config.backbone;
    const bool otherWeights = config.weightsFile != m_config.weightsFile;
    m_config = config;
    if (otherFolder) {
        m_dataset.reset();
        m_datasetSummary.reset();
    }
    if (otherNetwork) m_summary.reset();

    if (otherFolder) emit folderChanged();
    if (otherNetwork || otherWeights) emit backboneChanged();
    emit configChanged();
    if (otherFolder) emit datasetChanged();
    if (otherNetwork) emit summaryChanged();
}

void Project::restore(const settings::TrainConfig& config, const settings::TrainConfig& defaults) {
    dropChoice();
    m_defaults = defaults;
    setConfig(config);
}

void Project::renewDefaults(const settings::TrainConfig& defaults) {
    settings::TrainConfig fresh = defaults;
    for (const settings::Setting& setting : settings::all()) {
        const settings::Value value = setting.field.get(m_config);
        if (value != setting.field.get(m_defaults)) setting.field.set(fresh, value);
    }
    if (m_config.freeze != m_defaults.freeze) fresh.freeze = m_config.freeze;
    fresh.datasetFolder = m_config.datasetFolder;
    m_hasBackbone = true;
    restore(fresh, defaults);
    emit backboneChanged();
}

void Project::chooseBackbone(const QString& name, const QString& weightsFile) {
    lookUp({name, weightsFile, m_config, false});
}

void Project::chooseModel(const QString& name, const QString& weightsFile) {
    lookUp({name, weightsFile, m_config, true});
}

void Project::addWeights(const QString& name, const QString& weightsFile) {
    settings::TrainConfig before = m_config;
    if (name == QString::fromStdString(m_config.backbone)) {
        before.freeze = m_defaults.freeze;
        before.preprocess = m_defaults.preprocess;
    }
    lookUp({name, weightsFile, std::move(before), false});
}

void Project::lookUp(Choice choice) {
    m_choice = std::move(choice);
    emit choosingChanged();
    runInBackground(
        this,
        [name = m_choice->backbone.toStdString(), file = m_choice->weightsFile.toStdString()] {
            return training::defaultConfig(name, file);
        },
        [this, number = ++m_lookups](const Result<settings::TrainConfig>& defaults) {
            if (number != m_lookups || !m_choice) return;
            const Choice chosen = *std::exchange(m_choice, std::nullopt);
            const settings::TrainConfig& before = chosen.before;
            if (defaults) {
                // Another network's units have other names.
                const bool keepsFreeze =
                    defaults->backbone == before.backbone && m_config.freeze != before.freeze;
                takeDefaults(*defaults,
                             {keepsFreeze, m_config.preprocess != before.preprocess, !chosen.takesHead});
            } else {
                emit backboneRefused(defaults.error());
            }
            emit choosingChanged();
        });
}

void Project::dropChoice() {
    if (!m_choice) return;
    m_choice.reset();
    emit choosingChanged();
}

QString Project::wantedBackbone() const {
    return m_choice ? m_choice->backbone : QString::fromStdString(m_config.backbone);
}

QString Project::wantedWeights() const {
    return m_choice ? m_choice->weightsFile : QString::fromStdString(m_config.weightsFile);
}

bool Project::takeBackbone(const Result<settings::TrainConfig>& defaults) {
    if (!defaults) {
        emit backboneRefused(defaults.error());
        return false;
    }
    takeDefaults(*defaults, {false, false, true});
    return true;
}

void Project::takeDefaults(const settings::TrainConfig& defaults, const Kept& kept) {
    settings::TrainConfig fresh = defaults;
    if (fresh.backbone != m_config.backbone || fresh.weightsFile != m_config.weightsFile) {
        m_memory.keep(m_config, m_defaults);
        m_memory.giveBack(fresh);
    }
    settings::keepChanged(fresh, m_config, m_defaults);
    if (kept.freeze) fresh.freeze = m_config.freeze;
    if (kept.preprocess) fresh.preprocess = m_config.preprocess;
    if (!kept.head) fresh.head = defaults.head;
    const bool otherNetwork = fresh.backbone != m_config.backbone;
    m_hasBackbone = true;
    m_defaults = defaults;
    m_config = fresh;
    if (m_choice) m_choice->before = m_config;  // nobody has set what came with it
    if (otherNetwork) m_summary.reset();
    emit backboneChanged();
    emit configChanged();
    if (otherNetwork) emit summaryChanged();
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
