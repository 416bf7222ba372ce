// SPDX-License-Identifier: GPL-3.0-or-later
// Every setting of a run (core/settings/Settings.h), with the backbone's defaults; only those that apply are
// shown: what most people need first, then the groups, which open and close. It edits the project's
// configuration, and says beside a control what is wrong with its value.
#pragma once

#include <QString>
#include <QWidget>
#include <vector>

#include "core/settings/Settings.h"

class QPushButton;
class QScrollArea;
class QVBoxLayout;

namespace graft::ui {

class AugmentationPreview;
class CachePanel;
class InlineError;
class PresetChoice;
class Project;
class RecipeChoice;
class SettingRow;
class SettingsGroup;
class UserPrompts;

class SettingsPanel : public QWidget {
    Q_OBJECT

  public:
    SettingsPanel(Project& project, UserPrompts& prompts, QWidget* parent = nullptr);

    // Takes over what is still being typed.
    void commit();
    // Whether a run could start with these settings.
    bool isValid() const { return m_valid; }
    // While a run is going on its settings are shown but cannot be changed.
    void setLocked(bool locked);
    // obstacle: why no learning rate can be looked for now; empty: it can.
    void offerFinder(const QString& obstacle);
    // A recipe was chosen, and what it sets is looked up.
    bool isChoosing() const;
    CachePanel* cachePanel() const { return m_cache; }

  signals:
    void validityChanged();
    void choosingChanged();
    void findLearningRateRequested();

  private:
    QVBoxLayout* buildColumn();
    void addBrief(QVBoxLayout& column);
    void addGroup(settings::Group group, QVBoxLayout& column);
    SettingRow* makeRow(const settings::Setting& setting);
    void addFinder(SettingRow& row);
    void listDevices();
    void change(const settings::Setting& setting, const settings::Value& value);
    void putBack(settings::Group group);
    void setConfig(settings::TrainConfig config);
    void loadAll();
    void check();
    void showPreview();

    Project& m_project;
    UserPrompts& m_prompts;
    InlineError* m_generalError = nullptr;
    QScrollArea* m_scroll = nullptr;
    RecipeChoice* m_recipe = nullptr;
    PresetChoice* m_preset = nullptr;
    QPushButton* m_find = nullptr;
    CachePanel* m_cache = nullptr;
    AugmentationPreview* m_preview = nullptr;
    std::vector<SettingRow*> m_rows;
    std::vector<SettingsGroup*> m_groups;
    bool m_loading = false;
    bool m_valid = true;
};

}  // namespace graft::ui
