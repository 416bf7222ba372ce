// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/SettingsPanel.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QSignalBlocker>
#include <QStandardItemModel>
#include <QVBoxLayout>
#include <algorithm>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/runtime/Device.h"
#include "ui/session/Background.h"
#include "ui/session/Project.h"
#include "ui/style/Theme.h"
#include "ui/train/CachePanel.h"
#include "ui/widgets/ElidedLabel.h"
#include "ui/widgets/InlineError.h"

namespace graft::ui {

namespace {

using training::HeadKind;
using training::OptimizerKind;
using training::ScheduleKind;
using training::TrainConfig;

constexpr int kEditorWidth = 104;
constexpr int kEditorHeight = 30;
constexpr int kSwitchWidth = 16;

QString fromView(std::string_view text) {
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

template <class T>
QString numberText(T value) {
    if constexpr (std::is_floating_point_v<T>) {
        return QString::number(value, 'g', QLocale::FloatingPointShortest);
    } else {
        return QString::number(value);
    }
}

template <class T>
T parseNumber(QString text, bool* ok) {
    text = text.trimmed();
    if constexpr (std::is_floating_point_v<T>) {
        return text.replace(',', '.').toDouble(ok);
    } else if constexpr (std::is_unsigned_v<T>) {
        return text.toULongLong(ok);
    } else {
        return text.toInt(ok);
    }
}

// Of a setting that is told by how to reach it in a config that may be changed.
template <class T>
T valueOf(T& (*field)(TrainConfig&), TrainConfig config) {
    return field(config);
}

}  // namespace

SettingsPanel::SettingsPanel(Project& project, QWidget* parent) : QWidget(parent), m_project(project) {
    setObjectName(QStringLiteral("scrolled"));
    m_layout = new QVBoxLayout(this);
    m_layout->setContentsMargins(0, 0, 8, 0);  // room for the scroll bar
    m_layout->setSpacing(8);
    m_generalError = new InlineError(this);
    m_layout->addWidget(m_generalError);

    buildOptimization();
    buildHead();
    buildImages();
    buildCache();
    buildMachine();
    m_layout->addStretch(1);

    connect(&m_project, &Project::configChanged, this, &SettingsPanel::loadAll);
    loadAll();
    listDevices();
}

void SettingsPanel::addCaption(const QString& text) {
    auto* caption = new QLabel(text.toUpper(), this);
    caption->setFont(Theme::cardTitleFont());
    caption->setObjectName(QStringLiteral("muted"));
    caption->setContentsMargins(0, 12, 0, 0);
    m_layout->addWidget(caption);
}

SettingsPanel::Row& SettingsPanel::addRow(const QString& label, const QString& tip, QWidget* editor,
                                          Applies applies) {
    Row& row = m_rows.emplace_back();
    row.widget = new QWidget(this);
    row.editor = editor;
    row.applies = std::move(applies);
    auto* column = new QVBoxLayout(row.widget);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    auto* line = new QHBoxLayout;
    line->setSpacing(8);
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

template <class T>
void SettingsPanel::addNumber(const char* name, const QString& label, const QString& tip,
                              T& (*field)(TrainConfig&), Applies applies) {
    auto* edit = new QLineEdit(this);
    edit->setObjectName(QString::fromLatin1(name));
    edit->setAlignment(Qt::AlignRight);
    edit->setFixedWidth(kEditorWidth);
    Row& row = addRow(label, tip, edit, std::move(applies));
    row.load = [this, edit, field, &row] {
        TrainConfig config = m_project.config();
        // What is being typed, and what is no number, stays on the screen.
        if (row.inputError.isEmpty() && !edit->isModified()) edit->setText(numberText(field(config)));
    };
    row.setDefault = [this, field](TrainConfig& config) {
        field(config) = valueOf(field, m_project.defaults());
    };
    row.commit = [this, edit, field, &row] {
        edit->setModified(false);
        bool ok = false;
        const T value = parseNumber<T>(edit->text(), &ok);
        row.inputError = ok ? QString()
                            : (std::is_floating_point_v<T> ? tr("Type a number, such as %1.")
                                                           : tr("Type a whole number, such as %1."))
                                  .arg(numberText(valueOf(field, m_project.defaults())));
        TrainConfig current = m_project.config();
        if (ok && field(current) != value) {
            change([field, value](TrainConfig& config) { field(config) = value; });
        } else {
            row.load();
            check();
        }
    };
    connect(edit, &QLineEdit::editingFinished, this, [&row] { row.commit(); });
}

void SettingsPanel::addSwitch(const char* name, const QString& label, const QString& tip,
                              bool& (*field)(TrainConfig&), Applies applies) {
    auto* box = new QCheckBox(this);
    box->setFixedWidth(kSwitchWidth);  // ends where the fields end
    box->setObjectName(QString::fromLatin1(name));
    Row& row = addRow(label, tip, box, std::move(applies));
    row.load = [this, box, field] {
        TrainConfig config = m_project.config();
        const QSignalBlocker quiet(box);
        box->setChecked(field(config));
    };
    row.setDefault = [this, field](TrainConfig& config) {
        field(config) = valueOf(field, m_project.defaults());
    };
    connect(box, &QCheckBox::toggled, this,
            [this, field](bool on) { change([field, on](TrainConfig& config) { field(config) = on; }); });
}

QComboBox* SettingsPanel::addChoice(const char* name, const QString& label, const QString& tip,
                                    const std::vector<Choice>& choices,
                                    std::function<QString(const TrainConfig&)> get,
                                    std::function<void(TrainConfig&, const QString&)> set) {
    auto* box = new QComboBox(this);
    box->setObjectName(QString::fromLatin1(name));
    box->setFixedWidth(kEditorWidth);
    for (const Choice& choice : choices)
        box->addItem(choice.text, choice.value);
    Row& row = addRow(label, tip, box, {});
    row.load = [this, box, get] {
        const QSignalBlocker quiet(box);
        box->setCurrentIndex(box->findData(get(m_project.config())));
    };
    row.setDefault = [this, get, set](TrainConfig& config) { set(config, get(m_project.defaults())); };
    connect(box, &QComboBox::currentIndexChanged, this, [this, box, set] {
        const QString value = box->currentData().toString();
        change([&set, &value](TrainConfig& config) { set(config, value); });
    });
    return box;
}

void SettingsPanel::buildOptimization() {
    const auto isSgd = [](const TrainConfig& c) { return c.optimizer.kind == OptimizerKind::Sgd; };
    const auto hasMomentum = [](const TrainConfig& c) {
        return c.optimizer.kind == OptimizerKind::Sgd || c.optimizer.kind == OptimizerKind::RmsProp;
    };
    const auto isStep = [](const TrainConfig& c) { return c.schedule.kind == ScheduleKind::Step; };

    addNumber<int>("epochs", tr("Epochs"), tr("How often every training image is seen"),
                   [](TrainConfig& c) -> int& { return c.epochs; });
    addNumber<int>("batchSize", tr("Batch size"), tr("Images per batch; a smaller one needs less memory"),
                   [](TrainConfig& c) -> int& { return c.batchSize; });
    addNumber<int>("accumulate", tr("Batches per step"),
                   tr("Their gradients are added up: a large batch in the memory of a small one"),
                   [](TrainConfig& c) -> int& { return c.accumulate; });
    addChoice(
        "optimizer", tr("Optimizer"), tr("How the weights follow the gradient"),
        {{tr("SGD"), "sgd"}, {tr("Adam"), "adam"}, {tr("AdamW"), "adamw"}, {tr("RMSprop"), "rmsprop"}},
        [](const TrainConfig& c) { return fromView(training::optimizerName(c.optimizer.kind)); },
        [](TrainConfig& c, const QString& name) {
            if (auto kind = training::parseOptimizer(name.toStdString())) c.optimizer.kind = *kind;
        });
    addNumber<double>("learningRate", tr("Learning rate"),
                      tr("The size of a step; halve it if the loss jumps"),
                      [](TrainConfig& c) -> double& { return c.optimizer.learningRate; });
    addNumber<double>(
        "momentum", tr("Momentum"), tr("How much of the last step goes into the next"),
        [](TrainConfig& c) -> double& { return c.optimizer.momentum; }, hasMomentum);
    addSwitch(
        "nesterov", tr("Nesterov"), tr("Look ahead along the momentum"),
        [](TrainConfig& c) -> bool& { return c.optimizer.nesterov; }, isSgd);
    addNumber<double>("weightDecay", tr("Weight decay"),
                      tr("Pulls weights towards zero; against overfitting"),
                      [](TrainConfig& c) -> double& { return c.optimizer.weightDecay; });
    addChoice(
        "schedule", tr("Schedule"), tr("How the learning rate falls during the run"),
        {{tr("constant"), "constant"}, {tr("step"), "step"}, {tr("cosine"), "cosine"}},
        [](const TrainConfig& c) { return fromView(training::scheduleName(c.schedule.kind)); },
        [](TrainConfig& c, const QString& name) {
            if (auto kind = training::parseSchedule(name.toStdString())) c.schedule.kind = *kind;
        });
    addNumber<int>(
        "stepEpochs", tr("Epochs per step"), tr("The learning rate falls every so many epochs"),
        [](TrainConfig& c) -> int& { return c.schedule.stepEpochs; }, isStep);
    addNumber<double>(
        "gamma", tr("Factor per step"), tr("What the learning rate is multiplied by"),
        [](TrainConfig& c) -> double& { return c.schedule.gamma; }, isStep);
    addNumber<int>("warmupEpochs", tr("Warm-up epochs"),
                   tr("The learning rate rises from 0 over so many epochs"),
                   [](TrainConfig& c) -> int& { return c.schedule.warmupEpochs; });
    addNumber<int>("earlyStopEpochs", tr("Early stop after"),
                   tr("Epochs without a better validation accuracy; 0: never stop early"),
                   [](TrainConfig& c) -> int& { return c.earlyStopEpochs; });
}

void SettingsPanel::buildHead() {
    const auto isMlp = [](const TrainConfig& c) { return c.head.kind == HeadKind::Mlp; };
    addCaption(tr("Head"));
    addChoice(
        "head", tr("Kind"), tr("What is put on the backbone: one linear layer, or a hidden layer before it"),
        {{tr("linear"), "linear"}, {tr("hidden layer"), "mlp"}},
        [](const TrainConfig& c) { return fromView(training::headName(c.head.kind)); },
        [](TrainConfig& c, const QString& name) {
            if (auto kind = training::parseHead(name.toStdString())) c.head.kind = *kind;
        });
    addNumber<int>(
        "hiddenUnits", tr("Hidden units"), tr("Size of the hidden layer"),
        [](TrainConfig& c) -> int& { return c.head.hiddenUnits; }, isMlp);
    addNumber<double>(
        "dropout", tr("Dropout"), tr("Share of hidden units left out at random while training"),
        [](TrainConfig& c) -> double& { return c.head.dropout; }, isMlp);
}

void SettingsPanel::buildImages() {
    addCaption(tr("Images"));
    addSwitch("randomCrop", tr("Random crop"), tr("Each epoch sees another part of every training image"),
              [](TrainConfig& c) -> bool& { return c.augment.randomResizedCrop; });
    addSwitch("flip", tr("Horizontal flip"), tr("Mirror every second training image; not for text or digits"),
              [](TrainConfig& c) -> bool& { return c.augment.horizontalFlip; });
    addNumber<int>("resizeSize", tr("Resize to"), tr("Shorter side after resizing, pixels"),
                   [](TrainConfig& c) -> int& { return c.preprocess.resizeSize; });
    addNumber<int>("cropSize", tr("Crop to"), tr("Side of the square that the network sees, pixels"),
                   [](TrainConfig& c) -> int& { return c.preprocess.cropSize; });
}

void SettingsPanel::buildCache() {
    addCaption(tr("Feature cache"));
    const auto isUsed = [](const TrainConfig& c) { return c.cache.variants > 0; };
    addNumber<int>(
        "cacheVariants", tr("Variants kept"),
        tr("Random variants of each image whose frozen features are computed once; 0: none, every epoch "
           "computes new ones"),
        [](TrainConfig& c) -> int& { return c.cache.variants; });
    addSwitch(
        "cacheHalf", tr("Half precision"), tr("Half the space on the disk, at three digits of precision"),
        [](TrainConfig& c) -> bool& { return c.cache.halfPrecision; }, isUsed);
    m_cache = new CachePanel(this);
    m_layout->addWidget(m_cache);
}

void SettingsPanel::buildMachine() {
    addCaption(tr("Machine"));
    addNumber<std::uint64_t>("seed", tr("Seed"), tr("The same seed on the same machine repeats the run"),
                             [](TrainConfig& c) -> std::uint64_t& { return c.seed; });
    addNumber<int>("threads", tr("Threads"), tr("For arithmetic; 0: one per processor"),
                   [](TrainConfig& c) -> int& { return c.threads; });
    m_precision = addChoice(
        "precision", tr("Precision"),
        tr("Automatic: frozen layers in bfloat16 where that is faster and changes nothing. bfloat16 and "
           "float16: mixed precision for the trained layers too; float16 needs a GPU"),
        {{tr("automatic"), "auto"},
         {QStringLiteral("float32"), "float32"},
         {QStringLiteral("bfloat16"), "bfloat16"},
         {QStringLiteral("float16"), "float16"}},
        [](const TrainConfig& c) { return fromView(training::precisionName(c.precision)); },
        [](TrainConfig& c, const QString& name) {
            if (auto precision = training::parsePrecision(name.toStdString())) c.precision = *precision;
        });
    m_device = addChoice(
        "device", tr("Device"), tr("Where the arithmetic runs"),
        {{tr("automatic"), "auto"}, {tr("CPU"), "cpu"}},
        [](const TrainConfig& c) { return QString::fromStdString(c.device); },
        [](TrainConfig& c, const QString& name) { c.device = name.toStdString(); });
}

void SettingsPanel::listDevices() {
    // Asking for GPUs loads their driver, which can take seconds.
    runInBackground(
        this, [] { return runtime::availableDevices(); },
        [this](const std::vector<runtime::Device>& devices) {
            const QSignalBlocker quiet(m_device);
            const auto isGpu = [](const runtime::Device& device) { return device.isCuda(); };
            auto* float16 = qobject_cast<QStandardItemModel*>(m_precision->model())
                                ->item(m_precision->findData(QStringLiteral("float16")));
            float16->setEnabled(std::ranges::any_of(devices, isGpu));
            for (const runtime::Device& device : devices) {
                if (!isGpu(device)) continue;
                m_device->addItem(QString::fromStdString(device.name),
                                  QStringLiteral("cuda:%1").arg(device.index));
                m_device->setItemData(m_device->count() - 1, QString::fromStdString(device.name),
                                      Qt::ToolTipRole);
            }
            loadAll();
        });
}

void SettingsPanel::change(const std::function<void(TrainConfig&)>& edit) {
    if (m_loading) return;
    TrainConfig config = m_project.config();
    edit(config);
    // A value that can no longer be seen must not stand in the way of the run.
    for (const Row& row : m_rows) {
        if (row.applies && !row.applies(config)) row.setDefault(config);
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
    const TrainConfig& config = m_project.config();
    for (Row& row : m_rows) {
        const bool applies = !row.applies || row.applies(config);
        if (!applies) row.inputError.clear();
        row.load();
        row.widget->setVisible(applies);
    }
    m_loading = false;
    check();
}

void SettingsPanel::check() {
    bool valid = true;
    for (Row& row : m_rows) {
        row.error->showError(row.inputError);
        valid = valid && row.inputError.isEmpty();
    }
    m_generalError->showError({});

    TrainConfig config = m_project.config();
    // The folders are the page's business, not a setting in this panel.
    if (config.datasetFolder.empty()) config.datasetFolder = "images";
    if (config.runFolder.empty()) config.runFolder = "run";
    const auto checked = training::validate(config);
    if (!checked) {
        valid = false;
        const std::string& message = checked.error().message;
        // The setting at fault is one whose default makes this complaint go away; of two that do not go
        // together, the later one.
        InlineError* place = m_generalError;
        for (Row& row : m_rows) {
            if (row.applies && !row.applies(config)) continue;
            TrainConfig other = config;
            row.setDefault(other);
            const auto again = training::validate(other);
            if (again || again.error().message != message) place = row.error;
        }
        if (place->text().isEmpty()) place->showError(QString::fromStdString(message));
    }
    if (valid != m_valid) {
        m_valid = valid;
        emit validityChanged();
    }
}

}  // namespace graft::ui
