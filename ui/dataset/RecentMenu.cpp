// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dataset/RecentMenu.h"

#include <QAction>
#include <QFileInfo>
#include <QList>

#include "ui/session/Background.h"
#include "ui/session/RecentFolders.h"

namespace graft::ui {

namespace {

constexpr int kWidest = 480;

// Of an entry an "&" would be a key.
QString entryOf(const QString& path, const QFontMetrics& metrics) {
    return metrics.elidedText(path, Qt::ElideMiddle, kWidest).replace(QLatin1Char('&'), QLatin1String("&&"));
}

}  // namespace

RecentMenu::RecentMenu(RecentFolders& recent, QWidget* parent) : QMenu(parent), m_recent(recent) {
    setObjectName(QStringLiteral("recentFolders"));
    setToolTipsVisible(true);
    connect(this, &QMenu::aboutToShow, this, &RecentMenu::fill);
}

void RecentMenu::fill() {
    clear();
    const QStringList folders = m_recent.folders();
    for (const QString& folder : folders) {
        QAction* action = addAction(entryOf(folder, fontMetrics()));
        action->setData(folder);
        action->setToolTip(folder);
        connect(action, &QAction::triggered, this, [this, folder] { emit folderChosen(folder); });
    }
    runInBackground(
        this,
        [folders] {
            QList<bool> isThere;
            for (const QString& folder : folders)
                isThere << QFileInfo(folder).isDir();
            return isThere;
        },
        [this, number = ++m_fillings](const QList<bool>& isThere) {
            if (number != m_fillings) return;
            for (qsizetype i = 0; i < isThere.size() && i < actions().size(); ++i) {
                if (isThere[i]) continue;
                QAction* action = actions()[i];
                action->setEnabled(false);
                action->setToolTip(tr("%1 is not there any more").arg(action->data().toString()));
            }
        });
}

}  // namespace graft::ui
