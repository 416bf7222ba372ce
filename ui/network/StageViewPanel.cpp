// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/network/StageViewPanel.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSettings>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/network/ChannelTiles.h"
#include "ui/session/ErrorText.h"
#include "ui/session/NetworkPicture.h"
#include "ui/session/Project.h"
#include "ui/session/ProjectPart.h"
#include "ui/style/Theme.h"
#include "ui/widgets/ElidedLabel.h"
#include "ui/widgets/FoldHeader.h"
#include "ui/widgets/InlineError.h"

namespace graft::ui {

namespace {
constexpr const char* kOpenKey = "network/seen";
}  // namespace

StageViewPanel::StageViewPanel(Project& project, QWidget* parent)
    : QWidget(parent),
      m_project(project),
      m_picture(projectPart<NetworkPicture>(project)),
      m_header(new FoldHeader(tr("What a stage sees"), this)),
      m_body(new QWidget(this)),
      m_file(new ElidedLabel({}, m_body)),
      m_tiles(new ChannelTiles(m_body)),
      m_note(new QLabel(m_body)),
      m_error(new InlineError(m_body)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addWidget(m_header);
    column->addWidget(m_body);
    auto* layout = new QVBoxLayout(m_body);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    auto* line = new QHBoxLayout;
    line->setSpacing(2);
    m_file->setMuted(true);
    m_file->setElideMode(Qt::ElideLeft);
    line->addWidget(m_file, 1);
    m_another = addButton("anotherPicture", tr("Another image"), tr("Of the data set"));
    m_before = addButton("stageBefore", QStringLiteral("\u2190"), tr("The stage before"));
    m_behind = addButton("stageBehind", QStringLiteral("\u2192"), tr("The stage behind"));
    for (QPushButton* button : {m_another, m_before, m_behind})
        line->addWidget(button);
    layout->addLayout(line);
    layout->addWidget(m_tiles);
    m_note->setObjectName(QStringLiteral("muted"));
    m_note->setFont(Theme::smallFont());
    m_note->setWordWrap(true);
    layout->addWidget(m_note);
    layout->addWidget(m_error);

    m_header->setObjectName(QStringLiteral("foldSeen"));
    m_header->setChecked(QSettings().value(QLatin1String(kOpenKey), true).toBool());
    connect(m_header, &FoldHeader::toggled, this, [this](bool open) {
        QSettings().setValue(QLatin1String(kOpenKey), open);
        m_picture.setWanted(open);  // its changed() brings follow()
    });
    connect(m_another, &QPushButton::clicked, &m_picture, &NetworkPicture::takeAnother);
    connect(m_before, &QPushButton::clicked, this, [this] { step(-1); });
    connect(m_behind, &QPushButton::clicked, this, [this] { step(1); });
    connect(&m_picture, &NetworkPicture::changed, this, &StageViewPanel::follow);
    connect(&project, &Project::datasetChanged, this, &StageViewPanel::follow);
    connect(&project, &Project::summaryChanged, this, &StageViewPanel::follow);
    m_picture.setWanted(m_header->isChecked());
    follow();
}

StageViewPanel::~StageViewPanel() = default;

QPushButton* StageViewPanel::addButton(const char* name, const QString& text, const QString& tip) {
    auto* button = new QPushButton(text, m_body);
    button->setProperty("link", true);
    button->setObjectName(QString::fromLatin1(name));
    button->setToolTip(tip);
    button->setAccessibleDescription(tip);
    return button;
}

void StageViewPanel::step(int by) {
    const auto summary = m_project.summary();
    if (!summary) return;
    QStringList stages;
    for (const backbones::UnitSummary& unit : summary->units) {
        const QString stage = QString::fromStdString(unit.stage);
        if (stages.isEmpty() || stages.back() != stage) stages << stage;
    }
    const auto next = stages.indexOf(m_picture.stage()) + by;
    if (next >= 0 && next < stages.size()) m_picture.lookAt(stages[next]);
}

void StageViewPanel::follow() {
    const bool isOpen = m_header->isChecked();
    const QString stage = m_picture.stage();
    const bool hasStage = !stage.isEmpty();
    m_header->setText(hasStage ? tr("What %1 sees").arg(stage) : tr("What a stage sees"));
    m_body->setVisible(isOpen);
    if (!isOpen) return;
    const bool hasData = m_project.dataset() != nullptr;
    const inference::StageView* view = m_picture.view();
    const auto summary = m_project.summary();
    QString note;
    if (!hasData) {
        note = m_project.folder().isEmpty() ? tr("Choose a folder of images on the Data page to see it here.")
                                            : tr("The images are being read\u2026");
    } else if (!hasStage) {
        note = tr("Click on a stage to see what it makes of one of your pictures.");
    } else if (m_picture.failure()) {
        note.clear();
    } else if (view == nullptr) {
        note = tr("Looking\u2026");
    } else if (view->channels.empty()) {
        note = tr("This stage gives plain numbers, which are no picture.");
    } else {
        note = tr("Its strongest channels, %1 of %2: bright is where they answer.")
                   .arg(view->channels.size())
                   .arg(view->allChannels);
    }
    m_note->setText(note);
    m_note->setVisible(!note.isEmpty());
    m_error->showError(hasData && m_picture.failure() ? ErrorText::describe(*m_picture.failure())
                                                      : QString());
    m_file->setText(m_picture.file());
    const bool hasLine = hasData && hasStage;
    m_file->setVisible(hasLine);
    m_another->setVisible(hasLine);
    m_before->setVisible(hasLine);
    m_behind->setVisible(hasLine);
    const std::string name = stage.toStdString();
    m_before->setEnabled(summary && !summary->units.empty() && summary->units.front().stage != name);
    m_behind->setEnabled(summary && !summary->units.empty() && summary->units.back().stage != name);
    // Nothing jumps while the next view is looked for.
    const bool keepsRoom = hasLine && m_picture.isLooking() && m_tiles->shown() > 0;
    if (view != nullptr || !keepsRoom)
        m_tiles->showChannels(view != nullptr ? view->channels : std::vector<inference::ChannelView>());
    m_tiles->setVisible(m_tiles->shown() > 0);
}

QString StageViewPanel::sentence() const {
    return m_error->text().isEmpty() ? m_note->text() : m_error->text();
}

}  // namespace graft::ui
