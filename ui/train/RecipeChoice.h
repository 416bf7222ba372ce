// SPDX-License-Identifier: GPL-3.0-or-later
// Which recipe the settings are: the backbone's defaults, one of the built-in ones or of one's own, or a mix.
// Choosing one sets everything that a recipe is about. A small menu saves the settings as a recipe, and opens
// one from a file.
#pragma once

#include <QString>
#include <vector>

#include "core/settings/Recipes.h"
#include "ui/widgets/FormRow.h"

class QAction;
class QLineEdit;

namespace graft::ui {

class ChoiceBox;
class ElidedLabel;
class Project;
class UserPrompts;

class RecipeChoice : public FormRow {
    Q_OBJECT
  public:
    RecipeChoice(Project& project, UserPrompts& prompts, QWidget* parent = nullptr);

    // What the chosen recipe sets is being looked up; until then the settings are those before.
    bool isChoosing() const { return m_isChoosing; }

  signals:
    void choosingChanged();

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void buildMenu();
    void buildSaving();
    void readOwn();
    void fill();
    void showRecipe();
    const settings::Recipe* find(const QString& name) const;
    void choose();
    void apply(const settings::Recipe& recipe);
    void setChoosing(bool choosing);
    void open();
    void add(const settings::Recipe& recipe);
    void startSaving();
    void endSaving();
    void save();
    void write(const QString& label, const QString& file);
    void showProblem(const QString& sentence);

    Project& m_project;
    UserPrompts& m_prompts;
    ChoiceBox* m_box;
    QWidget* m_saving = nullptr;  // the line in which the name is typed
    QLineEdit* m_name = nullptr;
    ElidedLabel* m_saved = nullptr;
    std::vector<settings::Recipe> m_builtin;
    std::vector<settings::Recipe> m_own;     // of the folder
    std::vector<settings::Recipe> m_opened;  // from elsewhere
    QString m_problem;
    QString m_passedOver;  // files of the folder that are no recipes
    int m_asked = 0;       // so that an answer that was overtaken is dropped
    bool m_isChoosing = false;
};

}  // namespace graft::ui
