// SPDX-License-Identifier: GPL-3.0-or-later
// What an epoch of a TrainingLoop leaves behind: its figures, the model where it is the best, a checkpoint;
// and whether the run goes on after it.
#include <algorithm>
#include <utility>

#include "core/settings/HeadSolving.h"
#include "core/training/BestEpoch.h"
#include "core/training/torch/TrainingLoop.h"

namespace graft::training {

namespace {

// Epochs on cached features take milliseconds: not each of them is worth a synced file.
constexpr auto kEpochCheckpointInterval = std::chrono::seconds(2);

}  // namespace

Result<void> TrainingLoop::finishEpoch(evaluation::Evaluation evaluation) {
    const auto seen = static_cast<double>(m_progress.images);
    EpochDone epoch;
    epoch.epoch = m_progress.epoch;
    epoch.trainLoss = m_progress.lossSum / seen;
    epoch.trainAccuracy = static_cast<double>(m_progress.correct) / seen;
    epoch.valLoss = evaluation.loss;
    epoch.valAccuracy = evaluation.accuracy;
    const auto batches = static_cast<std::int64_t>(m_batchesPerEpoch);
    if (!settings::solvesHead(m_phase->config))  // what is solved has none
        epoch.learningRate = m_phase->trainer.rate(m_progress.epoch * batches - 1).learningRate;
    if (m_phases.size() > 1) epoch.phase = m_phases[m_phase->number].name;
    takeTime();
    epoch.seconds = m_progress.epochSeconds;
    epoch.imagesPerSecond = m_progress.trainSeconds > 0 ? seen / m_progress.trainSeconds : 0;
    epoch.trainImages = m_progress.images;
    epoch.validationImages = evaluation.images;
    noteLearnt(evaluation);
    epoch.validationLearnt = evaluation.trainedOn;
    for (const evaluation::ClassScore& score : evaluation.classes)
        epoch.recall.push_back(score.support > 0 ? std::optional(score.recall) : std::nullopt);
    ValidationAnswers answers = m_shown.answers(epoch.epoch, m_images.dataset(), evaluation);
    epoch.balancedAccuracy = evaluation.macro.recall;
    epoch.macroF1 = evaluation.macro.f1;
    epoch.best = isKept(epoch, m_progress.history, m_config.stopping);
    if (epoch.best) {
        const auto model = m_phase->trainer.showModel();
        m_recorder->keepBest(*m_network, std::move(evaluation));
    }
    m_progress.history.push_back(epoch);

    ++m_progress.epoch;
    m_progress.batchesDone = 0;
    m_progress.lossSum = 0;
    m_progress.correct = 0;
    m_progress.images = 0;
    m_progress.epochSeconds = 0;
    m_progress.trainSeconds = 0;
    m_progress.lost.clear();
    m_observer(std::move(answers));
    m_observer(epoch);
    if (settings::phaseAt(m_phases, m_progress.epoch) != m_phase->number) enterPhase();
    // The first epoch's model is there as soon as it can be.
    const bool due = epoch.epoch == 1 || Clock::now() - m_lastCheckpoint > kEpochCheckpointInterval;
    if (due) return checkpoint();
    m_recorder->remember(*m_network, m_phase->trainer, m_progress);
    return {};
}

void TrainingLoop::noteLearnt(evaluation::Evaluation& evaluation) const {
    evaluation.trainedOn = static_cast<std::size_t>(std::ranges::count_if(
        evaluation.predictions,
        [this](const evaluation::Prediction& prediction) { return m_images.isLearnt(prediction.path); }));
    // Nothing says what an older version's run began with.
    const auto& before = m_decisions.learntBefore;
    if (!before && m_config.weightsFile.empty()) return;
    if (before && before->unknown.empty()) return;
    evaluation.trainedOn.reset();
    evaluation.trainedOnUnknown = before ? before->unknown : std::vector{m_config.weightsFile};
}

bool TrainingLoop::shouldStopEarly() const {
    if (m_config.earlyStopEpochs == 0 || m_progress.history.empty()) return false;
    // A phase is no longer than it is, but the next one may bring more; each has its chance.
    if (m_phase->number + 1 < m_phases.size()) return false;
    int since = std::max(lastImprovement(m_progress.history, m_config.stopping), m_phase->firstEpoch - 1);
    // Whoever gave a run more epochs wants to see them.
    if (!m_config.planChanges.empty()) since = std::max(since, m_config.planChanges.back().afterEpoch);
    return m_progress.history.back().epoch - since >= m_config.earlyStopEpochs;
}

}  // namespace graft::training
