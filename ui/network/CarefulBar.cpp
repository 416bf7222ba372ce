// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/network/CarefulBar.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QPushButton>

#include "ui/session/CostMeasure.h"
#include "ui/session/MessageText.h"
#include "ui/session/Project.h"
#include "ui/session/ProjectPart.h"
#include "ui/style/Theme.h"
#include "ui/widgets/Pill.h"

namespace graft::ui {

CarefulBar::CarefulBar(Project& project, QWidget* parent)
    : NoticeBar(parent),
      m_project(project),
      m_measure(projectPart<CostMeasure>(project)),
      m_next(new QPushButton(this)) {
    setObjectName(QStringLiteral("careful"));
    button()->setObjectName(QStringLiteral("applyRemedy"));
    m_next->setObjectName(QStringLiteral("nextCaution"));
    m_next->setProperty("small", true);
    m_next->setToolTip(tr("Shows the next thing that you should know of this run."));
    auto* row = static_cast<QHBoxLayout*>(layout());
    row->insertWidget(0, new Pill(tr("careful"), PillKind::Warning, this), 0, Qt::AlignVCenter);
    row->addWidget(m_next, 0, Qt::AlignVCenter);
    connect(this, &NoticeBar::pressed, this, &CarefulBar::applyRemedy);
    connect(m_next, &QPushButton::clicked, this, &CarefulBar::showNext);
    connect(&m_measure, &CostMeasure::changed, this, &CarefulBar::showCautions);
    showCautions();
}

void CarefulBar::showCautions() {
    const std::vector<training::Caution>& cautions = m_measure.cautions();
    if (m_shown >= cautions.size()) m_shown = 0;
    m_apply = cautions.empty() ? nullptr : cautions[m_shown].apply;
    m_next->setVisible(cautions.size() > 1);
    m_next->setText(tr("%1 of %2").arg(m_shown + 1).arg(cautions.size()));
    QString sentence;
    QString remedy;
    if (!cautions.empty()) {
        const training::Caution& caution = cautions[m_shown];
        sentence = tr("%1 %2").arg(text(caution.message), text(caution.remedy));
        if (caution.apply) remedy = text(caution.button);
    }
    if (sentence != notice() || remedy != button()->text()) showNotice(sentence, remedy);
}

void CarefulBar::showNext() {
    ++m_shown;
    showCautions();
}

void CarefulBar::applyRemedy() {
    if (!m_apply) return;
    settings::TrainConfig config = m_project.config();
    m_apply(config);
    m_project.setConfig(config);
}

void CarefulBar::paintEvent(QPaintEvent*) {
    const Colours& colours = Theme::instance().colours();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(colours.trainable);
    painter.setBrush(colours.surface);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
}

}  // namespace graft::ui
