// SPDX-License-Identifier: GPL-3.0-or-later
// The weight file that a person chose for the wanted backbone: looked at on a worker thread, and taken into
// the project where it fits; so is what has been downloaded. What there is to say of it stays until another
// choice is made.
#pragma once

#include <QObject>
#include <QString>
#include <optional>
#include <utility>
#include <vector>

#include "core/backbones/WeightStore.h"
#include "core/base/Message.h"
#include "core/base/Result.h"
#include "core/settings/TrainConfig.h"

namespace graft::ui {

class Project;

class WeightsChoice : public QObject {
    Q_OBJECT

  public:
    explicit WeightsChoice(Project& project);

    // Overtakes what is being looked at.
    void check(const QString& file);
    // Another choice is made: what is being looked at, or was refused, is not wanted any more.
    void drop();

    const QString& checking() const { return m_checking; }  // empty: none is being looked at
    bool isLastChecked(const QString& file) const { return file == m_checked; }
    QString refusal() const;  // why a choice could not be taken; may be empty
    QString notes() const;    // what was chosen in the file in use; may be empty

  signals:
    void changed();  // any of these

  private:
    struct Checked {
        backbones::WeightFit fit;
        settings::TrainConfig defaults;  // where it fits
    };

    void take(const QString& file, const QString& backbone, const Result<Checked>& checked);
    void takeFetched(const QString& file);
    void takeRefusal(const Error& error);
    void follow();
    std::pair<QString, QString> wanted() const;

    Project& m_project;
    QString m_checking;
    QString m_checked;
    std::optional<Error> m_error;
    Message m_misfit;
    std::vector<Message> m_notes;
    std::pair<QString, QString> m_wanted;  // backbone and weights, which all of this is about
};

}  // namespace graft::ui
