// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/TrainPage.h"

#include <QDir>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <utility>
#include <variant>

#include "core/data/FolderScanner.h"
#include "core/training/Trainer.h"
#include "ui/plots/CurveLegend.h"
#include "ui/plots/CurvePlot.h"
#include "ui/session/Background.h"
#include "ui/session/ErrorText.h"
#include "ui/session/FigureText.h"
#include "ui/session/Project.h"
#include "ui/style/Theme.h"
#include "ui/train/CachePanel.h"
#include "ui/train/SettingsPanel.h"
#include "ui/widgets/Card.h"
#include "ui/widgets/InlineError.h"
#include "ui/widgets/PageHeader.h"

namespace graft::ui {

namespace {

constexpr int kSettingsWidth = 290;
constexpr int kProgressSteps = 10000;

QString timeLeft(double seconds) {
    const auto whole = static_cast<long long>(std::llround(std::max(0.0, seconds)));
    if (whole < 60) return TrainPage::tr("about %1 s left").arg(whole);
    if (whole < 3600) return TrainPage::tr("about %1 min %2 s left").arg(whole / 60).arg(whole % 60);
    return TrainPage::tr("about %1 h %2 min left").arg(whole / 3600).arg(whole / 60 % 60);
}

// Behind a line that says how far the run is.
QString notices(const QString& notice, const QString& fewer) {
    QString text;
    for (const QString& sentence : {notice, fewer}) {
        if (!sentence.isEmpty()) text += QStringLiteral(" \u00b7 ") + sentence;
    }
    return text;
}

QString percent(double share) {
    return QString::number(share * 100.0, 'f', 1);
}

}  // namespace

TrainPage::TrainPage(Project& project, TrainingController& controller, UserPrompts& /*prompts*/,
                     QWidget* parent)
    : QWidget(parent), m_project(project), m_controller(controller) {
    setObjectName(QStringLiteral("page"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 16, 24, 24);
    layout->setSpacing(8);
    buildHeader();
    layout->addWidget(m_header);

    m_progress = new QProgressBar(this);
    m_progress->setObjectName(QStringLiteral("trainProgress"));
    m_progress->setAccessibleName(tr("Progress of the training"));
    m_progress->setRange(0, kProgressSteps);
    m_progress->setTextVisible(false);
    m_progress->setFixedHeight(6);
    layout->addWidget(m_progress);
    m_error = new InlineError(this);
    layout->addWidget(m_error);

    auto* columns = new QHBoxLayout;
    columns->setSpacing(16);
    auto* settingsCard = new Card(tr("Settings"), this);
    settingsCard->setFixedWidth(kSettingsWidth);
    m_settings = new SettingsPanel(m_project);
    auto* scroll = new QScrollArea(settingsCard);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(m_settings);
    settingsCard->body()->addWidget(scroll);
    columns->addWidget(settingsCard);
    columns->addWidget(buildCurves(), 1);
    layout->addSpacing(4);
    layout->addLayout(columns, 1);

    connect(&m_controller, &TrainingController::stateChanged, this, &TrainPage::updateControls);
    connect(&m_controller, &TrainingController::eventsArrived, this, &TrainPage::showEvents);
    connect(&m_controller, &TrainingController::finished, this, &TrainPage::onFinished);
    connect(&m_project, &Project::datasetChanged, this, &TrainPage::updateControls);
    connect(&m_project, &Project::backboneChanged, this, &TrainPage::updateControls);
    connect(&m_project, &Project::folderChanged, this, &TrainPage::updateControls);
    connect(&m_project, &Project::currentRunChanged, this, &TrainPage::loadCurrentRun);
    connect(m_settings, &SettingsPanel::validityChanged, this, &TrainPage::updateControls);
    connect(&m_project, &Project::configChanged, this, [this] {
        if (m_shown.folder.isEmpty()) {
            m_accuracy->setEpochs(m_project.config().epochs);
            m_loss->setEpochs(m_project.config().epochs);
            m_accuracy->refresh();
            m_loss->refresh();
        }
    });
    clearRun();
    updateControls();
    loadCurrentRun();
}

void TrainPage::buildHeader() {
    m_header = new PageHeader(tr("Train"), this);
    const auto add = [this](const char* name, const QString& text, bool primary, auto handler) {
        QPushButton* button = m_header->addButton(text, primary);
        button->setObjectName(QString::fromLatin1(name));
        connect(button, &QPushButton::clicked, this, handler);
        return button;
    };
    m_again = add("againTraining", tr("Train again"), false, &TrainPage::start);
    m_continue = add("continueTraining", tr("Continue"), false, &TrainPage::continueRun);
    m_pause = add("pauseTraining", tr("Pause"), false, &TrainPage::togglePause);
    m_stop = add("stopTraining", tr("Stop"), false, &TrainPage::stop);
    m_start = add("startTraining", tr("Start"), true, &TrainPage::start);
    m_next = add("nextToResults", tr("Next: results"), true, &TrainPage::nextRequested);
}

QWidget* TrainPage::buildCurves() {
    auto* column = new QWidget(this);
    auto* layout = new QVBoxLayout(column);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(16);

    m_accuracyCard = new Card(tr("Accuracy, %"), column);
    m_accuracyCard->header()->addWidget(new CurveLegend(m_accuracyCard));
    m_accuracyCard->header()->addStretch(1);
    m_best = new QLabel(m_accuracyCard);
    m_best->setObjectName(QStringLiteral("bestAccuracy"));
    m_best->setFont(Theme::cardTitleFont());
    m_accuracyCard->header()->addWidget(m_best);
    m_accuracy = new CurvePlot(CurvePlot::Kind::Percent, m_accuracyCard);
    m_accuracy->setObjectName(QStringLiteral("accuracyPlot"));
    m_accuracyCard->body()->addWidget(m_accuracy, 1);
    layout->addWidget(m_accuracyCard, 1);

    auto* lossCard = new Card(tr("Loss"), column);
    m_loss = new CurvePlot(CurvePlot::Kind::Loss, lossCard);
    m_loss->setObjectName(QStringLiteral("lossPlot"));
    lossCard->body()->addWidget(m_loss, 1);
    layout->addWidget(lossCard, 1);
    return column;
}

void TrainPage::start() {
    m_settings->commit();
    if (m_controller.isActive() || !m_settings->isValid() || !datasetObstacle().isEmpty()) return;
    training::TrainConfig config = m_project.config();
    config.runFolder = m_project.newRunFolder().toStdString();
    clearRun();
    m_shown.folder = QString::fromStdString(config.runFolder);
    m_shown.epochs = config.epochs;
    m_accuracy->setEpochs(config.epochs);
    m_loss->setEpochs(config.epochs);
    m_controller.start(config, m_project.dataset());
}

void TrainPage::continueRun() {
    if (m_controller.isActive() || m_shown.folder.isEmpty()) return;
    m_error->showError({});
    m_lastBatch.reset();
    m_shown.ending.clear();
    m_shown.notice.clear();
    m_controller.resumeRun(m_shown.folder, m_project.folder());
}

void TrainPage::togglePause() {
    if (m_controller.state() == TrainingController::State::Paused) {
        m_controller.resume();
    } else {
        m_controller.pause();
    }
}

void TrainPage::stop() {
    m_controller.stop();
}

void TrainPage::showEvents(const std::vector<training::TrainEvent>& events) {
    for (const training::TrainEvent& event : events) {
        std::visit(
            [this](const auto& value) {
                if constexpr (requires { this->handle(value); }) handle(value);
            },
            event);
    }
    m_accuracy->refresh();
    m_loss->refresh();
    updateStatus();
}

void TrainPage::handle(const training::RunStarted& event) {
    m_shown.folder = QString::fromStdString(event.runFolder);
    m_shown.hasBegun = true;
    m_shown.epochs = event.epochs;
    m_trainImages = event.trainImages;
    m_validationImages = event.validationImages;
    for (const std::string& note : event.weightNotes)
        addNotice(note);
    m_accuracy->setEpochs(event.epochs);
    m_loss->setEpochs(event.epochs);
    // Half an epoch that was done before the stop is done again.
    m_accuracy->dropLiveAfter(event.firstEpoch - 1);
    m_loss->dropLiveAfter(event.firstEpoch - 1);
}

void TrainPage::handle(const training::CacheState& event) {
    m_settings->cachePanel()->showState(event);
}

void TrainPage::handle(const training::Notice& event) {
    addNotice(event.message);
}

void TrainPage::addNotice(const std::string& sentence) {
    if (!m_shown.notice.isEmpty()) m_shown.notice += QLatin1Char(' ');
    m_shown.notice += QString::fromStdString(sentence);
}

void TrainPage::handle(const training::RunEnded& /*event*/) {
    m_settings->cachePanel()->refresh();
}

void TrainPage::handle(const training::BatchDone& event) {
    m_lastBatch = event;
    const double within = event.batches == 0 ? 1.0 : double(event.batch) / double(event.batches);
    if (!event.validation) {
        m_accuracy->addLive(event.epoch - 1 + within, event.accuracy);
        m_loss->addLive(event.epoch - 1 + within, event.loss);
    }
    // Validation images count like training images: they take about as long.
    const double all = double(std::max<std::size_t>(1, m_trainImages + m_validationImages));
    const double trained = event.validation ? double(m_trainImages) : within * double(m_trainImages);
    const double validated = event.validation ? within * double(m_validationImages) : 0.0;
    const double done = (event.epoch - 1 + (trained + validated) / all) / std::max(1, m_shown.epochs);
    m_progress->setValue(static_cast<int>(std::lround(std::clamp(done, 0.0, 1.0) * kProgressSteps)));
}

void TrainPage::handle(const training::EpochDone& event) {
    addEpoch(event);
    showBest();
}

void TrainPage::addEpoch(const training::EpochDone& epoch) {
    m_accuracy->addTrain(epoch.epoch, epoch.trainAccuracy);
    m_accuracy->addValidation(epoch.epoch, epoch.valAccuracy);
    m_loss->addTrain(epoch.epoch, epoch.trainLoss);
    m_loss->addValidation(epoch.epoch, epoch.valLoss);
    m_shown.epochsDone = epoch.epoch;
    if (!m_shown.best || training::isBetter(epoch, *m_shown.best)) m_shown.best = epoch;
    const bool fewer = epoch.trainImages < m_trainImages || epoch.validationImages < m_validationImages;
    if (epoch.trainImages > 0 && fewer) {
        m_shown.fewer = tr("epoch %1 saw %2 of %3 training and %4 of %5 validation images")
                            .arg(epoch.epoch)
                            .arg(epoch.trainImages)
                            .arg(m_trainImages)
                            .arg(epoch.validationImages)
                            .arg(m_validationImages);
    }
}

void TrainPage::onFinished(const TrainingResult& result) {
    using Outcome = training::RunEnded::Outcome;
    m_shown.completed = result.outcome == Outcome::Completed;
    m_shown.resumable = false;  // until the run's own files have been looked at
    m_shown.hasModel = m_shown.best.has_value();
    m_shown.ending = result.message;
    if (result.outcome == Outcome::Failed && result.error) {
        m_error->showError(ErrorText::describe(*result.error));
        m_shown.ending.clear();
    }
    if (m_shown.completed) m_progress->setValue(kProgressSteps);
    updateControls();
    // A run that failed or was stopped before its folder was there leaves nothing to look at.
    if (m_shown.hasBegun) m_project.setCurrentRun(result.runFolder);
    const bool nothingNew = result.outcome == Outcome::Stopped && !m_shown.hasBegun;
    if (nothingNew || result.runFolder == m_project.currentRun()) loadCurrentRun();
    m_project.notifyRunsChanged();
}

// On a worker thread: the list of a large data set takes its time.
Result<TrainPage::OpenedRun> TrainPage::openRun(const std::string& folder) {
    auto run = training::openRun(folder);
    if (!run) return fail(run.error());
    OpenedRun opened;
    opened.run = std::move(*run);
    // A run whose list is gone is shown all the same.
    const auto dataset = training::readDataset(folder);
    if (dataset) {
        opened.trainImages = dataset->countOf(data::Split::Train);
        opened.validationImages = dataset->countOf(data::Split::Validation);
    }
    if (!opened.run.resumable) return opened;
    const auto here = training::checkResumable(opened.run);
    if (!here) {
        opened.run.resumable = false;
        const Error& why = here.error();
        opened.run.whyNotResumable = why.path == folder ? why.message : why.sentence();
    }
    return opened;
}

void TrainPage::loadCurrentRun() {
    const QString folder = m_project.currentRun();
    if (folder.isEmpty() || m_controller.isActive()) return;
    runInBackground(
        this, [folder] { return openRun(folder.toStdString()); },
        [this, folder, number = ++m_asked](const Result<OpenedRun>& run) {
            // Meanwhile another run may have been chosen or started, or this one asked for again.
            if (m_controller.isActive() || folder != m_project.currentRun() || number != m_asked) return;
            if (run) return showRun(*run);
            const bool same = QDir::cleanPath(folder) == QDir::cleanPath(m_shown.folder);
            const QString reason = same ? m_error->text() : QString();  // why it failed comes first
            clearRun();
            m_error->showError(reason.isEmpty() ? ErrorText::describe(run.error()) : reason);
            updateControls();
        });
}

void TrainPage::showRun(const OpenedRun& opened) {
    const training::RunSummary& run = opened.run;
    const QString folder = QString::fromStdString(run.folder);
    const bool same = QDir::cleanPath(folder) == QDir::cleanPath(m_shown.folder);
    const QString ending = same ? m_shown.ending : QString();
    const QString notice = same ? m_shown.notice : QString();
    // Why it failed stays to be read.
    const QString error = same && m_error->text() != m_shown.whyNotResumable ? m_error->text() : QString();
    const bool anew = !same || m_accuracy->trainCount() != static_cast<int>(run.epochs.size());
    if (anew) {
        clearRun();
        m_trainImages = opened.trainImages;
        m_validationImages = opened.validationImages;
        m_shown.epochs = run.config.epochs;
        m_accuracy->setEpochs(run.config.epochs);
        m_loss->setEpochs(run.config.epochs);
        for (const training::EpochDone& epoch : run.epochs)
            addEpoch(epoch);
    }
    m_shown.folder = folder;
    m_shown.hasBegun = true;
    m_shown.completed = run.completed;
    m_shown.hasModel = run.hasModel;
    m_shown.resumable = run.resumable;
    m_shown.whyNotResumable = run.completed ? QString() : QString::fromStdString(run.whyNotResumable);
    m_shown.isElsewhere = run.isBeingTrained;
    m_error->showError(error.isEmpty() && !run.isBeingTrained ? m_shown.whyNotResumable : error);
    m_shown.ending = ending;
    m_shown.notice = notice;
    if (anew) {
        const double done = double(m_shown.epochsDone) / std::max(1, m_shown.epochs);
        m_progress->setValue(run.completed ? kProgressSteps : static_cast<int>(done * kProgressSteps));
    }
    showBest();
    m_accuracy->refresh();
    m_loss->refresh();
    updateControls();
}

void TrainPage::clearRun() {
    m_shown = Shown{};
    m_lastBatch.reset();
    m_trainImages = 0;
    m_validationImages = 0;
    m_progress->setValue(0);
    m_error->showError({});
    for (CurvePlot* plot : {m_accuracy, m_loss}) {
        plot->clear();
        plot->setEpochs(m_project.config().epochs);
        plot->refresh();
    }
    showBest();
}

void TrainPage::showBest() {
    if (!m_shown.best) return m_best->setText({});
    const training::EpochDone& best = *m_shown.best;
    QString text = tr("best %1 % at epoch %2").arg(percent(best.valAccuracy)).arg(best.epoch);
    if (best.validationImages > 0 && best.validationImages < m_validationImages)
        text += tr(", of %1 of %2 validation images").arg(best.validationImages).arg(m_validationImages);
    if (!best.validationLearnt)
        text += tr(", of images perhaps trained on");
    else if (*best.validationLearnt > 0)
        text += tr(", %1 of %2 images trained on").arg(*best.validationLearnt).arg(best.validationImages);
    m_best->setText(text);
    m_best->setToolTip(FigureText::basis(best));
}

QString TrainPage::datasetObstacle() const {
    if (m_project.folder().isEmpty()) return tr("Choose a folder of images on the Data page first.");
    const auto dataset = m_project.dataset();
    if (!dataset) return tr("The images are being read…");
    const auto checked = data::checkTrainable(*dataset);
    return checked ? QString() : ErrorText::describe(checked.error());
}

void TrainPage::updateControls() {
    using State = TrainingController::State;
    const State state = m_controller.state();
    const bool idle = state == State::Idle;
    const bool finished = idle && m_shown.completed && m_shown.hasModel;
    const bool canStart = m_settings->isValid() && datasetObstacle().isEmpty();

    m_next->setVisible(finished);
    m_again->setVisible(finished);
    m_again->setEnabled(canStart);
    m_continue->setVisible(idle && m_shown.resumable);
    m_start->setVisible(idle && !finished);
    m_start->setText(m_shown.resumable ? tr("Start anew") : tr("Start"));
    m_start->setEnabled(canStart);
    m_pause->setVisible(!idle);
    m_pause->setEnabled(state == State::Running || state == State::Paused);
    m_pause->setText(state == State::Paused ? tr("Resume") : tr("Pause"));
    m_stop->setVisible(!idle);
    m_stop->setEnabled(state == State::Running || state == State::Paused);
    m_settings->setLocked(!idle);
    updateStatus();
}

void TrainPage::updateStatus() {
    using State = TrainingController::State;
    const QString dot = QStringLiteral(" · ");
    const QString lacking = notices(m_shown.notice, m_shown.fewer);
    const int epoch = m_lastBatch ? m_lastBatch->epoch : m_shown.epochsDone + 1;
    const QString position = tr("epoch %1 of %2").arg(std::min(epoch, m_shown.epochs)).arg(m_shown.epochs);
    switch (m_controller.state()) {
        case State::Running:
            if (!m_lastBatch) return m_header->setSubtitle(tr("preparing the network and the images…"));
            return m_header->setSubtitle(position + dot +
                                         tr("%1 images/s").arg(std::lround(m_lastBatch->imagesPerSecond)) +
                                         dot + timeLeft(m_lastBatch->secondsLeft) + lacking);
        case State::Paused:
            return m_header->setSubtitle(m_controller.isAtRest()
                                             ? position + dot + tr("paused") + lacking
                                             : position + dot + tr("pausing after this batch…"));
        case State::Stopping:
            return m_header->setSubtitle(position + dot + tr("stopping and keeping what was learnt…"));
        case State::Idle:
            break;
    }
    if (m_shown.completed) {
        QString text = QFileInfo(m_shown.folder).fileName() + dot +
                       (m_shown.epochsDone == 1 ? tr("1 epoch") : tr("%1 epochs").arg(m_shown.epochsDone));
        if (!m_shown.ending.isEmpty()) text += dot + m_shown.ending;
        return m_header->setSubtitle(text + lacking);
    }
    if (m_shown.hasBegun) {
        QString text = QFileInfo(m_shown.folder).fileName();
        if (m_shown.epochsDone > 0 && m_shown.isElsewhere)
            text += dot + tr("%1 of %2 epochs").arg(m_shown.epochsDone).arg(m_shown.epochs);
        else if (m_shown.epochsDone > 0)
            text += dot + tr("stopped after epoch %1 of %2").arg(m_shown.epochsDone).arg(m_shown.epochs);
        else if (!m_shown.isElsewhere)
            text += dot + tr("stopped before its first epoch was over");
        if (m_shown.isElsewhere) text += dot + m_shown.whyNotResumable;
        return m_header->setSubtitle(text + lacking);
    }
    const QString obstacle = datasetObstacle();
    if (!obstacle.isEmpty()) return m_header->setSubtitle(obstacle);
    const auto dataset = m_project.dataset();
    m_header->setSubtitle(tr("%1 training and %2 validation images")
                              .arg(dataset->countOf(data::Split::Train))
                              .arg(dataset->countOf(data::Split::Validation)) +
                          dot + QString::fromStdString(m_project.config().backbone));
}

}  // namespace graft::ui
