// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/PresetChoice.h"

#include <QSignalBlocker>

#include "core/settings/AugmentationPresets.h"
#include "ui/session/MessageText.h"
#include "ui/session/Project.h"
#include "ui/widgets/ChoiceBox.h"

namespace graft::ui {

namespace {

constexpr const char* kOwn = "";  // what a person has mixed; in the list only while it is so

}  // namespace

PresetChoice::PresetChoice(Project& project, QWidget* parent)
    : FormRow(tr("Augmentation"), Width::Rest, parent), m_project(project), m_box(new ChoiceBox(this)) {
    setObjectName(QStringLiteral("augmentationPresetRow"));
    m_box->setObjectName(QStringLiteral("augmentationPreset"));
    for (const settings::AugmentationPreset& preset : settings::augmentationPresets())
        m_box->add(textOf(preset.label), QString::fromStdString(preset.name), textOf(preset.help));
    m_box->widenList();
    setEditor(m_box);
    connect(m_box, &QComboBox::currentIndexChanged, this, &PresetChoice::choose);
    connect(&m_project, &Project::configChanged, this, &PresetChoice::showPreset);
    showPreset();
}

void PresetChoice::choose() {
    const auto* preset = settings::findAugmentationPreset(m_box->name().toStdString());
    if (preset == nullptr) return;
    settings::TrainConfig config = m_project.config();
    settings::apply(*preset, config);
    m_project.setConfig(config);
}

void PresetChoice::showPreset() {
    const auto* preset = settings::presetOf(m_project.config());
    const auto* usual = settings::presetOf(m_project.defaults());
    const QString own = QLatin1String(kOwn);
    const QSignalBlocker quiet(m_box);
    const int index = m_box->findData(own);
    if (preset == nullptr && index < 0) m_box->add(tr("own"), own);
    if (preset != nullptr && index >= 0) m_box->removeItem(index);
    m_box->showName(preset == nullptr ? own : QString::fromStdString(preset->name));
    setHelp(preset == nullptr ? tr("Your own, from the group Augmentation") : textOf(preset->help));
    setMarked(preset != usual);
}

}  // namespace graft::ui
