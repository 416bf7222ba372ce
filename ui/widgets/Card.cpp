// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/Card.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>

#include "ui/style/Theme.h"
#include "ui/widgets/ShrinkingLabel.h"

namespace graft::ui {

Card::Card(const QString& title, QWidget* parent)
    : QFrame(parent),
      m_title(new QLabel(this)),
      m_subject(new ShrinkingLabel(this, Qt::ElideMiddle)),
      m_hint(new ShrinkingLabel(this)) {
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(16, 12, 16, 16);
    outer->setSpacing(8);
    m_header = new QHBoxLayout;
    m_header->setSpacing(8);
    m_title->setFont(Theme::cardTitleFont());
    m_title->setObjectName(QStringLiteral("muted"));
    m_subject->setFont(Theme::cardTitleFont());
    m_subject->setObjectName(QStringLiteral("cardSubject"));
    m_hint->setFont(Theme::smallFont());
    m_hint->setObjectName(QStringLiteral("muted"));
    m_header->addWidget(m_title);
    m_header->addWidget(m_subject);
    m_header->addWidget(m_hint);
    outer->addLayout(m_header);
    m_body = new QVBoxLayout;
    m_body->setSpacing(8);
    outer->addLayout(m_body, 1);
    setTitle(title);
    setHint({});
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void Card::setTitle(const QString& title) {
    m_title->setText(title.toUpper());
    m_title->setVisible(!title.isEmpty());
    m_subject->hide();
    setAccessibleName(title);
}

void Card::setSubject(const QString& subject) {
    m_subject->setText(subject);
    m_subject->setVisible(!subject.isEmpty());
    m_title->hide();
    setAccessibleName(subject);
}

void Card::setHint(const QString& hint) {
    m_hint->setText(hint);
    m_hint->setVisible(!hint.isEmpty());
}

void Card::paintEvent(QPaintEvent*) {
    const Colours& colours = Theme::instance().colours();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(colours.line);
    painter.setBrush(colours.surface);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10);
}

}  // namespace graft::ui
