// SPDX-License-Identifier: GPL-3.0-or-later
// Makes an earlier run the start of the next one: repeated, or begun from its weights. What is looked up is
// looked up on a worker thread. Belongs to the GUI thread.
#pragma once

#include <QObject>
#include <QString>
#include <memory>
#include <optional>
#include <string>

#include "core/base/Result.h"
#include "core/training/RepeatRun.h"
#include "core/training/RunFolder.h"

namespace graft::ui {

class Project;

class RunReuse : public QObject {
    Q_OBJECT

  public:
    explicit RunReuse(Project& project);

    // found() gives what is to be taken, failure() why it cannot be. A later call overtakes an earlier one.
    void lookUp(const QString& runFolder);
    // All its settings, its images where they are still there, and its backbone with its weights.
    void take(const training::LikeRun& like);
    // The backbone with the run's model as its weights, its head too.
    void startFrom(const training::RunSummary& run);

    bool isBusy() const { return m_isLooking || m_isTaking; }
    const std::optional<Error>& failure() const { return m_failure; }
    void forgetFailure();

    // Where the next run's settings come from, while they are still those that were
    // taken, and until a training begins.
    enum class Way { Repeated, StartedFrom };
    struct Origin {
        QString run;  // its name
        Way way = Way::Repeated;
    };
    const std::optional<Origin>& origin() const { return m_origin; }

  signals:
    // Its notices say where the new run will not be a repetition.
    void found(const std::shared_ptr<const graft::training::LikeRun>& like);
    void taken();          // the next run's settings are in use
    void changed();        // failure(), isBusy()
    void originChanged();  // origin()

  private:
    void say(const std::optional<Error>& failure);
    void begin(const QString& runFolder, Way way);
    void finish();
    bool isSameModel(const QString& weights) const;
    void followSettings();
    void setOrigin(const std::optional<Origin>& origin);

    Project& m_project;
    std::optional<Error> m_failure;
    quint64 m_number = 0;
    bool m_isLooking = false;
    QString m_lookedUp;  // a run's folder
    Origin m_wanted;     // of what is being taken
    QString m_wantedBackbone;
    QString m_wantedWeights;
    std::optional<Origin> m_origin;
    std::string m_taken;  // as it was then
    bool m_isTraining = false;
    bool m_isTaking = false;  // what comes with the backbone is being looked up
};

}  // namespace graft::ui
