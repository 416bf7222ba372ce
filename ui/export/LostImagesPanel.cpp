// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/export/LostImagesPanel.h"

#include <QCheckBox>
#include <QDir>
#include <QFileInfo>
#include <QPointer>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/news/NoticeBar.h"
#include "ui/prompts/UserPrompts.h"
#include "ui/session/ErrorText.h"
#include "ui/session/Project.h"
#include "ui/session/ProjectPart.h"
#include "ui/session/RunMove.h"
#include "ui/session/RunPlace.h"
#include "ui/widgets/InlineError.h"

namespace graft::ui {

LostImagesPanel::LostImagesPanel(Project& project, UserPrompts& prompts, QWidget* parent)
    : QWidget(parent),
      m_prompts(prompts),
      m_move(projectPart<RunMove>(project)),
      m_bar(new NoticeBar(this)),
      m_unverified(new QCheckBox(tr("Export without verification"), this)),
      m_error(new InlineError(this)) {
    setObjectName(QStringLiteral("lostImages"));
    m_bar->button()->setObjectName(QStringLiteral("locateImages"));
    m_unverified->setObjectName(QStringLiteral("exportUnverified"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    layout->addWidget(m_bar);
    layout->addWidget(m_unverified);
    layout->addWidget(m_error);
    connect(m_bar, &NoticeBar::pressed, this, &LostImagesPanel::locate);
    connect(m_unverified, &QCheckBox::toggled, this, &LostImagesPanel::changed);
    connect(&m_move, &RunMove::changed, this, &LostImagesPanel::showState);
    hide();
}

void LostImagesPanel::showRun(const QString& runFolder, const QString& lostImages) {
    if (runFolder != m_run) m_unverified->setChecked(false);
    m_run = runFolder;
    m_lost = lostImages;
    showState();
}

// Those of this run, not of another.
bool LostImagesPanel::isLooking() const {
    return m_move.isActive() && isSamePlace(m_move.runFolder(), m_run);
}

bool LostImagesPanel::mayExport() const {
    return canVerify() || (m_unverified->isChecked() && !isLooking());
}

QString LostImagesPanel::problem() const {
    if (mayExport()) return {};
    return isLooking() ? tr("The run's images are being looked for\u2026")
                       : tr("Say where the run's images are now, or tick \u201cExport without "
                            "verification\u201d.");
}

void LostImagesPanel::showState() {
    QString sentence = tr("The run's images are not in %1 any more: an exported file cannot be compared with "
                          "the run's model on them.")
                           .arg(QDir::toNativeSeparators(m_lost));
    if (isLooking()) sentence = tr("The run's images are being looked for\u2026");
    const bool canLocate = !m_move.isActive();
    m_bar->showNotice(m_lost.isEmpty() ? QString() : sentence,
                      canLocate ? tr("Locate the images\u2026") : QString());
    m_unverified->setEnabled(!isLooking());
    const bool isRefused = isSamePlace(m_move.runFolder(), m_run) && m_move.failure();
    m_error->showError(isRefused ? ErrorText::describe(*m_move.failure()) : QString());
    setVisible(!m_lost.isEmpty());
    emit changed();
}

void LostImagesPanel::locate() {
    m_prompts.chooseFolder(this, tr("Where the run's images are now"), QFileInfo(m_lost).path(),
                           [guard = QPointer<LostImagesPanel>(this), run = m_run](const QString& folder) {
                               if (guard && guard->m_run == run) guard->m_move.start(run, folder);
                           });
}

}  // namespace graft::ui
