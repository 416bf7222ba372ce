// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/RunCurves.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>
#include <cmath>
#include <variant>

#include "ui/plots/CurveLegend.h"
#include "ui/plots/CurvePlot.h"
#include "ui/style/Theme.h"
#include "ui/widgets/Card.h"

namespace graft::ui {

RunCurves::RunCurves(QWidget* parent) : QWidget(parent) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(16);

    auto* accuracyCard = new Card(tr("Accuracy, %"), this);
    accuracyCard->header()->addWidget(new CurveLegend(accuracyCard));
    accuracyCard->header()->addStretch(1);
    m_best = new QLabel(accuracyCard);
    m_best->setObjectName(QStringLiteral("bestAccuracy"));
    m_best->setFont(Theme::cardTitleFont());
    accuracyCard->header()->addWidget(m_best);
    m_accuracy = new CurvePlot(CurvePlot::Kind::Percent, accuracyCard);
    m_accuracy->setObjectName(QStringLiteral("accuracyPlot"));
    accuracyCard->body()->addWidget(m_accuracy, 1);
    layout->addWidget(accuracyCard, 1);

    auto* lossCard = new Card(tr("Loss"), this);
    m_loss = new CurvePlot(CurvePlot::Kind::Loss, lossCard);
    m_loss->setObjectName(QStringLiteral("lossPlot"));
    lossCard->body()->addWidget(m_loss, 1);
    layout->addWidget(lossCard, 1);
}

void RunCurves::clear(int epochs) {
    m_accuracy->clear();
    m_loss->clear();
    setEpochs(epochs);
    refresh();
    showBest({}, {});
}

void RunCurves::setEpochs(int epochs) {
    m_accuracy->setEpochs(epochs);
    m_loss->setEpochs(epochs);
}

void RunCurves::take(const training::TrainEvent& event) {
    if (const auto* started = std::get_if<training::RunStarted>(&event)) {
        setEpochs(started->epochs);
        // Half an epoch that was done before the stop is done again.
        m_accuracy->dropLiveAfter(started->firstEpoch - 1);
        m_loss->dropLiveAfter(started->firstEpoch - 1);
    } else if (const auto* phase = std::get_if<training::PhaseStarted>(&event)) {
        markPhase(phase->firstEpoch, phase->name);
    } else if (const auto* batch = std::get_if<training::BatchDone>(&event)) {
        if (batch->validation) return;
        const double within = batch->batches == 0 ? 1.0 : double(batch->batch) / double(batch->batches);
        m_accuracy->addLive(batch->epoch - 1 + within, batch->accuracy);
        m_loss->addLive(batch->epoch - 1 + within, batch->loss);
    } else if (const auto* solving = std::get_if<training::HeadSolving>(&event)) {
        if (solving->iteration == 0) return;
        // Nobody knows how many there will be: each takes a part of the room that is left.
        const double position = solving->epoch - std::exp(-solving->iteration / 40.0);
        m_accuracy->addLive(position, solving->accuracy);
        m_loss->addLive(position, solving->loss);
    } else if (const auto* epoch = std::get_if<training::EpochDone>(&event)) {
        addEpoch(*epoch);
    }
}

void RunCurves::markPhase(int firstEpoch, const std::string& name) {
    if (name.empty()) return;
    for (CurvePlot* plot : {m_accuracy, m_loss})
        plot->addPhase(firstEpoch, QString::fromStdString(name));
}

void RunCurves::addEpoch(const training::EpochDone& epoch) {
    markPhase(epoch.epoch, epoch.phase);
    m_accuracy->addTrain(epoch.epoch, epoch.trainAccuracy);
    m_accuracy->addValidation(epoch.epoch, epoch.valAccuracy);
    m_loss->addTrain(epoch.epoch, epoch.trainLoss);
    m_loss->addValidation(epoch.epoch, epoch.valLoss);
}

void RunCurves::refresh() {
    m_accuracy->refresh();
    m_loss->refresh();
}

void RunCurves::showBest(const QString& text, const QString& basis) {
    m_best->setText(text);
    m_best->setToolTip(basis);
}

int RunCurves::epochCount() const {
    return m_accuracy->trainCount();
}

}  // namespace graft::ui
