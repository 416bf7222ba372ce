// SPDX-License-Identifier: GPL-3.0-or-later
// Which augmentation preset the settings are; choosing one sets all augmentations.
#pragma once

#include "ui/widgets/FormRow.h"

namespace graft::ui {

class ChoiceBox;
class Project;

class PresetChoice : public FormRow {
    Q_OBJECT
  public:
    explicit PresetChoice(Project& project, QWidget* parent = nullptr);

  private:
    void showPreset();
    void choose();

    Project& m_project;
    ChoiceBox* m_box;
};

}  // namespace graft::ui
