// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/LostImagesBar.h"

#include <QDir>
#include <QFileInfo>
#include <QPointer>
#include <QPushButton>

#include "ui/prompts/UserPrompts.h"
#include "ui/session/ErrorText.h"
#include "ui/session/ProjectPart.h"
#include "ui/session/RunMove.h"
#include "ui/session/ShownRun.h"

namespace graft::ui {

LostImagesBar::LostImagesBar(Project& project, UserPrompts& prompts, QWidget* parent)
    : NoticeBar(parent), m_prompts(prompts), m_move(projectPart<RunMove>(project)) {
    setObjectName(QStringLiteral("runLostImages"));
    button()->setObjectName(QStringLiteral("locateRunImages"));
    connect(this, &NoticeBar::pressed, this, &LostImagesBar::locate);
    connect(&m_move, &RunMove::changed, this, &LostImagesBar::noteMove);
}

void LostImagesBar::showRun(const ShownRun& run, bool isIdle) {
    m_run = run.folder();
    m_lost = run.lostImages();
    m_isFinished = run.isCompleted();
    const bool canLocate = isIdle && (m_isFinished || run.isResumable());
    if (m_lost.isEmpty() || !canLocate) return showNotice({});
    const QString place = QDir::toNativeSeparators(m_lost);
    if (m_move.isActive()) return showNotice(tr("The run's images are being looked for\u2026"));
    showNotice(m_isFinished
                   ? tr("The run's images are not in %1 any more: say where they are now, and its export can "
                        "be checked with them.")
                         .arg(place)
                   : tr("The run's images are not in %1 any more: say where they are now, and it goes on "
                        "with them.")
                         .arg(place),
               tr("Locate the images\u2026"));
}

void LostImagesBar::locate() {
    m_prompts.chooseFolder(this, tr("Where the run's images are now"), QFileInfo(m_lost).path(),
                           [guard = QPointer<LostImagesBar>(this), run = m_run,
                            isFinished = m_isFinished](const QString& folder) {
                               if (!guard || guard->m_run != run) return;
                               if (isFinished) return guard->m_move.start(run, folder);
                               Q_EMIT guard->continueRequested(folder);
                           });
}

void LostImagesBar::noteMove() {
    if (m_move.runFolder() != m_run) return;
    button()->setEnabled(!m_move.isActive());
    if (m_move.failure()) emit failed(ErrorText::describe(*m_move.failure()));
}

}  // namespace graft::ui
