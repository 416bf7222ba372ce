// SPDX-License-Identifier: GPL-3.0-or-later
// Undo and redo of what a person has set for the next run, on whichever page: settings, recipes and presets,
// the backbone with its weights, the freeze plan, the split. A step brings back everything as it was, a
// backbone's freeze plan and preprocessing too; the folder of images is no part of it. What is typed or
// dragged in one field is one step. The window's own first choice of a backbone is none. A run that is going
// on has its settings in its folder: no step changes it.
#pragma once

#include <QObject>
#include <QString>
#include <QTimer>
#include <cstddef>
#include <string>
#include <vector>

#include "core/settings/TrainConfig.h"

namespace graft::ui {

class Project;

class SettingsHistory : public QObject {
    Q_OBJECT

  public:
    static constexpr std::size_t kMostSteps = 200;  // the oldest are forgotten

    explicit SettingsHistory(Project& project);

    bool canUndo() const;
    bool canRedo() const;
    // What a step changes: "Batch size", "backbone ResNet-50". Empty where there is none; also where it
    // cannot be done now.
    QString nextUndo() const;
    QString nextRedo() const;

    // A choice that is being looked up is the last step: it is given up.
    void undo();
    void redo();

    // What is changed from now on is another step, also in the same field.
    void seal() { m_isOpen = false; }

  signals:
    void changed();  // any of these

  private:
    struct State {
        settings::TrainConfig config;
        settings::TrainConfig defaults;
        std::string text;  // of both; where it is the same, so are they
    };
    struct Step {
        State before;
        State after;
    };

    State read() const;
    void record();
    void add(State next);
    bool continues(const Step& last, const State& next) const;
    const Step* undoable() const;  // null: none
    const Step* redoable() const;
    void restore(const State& state);

    Project& m_project;
    std::vector<Step> m_steps;
    std::size_t m_done = 0;  // steps before it can be undone, the others redone
    State m_now;
    QTimer m_pause;  // whoever comes back to a field after it means something else
    bool m_isKnown;  // there was a backbone when it was looked at last
    bool m_isOpen = false;
    bool m_isRestoring = false;
};

}  // namespace graft::ui
