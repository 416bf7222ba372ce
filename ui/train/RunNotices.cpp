// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/RunNotices.h"

#include "ui/style/Theme.h"

namespace graft::ui {

namespace {
constexpr qsizetype kShown = 3;
}  // namespace

RunNotices::RunNotices(QWidget* parent) : QLabel(parent) {
    setObjectName(QStringLiteral("runNotices"));
    setFont(Theme::smallFont());
    setWordWrap(true);
    setTextFormat(Qt::PlainText);
    setTextInteractionFlags(Qt::TextSelectableByMouse);
    hide();
}

void RunNotices::showNotices(const QStringList& sentences) {
    const qsizetype more = sentences.size() - kShown;
    QStringList lines = sentences.mid(0, kShown);
    if (more == 1) lines << tr("And 1 more; log.txt in the run's folder has them all.");
    if (more > 1) lines << tr("And %1 more; log.txt in the run's folder has them all.").arg(more);
    const QString text = lines.join(QLatin1Char('\n'));
    if (text == this->text()) return;  // it is asked for with every batch
    setText(text);
    setToolTip(more > 0 ? sentences.join(QLatin1Char('\n')) : QString());
    setVisible(!text.isEmpty());
}

}  // namespace graft::ui
