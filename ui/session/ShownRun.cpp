// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/ShownRun.h"

#include <QDir>
#include <QFileInfo>
#include <QStringList>
#include <algorithm>
#include <cmath>
#include <utility>
#include <variant>

#include "core/training/BestEpoch.h"
#include "ui/session/FigureText.h"
#include "ui/session/MessageText.h"
#include "ui/session/OpenedRun.h"

namespace graft::ui {

namespace {

const QString kDot = QStringLiteral(" \u00b7 ");
constexpr std::size_t kEnoughBatches = 10;  // to tell from them how long the others take

QString timeLeft(double seconds) {
    const auto whole = static_cast<long long>(std::llround(std::max(0.0, seconds)));
    if (whole < 60) return ShownRun::tr("about %1 s left").arg(whole);
    if (whole < 3600) return ShownRun::tr("about %1 min %2 s left").arg(whole / 60).arg(whole % 60);
    return ShownRun::tr("about %1 h %2 min left").arg(whole / 3600).arg(whole / 60 % 60);
}

QString rateText(double imagesPerSecond) {
    return FigureText::count(static_cast<std::size_t>(std::llround(std::max(0.0, imagesPerSecond))));
}

}  // namespace

ShownRun::ShownRun(const QString& folder, int epochs) : m_folder(folder), m_epochs(epochs) {}

void ShownRun::take(const training::TrainEvent& event) {
    std::visit(
        [this](const auto& value) {
            if constexpr (requires { this->handle(value); }) handle(value);
        },
        event);
}

void ShownRun::handle(const training::RunStarted& event) {
    m_folder = QString::fromStdString(event.runFolder);
    m_hasBegun = true;
    m_epochs = event.epochs;
    m_stopping = event.stopping;
    m_trainImages = event.trainImages;
    m_validationImages = event.validationImages;
    m_notices.insert(m_notices.end(), event.weightNotes.begin(), event.weightNotes.end());
}

void ShownRun::handle(const training::BatchDone& event) {
    m_lastBatch = event;
    m_solving.reset();
    const double within = event.batches == 0 ? 1.0 : double(event.batch) / double(event.batches);
    // Validation images count like training images: they take about as long.
    const double all = double(std::max<std::size_t>(1, m_trainImages + m_validationImages));
    const double trained = event.validation ? double(m_trainImages) : within * double(m_trainImages);
    const double validated = event.validation ? within * double(m_validationImages) : 0.0;
    const double done = (event.epoch - 1 + (trained + validated) / all) / std::max(1, m_epochs);
    m_progress = std::clamp(done, 0.0, 1.0);
}

void ShownRun::handle(const training::HeadSolving& event) {
    m_solving = event;
    const double gathered = double(event.batch) / double(std::max<std::size_t>(1, event.batches));
    m_progress = (event.epoch - 1 + 0.9 * gathered) / std::max(1, m_epochs);
}

void ShownRun::handle(const training::EpochDone& event) {
    m_solving.reset();
    ++m_epochsHere;
    m_epochsDone = event.epoch;
    if (event.best) m_best = event;
    const bool fewer = event.trainImages < m_trainImages || event.validationImages < m_validationImages;
    if (event.trainImages > 0 && fewer) m_fewer = event;
}

void ShownRun::handle(const training::Notice& event) {
    m_notices.push_back(event.message);
}

void ShownRun::take(const TrainingResult& result) {
    using Outcome = training::RunEnded::Outcome;
    m_completed = result.outcome == Outcome::Completed;
    m_hasFailed = result.outcome == Outcome::Failed;
    m_resumable = false;  // until the run's own files have been looked at
    m_hasModel = m_best.has_value();
    // The page says a failure where it says errors.
    const bool isError = result.outcome == Outcome::Failed && result.error;
    m_ending = isError ? Message() : result.message;
    if (m_completed) m_progress = 1.0;
}

void ShownRun::take(const OpenedRun& opened, bool anew) {
    const training::RunSummary& run = opened.run;
    const QString folder = QString::fromStdString(run.folder);
    const bool isCompleted = run.completed || run.status == training::RunStatus::Completed;
    const bool hadFailed = m_hasFailed && isIn(folder);  // where its own folder could not be told
    if (anew) {
        ShownRun read(folder, run.config.epochs);
        if (isIn(folder)) {
            read.m_ending = m_ending;
            read.m_notices = m_notices;
        }
        read.m_trainImages = opened.trainImages;
        read.m_validationImages = opened.validationImages;
        read.m_stopping = run.config.stopping;
        for (const training::EpochDone& epoch : run.epochs)
            read.handle(epoch);
        read.m_epochsHere = 0;
        read.m_progress = isCompleted ? 1.0 : double(read.m_epochsDone) / std::max(1, read.m_epochs);
        *this = std::move(read);
    }
    m_folder = folder;
    m_hasBegun = true;
    m_completed = isCompleted;
    m_hasFailed = !isCompleted && (hadFailed || !run.whyFailed.empty());
    m_whyFailed = run.whyFailed;
    m_hasModel = run.hasModel;
    m_resumable = run.resumable;
    m_whyNotResumable = isCompleted ? Message() : run.whyNotResumable;
    m_isElsewhere = run.isBeingTrained;
    m_config = run.config;
    m_lostImages = opened.lostImages;
}

void ShownRun::goOn() {
    m_usesCache = false;
    m_epochsHere = 0;
    m_lastBatch.reset();
    m_solving.reset();
    m_ending = Message();
    m_notices.clear();
    m_hasFailed = false;
    m_whyFailed = Message();
    m_lostImages.clear();
}

QString ShownRun::whyFailed() const {
    return text(m_whyFailed);
}

QString ShownRun::whyNotResumable() const {
    return text(m_whyNotResumable);
}

bool ShownRun::isIn(const QString& folder) const {
    return QDir::cleanPath(folder) == QDir::cleanPath(m_folder);
}

// Of the epoch whose model is kept.
QString ShownRun::figureText() const {
    using settings::Figure;
    const int epoch = m_best->epoch;
    const QString accuracy = FigureText::percent(m_best->valAccuracy);
    if (m_stopping.keep == settings::Keep::Last) return tr("last %1 at epoch %2").arg(accuracy).arg(epoch);
    const double figure = training::figureOf(*m_best, m_stopping.bestBy).value_or(0.0);
    switch (m_stopping.bestBy) {
        case Figure::Accuracy:
            break;
        case Figure::Loss:
            return tr("lowest loss %1 at epoch %2, %3").arg(figure, 0, 'g', 4).arg(epoch).arg(accuracy);
        case Figure::BalancedAccuracy:
            return tr("best balanced accuracy %1 at epoch %2, %3 of all")
                .arg(FigureText::percent(figure))
                .arg(epoch)
                .arg(accuracy);
        case Figure::MacroF1:
            return tr("best macro F1 %1 at epoch %2, %3")
                .arg(FigureText::percent(figure))
                .arg(epoch)
                .arg(accuracy);
    }
    return tr("best %1 at epoch %2").arg(accuracy).arg(epoch);
}

QString ShownRun::bestText() const {
    if (!m_best) return {};
    QString text = figureText();
    if (m_best->validationImages > 0 && m_best->validationImages < m_validationImages)
        text += tr(", of %1 of %2 validation images").arg(m_best->validationImages).arg(m_validationImages);
    if (!m_best->validationLearnt)
        text += tr(", of images perhaps trained on");
    else if (*m_best->validationLearnt > 0)
        text +=
            tr(", %1 of %2 images trained on").arg(*m_best->validationLearnt).arg(m_best->validationImages);
    return text;
}

QString ShownRun::bestBasis() const {
    return m_best ? FigureText::basis(*m_best) : QString();
}

std::optional<double> ShownRun::valAccuracy() const {
    return m_best ? std::optional(m_best->valAccuracy) : std::nullopt;
}

QString ShownRun::position() const {
    const int epoch = m_lastBatch ? m_lastBatch->epoch : m_epochsDone + 1;
    return tr("epoch %1 of %2").arg(std::min(epoch, m_epochs)).arg(m_epochs);
}

QString ShownRun::solvingText() const {
    if (m_solving->iteration > 0) {
        return tr("solving the head") + kDot +
               tr("iteration %1, loss %2").arg(m_solving->iteration).arg(m_solving->loss, 0, 'g', 4);
    }
    if (m_solving->batch < m_solving->batches) {
        return tr("computing features") + kDot + tr("%1 images/s").arg(rateText(m_solving->imagesPerSecond));
    }
    return tr("solving the head") + kDot + tr("cross-validation");
}

// While features are computed nobody knows how fast the epochs are that only read them.
bool ShownRun::hasEstimate() const {
    return m_epochsHere > 0 ||
           (!m_usesCache && (m_lastBatch->validation || m_lastBatch->batch >= kEnoughBatches));
}

QString ShownRun::speedText() const {
    const QString rate = rateText(m_lastBatch->imagesPerSecond);
    return m_usesCache ? tr("%1 images/s with kept features").arg(rate) : tr("%1 images/s").arg(rate);
}

QString ShownRun::status(TrainingController::State state, bool isAtRest) const {
    using State = TrainingController::State;
    switch (state) {
        case State::Running:
            if (m_solving) return solvingText();
            if (!m_lastBatch) return tr("preparing the network and the images…");
            return position() + kDot + speedText() +
                   (hasEstimate() ? kDot + timeLeft(m_lastBatch->secondsLeft) : QString());
        case State::Paused:
            return position() + kDot + (isAtRest ? tr("paused") : tr("pausing after this batch…"));
        case State::Stopping:
            return position() + kDot + tr("stopping and keeping what was learnt…");
        case State::Idle:
            break;
    }
    return statusWhenIdle();
}

QString ShownRun::statusWhenIdle() const {
    if (!m_completed && !m_hasBegun) return {};
    QString text = QFileInfo(m_folder).fileName();
    if (m_completed) {
        text += kDot + (m_epochsDone == 1 ? tr("1 epoch") : tr("%1 epochs").arg(m_epochsDone));
        if (!m_ending.empty()) text += kDot + ui::text(m_ending);
        return text;
    }
    if (m_epochsDone > 0 && m_isElsewhere)
        text += kDot + tr("%1 of %2 epochs").arg(m_epochsDone).arg(m_epochs);
    else if (m_epochsDone > 0)
        text += kDot + (m_hasFailed ? tr("failed after epoch %1 of %2") : tr("stopped after epoch %1 of %2"))
                           .arg(m_epochsDone)
                           .arg(m_epochs);
    else if (!m_isElsewhere)
        text += kDot + (m_hasFailed ? tr("failed before its first epoch was over")
                                    : tr("stopped before its first epoch was over"));
    if (m_isElsewhere) text += kDot + whyNotResumable();
    return text;
}

QStringList ShownRun::notices() const {
    QStringList said;
    for (const Message& notice : m_notices)
        said << text(notice);
    if (m_fewer) said.prepend(fewerText());  // the figures rest on it
    return said;
}

QString ShownRun::fewerText() const {
    return tr("Epoch %1 saw %2 of %3 training and %4 of %5 validation images.")
        .arg(m_fewer->epoch)
        .arg(m_fewer->trainImages)
        .arg(m_trainImages)
        .arg(m_fewer->validationImages)
        .arg(m_validationImages);
}

}  // namespace graft::ui
