// SPDX-License-Identifier: GPL-3.0-or-later
// Every setting of a run, with the backbone's defaults; only those that apply are shown. It edits the
// project's configuration, and says beside a control what is wrong with its value.
#pragma once

#include <QString>
#include <QWidget>
#include <deque>
#include <functional>
#include <vector>

#include "core/training/TrainConfig.h"

class QComboBox;
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
        QWidget* widget = nullptr;
        QWidget* editor = nullptr;
        InlineError* error = nullptr;
        QString inputError;                                      // what was typed is no number
        std::function<void()> load;                              // from the configuration into the editor
        std::function<void()> commit;                            // the other way
        std::function<void(training::TrainConfig&)> setDefault;  // this one setting
        std::function<bool(const training::TrainConfig&)> applies;
    };
    using Applies = std::function<bool(const training::TrainConfig&)>;
    struct Choice {
        QString text;
        QString value;
    };

    void addCaption(const QString& text);
    Row& addRow(const QString& label, const QString& tip, QWidget* editor, Applies applies);
    template <class T>
    void addNumber(const char* name, const QString& label, const QString& tip,
                   T& (*field)(training::TrainConfig&), Applies applies = {});
    void addSwitch(const char* name, const QString& label, const QString& tip,
                   bool& (*field)(training::TrainConfig&), Applies applies = {});
    QComboBox* addChoice(const char* name, const QString& label, const QString& tip,
                         const std::vector<Choice>& choices,
                         std::function<QString(const training::TrainConfig&)> get,
                         std::function<void(training::TrainConfig&, const QString&)> set);
    void buildOptimization();
    void buildHead();
    void buildImages();
    void buildCache();
    void buildMachine();
    void listDevices();
    void change(const std::function<void(training::TrainConfig&)>& edit);
    void loadAll();
    void check();

    Project& m_project;
    QVBoxLayout* m_layout = nullptr;
    InlineError* m_generalError = nullptr;
    QComboBox* m_device = nullptr;
    QComboBox* m_precision = nullptr;
    CachePanel* m_cache = nullptr;
    std::deque<Row> m_rows;  // a deque: the editors' connections hold references to its elements
    bool m_loading = false;
    bool m_valid = true;
};

}  // namespace graft::ui
