// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/SettingsHistory.h"

#include <QFileInfo>
#include <QScopedValueRollback>
#include <utility>

#include "core/settings/Settings.h"
#include "ui/session/MessageText.h"
#include "ui/session/NetworkText.h"
#include "ui/session/Project.h"
#include "ui/session/ProjectPart.h"
#include "ui/session/WeightsChoice.h"

namespace graft::ui {

namespace {

using settings::Setting;
using settings::TrainConfig;

constexpr int kPauseMs = 1500;

// All that a step may change.
std::string textOfSettings(TrainConfig config) {
    config.datasetFolder.clear();
    config.runFolder.clear();
    return settings::toJson(config);
}

bool isOtherNetwork(const TrainConfig& a, const TrainConfig& b) {
    return a.backbone != b.backbone || a.weightsFile != b.weightsFile;
}

std::vector<const Setting*> changedSettings(const TrainConfig& a, const TrainConfig& b) {
    std::vector<const Setting*> changed;
    for (const Setting& setting : settings::all()) {
        if (setting.field.get(a) != setting.field.get(b)) changed.push_back(&setting);
    }
    return changed;
}

// The one field in which all of it was typed or dragged; null: it was not.
const Setting* typedIn(const TrainConfig& a, const TrainConfig& b) {
    if (isOtherNetwork(a, b) || a.freeze != b.freeze) return nullptr;
    const std::vector<const Setting*> changed = changedSettings(a, b);
    if (changed.size() != 1) return nullptr;
    const settings::Kind kind = changed.front()->field.kind;
    const bool isTyped = kind != settings::Kind::Switch && kind != settings::Kind::Choice;
    return isTyped ? changed.front() : nullptr;
}

QString describe(const TrainConfig& before, const TrainConfig& after) {
    if (before.backbone != after.backbone)
        return SettingsHistory::tr("backbone %1").arg(backboneTitle(after.backbone));
    if (before.weightsFile != after.weightsFile) {
        return after.weightsFile.empty()
                   ? SettingsHistory::tr("random weights")
                   : SettingsHistory::tr("weights of %1").arg(weightsName(after.weightsFile));
    }
    const std::vector<const Setting*> changed = changedSettings(before, after);
    if (changed.empty()) return SettingsHistory::tr("frozen blocks");
    if (changed.size() == 1 && before.freeze == after.freeze) return textOf(changed.front()->label);
    return changed.size() == 1
               ? SettingsHistory::tr("frozen blocks and %1").arg(textOf(changed.front()->label))
               : SettingsHistory::tr("%1 settings").arg(changed.size());
}

}  // namespace

SettingsHistory::SettingsHistory(Project& project)
    : QObject(&project), m_project(project), m_isKnown(project.hasBackbone()) {
    m_now = read();
    m_pause.setSingleShot(true);
    m_pause.setInterval(kPauseMs);
    connect(&m_pause, &QTimer::timeout, this, &SettingsHistory::seal);
    connect(&project, &Project::configChanged, this, &SettingsHistory::record);
    connect(&project, &Project::choosingChanged, this, &SettingsHistory::changed);
}

SettingsHistory::State SettingsHistory::read() const {
    const TrainConfig& config = m_project.config();
    const TrainConfig& defaults = m_project.defaults();
    return {config, defaults, textOfSettings(config) + textOfSettings(defaults)};
}

void SettingsHistory::record() {
    State next = read();
    const bool isSame = next.text == m_now.text;
    const bool isFirst = !m_isKnown;
    m_isKnown = m_project.hasBackbone();
    if (isSame || isFirst || m_isRestoring) {
        m_now = std::move(next);
        return;
    }
    add(std::move(next));
    emit changed();
}

void SettingsHistory::add(State next) {
    const bool wasLast = m_done == m_steps.size();
    m_steps.erase(m_steps.begin() + static_cast<std::ptrdiff_t>(m_done), m_steps.end());
    if (m_isOpen && wasLast && !m_steps.empty() && continues(m_steps.back(), next)) {
        m_steps.back().after = next;
        if (m_steps.back().before.text == next.text) m_steps.pop_back();  // typed back
    } else {
        m_steps.push_back({m_now, next});
        if (m_steps.size() > kMostSteps) m_steps.erase(m_steps.begin());
    }
    m_done = m_steps.size();
    m_isOpen = true;
    m_pause.start();
    m_now = std::move(next);
}

bool SettingsHistory::continues(const Step& last, const State& next) const {
    const Setting* field = typedIn(m_now.config, next.config);
    return field != nullptr && field == typedIn(last.before.config, last.after.config);
}

const SettingsHistory::Step* SettingsHistory::undoable() const {
    return m_done == 0 ? nullptr : &m_steps[m_done - 1];
}

const SettingsHistory::Step* SettingsHistory::redoable() const {
    return m_done == m_steps.size() ? nullptr : &m_steps[m_done];
}

bool SettingsHistory::canUndo() const {
    return m_project.isChoosing() || undoable() != nullptr;
}

bool SettingsHistory::canRedo() const {
    return !m_project.isChoosing() && redoable() != nullptr;
}

QString SettingsHistory::nextUndo() const {
    if (m_project.isChoosing())
        return tr("backbone %1").arg(backboneTitle(m_project.wantedBackbone().toStdString()));
    const Step* step = undoable();
    return step != nullptr ? describe(step->before.config, step->after.config) : QString();
}

QString SettingsHistory::nextRedo() const {
    const Step* step = canRedo() ? redoable() : nullptr;
    return step != nullptr ? describe(step->before.config, step->after.config) : QString();
}

void SettingsHistory::undo() {
    if (!canUndo()) return;
    projectPart<WeightsChoice>(m_project).drop();  // a file that is being looked at must not come afterwards
    if (m_project.isChoosing()) return m_project.dropChoice();
    const State before = undoable()->before;
    --m_done;
    restore(before);
}

void SettingsHistory::redo() {
    if (!canRedo()) return;
    projectPart<WeightsChoice>(m_project).drop();
    const State after = redoable()->after;
    ++m_done;
    restore(after);
}

void SettingsHistory::restore(const State& state) {
    TrainConfig config = state.config;
    config.datasetFolder = m_project.config().datasetFolder;
    config.runFolder = m_project.config().runFolder;
    {
        const QScopedValueRollback restoring(m_isRestoring, true);
        m_project.restore(config, state.defaults);
    }
    seal();
    emit changed();
}

}  // namespace graft::ui
