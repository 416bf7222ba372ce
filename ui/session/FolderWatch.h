// SPDX-License-Identifier: GPL-3.0-or-later
// Whether the project's folder is still as it was when it was read: files and folders that came or went, not
// what is within a file (a run looks at that when it starts). Up to 1000 of its folders are watched, on a
// thread of its own that may wait for a disk; folders on other machines are not, which would tell nothing.
// After the first change it rests until the folder is read again, so that copying thousands of files is one
// piece of news.
#pragma once

#include <QDateTime>
#include <QObject>
#include <QPointer>
#include <memory>

class QThread;

namespace graft::data {
struct DatasetIndex;
}

namespace graft::ui {

class Project;

class FolderWatch : public QObject {
    Q_OBJECT

  public:
    explicit FolderWatch(Project& project);
    ~FolderWatch() override;

    bool hasChanged() const { return m_hasChanged; }

  signals:
    void changed();  // hasChanged()

  private:
    class Watcher;

    void begin();
    void noteChange(quint64 number);
    void setChanged(bool changed);

    Project& m_project;
    QThread* m_thread = nullptr;  // none before there is a folder
    QPointer<Watcher> m_watcher;  // lives in it
    std::shared_ptr<const data::DatasetIndex> m_dataset;
    QDateTime m_readAt;    // when the reading began
    quint64 m_number = 0;  // so that news of a reading before are dropped
    bool m_hasChanged = false;
};

}  // namespace graft::ui
