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
    m_lost = isIdle ? run.lostImages() : QString();
    m_goesOn = !run.isCompleted() && run.isResumable();
    m_use = m_goesOn ? tr("The run's images are not in %1 any more: say where they are now, and it goes on "
                          "with them.")
                     : tr("The run's images are not in %1 any more: say where they are now, and its export "
                          "can be checked with them.");
    showState();
}

void LostImagesBar::showPictures(const QString& runFolder, const QString& lostImages) {
    m_run = runFolder;
    m_lost = lostImages;
    m_goesOn = false;
    m_use =
        tr("The run's images are not in %1 any more: say where they are now, and they are shown here "
           "again.");
    showState();
}

void LostImagesBar::showState() {
    const bool isLooking = m_move.isActive();
    button()->setEnabled(!isLooking);
    if (m_lost.isEmpty()) return showNotice({});
    if (isLooking && m_move.runFolder() == m_run)
        return showNotice(tr("The run's images are being looked for\u2026"));
    showNotice(m_use.arg(QDir::toNativeSeparators(m_lost)), tr("Locate the images\u2026"));
}

void LostImagesBar::locate() {
    m_prompts.chooseFolder(
        this, tr("Where the run's images are now"), QFileInfo(m_lost).path(),
        [guard = QPointer<LostImagesBar>(this), run = m_run, goesOn = m_goesOn](const QString& folder) {
            if (!guard || guard->m_run != run) return;
            if (!goesOn) return guard->m_move.start(run, folder);
            Q_EMIT guard->continueRequested(folder);
        });
}

void LostImagesBar::noteMove() {
    showState();
    if (m_move.runFolder() == m_run && m_move.failure()) emit failed(ErrorText::describe(*m_move.failure()));
}

}  // namespace graft::ui
