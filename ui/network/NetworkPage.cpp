// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/network/NetworkPage.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>
#include <memory>
#include <utility>
#include <vector>

#include "core/backbones/Head.h"
#include "core/backbones/WeightStore.h"
#include "core/settings/Phases.h"
#include "core/training/DefaultConfig.h"
#include "core/training/HeadOutputs.h"
#include "ui/network/BackboneModel.h"
#include "ui/network/BackboneTable.h"
#include "ui/network/BlockDiagram.h"
#include "ui/network/NetworkFigures.h"
#include "ui/network/WeightsPanel.h"
#include "ui/prompts/UserPrompts.h"
#include "ui/session/Background.h"
#include "ui/session/ErrorText.h"
#include "ui/session/MessageText.h"
#include "ui/session/Project.h"
#include "ui/widgets/Card.h"
#include "ui/widgets/InlineError.h"
#include "ui/widgets/PageHeader.h"
#include "ui/widgets/Pill.h"

namespace graft::ui {

namespace {

constexpr int kNarrowestChoice = 320;
constexpr int kWidestChoice = 720;
constexpr int kImageNetClasses = 1000;

QString notesOf(const backbones::WeightFit& fit) {
    QStringList notes;
    for (const Message& note : fit.notes)
        notes.append(text(note));
    return notes.join(QLatin1Char(' '));
}

}  // namespace

NetworkPage::NetworkPage(Project& project, UserPrompts& prompts, QWidget* parent)
    : QWidget(parent), m_project(project), m_prompts(prompts), m_header(new PageHeader(tr("Network"), this)) {
    QPushButton* next = m_header->addButton(tr("Next: train"), true);
    next->setObjectName(QStringLiteral("next"));
    connect(next, &QPushButton::clicked, this, &NetworkPage::nextRequested);

    auto* figureCard = new Card({}, this);
    m_figures = new NetworkFigures(figureCard);
    figureCard->body()->addWidget(m_figures);
    auto* right = new QVBoxLayout;
    right->setSpacing(16);
    right->addWidget(buildBlocks(), 1);
    right->addWidget(figureCard);
    auto* columns = new QHBoxLayout;
    columns->setSpacing(16);
    columns->addWidget(buildChoice(), 1);
    columns->addLayout(right, 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 16, 24, 16);
    layout->setSpacing(12);
    layout->addWidget(m_header);
    layout->addLayout(columns, 1);

    connect(&project, &Project::backboneChanged, this, &NetworkPage::showNetwork);
    connect(&project, &Project::backboneChanged, this, &NetworkPage::checkUnknownFile);
    connect(&project, &Project::backboneRefused, this, &NetworkPage::showRefusal);
    connect(&project, &Project::choosingChanged, this, &NetworkPage::showConfig);
    connect(&project, &Project::choosingChanged, this, &NetworkPage::checkUnknownFile);
    connect(&project, &Project::summaryChanged, this, &NetworkPage::showConfig);
    connect(&project, &Project::configChanged, this, &NetworkPage::showConfig);
    connect(&project, &Project::configChanged, this, &NetworkPage::measure);
    connect(&project, &Project::datasetChanged, this, &NetworkPage::measure);
    m_table->refreshWeights();
    showNetwork();
    showConfig();
    measure();
}

Card* NetworkPage::buildChoice() {
    auto* card = new Card(tr("Backbone"), this);
    card->header()->addStretch();
    card->setMinimumWidth(kNarrowestChoice);
    card->setMaximumWidth(kWidestChoice);
    m_table = new BackboneTable(card);
    m_weights = new WeightsPanel(card);
    card->body()->addWidget(m_table, 1);
    card->body()->addWidget(m_weights);
    connect(m_table, &BackboneTable::chosen, this, &NetworkPage::choose);
    connect(m_table, &BackboneTable::located, this, [this] {
        m_isLocated = true;
        showNetwork();
        checkUnknownFile();
    });
    connect(m_weights, &WeightsPanel::publishedRequested, this, [this] {
        const int row = m_table->currentRow();
        if (row < 0) return;
        m_checking.clear();
        m_project.chooseBackbone(m_project.wantedBackbone(), m_table->model().weightsAt(row));
    });
    connect(m_weights, &WeightsPanel::fileRequested, this, &NetworkPage::chooseFile);
    connect(m_weights, &WeightsPanel::randomRequested, this, [this] {
        m_checking.clear();
        m_project.chooseBackbone(m_project.wantedBackbone(), {});
    });
    connect(m_weights, &WeightsPanel::weightsFetched, this, &NetworkPage::takeFetched);
    return card;
}

Card* NetworkPage::buildBlocks() {
    auto* card = new Card(tr("Blocks"), this);
    card->header()->addStretch();
    m_blocks = card;
    m_diagram = new BlockDiagram;
    m_diagram->setObjectName(QStringLiteral("scrolled"));
    m_scroll = new QScrollArea(card);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setWidgetResizable(true);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setWidget(m_diagram);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_waiting = new QLabel(tr("Measuring the network\u2026"), card);
    m_waiting->setObjectName(QStringLiteral("muted"));
    m_waiting->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    m_error = new InlineError(card);
    card->body()->addWidget(m_waiting, 1);
    m_phaseNote = new QLabel(card);
    m_phaseNote->setObjectName(QStringLiteral("muted"));
    m_phaseNote->setWordWrap(true);
    card->body()->addWidget(m_scroll, 1);
    card->body()->addWidget(m_phaseNote);
    card->body()->addWidget(m_error);

    auto* presets = new QHBoxLayout;
    presets->setSpacing(8);
    const QString names[] = {tr("head only"), tr("last two stages"), tr("everything")};
    const QString tips[] = {tr("Freeze the whole backbone and train the new head. Fastest."),
                            tr("Train the head and the last two stages."), tr("Train every block.")};
    auto* label = new QLabel(tr("Train"), card);
    label->setObjectName(QStringLiteral("muted"));
    presets->addWidget(label);
    for (int n = 0; n < PresetCount; ++n) {
        auto* pill = new Pill(names[n], PillKind::Neutral, card);
        pill->setClickable(true);
        pill->setCheckable(true);
        pill->setToolTip(tips[n]);
        pill->setObjectName(QStringLiteral("preset%1").arg(n));
        connect(pill, &Pill::clicked, this, [this, n] { setPlan(planOf(static_cast<Preset>(n))); });
        presets->addWidget(pill);
        m_presets[static_cast<std::size_t>(n)] = pill;
    }
    presets->addStretch();
    card->body()->addLayout(presets);
    connect(m_diagram, &BlockDiagram::planEdited, this, &NetworkPage::setPlan);
    return card;
}

// Whoever fetched weights wants them, unless another row, a file or another backbone was chosen meanwhile.
void NetworkPage::takeFetched(const backbones::CatalogueEntry& entry, const QString& file) {
    const int row = m_table->currentRow();
    const bool isChosen = row >= 0 && m_table->model().entry(row).fileName == entry.fileName;
    m_table->refreshWeights();
    if (!isChosen || !m_project.wantedWeights().isEmpty() || !m_checking.isEmpty()) return;
    m_checkedFile = file;  // by its hash
    m_project.addWeights(QString::fromStdString(entry.name), file);
}

void NetworkPage::choose(const QString& backbone, const QString& weightsFile) {
    m_checking.clear();
    const settings::TrainConfig& config = m_project.config();
    // From random numbers it is the same network, whichever weights there might be.
    if (backbone == m_project.wantedBackbone() && weightsFile == m_project.wantedWeights())
        return showNetwork();
    // Back to what is still in use.
    if (backbone.toStdString() == config.backbone && weightsFile.toStdString() == config.weightsFile)
        return m_project.dropChoice();
    m_project.chooseBackbone(backbone, weightsFile);
}

void NetworkPage::chooseFile() {
    const QString start = QFileInfo(m_project.wantedWeights()).path();
    m_prompts.chooseFile(this, tr("Choose a weight file"), start,
                         tr("Weights (*.safetensors *.pth *.pt);;All files (*)"),
                         [this](const QString& file) { checkFile(file); });
}

// A file from the command line has not been looked at yet.
void NetworkPage::checkUnknownFile() {
    if (m_project.isChoosing()) return;  // it may be on its way out
    const QString file = QString::fromStdString(m_project.config().weightsFile);
    const int row = m_table->currentRow();
    const bool isPublished = row >= 0 && file == m_table->model().weightsAt(row);
    if (m_isLocated && !file.isEmpty() && file != m_checkedFile && !isPublished) checkFile(file);
}

void NetworkPage::checkFile(const QString& file) {
    const QString backbone = m_project.wantedBackbone();
    m_checking = file;
    m_checkedFile = file;
    m_weights->showChecking(file);
    struct Checked {
        backbones::WeightFit fit;
        settings::TrainConfig defaults;  // where it fits
    };
    runInBackground(
        this,
        [file = file.toStdString(), name = backbone.toStdString()]() -> Result<Checked> {
            auto fit = backbones::checkWeights(file, name);
            if (!fit) return fail(fit.error());
            if (!fit->fits()) return Checked{std::move(*fit), {}};
            auto defaults = training::defaultConfig(name, file);
            if (!defaults) return fail(defaults.error());
            return Checked{std::move(*fit), std::move(*defaults)};
        },
        [this, file, backbone](const Result<Checked>& checked) {
            if (file != m_checking) return;
            m_checking.clear();
            if (backbone != m_project.wantedBackbone()) return showNetwork();
            if (!checked) return showRefusal(checked.error());
            if (!checked->fit.fits()) {
                showNetwork();  // the weights before are still the ones in use
                m_weights->showError(text(checked->fit.sentence()));
                return;
            }
            if (file == m_project.wantedWeights()) {
                showNetwork();
            } else {
                m_project.dropChoice();  // it is older than this one
                m_project.takeBackbone(checked->defaults);
            }
            m_weights->showNotes(notesOf(checked->fit));
        });
}

int NetworkPage::classCount() const {
    const auto dataset = m_project.dataset();
    if (dataset && dataset->classes.size() >= 2) return static_cast<int>(dataset->classes.size());
    // Without data as published; while it is read again the classes are most likely the same.
    return !m_project.folder().isEmpty() && m_measured.classes > 0 ? m_measured.classes : kImageNetClasses;
}

void NetworkPage::measure() {
    const settings::TrainConfig& config = m_project.config();
    const Measurement wanted{QString::fromStdString(config.backbone), config.preprocess.cropSize,
                             classCount(), config.loss.kind};
    if (wanted == m_running) return;
    const bool isShown = m_project.summary() || !m_error->text().isEmpty();
    if (m_running == Measurement() && wanted == m_measured && isShown) return;
    const bool busy = m_running != Measurement();
    m_running = wanted;
    if (busy) return;  // one at a time; the answer in hand starts the next
    struct Measured {
        backbones::ModelSummary summary;
        int outputs = 0;
    };
    runInBackground(
        this,
        [wanted, config]() -> Result<Measured> {
            const auto outputs =
                static_cast<int>(training::outputsOf(config).count(static_cast<std::size_t>(wanted.classes)));
            auto summary = backbones::summarize(wanted.backbone.toStdString(), wanted.inputSize, outputs);
            if (!summary) return fail(summary.error());
            return Measured{std::move(*summary), outputs};
        },
        [this, wanted](Result<Measured> measured) {
            const bool current = std::exchange(m_running, Measurement()) == wanted;
            if (!current) return measure();
            m_measured = wanted;
            m_outputs = measured ? measured->outputs : 0;
            m_error->showError(measured ? QString() : ErrorText::describe(measured.error()));
            m_project.setSummary(
                measured ? std::make_shared<const backbones::ModelSummary>(std::move(measured->summary))
                         : nullptr);
        });
}

void NetworkPage::showNetwork() {
    const settings::TrainConfig& config = m_project.config();
    const QString file = m_project.wantedWeights();
    m_table->setCurrent(m_project.wantedBackbone(), file);
    const int row = m_table->currentRow();
    if (row < 0) return;
    const backbones::CatalogueEntry& entry = m_table->model().entry(row);
    const QString published = m_table->model().weightsAt(row);
    if (m_checking.isEmpty()) m_weights->showState(entry, published, file);
    const QString weights = file.isEmpty()      ? tr("random weights")
                            : file != published ? QFileInfo(file).fileName()
                            : entry.builtIn     ? tr("built-in weights")
                                                : tr("ImageNet weights");
    const QString input = m_project.isChoosing() ? tr("looking up its settings\u2026")
                                                 : tr("input of %1 pixels").arg(config.preprocess.cropSize);
    m_header->setSubtitle(
        tr("%1 \u00b7 %2 \u00b7 %3").arg(QString::fromStdString(entry.title), weights, input));
}

// The choice before is still the one in use.
void NetworkPage::showRefusal(const Error& error) {
    showNetwork();
    m_weights->showError(ErrorText::describe(error));
}

std::shared_ptr<const backbones::ModelSummary> NetworkPage::shownSummary() const {
    const bool isWanted = m_project.wantedBackbone().toStdString() == m_project.config().backbone;
    auto all = m_project.summary();
    if (!isWanted || !all) return nullptr;
    std::vector<backbones::UnitSummary> units = backbones::unitsBelow(m_project.config().head, all->units);
    if (units.size() == all->units.size()) return all;
    auto shown = std::make_shared<backbones::ModelSummary>(*all);  // without what the head leaves out
    shown->units = std::move(units);
    return shown;
}

settings::TrainConfig NetworkPage::showPhases() {
    settings::TrainConfig shown = m_project.config();
    const settings::Plan* plan = settings::planOf(shown);
    const bool isEditable = plan == nullptr || plan->usesFreeze;
    QString note = plan != nullptr ? textOf(plan->freezeMeaning) : QString();
    if (const auto all = m_project.summary(); all && !isEditable) {
        const auto phases = settings::phasesOf(shown, all->units);
        if (phases) {
            shown.freeze = phases->front().freeze;
        } else {
            note = text(Message(GRAFT_TEXT("What each phase freezes is decided by the phases on the Train "
                                           "page, which do not say it yet: {1}"),
                                phases.error().message));
        }
    }
    m_phaseNote->setText(note);
    m_phaseNote->setVisible(!note.isEmpty());
    m_blocks->setHint(isEditable ? tr("click a box or a stage's name to freeze or thaw it") : QString());
    m_diagram->setEditable(isEditable);
    m_diagram->setPlan(shown.freeze);
    return shown;
}

void NetworkPage::showConfig() {
    const auto summary = shownSummary();
    const settings::TrainConfig shown = showPhases();
    m_diagram->showNetwork(summary, summary ? m_measured.classes : 0);
    m_scroll->setVisible(summary != nullptr);
    m_waiting->setVisible(!summary && m_error->text().isEmpty());
    for (int n = 0; n < PresetCount; ++n) {
        Pill* pill = m_presets[static_cast<std::size_t>(n)];
        pill->setEnabled(summary != nullptr && m_diagram->isEditable());
        pill->setChecked(summary && planOf(static_cast<Preset>(n)) == shown.freeze);
    }
    showNetwork();
    m_figures->showNetwork(summary.get(), shown, m_outputs);
}

backbones::FreezePlan NetworkPage::planOf(Preset preset) const {
    backbones::FreezePlan plan;
    const auto summary = shownSummary();
    if (!summary || preset == Everything) return plan;
    std::size_t end = summary->units.size();
    if (preset == LastTwoStages) {
        for (int stages = 0; stages < 2 && end > 0; ++stages) {
            const std::string stage = summary->units[end - 1].stage;
            while (end > 0 && summary->units[end - 1].stage == stage) {
                --end;
            }
        }
    }
    for (std::size_t n = 0; n < end; ++n) {
        plan.frozenUnits.insert(summary->units[n].name);
    }
    // What the head leaves out stays frozen, should another one be chosen.
    for (const backbones::UnitSummary& unit : m_project.summary()->units) {
        if (!backbones::isBelow(m_project.config().head, unit.stage)) plan.frozenUnits.insert(unit.name);
    }
    return plan;
}

void NetworkPage::setPlan(const backbones::FreezePlan& plan) {
    settings::TrainConfig config = m_project.config();
    config.freeze = plan;
    m_project.setConfig(config);
    showConfig();  // also where nothing changed: a clicked tag must not stay as the click left it
}

}  // namespace graft::ui
