// SPDX-License-Identifier: GPL-3.0-or-later
// One setting of the table (core/settings/Settings.h) as a row: its control, what it is for, a mark where it
// differs from the backbone's default, and a button that puts this back.
#pragma once

#include <QString>

#include "core/base/Result.h"
#include "core/settings/Setting.h"
#include "ui/widgets/FormRow.h"

class QCheckBox;
class QLineEdit;
class QPushButton;

namespace graft::ui {

class ChoiceBox;

class SettingRow : public FormRow {
    Q_OBJECT
  public:
    explicit SettingRow(const settings::Setting& setting, QWidget* parent = nullptr);

    const settings::Setting& setting() const { return m_setting; }

    // Shows the value of config; what is being typed, and what is no value, stays on the screen, unless the
    // value has become another.
    void load(const settings::TrainConfig& config, const settings::TrainConfig& defaults);
    bool isChanged() const { return m_value != m_default; }
    // Of what was typed and is no value; empty where there is none.
    const QString& inputError() const { return m_inputError; }
    void forgetInput();  // what is typed and not taken over

    void commit();  // takes over what is still being typed
    void putBack();

  signals:
    void valueChosen(const graft::settings::Value& value);
    void inputChecked();  // inputError() may be another

  private:
    QWidget* makeEditor();
    QWidget* makeField();
    QWidget* makeSwitch();
    QWidget* makeChoice();
    Result<settings::Value> typed() const;
    void mend();
    void showValue();
    void showDifference();
    QString defaultText() const;

    const settings::Setting m_setting;
    settings::Value m_value;
    settings::Value m_default;
    QString m_inputError;
    // One of these.
    QLineEdit* m_field = nullptr;
    QCheckBox* m_switch = nullptr;
    ChoiceBox* m_choice = nullptr;
    QPushButton* m_putBack = nullptr;  // made when there is something to put back
};

}  // namespace graft::ui
