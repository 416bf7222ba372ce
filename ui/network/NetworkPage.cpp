// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/network/NetworkPage.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QVBoxLayout>
#include <memory>
#include <utility>
#include <vector>

#include "core/backbones/Catalogue.h"
#include "core/backbones/Head.h"
#include "core/settings/Phases.h"
#include "ui/network/BackboneModel.h"
#include "ui/network/BackboneTable.h"
#include "ui/network/BlockDiagram.h"
#include "ui/network/CarefulBar.h"
#include "ui/network/CostPanel.h"
#include "ui/network/WeightsPanel.h"
#include "ui/news/NextRunBar.h"
#include "ui/news/RandomStartBar.h"
#include "ui/prompts/UserPrompts.h"
#include "ui/session/ErrorText.h"
#include "ui/session/FetchJob.h"
#include "ui/session/KeptViews.h"
#include "ui/session/MessageText.h"
#include "ui/session/NetworkMeasure.h"
#include "ui/session/NetworkText.h"
#include "ui/session/Project.h"
#include "ui/session/ProjectPart.h"
#include "ui/session/WeightsChoice.h"
#include "ui/widgets/Card.h"
#include "ui/widgets/InlineError.h"
#include "ui/widgets/PageHeader.h"
#include "ui/widgets/Pill.h"

namespace graft::ui {

namespace {

constexpr int kNarrowestChoice = 320;
constexpr int kWidestChoice = 720;
constexpr int kAround = 8;  // that is seen around the current block

}  // namespace

NetworkPage::NetworkPage(Project& project, UserPrompts& prompts, QWidget* parent)
    : QWidget(parent),
      m_project(project),
      m_prompts(prompts),
      m_choice(projectPart<WeightsChoice>(project)),
      m_measure(projectPart<NetworkMeasure>(project)),
      m_header(new PageHeader(tr("Network"), this)) {
    QPushButton* next = m_header->addButton(tr("Next: train"), true);
    next->setObjectName(QStringLiteral("next"));
    connect(next, &QPushButton::clicked, this, &NetworkPage::nextRequested);

    auto* figureCard = new Card({}, this);
    m_figures = new CostPanel(project, figureCard);
    figureCard->body()->addWidget(m_figures);
    auto* right = new QVBoxLayout;
    right->setSpacing(16);
    right->addWidget(buildBlocks(), 1);
    right->addWidget(new CarefulBar(project, this));
    right->addWidget(figureCard);
    auto* columns = new QHBoxLayout;
    columns->setSpacing(16);
    columns->addWidget(buildChoice(), 1);
    columns->addLayout(right, 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 16, 24, 16);
    layout->setSpacing(12);
    layout->addWidget(m_header);
    layout->addWidget(new NextRunBar(project, this));
    layout->addWidget(new RandomStartBar(project, RandomStartBar::Place::WithTheWeights, this));
    layout->addLayout(columns, 1);

    connect(&project, &Project::backboneChanged, this, &NetworkPage::showNetwork);
    connect(&project, &Project::backboneChanged, this, &NetworkPage::checkUnknownFile);
    connect(&m_choice, &WeightsChoice::changed, this, &NetworkPage::showNetwork);
    connect(&project, &Project::choosingChanged, this, &NetworkPage::showConfig);
    connect(&project, &Project::choosingChanged, this, &NetworkPage::checkUnknownFile);
    connect(&project, &Project::summaryChanged, this, &NetworkPage::showConfig);
    connect(&project, &Project::datasetChanged, this, &NetworkPage::showConfig);
    connect(&project, &Project::configChanged, this, &NetworkPage::showConfig);
    m_table->refreshWeights();
    showConfig();
}

Card* NetworkPage::buildChoice() {
    auto* card = new Card(tr("Backbone"), this);
    card->header()->addStretch();
    card->setMinimumWidth(kNarrowestChoice);
    card->setMaximumWidth(kWidestChoice);
    FetchJob& job = projectPart<FetchJob>(m_project);
    m_table = new BackboneTable(card);
    m_table->restore(projectPart<KeptViews>(m_project).backbones);
    m_weights = new WeightsPanel(job, card);
    card->body()->addWidget(m_table, 1);
    card->body()->addWidget(m_weights);
    connect(m_table, &BackboneTable::chosen, this, &NetworkPage::choose);
    connect(m_table, &BackboneTable::viewChanged, this, &NetworkPage::keepView);
    connect(m_table, &BackboneTable::located, this, [this] {
        showNetwork();
        checkUnknownFile();
    });
    connect(m_weights, &WeightsPanel::publishedRequested, this, [this] {
        const int row = m_table->currentRow();
        if (row < 0) return;
        m_choice.drop();
        m_project.chooseBackbone(m_project.wantedBackbone(), m_table->model().weightsAt(row));
    });
    connect(m_weights, &WeightsPanel::fileRequested, this, &NetworkPage::chooseFile);
    connect(m_weights, &WeightsPanel::randomRequested, this, [this] {
        m_choice.drop();
        m_project.chooseBackbone(m_project.wantedBackbone(), {});
    });
    connect(&job, &FetchJob::fetched, m_table, &BackboneTable::refreshWeights);
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
    connect(m_diagram, &BlockDiagram::currentMoved, m_scroll, [this](const QRect& area) {
        const QPoint middle = area.center();
        m_scroll->ensureVisible(middle.x(), middle.y(), area.width() / 2 + kAround,
                                area.height() / 2 + kAround);
    });
    return card;
}

void NetworkPage::choose(const QString& backbone, const QString& weightsFile) {
    {
        const QSignalBlocker untold(&m_choice);  // the table is ahead of the project
        m_choice.drop();
    }
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
                         [this](const QString& file) { m_choice.check(file); });
}

// A file from the command line has not been looked at yet.
void NetworkPage::checkUnknownFile() {
    if (m_project.isChoosing()) return;  // it may be on its way out
    const QString file = QString::fromStdString(m_project.config().weightsFile);
    const int row = m_table->currentRow();
    const bool isPublished = row >= 0 && file == m_table->model().weightsAt(row);
    if (m_table->isLocated() && !file.isEmpty() && !m_choice.isLastChecked(file) && !isPublished)
        m_choice.check(file);
}

void NetworkPage::keepView() {
    auto& kept = projectPart<KeptViews>(m_project);
    kept.backbones = m_table->view();
    emit kept.backbonesChanged();
}

void NetworkPage::showNetwork() {
    const settings::TrainConfig& config = m_project.config();
    const QString file = m_project.wantedWeights();
    m_table->setCurrent(m_project.wantedBackbone(), file);
    const int row = m_table->currentRow();
    if (row < 0) return;
    projectPart<KeptViews>(m_project).backbones.row = row;
    const backbones::CatalogueEntry& entry = m_table->model().entry(row);
    const QString published = m_table->model().weightsAt(row);
    m_weights->showState(entry, published, file);
    if (!m_choice.checking().isEmpty()) m_weights->showChecking(m_choice.checking());
    m_weights->showError(m_choice.refusal());
    m_weights->showNotes(m_choice.notes());
    const QString weights = file.isEmpty()      ? tr("random weights")
                            : file != published ? weightsName(file.toStdString())
                            : entry.builtIn     ? tr("built-in weights")
                                                : tr("ImageNet weights");
    const QString input = m_project.isChoosing() ? tr("looking up its settings\u2026")
                                                 : tr("input of %1 pixels").arg(config.preprocess.cropSize);
    m_header->setSubtitle(
        tr("%1 \u00b7 %2 \u00b7 %3").arg(QString::fromStdString(entry.title), weights, input));
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
    m_error->showError(m_measure.failure() ? ErrorText::describe(*m_measure.failure()) : QString());
    m_diagram->showNetwork(summary, summary && m_project.dataset() ? m_measure.classes() : 0);
    m_scroll->setVisible(summary != nullptr);
    m_waiting->setVisible(!summary && m_error->text().isEmpty());
    for (int n = 0; n < PresetCount; ++n) {
        Pill* pill = m_presets[static_cast<std::size_t>(n)];
        pill->setEnabled(summary != nullptr && m_diagram->isEditable());
        pill->setChecked(summary && planOf(static_cast<Preset>(n)) == shown.freeze);
    }
    showNetwork();
    m_figures->showNetwork(summary.get(), shown, m_measure.outputs());
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
