// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/SettingsPanel.h"

#include <QComboBox>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSignalBlocker>
#include <QStandardItemModel>
#include <QTimer>
#include <QVBoxLayout>
#include <algorithm>
#include <array>

#include "core/runtime/Device.h"
#include "ui/session/Background.h"
#include "ui/session/MessageText.h"
#include "ui/session/Project.h"
#include "ui/session/ProjectPart.h"
#include "ui/session/SettingsTaker.h"
#include "ui/train/AugmentationPreview.h"
#include "ui/train/CachePanel.h"
#include "ui/train/PresetChoice.h"
#include "ui/train/PreviewPlace.h"
#include "ui/train/RecipeChoice.h"
#include "ui/train/SettingRow.h"
#include "ui/train/SettingsGroup.h"
#include "ui/train/SettingsTools.h"
#include "ui/widgets/InlineError.h"

namespace graft::ui {

namespace {

using settings::Group;
using settings::Setting;
using settings::TrainConfig;
using settings::Value;

constexpr std::array kGroups{Group::Training, Group::Optimizer, Group::Schedule,     Group::Phases,
                             Group::Loss,     Group::Head,      Group::Augmentation, Group::Images,
                             Group::Cache,    Group::Machine};
constexpr const char* kLearningRate = "optimizer.learning_rate";

}  // namespace

SettingsPanel::SettingsPanel(Project& project, UserPrompts& prompts, QWidget* parent)
    : QWidget(parent), m_project(project), m_prompts(prompts) {
    QVBoxLayout* column = buildColumn();
    m_generalError = new InlineError(this);
    column->addWidget(m_generalError);
    addBrief(*column);
    for (const Group group : kGroups)
        addGroup(group, *column);
    column->addStretch(1);

    m_preview = new AugmentationPreview(m_project, this);
    new PreviewPlace(*m_preview, *m_scroll,
                     **std::ranges::find(m_groups, Group::Augmentation, &SettingsGroup::group), *this);
    showPreview();

    listDevices();
    connect(&m_project, &Project::configChanged, this, &SettingsPanel::loadAll);
    connect(&projectPart<SettingsTaker>(m_project), &SettingsTaker::aboutToTake, this,
            &SettingsPanel::forgetInput);
    loadAll();
}

QVBoxLayout* SettingsPanel::buildColumn() {
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->setSpacing(8);
    m_tools = new SettingsTools(m_project, this);
    connect(m_tools, &SettingsTools::putBackRequested, this,
            [this] { putBack([](const Setting&) { return true; }); });
    outer->addWidget(m_tools, 0, Qt::AlignRight);
    m_scroll = new QScrollArea(this);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setWidgetResizable(true);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::NoFocus);  // what lies in it has it
    outer->addWidget(m_scroll, 1);
    auto* scrolled = new QWidget;
    scrolled->setObjectName(QStringLiteral("scrolled"));
    auto* column = new QVBoxLayout(scrolled);
    column->setContentsMargins(0, 0, 8, 0);  // room for the scroll bar
    column->setSpacing(0);
    m_scroll->setWidget(scrolled);
    return column;
}

void SettingsPanel::addBrief(QVBoxLayout& column) {
    auto* brief = new QVBoxLayout;
    brief->setContentsMargins(0, 0, 0, 12);
    brief->setSpacing(10);
    m_recipe = new RecipeChoice(m_project, m_prompts, this);
    connect(m_recipe, &RecipeChoice::choosingChanged, this, &SettingsPanel::choosingChanged);
    brief->addWidget(m_recipe);
    for (const Setting& setting : settings::all()) {
        if (setting.inPanel && setting.inBrief) brief->addWidget(makeRow(setting));
    }
    m_preset = new PresetChoice(m_project, this);
    brief->addWidget(m_preset);
    column.addLayout(brief);
}

void SettingsPanel::addGroup(Group group, QVBoxLayout& column) {
    auto* part = m_groups.emplace_back(new SettingsGroup(group, this));
    for (const Setting& setting : settings::all()) {
        if (setting.group == group && setting.inPanel && !setting.inBrief) part->addRow(makeRow(setting));
    }
    if (group == Group::Cache) {
        m_cache = new CachePanel(this);
        part->addWidget(m_cache);
    }
    if (group == Group::Augmentation)
        connect(part, &SettingsGroup::toggled, this, &SettingsPanel::showPreview);
    // What was opened is what one wants to see; its place is known when everything has been laid out.
    connect(part, &SettingsGroup::toggled, this, [this, part](bool open) {
        if (!open || !isVisible()) return;
        QTimer::singleShot(0, part, [this, part] {
            m_scroll->verticalScrollBar()->setValue(part->mapTo(m_scroll->widget(), QPoint()).y());
        });
    });
    connect(part, &SettingsGroup::putBackRequested, this, [this, group] {
        putBack([group](const Setting& setting) { return setting.group == group && !setting.inBrief; });
    });
    column.addWidget(part);
}

SettingRow* SettingsPanel::makeRow(const Setting& setting) {
    auto* row = m_rows.emplace_back(new SettingRow(setting, this));
    if (setting.key == kLearningRate) addFinder(*row);
    connect(row, &SettingRow::valueChosen, this,
            [this, row](const Value& value) { change(row->setting(), value); });
    connect(row, &SettingRow::inputChecked, this, &SettingsPanel::check);
    return row;
}

void SettingsPanel::addFinder(SettingRow& row) {
    m_find = new QPushButton(tr("Find"), &row);
    m_find->setProperty("small", true);
    m_find->setObjectName(QStringLiteral("findLearningRate"));
    m_find->setAccessibleName(tr("Find a learning rate"));
    offerFinder({});
    connect(m_find, &QPushButton::clicked, this, &SettingsPanel::findLearningRateRequested);
    row.addBesideEditor(m_find, true);
}

void SettingsPanel::forgetInput() {
    for (SettingRow* row : m_rows)
        row->forgetInput();
}

void SettingsPanel::offerFinder(const QString& obstacle) {
    m_find->setEnabled(obstacle.isEmpty());
    m_find->setToolTip(obstacle.isEmpty() ? tr("Tries learning rates on some batches and suggests one")
                                          : obstacle);
}

bool SettingsPanel::isChoosing() const {
    return m_recipe->isChoosing();
}

void SettingsPanel::listDevices() {
    auto* device = findChild<QComboBox*>(QStringLiteral("device"));
    {
        const QSignalBlocker quiet(device);
        device->addItem(tr("automatic"), QStringLiteral("auto"));
        device->addItem(tr("CPU"), QStringLiteral("cpu"));
    }
    // Asking for GPUs loads their driver, which can take seconds.
    runInBackground(
        this, [] { return runtime::availableDevices(); },
        [this, device](const std::vector<runtime::Device>& devices) {
            const QSignalBlocker quiet(device);
            const auto isGpu = [](const runtime::Device& one) { return one.isCuda(); };
            auto* precision = findChild<QComboBox*>(QStringLiteral("precision"));
            auto* float16 = qobject_cast<QStandardItemModel*>(precision->model())
                                ->item(precision->findData(QStringLiteral("float16")));
            float16->setEnabled(std::ranges::any_of(devices, isGpu));
            for (const runtime::Device& one : devices) {
                if (!isGpu(one)) continue;
                device->addItem(text(one.name), QStringLiteral("cuda:%1").arg(one.index));
                device->setItemData(device->count() - 1, text(one.name), Qt::ToolTipRole);
            }
            loadAll();
        });
}

void SettingsPanel::change(const Setting& setting, const Value& value) {
    if (m_loading) return;
    TrainConfig config = m_project.config();
    setting.field.set(config, value);
    setConfig(std::move(config));
}

void SettingsPanel::putBack(const std::function<bool(const Setting&)>& isMeant) {
    TrainConfig config = m_project.config();
    m_loading = true;  // what was being typed in these rows is given up, without a change for each
    for (SettingRow* row : m_rows) {
        if (!isMeant(row->setting())) continue;
        row->setting().field.set(config, row->setting().field.get(m_project.defaults()));
        row->putBack();
    }
    m_loading = false;
    setConfig(std::move(config));
}

void SettingsPanel::setConfig(TrainConfig config) {
    // A value that can no longer be seen must not stand in the way of the run.
    for (const SettingRow* row : m_rows) {
        const Setting& setting = row->setting();
        if (!settings::applies(setting, config))
            setting.field.set(config, setting.field.get(m_project.defaults()));
    }
    m_project.setConfig(config);  // and with its signal, loadAll()
}

void SettingsPanel::commit() {
    for (SettingRow* row : m_rows) {
        if (!row->isHidden()) row->commit();
    }
}

void SettingsPanel::loadAll() {
    m_loading = true;
    for (SettingRow* row : m_rows) {
        const bool applies = settings::applies(row->setting(), m_project.config());
        if (!applies) row->forgetInput();
        row->load(m_project.config(), m_project.defaults());
        row->setVisible(applies);
    }
    for (SettingsGroup* group : m_groups)
        group->refresh();
    m_tools->showChanged(static_cast<int>(std::ranges::count_if(
        m_rows, [](const SettingRow* row) { return !row->isHidden() && row->isChanged(); })));
    m_loading = false;
    check();
}

void SettingsPanel::check() {
    if (m_loading) return;
    const auto checked = settings::validate(m_project.config());
    bool valid = checked.has_value();
    const SettingRow* wrong = nullptr;
    bool isSaid = valid;
    for (SettingRow* row : m_rows) {
        QString sentence = row->inputError();
        const bool isHere = !checked && row->setting().key == checked.error().setting;
        isSaid = isSaid || isHere;
        valid = valid && sentence.isEmpty();
        if (sentence.isEmpty() && isHere) sentence = text(checked.error().message);
        row->showError(sentence);
        if (!sentence.isEmpty() && wrong == nullptr) wrong = row;
    }
    m_generalError->showError(isSaid ? QString() : text(checked.error().message));
    for (SettingsGroup* group : m_groups) {
        if (wrong != nullptr) group->openFor(*wrong);
    }
    QString obstacle;
    if (wrong != nullptr) {
        const bool namesIt = wrong->error().contains(wrong->label());
        obstacle = namesIt ? wrong->error() : tr("%1: %2").arg(wrong->label(), wrong->error());
    } else if (!valid) {
        obstacle = m_generalError->text();
    }
    if (valid == m_valid && obstacle == m_obstacle) return;
    m_valid = valid;
    m_obstacle = obstacle;
    emit validityChanged();
}

void SettingsPanel::showPreview() {
    const auto isOpen = [](const SettingsGroup* group) {
        return group->group() == Group::Augmentation && group->isOpen();
    };
    m_preview->setVisible(std::ranges::any_of(m_groups, isOpen));
}

}  // namespace graft::ui
