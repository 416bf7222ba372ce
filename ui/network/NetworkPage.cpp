// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/network/NetworkPage.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QVBoxLayout>
#include <memory>
#include <utility>

#include "core/backbones/Catalogue.h"
#include "ui/network/BackboneModel.h"
#include "ui/network/BackboneTable.h"
#include "ui/network/BlocksCard.h"
#include "ui/network/CarefulBar.h"
#include "ui/network/CostPanel.h"
#include "ui/network/StageViewPanel.h"
#include "ui/network/WeightsPanel.h"
#include "ui/news/NextRunBar.h"
#include "ui/news/RandomStartBar.h"
#include "ui/prompts/UserPrompts.h"
#include "ui/session/FetchJob.h"
#include "ui/session/KeptViews.h"
#include "ui/session/NetworkMeasure.h"
#include "ui/session/NetworkText.h"
#include "ui/session/Project.h"
#include "ui/session/ProjectPart.h"
#include "ui/session/SettingsHistory.h"
#include "ui/session/WeightsChoice.h"
#include "ui/widgets/Card.h"
#include "ui/widgets/PageHeader.h"
#include "ui/widgets/UndoButtons.h"

namespace graft::ui {

namespace {

constexpr int kNarrowestChoice = 280;
constexpr int kWidestChoice = 720;

}  // namespace

NetworkPage::NetworkPage(Project& project, UserPrompts& prompts, QWidget* parent)
    : QWidget(parent),
      m_project(project),
      m_prompts(prompts),
      m_choice(projectPart<WeightsChoice>(project)),
      m_measure(projectPart<NetworkMeasure>(project)),
      m_header(new PageHeader(tr("Network"), this)) {
    QPushButton* undo = m_header->addIconButton(QStringLiteral("undo"), tr("Undo"));
    undo->setObjectName(QStringLiteral("undoNetwork"));
    QPushButton* redo = m_header->addIconButton(QStringLiteral("redo"), tr("Redo"));
    redo->setObjectName(QStringLiteral("redoNetwork"));
    connectUndo(projectPart<SettingsHistory>(project), *undo, *redo);
    QPushButton* next = m_header->addButton(tr("Next: train"), true);
    next->setObjectName(QStringLiteral("next"));
    connect(next, &QPushButton::clicked, this, &NetworkPage::nextRequested);

    auto* figureCard = new Card({}, this);
    m_figures = new CostPanel(project, figureCard);
    m_blocks = new BlocksCard(project, this);
    figureCard->body()->addWidget(m_figures);
    auto* right = new QVBoxLayout;
    right->setSpacing(16);
    right->addWidget(m_blocks, 1);
    right->addWidget(new CarefulBar(project, this));
    right->addWidget(figureCard);
    auto* columns = new QHBoxLayout;
    columns->setSpacing(16);
    columns->addWidget(buildChoice(), 1);
    columns->addLayout(right, 2);
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
    connect(m_blocks, &BlocksCard::changed, this, &NetworkPage::showFigures);
    for (const auto changed : {&Project::choosingChanged, &Project::summaryChanged, &Project::datasetChanged,
                               &Project::configChanged})
        connect(&project, changed, this, &NetworkPage::showNetwork);
    connect(&project, &Project::choosingChanged, this, &NetworkPage::checkUnknownFile);
    m_table->refreshWeights();
    showNetwork();
    showFigures();
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
    card->body()->addWidget(new StageViewPanel(m_project, card));
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

void NetworkPage::showFigures() {
    m_figures->showNetwork(m_blocks->summary().get(), m_blocks->shown(), m_measure.outputs());
}

}  // namespace graft::ui
