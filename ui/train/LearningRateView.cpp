// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/LearningRateView.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>
#include <variant>

#include "core/base/Message.h"
#include "core/training/LearningRateFinder.h"
#include "ui/plots/RatePlot.h"
#include "ui/session/ErrorText.h"
#include "ui/session/MessageText.h"
#include "ui/session/Project.h"
#include "ui/session/ProjectPart.h"
#include "ui/session/RateSearch.h"
#include "ui/style/Theme.h"
#include "ui/widgets/InlineError.h"

namespace graft::ui {

namespace {

QString rateText(double rate) {
    return QString::fromStdString(base::numberText(training::twoDigits(rate)));
}

}  // namespace

LearningRateView::LearningRateView(Project& project, QWidget* parent)
    : QDialog(parent), m_project(project), m_search(projectPart<RateSearch>(project)) {
    setObjectName(QStringLiteral("learningRateView"));
    setWindowTitle(tr("Find the learning rate"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 16, 24, 16);
    layout->setSpacing(8);
    auto* purpose = new QLabel(
        tr("Some 100 steps are trained at learning rates that rise, and nothing of them is kept. A good rate "
           "is one at which the loss still falls, well before it explodes."),
        this);
    purpose->setObjectName(QStringLiteral("muted"));
    purpose->setWordWrap(true);
    layout->addWidget(purpose);
    const training::RateSweep sweep;
    m_plot = new RatePlot(sweep.first, sweep.last, this);
    layout->addWidget(m_plot, 1);
    m_status = new QLabel(this);
    m_status->setTextFormat(Qt::PlainText);
    m_status->setWordWrap(true);
    m_status->setAccessibleDescription(tr("How the search goes"));  // a name would stand for the text
    layout->addWidget(m_status);
    m_error = new InlineError(this);
    layout->addWidget(m_error);

    m_stop = addButton("stopLearningRate", tr("Stop"));
    QPushButton* close = addButton("closeLearningRate", tr("Close"));
    m_use = addButton("useLearningRate", QString());
    m_use->setProperty("primary", true);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch(1);
    for (QPushButton* button : {m_stop, close, m_use})
        buttons->addWidget(button);
    layout->addLayout(buttons);
    m_stop->hide();
    m_use->hide();

    connect(&m_search, &RateSearch::eventsArrived, this, &LearningRateView::take);
    connect(&m_search, &RateSearch::finished, this, [this] {
        if (m_search.result()) conclude(m_search.result()->found);
    });
    connect(m_stop, &QPushButton::clicked, this, [this] {
        m_search.stop();
        m_stop->setEnabled(false);
    });
    connect(close, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_use, &QPushButton::clicked, this, &LearningRateView::use);
    connect(this, &QDialog::finished, &m_search, &RateSearch::dismiss);
}

QPushButton* LearningRateView::addButton(const char* name, const QString& text) {
    auto* button = new QPushButton(text, this);
    button->setObjectName(QString::fromLatin1(name));
    button->setAutoDefault(false);
    return button;
}

void LearningRateView::begin() {
    m_search.start();
    showKept();
}

void LearningRateView::showKept() {
    m_status->setText(tr("The network and the images are being prepared…"));
    m_stop->show();
    m_stop->setEnabled(!m_search.isStopping());
    take(m_search.events());
    if (m_search.result()) conclude(m_search.result()->found);
}

void LearningRateView::refuse(const QString& why) {
    m_status->clear();
    m_error->showError(why);
}

void LearningRateView::take(const std::vector<training::RateEvent>& events) {
    for (const training::RateEvent& event : events) {
        if (const auto* notice = std::get_if<training::Notice>(&event)) showNotice(text(notice->message));
        const auto* step = std::get_if<training::RateStep>(&event);
        if (step == nullptr) continue;
        m_plot->add(step->point.rate, step->point.loss);
        m_status->setText(tr("Step %1 of %2 at most, at a learning rate of %3")
                              .arg(step->step)
                              .arg(step->steps)
                              .arg(rateText(step->point.rate)));
    }
    m_plot->refresh();
}

void LearningRateView::showNotice(const QString& sentence) {
    m_notices << sentence;
    m_error->showError(m_notices.join(QLatin1Char('\n')));
}

void LearningRateView::conclude(const Result<training::FoundRate>& found) {
    m_stop->hide();
    if (found) return suggest(*found);
    m_status->clear();
    if (found.error().code == ErrorCode::Cancelled)
        m_status->setText(tr("Stopped before the first step; there is no suggestion."));
    else
        showNotice(ErrorText::describe(found.error()));
}

void LearningRateView::suggest(const training::FoundRate& found) {
    if (!found.valley) {
        m_status->setText(
            found.stopped ? tr("Stopped before the loss has fallen; there is no suggestion.")
                          : tr("The loss falls nowhere, so there is no suggestion. Look at the images and "
                               "the settings, or choose a rate by hand."));
        return;
    }
    m_rate = training::twoDigits(*found.valley);
    m_plot->mark(*found.valley, tr("suggested %1").arg(rateText(*found.valley)), true);
    QString status = tr("Suggested: %1, in the valley of the loss.").arg(rateText(m_rate));
    if (found.steepest) {
        m_plot->mark(*found.steepest, tr("steepest %1").arg(rateText(*found.steepest)), false);
        status = tr("Suggested: %1, in the valley of the loss; it falls fastest at %2.")
                     .arg(rateText(m_rate), rateText(*found.steepest));
    }
    if (found.stopped) status = tr("%1 It was stopped, and rests on fewer steps.").arg(status);
    m_status->setText(status);
    m_plot->refresh();
    m_use->setText(tr("Use %1").arg(rateText(m_rate)));
    m_use->show();
    m_use->setFocus();
}

void LearningRateView::use() {
    settings::TrainConfig config = m_project.config();
    config.optimizer.learningRate = m_rate;
    m_project.setConfig(config);
    accept();
}

}  // namespace graft::ui
