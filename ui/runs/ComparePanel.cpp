// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/ComparePanel.h"

#include <QDir>
#include <QHBoxLayout>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "core/backbones/ModelSummary.h"
#include "ui/plots/CurvePen.h"
#include "ui/plots/CurvePlot.h"
#include "ui/runs/FactTable.h"
#include "ui/session/Background.h"
#include "ui/session/ErrorText.h"
#include "ui/session/FileSaves.h"
#include "ui/session/KeptViews.h"
#include "ui/session/Project.h"
#include "ui/session/ProjectPart.h"
#include "ui/train/CurveCard.h"
#include "ui/widgets/Card.h"
#include "ui/widgets/FoldHeader.h"
#include "ui/widgets/InlineError.h"

namespace graft::ui {

namespace {

static_assert(ComparePanel::kMostRuns == static_cast<qsizetype>(kCurvesToTellApart));

using training::EpochDone;

Curve curveOf(const QString& name, const training::RunCard& card, double EpochDone::*figure) {
    Curve curve;
    curve.name = name;
    for (const EpochDone& epoch : card.run.epochs)
        if (std::isfinite(epoch.*figure)) curve.add(epoch.epoch, epoch.*figure);
    return curve;
}

// With the folder that a run lies in, or with all of the path, where runs are called the same without.
QStringList namesOf(const std::vector<training::RunCard>& runs) {
    QStringList names;
    QStringList longer;
    QStringList whole;
    for (const training::RunCard& card : runs) {
        names << QString::fromStdString(card.run.name);
        whole << QDir::cleanPath(QString::fromStdString(card.run.folder));
        longer << whole.back().section(QLatin1Char('/'), -2);
    }
    if (names.removeDuplicates() == 0) return names;
    return QStringList(longer).removeDuplicates() == 0 ? longer : whole;
}

QString linesText(std::size_t lines) {
    return lines == 1 ? ComparePanel::tr("1 line") : ComparePanel::tr("%1 lines").arg(lines);
}

std::size_t differingLines(const training::Comparison& compared) {
    return compared.differing + static_cast<std::size_t>(std::ranges::count(compared.outcome, true,
                                                                            &training::ComparedRow::differs));
}

}  // namespace

ComparePanel::ComparePanel(Project& project, UserPrompts& prompts, QWidget* parent)
    : QWidget(parent), m_kept(projectPart<KeptViews>(project)) {
    setObjectName(QStringLiteral("comparePanel"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(16);
    row->addWidget(buildCurves(project, prompts), 1);
    row->addWidget(buildTable(), 1);
}

QWidget* ComparePanel::buildCurves(Project& project, UserPrompts& prompts) {
    using Kind = CurvePlot::Kind;
    auto* curves = new QWidget(this);
    auto* column = new QVBoxLayout(curves);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(16);
    FileSaves& saves = projectPart<FileSaves>(project);
    m_accuracy = new CurveCard({tr("Validation accuracy, %"), QStringLiteral("compared-accuracy"),
                                "comparedAccuracy", Kind::Percent, true},
                               saves, prompts, curves);
    m_loss = new CurveCard(
        {tr("Validation loss"), QStringLiteral("compared-loss"), "comparedLoss", Kind::Loss, true}, saves,
        prompts, curves);
    column->addWidget(m_accuracy, 1);
    column->addWidget(m_loss, 1);
    return curves;
}

QWidget* ComparePanel::buildTable() {
    m_card = new Card(tr("What differs"), this);
    m_error = new InlineError(m_card);
    m_table = new FactTable(m_card);
    m_table->setObjectName(QStringLiteral("comparison"));
    m_table->setAccessibleName(tr("The runs beside each other"));
    m_equal = new FoldHeader(tr("What they have alike"), m_card);
    m_equal->setObjectName(QStringLiteral("showEqual"));
    m_equal->setChecked(m_kept.runs.showsEqual);
    connect(m_equal, &FoldHeader::toggled, this, [this](bool isOpen) {
        m_kept.runs.showsEqual = isOpen;
        fillTable();
    });
    m_card->body()->addWidget(m_error);
    m_card->body()->addWidget(m_table, 1);
    m_card->body()->addWidget(m_equal);
    return m_card;
}

void ComparePanel::showNothing() {
    ++m_number;
    m_folders.clear();
    m_compared.reset();
}

void ComparePanel::showRuns(const QStringList& folders) {
    if (folders != m_folders) m_compared.reset();
    m_folders = folders;
    m_error->showError({});
    if (!m_compared) {
        m_card->setHint(tr("The runs are being read\u2026"));
        fillTable();
        drawCurves();
    }
    std::vector<std::string> runs;
    for (const QString& folder : folders)
        runs.push_back(folder.toStdString());
    runInBackground(
        this,
        [runs = std::move(runs)]() -> Result<Compared> {
            auto compared = training::compareRuns(runs, backbones::listUnits);
            if (!compared) return fail(compared.error());
            return Compared(freedInBackground(std::move(*compared)));
        },
        [this, number = ++m_number](const Result<Compared>& compared) {
            if (number == m_number) take(compared);
        });
}

void ComparePanel::take(const Result<Compared>& compared) {
    if (compared) m_compared = *compared;
    if (!compared) m_error->showError(ErrorText::describe(compared.error()));
    m_card->setHint(!m_compared                  ? QString()
                    : m_compared->differing == 0 ? tr("nothing that they were given")
                                                 : linesText(differingLines(*m_compared)));
    fillTable();
    drawCurves();
}

void ComparePanel::drawCurves() {
    std::vector<Curve> accuracy;
    std::vector<Curve> loss;
    int epochs = 1;
    if (m_compared) {
        const QStringList names = namesOf(m_compared->runs);
        for (std::size_t i = 0; i < m_compared->runs.size(); ++i) {
            const training::RunCard& card = m_compared->runs[i];
            const QString& name = names[static_cast<qsizetype>(i)];
            accuracy.push_back(curveOf(name, card, &EpochDone::valAccuracy));
            loss.push_back(curveOf(name, card, &EpochDone::valLoss));
            if (!card.run.epochs.empty()) epochs = std::max(epochs, card.run.epochs.back().epoch);
        }
    }
    for (CurveCard* card : {m_accuracy, m_loss})
        card->plot()->setEpochs(epochs);
    m_accuracy->plot()->setCurves(accuracy);
    m_loss->plot()->setCurves(loss);
    m_accuracy->refresh();
    m_loss->refresh();
}

// What they have alike stays folded away: of most runs that is nearly all of it. What they were given stands
// out before what came of it.
void ComparePanel::fillTable() {
    std::vector<Fact> facts;
    QStringList names;
    std::size_t equal = 0;
    if (m_compared) {
        const auto add = [&facts](const std::vector<training::ComparedRow>& rows, bool differs) {
            for (const training::ComparedRow& row : rows)
                if (row.differs == differs) facts.push_back(Fact::of(row));
        };
        add(m_compared->given, true);
        for (Fact& fact : facts)
            fact.standsOut = true;
        add(m_compared->outcome, true);
        if (m_equal->isChecked()) {
            add(m_compared->outcome, false);
            add(m_compared->given, false);
        }
        equal = m_compared->given.size() + m_compared->outcome.size() - differingLines(*m_compared);
        names = namesOf(m_compared->runs);
    }
    m_table->setFacts(std::move(facts), names);
    m_equal->setRemark(equal == 0 ? QString() : linesText(equal));
}

}  // namespace graft::ui
