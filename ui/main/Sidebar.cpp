// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main/Sidebar.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QShortcutEvent>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/main/RunList.h"
#include "ui/main/StepButton.h"
#include "ui/main/TrainingSign.h"
#include "ui/style/Icons.h"
#include "ui/style/Theme.h"
#include "ui/widgets/ElidedLabel.h"

namespace graft::ui {

namespace {
constexpr int kWidth = 200;
}

Sidebar::Sidebar(const QStringList& steps, QWidget* parent)
    : QWidget(parent), m_done(static_cast<std::size_t>(steps.size()), false) {
    setObjectName(QStringLiteral("sidebar"));
    setAttribute(Qt::WA_StyledBackground);
    setFixedWidth(kWidth);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 20, 12, 12);
    layout->setSpacing(5);

    auto* name = new QHBoxLayout;
    name->setContentsMargins(8, 0, 0, 12);
    name->setSpacing(8);
    auto* logo = new QLabel(this);
    logo->setPixmap(iconPixmap(QStringLiteral("graft"), 22, QColor(), devicePixelRatioF()));
    auto* title = new QLabel(QStringLiteral("Graft"), this);
    QFont font = Theme::titleFont();
    font.setPixelSize(17);
    title->setFont(font);
    name->addWidget(logo);
    name->addWidget(title, 1);
    layout->addLayout(name);

    for (int n = 0; n < steps.size(); ++n) {
        auto* button = new StepButton(n + 1, steps[n], this);
        button->setObjectName(QStringLiteral("step%1").arg(n));
        giveKey(*button, QKeySequence(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_1 + n)));
        button->setToolTip(button->shortcut().toString(QKeySequence::NativeText));
        connect(button, &StepButton::clicked, this, [this, n] { emit stepChosen(n); });
        layout->addWidget(button);
        m_steps.push_back(button);
    }
    layout->addStretch(1);

    // Behind the steps: Tab goes in the order in which they are made. setTabOrder() holds a ring whose order
    // is right already to be right, wherever it begins.
    m_training = new TrainingSign(this);
    m_allRuns = new QPushButton(tr("All runs"), this);
    m_runs = new RunList(this);
    m_device = new ElidedLabel({}, this);
    m_theme = new QToolButton(this);
    connect(m_training, &TrainingSign::clicked, this, &Sidebar::trainingChosen);
    layout->addWidget(m_training);
    auto* runs = new QLabel(tr("RUNS"), this);
    runs->setFont(Theme::smallFont());
    runs->setObjectName(QStringLiteral("muted"));
    runs->setContentsMargins(8, 0, 0, 0);
    runs->hide();
    m_runs->hide();
    connect(m_runs, &RunList::runCountChanged, this, [this, runs](int count) {
        runs->setVisible(count > 0);
        m_runs->setVisible(count > 0);
    });
    m_allRuns->setObjectName(QStringLiteral("showAllRuns"));
    m_allRuns->setProperty("link", true);
    m_allRuns->setCheckable(true);
    giveKey(*m_allRuns, QKeySequence(Qt::CTRL | Qt::Key_R));
    m_allRuns->setToolTip(tr("Search, compare, repeat and tidy up (%1)")
                              .arg(m_allRuns->shortcut().toString(QKeySequence::NativeText)));
    connect(m_allRuns, &QPushButton::clicked, this, [this] {
        showSteps();  // whether it is checked is not the click's to say
        emit allRunsChosen();
    });
    auto* head = new QHBoxLayout;
    head->addWidget(runs);
    head->addStretch(1);
    head->addWidget(m_allRuns);
    layout->addLayout(head);
    layout->addWidget(m_runs);
    layout->addSpacing(8);

    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(8, 0, 0, 0);
    m_device->setMuted(true);
    m_device->setFont(Theme::smallFont());
    m_theme->setObjectName(QStringLiteral("themeSwitch"));
    m_theme->setAutoRaise(true);
    m_theme->setIconSize({16, 16});
    connect(m_theme, &QToolButton::clicked, this, &Sidebar::themeSwitchRequested);
    foot->addWidget(m_device, 1);
    foot->addWidget(m_theme);
    layout->addLayout(foot);

    const auto showTheme = [this] {
        const Theme& theme = Theme::instance();
        m_theme->setIcon(
            icon(theme.isDark() ? QStringLiteral("sun") : QStringLiteral("moon"), theme.colours().muted));
        const QString text = theme.isDark() ? tr("Light colours (Ctrl+D)") : tr("Dark colours (Ctrl+D)");
        m_theme->setToolTip(text);
        m_theme->setAccessibleName(text);
    };
    connect(&Theme::instance(), &Theme::changed, this, showTheme);
    showTheme();
    showSteps();
}

void Sidebar::giveKey(QAbstractButton& button, const QKeySequence& key) {
    button.setShortcut(key);
    button.installEventFilter(this);
}

// Qt's own answer gives the focus to a button that can be checked.
bool Sidebar::eventFilter(QObject* watched, QEvent* event) {
    auto* button = qobject_cast<QAbstractButton*>(watched);
    if (button == nullptr || event->type() != QEvent::Shortcut) return QWidget::eventFilter(watched, event);
    if (static_cast<const QShortcutEvent*>(event)->isAmbiguous()) return false;
    button->click();
    emit keyUsed();
    return true;
}

void Sidebar::setCurrent(int step) {
    m_current = step;
    showSteps();
}

void Sidebar::setDone(const std::vector<bool>& done) {
    m_done = done;
    m_done.resize(m_steps.size(), false);
    showSteps();
}

void Sidebar::setDevice(const QString& device) {
    m_device->setText(device);
}

void Sidebar::showSteps() {
    bool nextFound = false;
    for (std::size_t n = 0; n < m_steps.size(); ++n) {
        const bool next = !m_done[n] && !nextFound;
        nextFound = nextFound || next;
        m_steps[n]->setState(static_cast<int>(n) == m_current, m_done[n], next);
    }
    m_allRuns->setChecked(m_current >= static_cast<int>(m_steps.size()));
}

}  // namespace graft::ui
