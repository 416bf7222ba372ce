// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/SettingRow.h"

#include <QCheckBox>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalBlocker>
#include <utility>

#include "core/settings/Settings.h"
#include "ui/session/MessageText.h"
#include "ui/widgets/ChoiceBox.h"

namespace graft::ui {

namespace {

using settings::Kind;
using settings::Setting;
using settings::Value;

constexpr int kSwitchWidth = 16;
constexpr const char* kDevice = "device";  // a name in the table, and a choice among those that are here

QString valueText(const Value& value) {
    return QString::fromStdString(settings::text(value));
}

QString helpOf(const Setting& setting) {
    const std::string& zero = setting.field.range.zero;
    return zero.empty() ? textOf(setting.help)
                        : SettingRow::tr("%1; 0: %2").arg(textOf(setting.help), textOf(zero));
}

}  // namespace

SettingRow::SettingRow(const Setting& setting, QWidget* parent)
    : FormRow(textOf(setting.label), Width::Field, parent), m_setting(setting) {
    const QString key = QString::fromStdString(setting.key);
    setObjectName(key + QStringLiteral("Row"));
    setHelp(helpOf(setting));
    setEditor(makeEditor());
    editor()->setObjectName(key);
}

QWidget* SettingRow::makeEditor() {
    if (m_setting.field.kind == Kind::Switch) return makeSwitch();
    if (m_setting.field.kind == Kind::Choice || m_setting.key == kDevice) return makeChoice();
    return makeField();
}

QWidget* SettingRow::makeField() {
    m_field = new QLineEdit(this);
    m_field->setAlignment(Qt::AlignRight);
    m_field->setFixedWidth(kFieldWidth);
    connect(m_field, &QLineEdit::editingFinished, this, &SettingRow::commit);
    connect(m_field, &QLineEdit::textEdited, this, &SettingRow::mend);
    return m_field;
}

QWidget* SettingRow::makeSwitch() {
    m_switch = new QCheckBox(this);
    m_switch->setFixedWidth(kSwitchWidth);  // ends where the fields end
    connect(m_switch, &QCheckBox::toggled, this, [this](bool on) { emit valueChosen(on); });
    return m_switch;
}

QWidget* SettingRow::makeChoice() {
    m_choice = new ChoiceBox(this);
    m_choice->setFixedWidth(kFieldWidth);
    for (const settings::Choice& choice : m_setting.field.choices)
        m_choice->add(textOf(choice.label), QString::fromStdString(choice.name), textOf(choice.help));
    m_choice->widenList();
    connect(m_choice, &QComboBox::currentIndexChanged, this, [this] {
        if (m_choice->currentIndex() >= 0) emit valueChosen(m_choice->name().toStdString());
    });
    return m_choice;
}

void SettingRow::load(const settings::TrainConfig& config, const settings::TrainConfig& defaults) {
    settings::Value value = m_setting.field.get(config);
    // One that comes from elsewhere (a run's settings, a recipe, undo) takes the place of what was typed.
    if (value != m_value) forgetInput();
    m_value = std::move(value);
    m_default = m_setting.field.get(defaults);
    showValue();
    showDifference();
}

void SettingRow::showValue() {
    if (m_field != nullptr && m_inputError.isEmpty() && !m_field->isModified())
        m_field->setText(valueText(m_value));
    if (m_switch != nullptr) {
        const QSignalBlocker quiet(m_switch);
        m_switch->setChecked(std::get<bool>(m_value));
    }
    if (m_choice != nullptr) m_choice->showName(valueText(m_value));
}

void SettingRow::forgetInput() {
    m_inputError.clear();
    if (m_field != nullptr) m_field->setModified(false);
}

Result<settings::Value> SettingRow::typed() const {
    QString typed = m_field->text();
    if (m_setting.field.kind == Kind::Number) typed.replace(',', '.');  // as half of Europe types it
    return settings::parsed(m_setting, typed.toStdString());
}

// What was wrong is taken as soon as it is right: Start, which is closed until then, takes no focus away.
void SettingRow::mend() {
    if (!m_inputError.isEmpty() && typed()) commit();
}

void SettingRow::commit() {
    if (m_field == nullptr) return;
    if (!m_field->isModified() && m_field->text() == valueText(m_value)) return;
    m_field->setModified(false);
    const auto value = typed();
    m_inputError = value ? QString() : text(value.error().message);
    if (value && *value != m_value) {
        emit valueChosen(*value);
        return;
    }
    showValue();
    showDifference();
    emit inputChecked();
}

void SettingRow::putBack() {
    forgetInput();
    if (isChanged()) {
        emit valueChosen(m_default);
        return;
    }
    showValue();
    showDifference();
    emit inputChecked();
}

void SettingRow::showDifference() {
    setMarked(isChanged());
    const bool canPutBack = isChanged() || !m_inputError.isEmpty();
    if (canPutBack && m_putBack == nullptr) {
        m_putBack = new QPushButton(this);
        m_putBack->setProperty("link", true);
        m_putBack->setObjectName(QString::fromStdString(m_setting.key) + QStringLiteral("PutBack"));
        connect(m_putBack, &QPushButton::clicked, this, [this] {
            editor()->setFocus();  // the button goes
            putBack();
        });
        addBelow(m_putBack, Qt::AlignRight);
        setTabOrder(editor(), m_putBack);
    }
    if (m_putBack == nullptr) return;
    m_putBack->setVisible(canPutBack);
    m_putBack->setText(tr("Put back %1").arg(defaultText()));
    m_putBack->setAccessibleName(tr("%1: put back %2").arg(label(), defaultText()));
}

QString SettingRow::defaultText() const {
    if (m_switch != nullptr) return std::get<bool>(m_default) ? tr("on") : tr("off");
    const QString value = valueText(m_default);
    if (m_choice != nullptr) {
        const int index = m_choice->findData(value);
        if (index >= 0) return m_choice->itemText(index);
    }
    const std::string& zero = m_setting.field.range.zero;
    if (!zero.empty() && value == QStringLiteral("0")) return tr("%1 (%2)").arg(value, textOf(zero));
    return value.isEmpty() ? tr("nothing") : value;
}

}  // namespace graft::ui
