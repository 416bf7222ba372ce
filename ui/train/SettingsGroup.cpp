// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/SettingsGroup.h"

#include <QPushButton>
#include <QSettings>
#include <QStringList>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/session/MessageText.h"
#include "ui/train/SettingRow.h"
#include "ui/widgets/FoldHeader.h"

namespace graft::ui {

namespace {

constexpr const char* kOpenKey = "train/openGroups";

// In English, so that another language finds it again.
QString nameOf(settings::Group group) {
    return QString::fromStdString(settings::groupLabel(group));
}

QStringList openGroups() {
    return QSettings().value(QLatin1String(kOpenKey)).toStringList();
}

}  // namespace

SettingsGroup::SettingsGroup(settings::Group group, QWidget* parent)
    : QWidget(parent),
      m_group(group),
      m_header(new FoldHeader(textOf(settings::groupLabel(group)), this)),
      m_body(new QWidget(this)),
      m_layout(new QVBoxLayout(m_body)),
      m_putBack(new QPushButton(m_body)) {
    setObjectName(QStringLiteral("group") + nameOf(group));
    m_header->setObjectName(QStringLiteral("fold") + nameOf(group));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_header);
    column->addWidget(m_body);
    m_layout->setContentsMargins(0, 4, 0, 12);
    m_layout->setSpacing(10);
    m_putBack->setProperty("link", true);
    m_putBack->setObjectName(QStringLiteral("putBack") + nameOf(group));
    m_putBack->hide();
    m_layout->addWidget(m_putBack, 0, Qt::AlignRight);

    m_header->setChecked(openGroups().contains(nameOf(group)));
    m_body->setVisible(m_header->isChecked());
    connect(m_header, &FoldHeader::toggled, this, [this](bool open) {
        m_body->setVisible(open);
        if (m_remembers) remember(open);
        emit toggled(open);
    });
    connect(m_putBack, &QPushButton::clicked, this, [this] {
        m_header->setFocus();  // the button goes
        emit putBackRequested();
    });
}

void SettingsGroup::addRow(SettingRow* row) {
    m_rows.push_back(row);
    m_layout->addWidget(row);
}

void SettingsGroup::addWidget(QWidget* widget) {
    m_layout->addWidget(widget);
    m_hasWidget = true;
}

bool SettingsGroup::isOpen() const {
    return m_header->isChecked();
}

void SettingsGroup::openFor(const SettingRow& row) {
    if (std::ranges::find(m_rows, &row) == m_rows.end()) return;
    m_remembers = false;
    m_header->setChecked(true);
    m_remembers = true;
}

void SettingsGroup::refresh() {
    const auto applies = [](const SettingRow* row) { return !row->isHidden(); };
    const auto changed = std::ranges::count_if(
        m_rows, [&](const SettingRow* row) { return applies(row) && row->isChanged(); });
    setVisible(m_hasWidget || std::ranges::any_of(m_rows, applies));
    m_header->setRemark(changed == 0 ? QString() : tr("%n changed", nullptr, static_cast<int>(changed)));
    m_putBack->setVisible(changed > 0);
    m_putBack->setText(changed == 1 ? tr("Put 1 back") : tr("Put all %1 back").arg(changed));
}

void SettingsGroup::remember(bool open) {
    QStringList names = openGroups();
    names.removeAll(nameOf(m_group));
    if (open) names << nameOf(m_group);
    QSettings().setValue(QLatin1String(kOpenKey), names);
}

}  // namespace graft::ui
