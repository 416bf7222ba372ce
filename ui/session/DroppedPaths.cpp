// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/DroppedPaths.h"

#include <QDir>
#include <QFileInfo>
#include <QStringList>
#include <algorithm>

#include "core/data/ImageListing.h"
#include "core/training/RunFolder.h"
#include "ui/session/Background.h"
#include "ui/session/DatasetLoader.h"
#include "ui/session/Project.h"
#include "ui/session/ProjectPart.h"

namespace graft::ui {

namespace {

bool isArchive(const QString& name) {
    static const QStringList endings = {".zip", ".tar", ".tgz", ".tbz2", ".txz", ".7z",
                                        ".rar", ".gz",  ".bz2", ".xz",   ".zst"};
    return std::ranges::any_of(
        endings, [&](const QString& ending) { return name.endsWith(ending, Qt::CaseInsensitive); });
}

// That all of them lie in; empty: they lie in several.
QString commonFolder(const QStringList& paths) {
    const QString folder = QFileInfo(paths.front()).absolutePath();
    const bool isCommon = std::ranges::all_of(
        paths, [&](const QString& path) { return QFileInfo(path).absolutePath() == folder; });
    return isCommon && !QDir(folder).isRoot() ? folder : QString();
}

// Other programs have a config.json too; a damaged run is one all the same.
bool isRun(const QString& folder) {
    const QDir inside(folder);
    if (!inside.exists(QStringLiteral("config.json"))) return false;
    return inside.exists(QStringLiteral("dataset.json")) || training::openRun(folder.toStdString());
}

bool isPicture(const QString& path) {
    return data::lookAtFile(path.toStdString()).content == data::FileContent::Image;
}

}  // namespace

DroppedPaths::DroppedPaths(Project& project) : QObject(&project), m_project(project) {
    connect(&project, &Project::folderChanged, this, [this] { tell({}); });
}

void DroppedPaths::take(const QList<QUrl>& urls) {
    if (urls.isEmpty()) return;
    QStringList paths;
    for (const QUrl& url : urls) {
        if (!url.isLocalFile()) {
            ++m_number;
            return tell({Kind::Elsewhere, url.toDisplayString(), 1, {}});
        }
        // A folder's may end with a slash.
        paths.append(QDir::cleanPath(url.toLocalFile()));
    }
    tell({});
    runInBackground(
        this, [paths]() -> Result<Drop> { return judge(paths); },
        [this, number = ++m_number](const Result<Drop>& drop) {
            if (drop && number == m_number) follow(*drop);
        });
}

void DroppedPaths::follow(const Drop& drop) {
    if (drop.kind == Kind::Folder) return open(drop.name);
    if (drop.kind != Kind::Run) return tell(drop);
    emit runDropped(drop.name);
}

void DroppedPaths::open(const QString& folder) {
    ++m_number;
    const QString before = m_project.folder();
    m_project.setFolder(folder);
    if (!before.isEmpty() && m_project.folder() == before) projectPart<DatasetLoader>(m_project).read();
    tell({});
}

DroppedPaths::Drop DroppedPaths::judge(const QStringList& paths) {
    if (paths.size() == 1) return judgeOne(paths.front());
    const int count = static_cast<int>(paths.size());
    const auto folders =
        std::ranges::count_if(paths, [](const QString& path) { return QFileInfo(path).isDir(); });
    const QString name = QFileInfo(paths.front()).fileName();
    if (folders == paths.size()) return {Kind::Folders, name, count, commonFolder(paths)};
    if (folders == 0 && std::ranges::all_of(paths, isPicture))
        return {Kind::Pictures, name, count, commonFolder(paths)};
    return {Kind::Mixed, name, count, {}};
}

DroppedPaths::Drop DroppedPaths::judgeOne(const QString& path) {
    if (QFileInfo(path).isDir()) return {isRun(path) ? Kind::Run : Kind::Folder, path, 1, {}};
    const QString name = QFileInfo(path).fileName();
    if (!QFileInfo::exists(path)) return {Kind::Gone, path, 1, {}};
    if (isArchive(name)) return {Kind::Archive, name, 1, {}};
    if (!isPicture(path)) return {Kind::OtherFile, name, 1, {}};
    return {Kind::Picture, name, 1, commonFolder({path})};
}

void DroppedPaths::tell(const Drop& drop) {
    if (drop.kind == Kind::Nothing && m_drop.kind == Kind::Nothing) return;
    m_drop = drop;
    m_offer = drop.offer;
    emit changed();
}

QString DroppedPaths::sentence() const {
    const QString& name = m_drop.name;
    switch (m_drop.kind) {
        case Kind::Nothing:
        case Kind::Folder:
        case Kind::Run:
            break;
        case Kind::Picture:
            if (m_offer.isEmpty())
                return tr("%1 is one picture. Drop a folder that has a folder of pictures for each class.")
                    .arg(name);
            return tr("%1 is one picture, and a folder of them is needed, with a folder for each class. It "
                      "lies "
                      "in %2.")
                .arg(name, m_offer);
        case Kind::Pictures:
            if (m_offer.isEmpty())
                return tr("%L1 pictures were dropped. Drop a folder that has a folder of pictures for each "
                          "class.")
                    .arg(m_drop.count);
            return tr("%L1 pictures were dropped, and a folder of them is needed, with a folder for each "
                      "class. "
                      "They lie in %2.")
                .arg(m_drop.count)
                .arg(m_offer);
        case Kind::Archive:
            return tr("%1 is an archive. Unpack it, and drop the folder that comes out.").arg(name);
        case Kind::OtherFile:
            return tr("%1 is neither a folder nor a picture. Drop a folder that has a folder of pictures for "
                      "each class.")
                .arg(name);
        case Kind::Gone:
            return tr("%1 is not there any more. Drop it again from where it is now.").arg(name);
        case Kind::Folders:
            if (m_offer.isEmpty())
                return tr("%L1 folders were dropped, and one is read at a time. Put the classes into one "
                          "folder, and drop that.")
                    .arg(m_drop.count);
            return tr("%L1 folders were dropped, and one is read at a time. If they are the classes, open "
                      "the "
                      "folder that they lie in, %2.")
                .arg(m_drop.count)
                .arg(m_offer);
        case Kind::Mixed:
            return tr("%L1 things were dropped. Drop one folder that has a folder of pictures for each "
                      "class.")
                .arg(m_drop.count);
        case Kind::Elsewhere:
            return tr("%1 is not on this machine. Save its pictures into a folder, and drop that.").arg(name);
    }
    return {};
}

}  // namespace graft::ui
