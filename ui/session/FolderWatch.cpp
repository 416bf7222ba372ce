// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/FolderWatch.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QFileSystemWatcher>
#include <QStorageInfo>
#include <QStringList>
#include <QThread>
#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "core/data/DatasetIndex.h"
#include "ui/session/Project.h"

namespace graft::ui {

namespace {

constexpr std::size_t kMostFolders = 1000;  // the system lends a limited number of watches
constexpr unsigned long kLeaveAfterMs = 2000;

// The data set's own, and all between it and an image.
QStringList foldersOf(const data::DatasetIndex& dataset) {
    std::set<std::string> folders{std::string()};
    const auto add = [&folders](std::string folder) {
        while (folders.size() < kMostFolders && folders.insert(folder).second) {
            const std::size_t slash = folder.rfind('/');
            if (slash == std::string::npos) return;
            folder.resize(slash);
        }
    };
    std::string last;
    for (const data::Sample& sample : dataset.samples) {
        const std::size_t slash = sample.path.rfind('/');
        if (slash == std::string::npos || sample.path.compare(0, slash, last) == 0) continue;
        last = sample.path.substr(0, slash);
        add(last);
    }
    for (const data::Problem& problem : dataset.problems)
        if (problem.code == data::ProblemCode::EmptyClass) add(problem.path);
    QStringList paths;
    const QString root = QString::fromStdString(dataset.root);
    for (const std::string& folder : folders)
        paths << (folder.empty() ? root : root + QLatin1Char('/') + QString::fromStdString(folder));
    return paths;
}

bool isOnAnotherMachine(const QString& folder) {
    static constexpr std::array kKinds = {"nfs", "cifs", "smb", "9p", "afs", "sshfs", "rclone", "davfs"};
    const QByteArray type = QStorageInfo(folder).fileSystemType().toLower();
    return std::ranges::any_of(kKinds, [&type](const char* kind) { return type.contains(kind); });
}

}  // namespace

class FolderWatch::Watcher : public QObject {
  public:
    explicit Watcher(FolderWatch* owner) : m_owner(owner) {}

    void watch(const std::shared_ptr<const data::DatasetIndex>& dataset, const QDateTime& since,
               quint64 number) {
        rest();
        if (!dataset) return;
        const QString root = QString::fromStdString(dataset->root);
        if (isOnAnotherMachine(root)) return;
        const QStringList folders = foldersOf(*dataset);
        m_system = std::make_unique<QFileSystemWatcher>();
        connect(m_system.get(), &QFileSystemWatcher::directoryChanged, this,
                [this, number] { tell(number); });
        m_system->addPaths(folders);
        // What came while it was being read.
        const bool isOld = since.isValid() && std::ranges::any_of(folders, [&since](const QString& folder) {
                               return QFileInfo(folder).lastModified() > since;
                           });
        if (isOld) tell(number);
    }

  private:
    void rest() {
        if (!m_system) return;
        m_system->disconnect(this);
        m_system.release()->deleteLater();  // it may be what calls
    }

    // By way of the application, which outlives the owner.
    void tell(quint64 number) {
        rest();
        QCoreApplication* relay = QCoreApplication::instance();
        if (relay == nullptr) return;
        QMetaObject::invokeMethod(
            relay,
            [owner = m_owner, number] {
                if (owner) owner->noteChange(number);
            },
            Qt::QueuedConnection);
    }

    QPointer<FolderWatch> m_owner;
    std::unique_ptr<QFileSystemWatcher> m_system;
};

FolderWatch::FolderWatch(Project& project) : QObject(&project), m_project(project) {
    // Whoever reads it again forgets it first.
    const auto noteReading = [this] {
        if (!m_project.dataset()) m_readAt = QDateTime::currentDateTime();
    };
    connect(&project, &Project::folderChanged, this, noteReading);
    connect(&project, &Project::datasetChanged, this, noteReading);
    connect(&project, &Project::datasetChanged, this, &FolderWatch::begin);
    noteReading();
    begin();
}

FolderWatch::~FolderWatch() {
    if (m_thread == nullptr) return;
    m_thread->quit();
    if (m_thread->wait(kLeaveAfterMs)) {
        delete m_thread;
    } else {  // a disk that does not answer keeps it, and nothing else
        connect(m_thread, &QThread::finished, m_thread, &QObject::deleteLater);
    }
}

void FolderWatch::begin() {
    if (m_project.dataset() == m_dataset) return;
    m_dataset = m_project.dataset();
    setChanged(false);
    const quint64 number = ++m_number;
    const QDateTime since = m_dataset ? std::exchange(m_readAt, QDateTime()) : QDateTime();
    if (m_dataset && m_thread == nullptr) {
        m_thread = new QThread;
        m_thread->setObjectName(QStringLiteral("folder watch"));
        auto* watcher = new Watcher(this);
        m_watcher = watcher;
        watcher->moveToThread(m_thread);
        connect(m_thread, &QThread::finished, watcher, &QObject::deleteLater);
        m_thread->start(QThread::LowPriority);
    }
    Watcher* watcher = m_watcher;
    if (watcher == nullptr) return;
    QMetaObject::invokeMethod(
        watcher, [watcher, dataset = m_dataset, since, number] { watcher->watch(dataset, since, number); },
        Qt::QueuedConnection);
}

void FolderWatch::noteChange(quint64 number) {
    if (number == m_number) setChanged(true);
}

void FolderWatch::setChanged(bool isChanged) {
    if (isChanged == m_hasChanged) return;
    m_hasChanged = isChanged;
    emit changed();
}

}  // namespace graft::ui
