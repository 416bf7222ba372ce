// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/RunProblems.h"

#include <QPointer>
#include <QPushButton>
#include <QStringList>
#include <QVBoxLayout>
#include <utility>

#include "ui/news/NoticeBar.h"
#include "ui/prompts/UserPrompts.h"
#include "ui/session/AllRuns.h"
#include "ui/session/ErrorText.h"
#include "ui/session/Project.h"
#include "ui/session/ProjectPart.h"
#include "ui/session/RunChanges.h"
#include "ui/session/RunNews.h"
#include "ui/session/RunPlace.h"
#include "ui/session/RunReuse.h"
#include "ui/widgets/InlineError.h"

namespace graft::ui {

RunProblems::RunProblems(Project& project, UserPrompts& prompts, QWidget* parent)
    : QWidget(parent),
      m_prompts(prompts),
      m_all(projectPart<AllRuns>(project)),
      m_changes(projectPart<RunChanges>(project)),
      m_reuse(projectPart<RunReuse>(project)) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(12);
    m_error = new InlineError(this);
    layout->addWidget(m_error);
    m_noTrash = new NoticeBar(this);
    m_noTrash->setObjectName(QStringLiteral("noTrash"));
    m_noTrash->button()->setObjectName(QStringLiteral("deleteForGood"));
    connect(m_noTrash, &NoticeBar::pressed, this, &RunProblems::confirmDeletion);
    layout->addWidget(m_noTrash);
    connect(&m_all, &AllRuns::changed, this, &RunProblems::say);
    connect(&m_changes, &RunChanges::changed, this, &RunProblems::say);
    connect(&m_reuse, &RunReuse::changed, this, &RunProblems::say);
    connect(&m_changes, &RunChanges::started, this, [this] {
        m_all.forgetRefusal();
        m_reuse.forgetFailure();
    });
    const RunNews& news = projectPart<RunNews>(project);
    connect(&news, &RunNews::runningChanged, this, [this, &news] {
        if (!news.running()) forget();
    });
    say();
}

void RunProblems::forget() {
    m_all.forgetRefusal();
    m_changes.forgetFailures();
    m_reuse.forgetFailure();
}

void RunProblems::say() {
    QStringList sentences;
    for (const auto* failure : {&m_all.failure(), &m_changes.failure(), &m_reuse.failure()})
        if (*failure) sentences << ErrorText::describe(**failure);
    m_error->showError(sentences.join(QLatin1Char('\n')));
    const QStringList& left = m_changes.withoutTrash();
    setVisible(!sentences.isEmpty() || !left.isEmpty());
    if (left.isEmpty()) return m_noTrash->showNotice({});
    m_noTrash->showNotice(
        left.size() == 1
            ? tr("%1 could not be moved to the trash: there is none where it lies. It can be deleted for "
                 "good instead.")
                  .arg(folderName(left.front()))
            : tr("%1 runs could not be moved to the trash: there is none where they lie. They can be "
                 "deleted for good instead.")
                  .arg(left.size()),
        tr("Delete for good\u2026"));
}

void RunProblems::confirmDeletion() {
    const QStringList folders = m_changes.withoutTrash();
    if (folders.isEmpty() || std::exchange(m_isAsking, true)) return;
    const QString question =
        folders.size() == 1
            ? tr("Delete the run %1 for good? It cannot be brought back.").arg(folderName(folders.front()))
            : tr("Delete %1 runs for good? They cannot be brought back.").arg(folders.size());
    m_prompts.confirm(this, question, tr("Delete for good"), tr("Keep"),
                      [guard = QPointer<RunProblems>(this), folders](bool yes) {
                          if (!guard) return;
                          guard->m_isAsking = false;
                          if (yes) guard->m_changes.deleteForGood(folders);
                      });
}

}  // namespace graft::ui
