// SPDX-License-Identifier: GPL-3.0-or-later
// Every setting of the next run (core/settings/Settings.h), with the backbone's defaults; only those that
// apply are shown: what most people need first, then the groups, which open and close. It edits the project's
// configuration, and says beside a control what is wrong with its value.
#pragma once

#include <QString>
#include <QWidget>
#include <functional>
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
class SettingsTools;
class UserPrompts;

class SettingsPanel : public QWidget {
    Q_OBJECT

  public:
    SettingsPanel(Project& project, UserPrompts& prompts, QWidget* parent = nullptr);

    // Takes over what is still being typed.
    void commit();
    void forgetInput();
    // Whether a run could start with these settings.
    bool isValid() const { return m_valid; }
    // Why not: which setting, and what is wrong with it; it may be scrolled away. Empty: it could.
    const QString& obstacle() const { return m_obstacle; }
    // obstacle: why no learning rate can be looked for now; empty: it can.
    void offerFinder(const QString& obstacle);
    // A recipe was chosen, and what it sets is looked up.
    bool isChoosing() const;
    CachePanel* cachePanel() const { return m_cache; }

  signals:
    void validityChanged();  // or why
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
    // Those that are meant, hidden ones too.
    void putBack(const std::function<bool(const settings::Setting&)>& isMeant);
    void setConfig(settings::TrainConfig config);
    void loadAll();
    void check();
    void showPreview();

    Project& m_project;
    UserPrompts& m_prompts;
    InlineError* m_generalError = nullptr;
    SettingsTools* m_tools = nullptr;
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
    QString m_obstacle;
};

}  // namespace graft::ui
