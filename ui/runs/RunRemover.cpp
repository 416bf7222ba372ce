// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/RunRemover.h"

#include <QPointer>
#include <QWidget>
#include <utility>

#include "ui/prompts/UserPrompts.h"
#include "ui/session/AllRuns.h"
#include "ui/session/KeptViews.h"
#include "ui/session/Project.h"
#include "ui/session/ProjectPart.h"
#include "ui/session/RunChanges.h"
#include "ui/session/RunPlace.h"

namespace graft::ui {

RunRemover::RunRemover(Project& project, UserPrompts& prompts, QWidget& page)
    : QObject(&page),
      m_page(page),
      m_prompts(prompts),
      m_all(projectPart<AllRuns>(project)),
      m_changes(projectPart<RunChanges>(project)),
      m_selected(projectPart<KeptViews>(project).runs.selected) {
    connect(&m_changes, &RunChanges::removable, this, &RunRemover::confirm);
}

void RunRemover::remove(const QStringList& folders) {
    if (m_isAsking) return;
    QStringList there;
    m_missing.clear();
    for (const QString& folder : folders)
        (m_all.isMissing(folder) ? m_missing : there) << folder;
    if (there.isEmpty()) return forgetMissing();
    m_changes.askToRemove(there);
}

// What lies nowhere any more only leaves the list.
void RunRemover::forgetMissing() {
    if (m_missing.isEmpty()) return;
    for (const QString& folder : std::exchange(m_missing, {})) {
        m_all.forget(folder);
        m_selected.removeAll(folder);
    }
    m_all.read();
}

void RunRemover::confirm(const QStringList& folders, const QStringList& begun) {
    if (!m_page.isVisible() || std::exchange(m_isAsking, true)) return;
    QString question =
        folders.size() == 1
            ? tr("Move the run %1 to the trash, with its model and its results?")
                  .arg(folderName(folders.front()))
            : tr("Move %1 runs to the trash, with their models and their results?").arg(folders.size());
    if (!begun.isEmpty()) {
        QStringList names;
        for (const QString& folder : begun)
            names << folderName(folder);
        question += QLatin1Char('\n') +
                    tr("Other runs began from what is to go: %1. They stay, and go on once they have a "
                       "checkpoint; to repeat them, other weights have to be chosen.")
                        .arg(names.join(QStringLiteral(", ")));
    }
    m_prompts.confirm(&m_page, question, tr("Move to trash"), tr("Keep"),
                      [guard = QPointer<RunRemover>(this), folders](bool yes) {
                          if (!guard) return;
                          guard->m_isAsking = false;
                          if (!yes) return;
                          guard->forgetMissing();
                          guard->m_changes.moveToTrash(folders);
                      });
}

}  // namespace graft::ui
