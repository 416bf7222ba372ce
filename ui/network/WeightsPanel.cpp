// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/network/WeightsPanel.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QVBoxLayout>

#include "core/weights/WeightStore.h"
#include "ui/style/Theme.h"
#include "ui/widgets/ElidedLabel.h"
#include "ui/widgets/InlineError.h"
#include "ui/widgets/Pill.h"

namespace graft::ui {

WeightsPanel::WeightsPanel(QWidget* parent)
    : QWidget(parent),
      m_published(new Pill(tr("published"), PillKind::Neutral, this)),
      m_file(new Pill(tr("from a file\u2026"), PillKind::Neutral, this)),
      m_random(new Pill(tr("random"), PillKind::Neutral, this)),
      m_detail(new ElidedLabel({}, this)),
      m_advice(new QLabel(this)),
      m_error(new InlineError(this)) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    auto* title = new QLabel(tr("WEIGHTS"), this);
    title->setFont(Theme::cardTitleFont());
    title->setObjectName(QStringLiteral("muted"));
    row->addWidget(title);
    m_published->setObjectName(QStringLiteral("publishedWeights"));
    m_file->setObjectName(QStringLiteral("weightsFromFile"));
    m_random->setObjectName(QStringLiteral("randomWeights"));
    for (Pill* pill : {m_published, m_file, m_random}) {
        pill->setClickable(true);
        pill->setCheckable(true);
        row->addWidget(pill);
    }
    row->addStretch();
    layout->addLayout(row);
    m_detail->setMuted(true);
    m_detail->setElideMode(Qt::ElideMiddle);
    layout->addWidget(m_detail);
    m_advice->setObjectName(QStringLiteral("muted"));
    m_advice->setFont(Theme::smallFont());
    m_advice->setWordWrap(true);
    m_advice->setTextInteractionFlags(Qt::TextSelectableByMouse);
    layout->addWidget(m_advice);
    layout->addWidget(m_error);

    // A click asks; what is checked follows the answer.
    connect(m_published, &Pill::clicked, this, [this] { showKind(), emit publishedRequested(); });
    connect(m_file, &Pill::clicked, this, [this] { showKind(), emit fileRequested(); });
    connect(m_random, &Pill::clicked, this, [this] { showKind(), emit randomRequested(); });
}

void WeightsPanel::showKind() {
    m_published->setChecked(m_kind == Kind::Published);
    m_file->setChecked(m_kind == Kind::File);
    m_random->setChecked(m_kind == Kind::Random);
}

void WeightsPanel::showState(const backbones::CatalogueEntry& entry, const QString& located,
                             const QString& chosen) {
    m_kind = chosen.isEmpty() ? Kind::Random : chosen == located ? Kind::Published : Kind::File;
    showKind();
    m_error->showError({});
    m_published->setEnabled(!located.isEmpty());
    m_published->setVisible(!located.isEmpty());
    switch (m_kind) {
        case Kind::Published:
            m_detail->setText(tr("%1, learned on ImageNet").arg(QString::fromStdString(entry.tag)));
            m_detail->setToolTip(chosen);
            break;
        case Kind::File:
            m_detail->setText(QFileInfo(chosen).fileName());
            m_detail->setToolTip(chosen);
            break;
        case Kind::Random:
            m_detail->setText(tr("Random numbers; nothing learned yet."));
            break;
    }
    m_advice->setVisible(located.isEmpty());
    m_advice->setText(
        tr("The published weights (%1, %2 MB) are not on this machine. Download %3 into %4, or choose "
           "a file.")
            .arg(QString::fromStdString(entry.tag), QLocale().toString(entry.megabytes, 'f', 0),
                 QString::fromStdString(entry.url), QString::fromStdString(weights::weightsFolder())));
}

void WeightsPanel::showChecking(const QString& file) {
    m_error->showError({});
    m_detail->setText(tr("Checking %1\u2026").arg(QFileInfo(file).fileName()));
}

void WeightsPanel::showError(const QString& sentence) {
    m_error->showError(sentence);
}

}  // namespace graft::ui
