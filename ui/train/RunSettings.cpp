// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/RunSettings.h"

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "core/settings/Settings.h"
#include "ui/session/ErrorText.h"
#include "ui/session/MessageText.h"
#include "ui/session/NetworkText.h"
#include "ui/session/Project.h"
#include "ui/session/ProjectPart.h"
#include "ui/session/SettingsTaker.h"
#include "ui/style/Theme.h"
#include "ui/widgets/InlineError.h"

namespace graft::ui {

namespace {

constexpr qsizetype kNamed = 3;

struct Differences {
    QStringList brief;  // "Epochs 2"
    QStringList whole;  // "Epochs: 2 (next run: 10)"
};

QString shown(const settings::Value& value) {
    const QString text = QString::fromStdString(settings::text(value));
    return text.isEmpty() ? QStringLiteral("\u2013") : text;
}

QString weightsOf(const settings::TrainConfig& config) {
    return config.weightsFile.empty() ? RunSettings::tr("random") : weightsName(config.weightsFile);
}

// In what the panel shows, and in the backbone with its weights.
Differences differencesOf(const settings::TrainConfig& run, const settings::TrainConfig& next) {
    Differences found;
    const auto add = [&found](const QString& label, const QString& was, const QString& is) {
        found.brief << RunSettings::tr("%1 %2").arg(label, was);
        found.whole << RunSettings::tr("%1: %2 (next run: %3)").arg(label, was, is);
    };
    if (run.backbone != next.backbone)
        add(RunSettings::tr("Backbone"), backboneTitle(run.backbone), backboneTitle(next.backbone));
    else if (run.weightsFile != next.weightsFile)
        add(RunSettings::tr("Weights"), weightsOf(run), weightsOf(next));
    if (run.backbone == next.backbone && run.freeze != next.freeze)
        add(RunSettings::tr("Frozen units"), QString::number(run.freeze.frozenUnits.size()),
            QString::number(next.freeze.frozenUnits.size()));
    for (const settings::Setting& setting : settings::all()) {
        if (!setting.inPanel || !settings::applies(setting, run)) continue;
        const QString was = shown(setting.field.get(run));
        const QString is = shown(setting.field.get(next));
        if (was != is) add(textOf(setting.label), was, is);
    }
    return found;
}

// differences: one at least.
QString sentenceOn(RunSettings::Standing standing, const QStringList& differences) {
    using Standing = RunSettings::Standing;
    const QString named = differences.mid(0, kNamed).join(QStringLiteral(", "));
    const qsizetype more = differences.size() - kNamed;
    const bool isOne = differences.size() == 1;
    QString some;
    QString many;
    switch (standing) {
        case Standing::Over:
            some = isOne ? RunSettings::tr("The run that is shown had another setting: %1.")
                         : RunSettings::tr("The run that is shown had other settings: %1.");
            many = RunSettings::tr("The run that is shown had other settings: %1 and %2 more.");
            break;
        case Standing::Resumable:
            some = isOne ? RunSettings::tr(
                               "The run that is shown has another setting, which it keeps when it "
                               "is continued: %1.")
                         : RunSettings::tr(
                               "The run that is shown has other settings, which it keeps when it is "
                               "continued: %1.");
            many = RunSettings::tr(
                "The run that is shown has other settings, which it keeps when it is "
                "continued: %1 and %2 more.");
            break;
        case Standing::GoingOn:
            some = isOne ? RunSettings::tr("The run that is going on has another setting: %1.")
                         : RunSettings::tr("The run that is going on has other settings: %1.");
            many = RunSettings::tr("The run that is going on has other settings: %1 and %2 more.");
            break;
    }
    return more > 0 ? many.arg(named, QString::number(more)) : some.arg(named);
}

}  // namespace

RunSettings::RunSettings(Project& project, QWidget* parent)
    : QWidget(parent),
      m_project(project),
      m_taker(projectPart<SettingsTaker>(project)),
      m_text(new QLabel(this)),
      m_use(new QPushButton(tr("Use this run's settings"), this)),
      m_error(new InlineError(this)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 4);
    column->setSpacing(6);
    m_text->setObjectName(QStringLiteral("muted"));
    m_text->setFont(Theme::smallFont());
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    m_use->setObjectName(QStringLiteral("useRunSettings"));
    m_use->setProperty("small", true);
    column->addWidget(m_text);
    column->addWidget(m_use, 0, Qt::AlignLeft);
    column->addWidget(m_error);
    connect(m_use, &QPushButton::clicked, this, [this] {
        m_error->showError({});
        if (m_run) m_taker.take(settings::TrainConfig(*m_run));
    });
    connect(&m_taker, &SettingsTaker::refused, this,
            [this](const Error& error) { m_error->showError(ErrorText::describe(error)); });
    connect(&m_project, &Project::configChanged, this, &RunSettings::showState);
    hide();
}

void RunSettings::showRun(const std::optional<settings::TrainConfig>& run, Standing standing) {
    const bool isOther = run.has_value() != m_run.has_value() || (run && run->runFolder != m_run->runFolder);
    if (isOther) m_error->showError({});
    m_run = run;
    m_standing = standing;
    showState();
}

void RunSettings::showState() {
    const Differences found = m_run ? differencesOf(*m_run, m_project.config()) : Differences();
    const bool differs = !found.whole.isEmpty();
    const bool isGoingOn = m_run && m_standing == Standing::GoingOn;
    setVisible(differs || isGoingOn);
    m_use->setVisible(differs);
    m_text->setText(differs ? sentenceOn(m_standing, found.brief)
                            : tr("The run that is going on has the settings shown here."));
    const QString whole = found.whole.join(QLatin1Char('\n'));
    m_text->setToolTip(whole);
    m_use->setToolTip(whole);
    m_use->setAccessibleDescription(whole);
}

}  // namespace graft::ui
