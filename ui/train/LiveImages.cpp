// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/LiveImages.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QSettings>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/style/Icons.h"
#include "ui/style/Theme.h"
#include "ui/train/AnswerTiles.h"

namespace graft::ui {

namespace {
constexpr auto kFoldedKey = "train/answers_folded";
}  // namespace

LiveImages::LiveImages(QWidget* parent) : Card(tr("Validation images"), parent) {
    setObjectName(QStringLiteral("liveImages"));
    header()->addStretch(1);
    m_fold = new QToolButton(this);
    m_fold->setObjectName(QStringLiteral("foldAnswers"));
    m_fold->setCheckable(true);
    m_fold->setAutoRaise(true);
    m_fold->setAccessibleName(tr("Hide or show the validation images"));
    header()->addWidget(m_fold);
    m_waiting = new QLabel(tr("What the network says of them comes with the end of each epoch."), this);
    m_waiting->setObjectName(QStringLiteral("muted"));
    m_waiting->setWordWrap(true);
    body()->addWidget(m_waiting);
    m_tiles = new AnswerTiles(this);
    m_tiles->setAccessibleName(tr("Validation images and what the network says of them"));
    body()->addWidget(m_tiles);
    connect(m_fold, &QToolButton::toggled, this, [this](bool isOn) {
        QSettings().setValue(QLatin1String(kFoldedKey), isOn);
        fold(isOn);
    });
    connect(&Theme::instance(), &Theme::changed, this, [this] { fold(isFolded()); });
    m_fold->setChecked(QSettings().value(QLatin1String(kFoldedKey), false).toBool());
    clear();
}

void LiveImages::clear() {
    m_tiles->setAnswers({});
    setHint({});
    fold(isFolded());
    hide();
}

bool LiveImages::isFolded() const {
    return m_fold->isChecked();
}

void LiveImages::fold(bool isFolded) {
    m_fold->setIcon(icon(isFolded ? QStringLiteral("chevron-down") : QStringLiteral("chevron-up"),
                         Theme::instance().colours().muted));
    m_fold->setToolTip(isFolded ? tr("Show the images") : tr("Hide the images"));
    const bool isWaiting = m_tiles->answers().empty();
    m_waiting->setVisible(!isFolded && isWaiting);
    m_tiles->setVisible(!isFolded && !isWaiting);
}

void LiveImages::take(const training::TrainEvent& event) {
    const bool isTraining = std::holds_alternative<training::BatchDone>(event) ||
                            std::holds_alternative<training::HeadSolving>(event);
    if (isTraining && isHidden()) show();
    if (const auto* answers = std::get_if<training::ValidationAnswers>(&event)) showAnswers(*answers);
}

void LiveImages::showAnswers(const training::ValidationAnswers& answers) {
    m_tiles->setAnswers(answers.images);
    setHint(tr("epoch %1 \u00b7 %2 of %3 right")
                .arg(answers.epoch)
                .arg(m_tiles->rightCount())
                .arg(answers.images.size()));
    fold(isFolded());
    show();
}

}  // namespace graft::ui
