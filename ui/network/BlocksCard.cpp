// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/network/BlocksCard.h"

#include <QHBoxLayout>
#include <QImage>
#include <QLabel>
#include <QPixmap>
#include <QVBoxLayout>
#include <utility>

#include "core/backbones/Head.h"
#include "core/settings/Phases.h"
#include "ui/network/BlockDiagram.h"
#include "ui/network/PlanPresets.h"
#include "ui/session/ErrorText.h"
#include "ui/session/MessageText.h"
#include "ui/session/NetworkMeasure.h"
#include "ui/session/NetworkPicture.h"
#include "ui/session/Project.h"
#include "ui/session/ProjectPart.h"
#include "ui/widgets/InlineError.h"
#include "ui/widgets/Pill.h"

namespace graft::ui {

BlocksCard::BlocksCard(Project& project, QWidget* parent)
    : Card(tr("Blocks"), parent),
      m_project(project),
      m_measure(projectPart<NetworkMeasure>(project)),
      m_picture(projectPart<NetworkPicture>(project)),
      m_diagram(new BlockDiagram(this)),
      m_waiting(new QLabel(tr("Measuring the network\u2026"), this)),
      m_phaseNote(new QLabel(this)),
      m_error(new InlineError(this)) {
    header()->addStretch();
    m_waiting->setObjectName(QStringLiteral("muted"));
    m_waiting->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    m_phaseNote->setObjectName(QStringLiteral("muted"));
    m_phaseNote->setWordWrap(true);
    body()->addWidget(m_waiting, 1);
    body()->addWidget(m_diagram, 1);
    body()->addWidget(m_phaseNote);
    body()->addWidget(m_error);
    buildPresets();

    connect(m_diagram, &BlockDiagram::planEdited, this, [this](const backbones::FreezePlan& plan) {
        settings::TrainConfig config = m_project.config();
        config.freeze = plan;
        setConfig(config);
    });
    connect(m_diagram, &BlockDiagram::planPreviewed, this, [this](const backbones::FreezePlan& plan) {
        m_shown.freeze = plan;
        showPresets();
        emit changed();
    });
    connect(m_diagram, &BlockDiagram::stageChosen, &m_picture, &NetworkPicture::lookAt);
    connect(m_diagram, &BlockDiagram::pictureChosen, &m_picture, &NetworkPicture::takeAnother);
    connect(&m_picture, &NetworkPicture::changed, this, &BlocksCard::showPicture);
    connect(&project, &Project::choosingChanged, this, &BlocksCard::follow);
    connect(&project, &Project::summaryChanged, this, &BlocksCard::follow);
    connect(&project, &Project::datasetChanged, this, &BlocksCard::follow);
    connect(&project, &Project::configChanged, this, &BlocksCard::follow);
    follow();
    showPicture();
}

void BlocksCard::showPicture() {
    m_diagram->setSeen(m_picture.isWanted() ? m_picture.stage() : QString());
    const auto image = m_picture.picture();
    if (image == m_shownImage) return;
    m_shownImage = image;
    QPixmap picture;
    if (image && !image->empty()) {
        picture = QPixmap::fromImage(QImage(image->pixels.data(), image->width, image->height,
                                            static_cast<qsizetype>(image->stride()), QImage::Format_RGB888));
    }
    m_diagram->setPicture(picture);
}

void BlocksCard::buildPresets() {
    auto* row = new QHBoxLayout;
    row->setSpacing(4);
    auto* label = new QLabel(tr("Train"), this);
    label->setObjectName(QStringLiteral("muted"));
    row->addWidget(label);
    const std::pair<QString, QString> words[] = {
        {tr("head only"), tr("Freeze the whole backbone and train the new head. Fastest.")},
        {tr("last stage"), tr("Train the head and the last stage.")},
        {tr("last two"), tr("Train the head and the last two stages.")},
        {tr("everything"), tr("Train every block.")},
        {tr("gradual"),
         tr("The head alone at first, then one stage more every few epochs, from the last one on, "
            "as far as they are thawed here.")}};
    for (const PlanPreset preset : kPlanPresets) {
        const auto n = static_cast<std::size_t>(preset);
        auto* pill = new Pill(words[n].first, PillKind::Neutral, this);
        pill->setClickable(true);
        pill->setCheckable(true);
        pill->setToolTip(words[n].second);
        pill->setObjectName(QStringLiteral("preset%1").arg(n));
        connect(pill, &Pill::clicked, this, [this, preset] {
            const auto all = m_project.summary();
            if (all) setConfig(withPreset(preset, m_project.config(), all->units));
        });
        row->addWidget(pill);
        m_presets.push_back(pill);
    }
    row->addStretch();
    body()->addLayout(row);
}

void BlocksCard::findSummary() {
    const bool isWanted = m_project.wantedBackbone().toStdString() == m_project.config().backbone;
    auto all = isWanted ? m_project.summary() : nullptr;
    std::vector<backbones::UnitSummary> units;
    if (all) units = backbones::unitsBelow(m_project.config().head, all->units);
    const bool isSame = all == m_all && (!all || (m_summary && m_summary->units.size() == units.size()));
    if (isSame) return;
    m_all = all;
    m_summary = all;
    if (!all || units.size() == all->units.size()) return;
    auto shown = std::make_shared<backbones::ModelSummary>(*all);  // without what the head leaves out
    shown->units = std::move(units);
    m_summary = std::move(shown);
}

void BlocksCard::showPhases() {
    m_shown = m_project.config();
    const settings::Plan* plan = settings::planOf(m_shown);
    const bool isEditable = plan == nullptr || plan->usesFreeze;
    QString note = plan != nullptr ? textOf(plan->freezeMeaning) : QString();
    if (const auto all = m_project.summary(); all && !isEditable) {
        const auto phases = settings::phasesOf(m_shown, all->units);
        if (phases) {
            m_shown.freeze = phases->front().freeze;
        } else {
            note = text(Message(GRAFT_TEXT("What each phase freezes is decided by the phases on the Train "
                                           "page, which do not say it yet: {1}"),
                                phases.error().message));
        }
    }
    m_phaseNote->setText(note);
    m_phaseNote->setVisible(!note.isEmpty());
    setHint(isEditable ? tr("click, drag the line, or use \u2190 \u2192 and space") : QString());
    m_diagram->setEditable(isEditable);
    m_diagram->setPlan(m_shown.freeze);
}

void BlocksCard::showPresets() {
    const auto all = m_project.summary();
    for (const PlanPreset preset : kPlanPresets) {
        Pill* pill = m_presets[static_cast<std::size_t>(preset)];
        pill->setEnabled(m_summary != nullptr && m_diagram->isEditable());
        pill->setChecked(m_summary && m_diagram->isEditable() && isPreset(preset, m_shown, all->units));
    }
}

void BlocksCard::follow() {
    findSummary();
    showPhases();
    m_error->showError(m_measure.failure() ? ErrorText::describe(*m_measure.failure()) : QString());
    NetworkFacts facts;
    if (m_summary) {
        QStringList classes;
        if (const auto dataset = m_project.dataset()) {
            for (const std::string& name : dataset->classes)
                classes << QString::fromStdString(name);
        }
        facts = NetworkFacts::of(*m_summary, m_shown, classes);
    }
    m_diagram->showNetwork(m_summary, facts);
    m_diagram->setVisible(m_summary != nullptr);
    m_waiting->setVisible(!m_summary && m_error->text().isEmpty());
    showPresets();
    emit changed();
}

void BlocksCard::setConfig(const settings::TrainConfig& config) {
    m_project.setConfig(config);
    follow();  // also where nothing changed: a clicked tag must not stay as the click left it
}

}  // namespace graft::ui
