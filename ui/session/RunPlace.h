// SPDX-License-Identifier: GPL-3.0-or-later
// Folders of runs, however their paths were written.
#pragma once

#include <QDir>
#include <QFileInfo>
#include <QString>
#include <string>

namespace graft::ui {

inline QString placeOf(const std::string& folder) {
    return QDir::cleanPath(QString::fromStdString(folder));
}
inline bool isSamePlace(const QString& a, const QString& b) {
    return QDir::cleanPath(a) == QDir::cleanPath(b);
}
// The folder itself, or somewhere in it.
inline bool isWithin(const QString& place, const QString& folder) {
    return (QDir::cleanPath(place) + QLatin1Char('/')).startsWith(QDir::cleanPath(folder) + QLatin1Char('/'));
}
inline QString folderName(const QString& folder) {
    return QFileInfo(QDir::cleanPath(folder)).fileName();
}

}  // namespace graft::ui
