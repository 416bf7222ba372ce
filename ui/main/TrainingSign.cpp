// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main/TrainingSign.h"

#include <QFileInfo>
#include <QPainter>
#include <cmath>

#include "ui/session/NetworkText.h"
#include "ui/session/RunNews.h"
#include "ui/style/Theme.h"

namespace graft::ui {

namespace {

constexpr int kMargin = 10;
constexpr int kBarHeight = 4;

QString titleOf(const RunningRun& run) {
    using State = TrainingController::State;
    if (run.state == State::Stopping) return TrainingSign::tr("Stopping");
    if (run.state == State::Paused)
        return run.isAtRest ? TrainingSign::tr("Paused") : TrainingSign::tr("Pausing");
    return TrainingSign::tr("Training");
}

QString tipOf(const RunningRun& run) {
    if (!run.config) return TrainingSign::tr("Show the training");
    return TrainingSign::tr("%1 on %2; show it")
        .arg(backboneTitle(run.config->backbone),
             QFileInfo(QString::fromStdString(run.config->datasetFolder)).fileName());
}

}  // namespace

TrainingSign::TrainingSign(QWidget* parent) : QAbstractButton(parent) {
    setObjectName(QStringLiteral("trainingSign"));
    setFixedHeight(sizeHint().height());
    setFocusPolicy(Qt::TabFocus);
    setAttribute(Qt::WA_Hover);
    setCursor(Qt::PointingHandCursor);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
    hide();
}

void TrainingSign::showRun(const std::optional<RunningRun>& run) {
    setVisible(run.has_value());
    if (!run) return;
    m_progress = run->progress;
    m_isAtRest = run->state != TrainingController::State::Running;
    // Floor: 100 % is said of what is over.
    m_note = tr("%1 \u00b7 %2 %").arg(run->position).arg(static_cast<int>(std::floor(100 * m_progress)));
    setText(titleOf(*run));
    setToolTip(tipOf(*run));
    const QString name = text() + QLatin1String(", ") + m_note;
    if (name != accessibleName()) setAccessibleName(name);
    update();
}

void TrainingSign::paintEvent(QPaintEvent*) {
    const Colours& colours = Theme::instance().colours();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(underMouse() ? colours.accentTint : colours.window);
    painter.drawRoundedRect(rect(), 6, 6);
    if (hasFocus()) {
        painter.setPen(colours.accent);
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    }
    const QRect inside = rect().adjusted(kMargin, 5, -kMargin, -8);
    painter.setFont(Theme::bodyFont());
    painter.setPen(colours.text);
    painter.drawText(inside, Qt::AlignLeft | Qt::AlignTop, text());
    painter.setFont(Theme::smallFont());
    painter.setPen(colours.muted);
    const QRect note = inside.adjusted(0, 17, 0, 0);
    painter.drawText(note, Qt::AlignLeft | Qt::AlignTop,
                     painter.fontMetrics().elidedText(m_note, Qt::ElideRight, note.width()));
    QRectF bar(inside.left(), height() - 8 - kBarHeight / 2.0, inside.width(), kBarHeight);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colours.line);
    painter.drawRoundedRect(bar, 2, 2);
    bar.setWidth(bar.width() * m_progress);
    painter.setBrush(m_isAtRest ? colours.muted : colours.accent);
    painter.drawRoundedRect(bar, 2, 2);
}

}  // namespace graft::ui
