// SPDX-License-Identifier: GPL-3.0-or-later
// Every setting of a run (core/settings/Settings.h), with the backbone's defaults; only those that apply are
// shown. It edits the project's configuration, and says beside a control what is wrong with its value.
#pragma once

#include <QString>
#include <QWidget>
#include <deque>
#include <functional>

#include "core/settings/Settings.h"

class QVBoxLayout;

namespace graft::ui {

class CachePanel;
class InlineError;
class Project;

class SettingsPanel : public QWidget {
    Q_OBJECT

  public:
    explicit SettingsPanel(Project& project, QWidget* parent = nullptr);

    // Takes over what is still being typed.
    void commit();
    // Whether a run could start with these settings.
    bool isValid() const { return m_valid; }
    // While a run is going on its settings are shown but cannot be changed.
    void setLocked(bool locked);
    CachePanel* cachePanel() const { return m_cache; }

  signals:
    void validityChanged();

  private:
    struct Row {
        const settings::Setting* setting = nullptr;
        QWidget* widget = nullptr;
        QWidget* editor = nullptr;
        InlineError* error = nullptr;
        QString inputError;            // of what was typed and is no value
        std::function<void()> load;    // from the configuration into the editor
        std::function<void()> commit;  // the other way; of fields that are typed in
    };

    void addRows(settings::Group group);
    void addCaption(const QString& text);
    Row& addRow(const settings::Setting& setting, QWidget* editor);
    void addField(const settings::Setting& setting);
    void addSwitch(const settings::Setting& setting);
    void addChoice(const settings::Setting& setting);
    void listDevices();
    settings::Value valueOf(const settings::Setting& setting) const;
    void change(const settings::Setting& setting, const settings::Value& value);
    void loadAll();
    void check();

    Project& m_project;
    QVBoxLayout* m_layout = nullptr;
    InlineError* m_generalError = nullptr;
    CachePanel* m_cache = nullptr;
    std::deque<Row> m_rows;  // a deque: the editors' connections hold references to its elements
    bool m_loading = false;
    bool m_valid = true;
};

}  // namespace graft::ui
