// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/RunCurves.h"

#include <QAction>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QResizeEvent>
#include <QScrollArea>
#include <QSettings>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <utility>
#include <variant>

#include "ui/session/FileSaves.h"
#include "ui/session/Project.h"
#include "ui/session/ProjectPart.h"
#include "ui/style/Theme.h"
#include "ui/train/CurveCard.h"
#include "ui/train/LiveImages.h"

namespace graft::ui {

namespace {

constexpr auto kShownKey = "train/plots";
constexpr int kGap = 16;
constexpr int kTwoColumns = 560;  // from here on there is room for them

}  // namespace

RunCurves::RunCurves(Project& project, UserPrompts& prompts, QWidget* parent) : QWidget(parent) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kGap);
    // In a small window the plots keep a height at which they can be read, and are scrolled.
    m_scroll = new QScrollArea(this);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setWidgetResizable(true);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    auto* scrolled = new QWidget;
    scrolled->setObjectName(QStringLiteral("scrolled"));
    m_grid = new QGridLayout(scrolled);
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setSpacing(kGap);
    m_scroll->setWidget(scrolled);
    layout->addWidget(m_scroll, 1);
    buildCards(projectPart<FileSaves>(project), prompts);
    m_live = new LiveImages(this);
    layout->addWidget(m_live);
    buildChoice();
    arrange();
}

void RunCurves::buildCards(FileSaves& saves, UserPrompts& prompts) {
    using Kind = CurvePlot::Kind;
    const auto make = [this, &saves, &prompts](Plot which, const CurveCard::About& about) {
        m_cards[which] = new CurveCard(about, saves, prompts, m_scroll->widget());
    };
    make(Accuracy, {tr("Accuracy, %"), QStringLiteral("accuracy"), "accuracyPlot", Kind::Percent, false});
    make(Loss, {tr("Loss"), QStringLiteral("loss"), "lossPlot", Kind::Loss, false});
    make(LearningRate,
         {tr("Learning rate"), QStringLiteral("learning-rate"), "learningRatePlot", Kind::Rate, false});
    make(Recall, {tr("Recall by class, %"), QStringLiteral("recall"), "recallPlot", Kind::Percent, true});
    plot(Recall)->setCurves({});
    m_cards[Recall]->setTable([this] { return m_recall.all(); });
    m_rate.name = tr("learning rate");

    m_best = new QLabel(m_cards[Accuracy]);
    m_best->setObjectName(QStringLiteral("bestAccuracy"));
    m_best->setFont(Theme::cardTitleFont());
    m_best->setWordWrap(true);  // a line of its own: with what it rests on it is longer than a card is wide
    m_best->hide();
    m_cards[Accuracy]->body()->insertWidget(0, m_best);
}

// Which plots are shown, at the end of each card's menu.
void RunCurves::buildChoice() {
    const std::array<QString, kPlots> names{tr("Accuracy"), tr("Loss"), tr("Learning rate"),
                                            tr("Recall by class")};
    const std::array<const char*, kPlots> keys{"accuracy", "loss", "learning_rate", "recall"};
    const QStringList shown =
        QSettings()
            .value(QLatin1String(kShownKey), QStringList{QStringLiteral("accuracy"), QStringLiteral("loss")})
            .toStringList();
    for (std::size_t i = 0; i < kPlots; ++i) {
        m_choice[i] = new QAction(names[i], this);
        m_choice[i]->setObjectName(QStringLiteral("show_") + QLatin1String(keys[i]));
        m_choice[i]->setData(QLatin1String(keys[i]));
        m_choice[i]->setCheckable(true);
        m_choice[i]->setChecked(shown.contains(QLatin1String(keys[i])));
        connect(m_choice[i], &QAction::toggled, this, [this] {
            QStringList chosen;
            for (const QAction* action : m_choice) {
                if (action->isChecked()) chosen.append(action->data().toString());
            }
            QSettings().setValue(QLatin1String(kShownKey), chosen);
            arrange();
        });
    }
    const bool none =
        std::none_of(m_choice.begin(), m_choice.end(), [](const QAction* a) { return a->isChecked(); });
    if (none) m_choice[Accuracy]->setChecked(true);
    for (CurveCard* card : m_cards) {
        QMenu* plots = card->menu()->addMenu(tr("Plots"));
        for (QAction* action : m_choice)
            plots->addAction(action);
    }
}

// One or two below one another; more of them in two columns.
void RunCurves::arrange() {
    const auto count = static_cast<int>(
        std::count_if(m_choice.begin(), m_choice.end(), [](const QAction* a) { return a->isChecked(); }));
    m_isWide = width() >= kTwoColumns;
    const int columns = count > 2 && m_isWide ? 2 : 1;
    int at = 0;
    for (std::size_t i = 0; i < kPlots; ++i) {
        m_grid->removeWidget(m_cards[i]);
        const bool isShown = m_choice[i]->isChecked();
        m_cards[i]->setVisible(isShown);
        m_choice[i]->setEnabled(!isShown || count > 1);  // the last one stays
        if (!isShown) continue;
        const bool isAlone = columns == 2 && at % 2 == 0 && at == count - 1;
        m_grid->addWidget(m_cards[i], at / columns, at % columns, 1, isAlone ? 2 : 1);
        ++at;
    }
    for (int i = 0; i < static_cast<int>(kPlots); ++i)
        m_grid->setRowStretch(i, i * columns < count ? 1 : 0);
    for (int i = 0; i < 2; ++i)
        m_grid->setColumnStretch(i, i < columns ? 1 : 0);
}

void RunCurves::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    if (m_isWide != (width() >= kTwoColumns)) arrange();
}

CurvePlot* RunCurves::plot(Plot which) const {
    return m_cards[which]->plot();
}

void RunCurves::clear(int epochs) {
    for (CurveCard* card : m_cards)
        card->plot()->clear();
    m_rate.epochs.clear();
    m_rate.values.clear();
    m_recall.clear();
    m_live->clear();
    setEpochs(epochs);
    refresh();
    showBest({}, {});
}

void RunCurves::setEpochs(int epochs) {
    for (CurveCard* card : m_cards)
        card->plot()->setEpochs(epochs);
    m_isEpochNew = true;
}

void RunCurves::take(const training::TrainEvent& event) {
    m_live->take(event);
    if (const auto* started = std::get_if<training::RunStarted>(&event)) {
        setEpochs(started->epochs);
        m_recall.setClasses(started->classes);
        // Half an epoch that was done before the stop is done again.
        plot(Accuracy)->dropLiveAfter(started->firstEpoch - 1);
        plot(Loss)->dropLiveAfter(started->firstEpoch - 1);
    } else if (const auto* phase = std::get_if<training::PhaseStarted>(&event)) {
        markPhase(phase->firstEpoch, phase->name);
    } else if (const auto* batch = std::get_if<training::BatchDone>(&event)) {
        if (batch->validation) return;
        const double within = batch->batches == 0 ? 1.0 : double(batch->batch) / double(batch->batches);
        plot(Accuracy)->addLive(batch->epoch - 1 + within, batch->accuracy);
        plot(Loss)->addLive(batch->epoch - 1 + within, batch->loss);
    } else if (const auto* solving = std::get_if<training::HeadSolving>(&event)) {
        if (solving->iteration == 0) return;
        // Nobody knows how many there will be: each takes a part of the room that is left.
        const double position = solving->epoch - std::exp(-solving->iteration / 40.0);
        plot(Accuracy)->addLive(position, solving->accuracy);
        plot(Loss)->addLive(position, solving->loss);
    } else if (const auto* epoch = std::get_if<training::EpochDone>(&event)) {
        addEpoch(*epoch);
    }
}

void RunCurves::markPhase(int firstEpoch, const std::string& name) {
    if (name.empty()) return;
    for (CurveCard* card : m_cards)
        card->plot()->addPhase(firstEpoch, QString::fromStdString(name));
    m_isEpochNew = true;
}

void RunCurves::addEpoch(const training::EpochDone& epoch) {
    markPhase(epoch.epoch, epoch.phase);
    if (epoch.best) {
        for (CurveCard* card : m_cards)
            card->plot()->markBest(epoch.epoch);
    }
    plot(Accuracy)->addTrain(epoch.epoch, epoch.trainAccuracy);
    plot(Accuracy)->addValidation(epoch.epoch, epoch.valAccuracy);
    plot(Loss)->addTrain(epoch.epoch, epoch.trainLoss);
    plot(Loss)->addValidation(epoch.epoch, epoch.valLoss);
    if (epoch.learningRate > 0) m_rate.add(epoch.epoch, epoch.learningRate);  // what is solved has none
    m_recall.add(epoch.epoch, epoch.recall);
    m_isEpochNew = true;
}

void RunCurves::refresh() {
    for (const Plot live : {Accuracy, Loss})
        m_cards[live]->refresh();
    // The others change with an epoch, and not with each of its batches.
    if (!std::exchange(m_isEpochNew, false)) return;
    plot(LearningRate)->setCurves({m_rate});
    plot(Recall)->setCurves(m_recall.drawn());
    m_cards[Recall]->setHint(m_recall.remark());
    for (const Plot still : {LearningRate, Recall})
        m_cards[still]->refresh();
}

void RunCurves::showBest(const QString& text, const QString& basis) {
    m_best->setText(text);
    m_best->setVisible(!text.isEmpty());
    m_best->setToolTip(basis);
}

int RunCurves::epochCount() const {
    return plot(Accuracy)->trainCount();
}

}  // namespace graft::ui
