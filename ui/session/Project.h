// SPDX-License-Identifier: GPL-3.0-or-later
// The one state of the window: which images, which network, which settings, which run is looked at.
// Pages read it and change it here; they hear of each other's changes through its signals only.
// Belongs to the GUI thread; hands out plain values that worker threads may copy.
#pragma once

#include <QObject>
#include <QString>
#include <memory>
#include <optional>

#include "core/backbones/ModelSummary.h"
#include "core/base/Result.h"
#include "core/data/DatasetIndex.h"
#include "core/settings/TrainConfig.h"
#include "ui/session/BackboneMemory.h"

namespace graft::ui {

struct DatasetSummary;

class Project : public QObject {
    Q_OBJECT
  public:
    explicit Project(const QString& runsRoot, QObject* parent = nullptr);

    // The image folder; setting it forgets the dataset and writes config().datasetFolder.
    QString folder() const;
    void setFolder(const QString& folder);

    // What the scan found; null while there is no folder or it is being read.
    std::shared_ptr<const data::DatasetIndex> dataset() const { return m_dataset; }
    // What there is to say of it; null where dataset() is.
    std::shared_ptr<const DatasetSummary> datasetSummary() const { return m_datasetSummary; }
    void setDataset(std::shared_ptr<const data::DatasetIndex> dataset,
                    std::shared_ptr<const DatasetSummary> summary);
    void forgetDataset() { setDataset(nullptr, nullptr); }

    // Every setting of the next run. runFolder is empty: newRunFolder() names one when it starts. Another
    // folder forgets the dataset, another backbone the summary. The defaults that come with a backbone are
    // not looked up here.
    const settings::TrainConfig& config() const { return m_config; }
    void setConfig(const settings::TrainConfig& config);
    // What the backbone came with, to tell what a person changed.
    const settings::TrainConfig& defaults() const { return m_defaults; }
    // Whether there is a backbone that was chosen, by the window as it starts or by a person.
    bool hasBackbone() const { return m_hasBackbone; }
    // Settings that were in use, and what their backbone came with. A choice that is being looked up is
    // dropped.
    void restore(const settings::TrainConfig& config, const settings::TrainConfig& defaults);
    // What the backbone and the weights in use come with in this version of the program: what differed from
    // what they came with before stays, and has the same meaning to "put back".
    void renewDefaults(const settings::TrainConfig& defaults);

    // Takes the backbone's own preprocessing and freeze plan, and its other defaults where the person had
    // not changed them. weightsFile is empty for random weights. The defaults are looked up on a worker
    // thread, which loads LibTorch, builds the network and reads the whole of a weight file that has a .json
    // beside it: until they are there, what was chosen before is in use. A later choice overtakes an earlier
    // one, and what is set meanwhile stays; so does what was set for this backbone and these weights when
    // they were in use before. Where it cannot be, nothing changes and backboneRefused() says why.
    void chooseBackbone(const QString& name, const QString& weightsFile);
    // The same for weights of the backbone in use that have come late: the freeze plan and the preprocessing
    // stay as well where the person had changed them.
    void addWeights(const QString& name, const QString& weightsFile);
    // The same with the weights' own head, whatever was set: a run's model as the start of another.
    void chooseModel(const QString& name, const QString& weightsFile);
    // What is being looked up is not wanted any more.
    void dropChoice();
    bool isChoosing() const { return m_choice.has_value(); }
    // What is being looked up, else what is in use.
    QString wantedBackbone() const;
    QString wantedWeights() const;
    // What training::defaultConfig() gave on a worker thread. Whether it could be taken; else as above.
    // A choice that is being looked up comes after it.
    bool takeBackbone(const Result<settings::TrainConfig>& defaults);

    // Where the window starts; for a worker thread. Without a name: MobileNetV2 if its weights are on this
    // machine, else the first backbone whose weights are, else ResNet-18 with random weights on small
    // pictures. Without a file the published weights, where they are.
    static Result<settings::TrainConfig> findDefaultBackbone(const QString& name, const QString& weightsFile);

    // The block tree of config().backbone for the dataset's classes; null while it is being measured.
    std::shared_ptr<const backbones::ModelSummary> summary() const { return m_summary; }
    void setSummary(std::shared_ptr<const backbones::ModelSummary> summary);

    QString runsRoot() const { return m_runsRoot; }
    QString currentRun() const { return m_currentRun; }  // shown in Results and Export; may be empty
    void setCurrentRun(const QString& folder);
    // Its files may be others by now: a disk is back, another process has trained in it.
    void reopenCurrentRun() { emit currentRunChanged(); }
    // A name that no folder has yet: RUNSROOT/2026-05-01-143000-resnet18.
    QString newRunFolder() const;
    // Tells the run list to read the runs' folder again.
    void notifyRunsChanged() { emit runsChanged(); }

  signals:
    void folderChanged();
    void datasetChanged();
    void configChanged();
    void backboneChanged();
    void backboneRefused(const graft::Error& error);
    void choosingChanged();  // isChoosing(), or what is wanted
    void summaryChanged();
    void currentRunChanged();
    void runsChanged();

  private:
    // A backbone whose defaults are being looked up.
    struct Choice {
        QString backbone;
        QString weightsFile;
        settings::TrainConfig before;  // what differs from this was set meanwhile
        bool takesHead = false;
    };

    void lookUp(Choice choice);
    // What stays as it was set; everything else stays where a person had changed it.
    struct Kept {
        bool freeze;
        bool preprocess;
        bool head;
    };
    void takeDefaults(const settings::TrainConfig& defaults, const Kept& kept);

    QString m_runsRoot;
    QString m_currentRun;
    std::shared_ptr<const data::DatasetIndex> m_dataset;
    std::shared_ptr<const DatasetSummary> m_datasetSummary;
    std::shared_ptr<const backbones::ModelSummary> m_summary;
    settings::TrainConfig m_config;
    settings::TrainConfig m_defaults;
    BackboneMemory m_memory;
    bool m_hasBackbone = false;
    std::optional<Choice> m_choice;
    quint64 m_lookups = 0;  // so that an answer that was overtaken is dropped
};

}  // namespace graft::ui
