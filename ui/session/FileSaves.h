// SPDX-License-Identifier: GPL-3.0-or-later
// Writes the files that a person saves from the pages, and keeps which are on their way and what became of
// them. Made and written on a worker thread; this object belongs to the GUI thread.
#pragma once

#include <QByteArray>
#include <QObject>
#include <QString>
#include <QStringList>
#include <functional>
#include <map>
#include <optional>

#include "core/base/Result.h"

namespace graft::ui {

class Project;

class FileSaves : public QObject {
    Q_OBJECT

  public:
    explicit FileSaves(Project& project);

    // The file has all that make() gives, or is what it was before. place: who saves it, by a name of its own
    // ("loss"), to ask here for it; why its last file failed is forgotten. make: called on another thread.
    void save(const QString& place, const QString& path, std::function<QByteArray()> make);

    QStringList onTheirWay(const QString& place) const;  // their paths, the latest at the end
    std::optional<Error> failure(const QString& place) const;

  signals:
    void changed(const QString& place);  // either of these

  private:
    struct State {
        QStringList paths;  // on their way
        std::optional<Error> failure;
    };

    std::map<QString, State> m_states;  // by place
};

}  // namespace graft::ui
