// SPDX-License-Identifier: GPL-3.0-or-later
// Measures the project's network on a worker thread whenever what it depends on changes, and puts what it
// finds into the project.
#pragma once

#include <QObject>
#include <QString>
#include <optional>
#include <string>

#include "core/base/Result.h"

namespace graft::ui {

class Project;

class NetworkMeasure : public QObject {
    Q_OBJECT

  public:
    explicit NetworkMeasure(Project& project);

    // Of the last one that was measured; 0 before.
    int classes() const { return m_measured.classes; }
    int outputs() const { return m_outputs; }
    // Why it could not be. Project::summaryChanged() follows what changes here.
    const std::optional<Error>& failure() const { return m_failure; }

  private:
    // What has to be measured: the block tree and its head depend on all of them.
    struct Measurement {
        QString backbone;
        int inputSize = 0;
        int classes = 0;
        std::string loss;  // with one it is a single output for two classes
        bool operator==(const Measurement&) const = default;
    };

    void measure();
    int classCount() const;

    Project& m_project;
    Measurement m_running;   // empty while nothing is measured
    Measurement m_measured;  // the last one that came back
    int m_outputs = 0;       // of the head that was measured
    std::optional<Error> m_failure;
};

}  // namespace graft::ui
