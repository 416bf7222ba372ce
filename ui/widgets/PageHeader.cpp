// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/PageHeader.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

#include "ui/style/Icons.h"
#include "ui/style/Theme.h"
#include "ui/widgets/ElidedLabel.h"

namespace graft::ui {

PageHeader::PageHeader(const QString& title, QWidget* parent)
    : QWidget(parent), m_subtitle(new ElidedLabel({}, this)), m_layout(new QHBoxLayout(this)) {
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(16);
    auto* label = new QLabel(title, this);
    label->setFont(Theme::titleFont());
    m_layout->addWidget(label);
    m_subtitle->setMuted(true);
    m_subtitle->setObjectName(QStringLiteral("subtitle"));
    // The small text stands on the title's base line, not on its middle.
    auto* lowered = new QVBoxLayout;
    lowered->setContentsMargins(0, 6, 0, 0);
    lowered->addWidget(m_subtitle);
    m_layout->addLayout(lowered, 1);
    setFixedHeight(36);
}

void PageHeader::setSubtitle(const QString& text) {
    m_subtitle->setText(text);
}

QPushButton* PageHeader::addButton(const QString& text, bool primary) {
    auto* button = new QPushButton(text, this);
    button->setProperty("primary", primary);
    m_layout->addWidget(button);
    return button;
}

QPushButton* PageHeader::addIconButton(const QString& icon, const QString& name) {
    QPushButton* button = addButton({}, false);
    button->setAccessibleName(name);
    button->setFixedWidth(40);
    const auto draw = [button, icon] {
        const Colours& colours = Theme::instance().colours();
        QIcon drawn = graft::ui::icon(icon, colours.text);
        drawn.addPixmap(iconPixmap(icon, 16, colours.muted), QIcon::Disabled);
        button->setIcon(drawn);
    };
    draw();
    connect(&Theme::instance(), &Theme::changed, button, draw);
    return button;
}

}  // namespace graft::ui
