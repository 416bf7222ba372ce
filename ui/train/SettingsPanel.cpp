// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/SettingsPanel.h"

#include <QAbstractItemView>
#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QStandardItemModel>
#include <QVBoxLayout>
#include <algorithm>
#include <array>
#include <utility>

#include "core/runtime/Device.h"
#include "ui/session/Background.h"
#include "ui/session/Project.h"
#include "ui/style/Theme.h"
#include "ui/train/CachePanel.h"
#include "ui/widgets/ElidedLabel.h"
#include "ui/widgets/InlineError.h"

namespace graft::ui {

namespace {

using settings::Group;
using settings::Kind;
using settings::Setting;
using settings::TrainConfig;
using settings::Value;

constexpr int kEditorWidth = 120;
constexpr int kEditorHeight = 30;
constexpr int kSwitchWidth = 16;
constexpr std::array kGroups{Group::Training, Group::Loss,  Group::Head,   Group::Augmentation,
                             Group::Images,   Group::Cache, Group::Machine};
constexpr const char* kDevice = "device";

QString textOf(const Value& value) {
    return QString::fromStdString(settings::text(value));
}

QString tipOf(const Setting& setting) {
    QString tip = QString::fromStdString(setting.help);
    const std::string& zero = setting.field.range.zero;
    return zero.empty() ? tip : tip + QStringLiteral("; 0: ") + QString::fromStdString(zero);
}

}  // namespace

SettingsPanel::SettingsPanel(Project& project, QWidget* parent) : QWidget(parent), m_project(project) {
    setObjectName(QStringLiteral("scrolled"));
    m_layout = new QVBoxLayout(this);
    m_layout->setContentsMargins(0, 0, 8, 0);  // room for the scroll bar
    m_layout->setSpacing(8);
    m_generalError = new InlineError(this);
    m_layout->addWidget(m_generalError);

    for (const Group group : kGroups) {
        if (group != kGroups.front()) addCaption(QString::fromStdString(settings::groupLabel(group)));
        addRows(group);
        if (group != Group::Cache) continue;
        m_cache = new CachePanel(this);
        m_layout->addWidget(m_cache);
    }
    m_layout->addStretch(1);

    listDevices();
    connect(&m_project, &Project::configChanged, this, &SettingsPanel::loadAll);
    loadAll();
}

void SettingsPanel::addRows(Group group) {
    for (const Setting& setting : settings::all()) {
        if (setting.group != group || !setting.inPanel) continue;
        if (setting.field.kind == Kind::Switch) {
            addSwitch(setting);
        } else if (setting.field.kind == Kind::Choice || setting.key == kDevice) {
            addChoice(setting);
        } else {
            addField(setting);
        }
    }
}

void SettingsPanel::addCaption(const QString& text) {
    auto* caption = new QLabel(text.toUpper(), this);
    caption->setFont(Theme::cardTitleFont());
    caption->setObjectName(QStringLiteral("muted"));
    caption->setContentsMargins(0, 12, 0, 0);
    m_layout->addWidget(caption);
}

SettingsPanel::Row& SettingsPanel::addRow(const Setting& setting, QWidget* editor) {
    Row& row = m_rows.emplace_back();
    row.setting = &setting;
    row.widget = new QWidget(this);
    row.editor = editor;
    const QString label = QString::fromStdString(setting.label);
    const QString tip = tipOf(setting);
    auto* column = new QVBoxLayout(row.widget);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    auto* line = new QHBoxLayout;
    line->setSpacing(8);
    editor->setObjectName(QString::fromStdString(setting.key));
    editor->setMinimumHeight(kEditorHeight);  // a check box keeps the rows' rhythm too
    auto* name = new ElidedLabel(label, row.widget);
    name->setMuted(true);
    name->setToolTip(tip);
    editor->setParent(row.widget);
    editor->setToolTip(tip);
    editor->setAccessibleName(label);
    editor->setAccessibleDescription(tip);
    line->addWidget(name, 1);
    line->addWidget(editor, 0, Qt::AlignRight | Qt::AlignVCenter);
    column->addLayout(line);
    row.error = new InlineError(row.widget);
    row.widget->setObjectName(editor->objectName() + QStringLiteral("Row"));
    column->addWidget(row.error);
    m_layout->addWidget(row.widget);
    return row;
}

void SettingsPanel::addField(const Setting& setting) {
    auto* edit = new QLineEdit(this);
    edit->setAlignment(Qt::AlignRight);
    edit->setFixedWidth(kEditorWidth);
    Row& row = addRow(setting, edit);
    row.load = [this, edit, &row] {
        // What is being typed, and what is no value, stays on the screen.
        if (row.inputError.isEmpty() && !edit->isModified()) edit->setText(textOf(valueOf(*row.setting)));
    };
    row.commit = [this, edit, &row] {
        edit->setModified(false);
        QString text = edit->text();
        if (row.setting->field.kind == Kind::Number) text.replace(',', '.');  // as half of Europe types it
        const auto value = settings::parsed(*row.setting, text.toStdString());
        row.inputError = value ? QString() : QString::fromStdString(value.error().message);
        if (value && *value != valueOf(*row.setting)) {
            change(*row.setting, *value);
        } else {
            row.load();
            check();
        }
    };
    connect(edit, &QLineEdit::editingFinished, this, [&row] { row.commit(); });
}

void SettingsPanel::addSwitch(const Setting& setting) {
    auto* box = new QCheckBox(this);
    box->setFixedWidth(kSwitchWidth);  // ends where the fields end
    Row& row = addRow(setting, box);
    row.load = [this, box, &row] {
        const QSignalBlocker quiet(box);
        box->setChecked(std::get<bool>(valueOf(*row.setting)));
    };
    connect(box, &QCheckBox::toggled, this, [this, &row](bool on) { change(*row.setting, on); });
}

void SettingsPanel::addChoice(const Setting& setting) {
    auto* box = new QComboBox(this);
    box->setFixedWidth(kEditorWidth);
    for (const settings::Choice& choice : setting.field.choices) {
        box->addItem(QString::fromStdString(choice.label), QString::fromStdString(choice.name));
        box->setItemData(box->count() - 1, QString::fromStdString(choice.help), Qt::ToolTipRole);
    }
    box->view()->setMinimumWidth(
        box->view()->sizeHintForColumn(0));  // whole words, also where the box is small
    Row& row = addRow(setting, box);
    row.load = [this, box, &row] {
        const QSignalBlocker quiet(box);
        box->setCurrentIndex(box->findData(textOf(valueOf(*row.setting))));
    };
    connect(box, &QComboBox::currentIndexChanged, this,
            [this, box, &row] { change(*row.setting, box->currentData().toString().toStdString()); });
}

void SettingsPanel::listDevices() {
    auto* device = findChild<QComboBox*>(QLatin1String(kDevice));
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
                device->addItem(QString::fromStdString(one.name), QStringLiteral("cuda:%1").arg(one.index));
                device->setItemData(device->count() - 1, QString::fromStdString(one.name), Qt::ToolTipRole);
            }
            loadAll();
        });
}

Value SettingsPanel::valueOf(const Setting& setting) const {
    return setting.field.get(m_project.config());
}

void SettingsPanel::change(const Setting& setting, const Value& value) {
    if (m_loading) return;
    TrainConfig config = m_project.config();
    setting.field.set(config, value);
    // A value that can no longer be seen must not stand in the way of the run.
    for (const Row& row : m_rows) {
        if (!settings::applies(*row.setting, config))
            row.setting->field.set(config, row.setting->field.get(m_project.defaults()));
    }
    m_project.setConfig(config);
    loadAll();
}

void SettingsPanel::commit() {
    for (Row& row : m_rows) {
        if (row.commit && row.widget->isVisibleTo(this)) row.commit();
    }
}

void SettingsPanel::setLocked(bool locked) {
    for (Row& row : m_rows)
        row.editor->setEnabled(!locked);
}

void SettingsPanel::loadAll() {
    m_loading = true;
    for (Row& row : m_rows) {
        const bool applies = settings::applies(*row.setting, m_project.config());
        if (!applies) row.inputError.clear();
        row.load();
        row.widget->setVisible(applies);
    }
    m_loading = false;
    check();
}

void SettingsPanel::check() {
    const auto checked = settings::validate(m_project.config());
    bool valid = checked.has_value();
    InlineError* place = m_generalError;
    for (Row& row : m_rows) {
        row.error->showError(row.inputError);
        valid = valid && row.inputError.isEmpty();
        if (!checked && row.setting->key == checked.error().setting) place = row.error;
    }
    m_generalError->showError({});
    if (!checked && place->text().isEmpty())
        place->showError(QString::fromStdString(checked.error().message));
    if (valid != m_valid) {
        m_valid = valid;
        emit validityChanged();
    }
}

}  // namespace graft::ui
