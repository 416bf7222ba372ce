// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/network/WeightsPanel.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

#include "core/backbones/WeightStore.h"
#include "ui/session/ErrorText.h"
#include "ui/session/FetchJob.h"
#include "ui/session/NetworkText.h"
#include "ui/style/Theme.h"
#include "ui/widgets/ElidedLabel.h"
#include "ui/widgets/InlineError.h"
#include "ui/widgets/Pill.h"

namespace graft::ui {

namespace {

constexpr int kProgressSteps = 1000;

QString megabytes(double value) {
    return QLocale().toString(value, 'f', 1);
}

// Every run's model has the same name: which run's it is says more.
QString nameOfFile(const QString& path) {
    const QString file = QFileInfo(path).fileName();
    return isModelOfRun(path)
               ? WeightsPanel::tr("%1 from the run %2").arg(file, weightsName(path.toStdString()))
               : file;
}

// Of weights that are to be fetched, or in use.
QString adviceOn(const backbones::CatalogueEntry& entry, bool isHere) {
    if (entry.builtIn) {
        return WeightsPanel::tr(
            "Comes with Graft, for a quick start and for machines without internet; a larger backbone, "
            "fetched "
            "once, is usually more accurate.");
    }
    if (!entry.isPublished() && isHere) return {};
    if (!entry.isPublished()) {
        return WeightsPanel::tr(
            "No weights are published for this backbone: choose a file, or train it whole.");
    }
    QStringList sentences;
    if (!isHere) {
        sentences << WeightsPanel::tr("The published weights (%1) are not on this machine yet.")
                         .arg(QString::fromStdString(entry.tag));
    }
    if (!entry.hasChecksum()) {
        sentences << (isHere
                          ? WeightsPanel::tr("No checksum is published for them: their tensors and numbers "
                                             "were checked instead.")
                          : WeightsPanel::tr("No checksum is published for them: their tensors and numbers "
                                             "are checked instead."));
    }
    if (entry.isNonCommercial()) {
        sentences
            << WeightsPanel::tr("Not for commercial use (%1).").arg(QString::fromStdString(entry.licence));
    }
    return sentences.join(QLatin1Char(' '));
}

}  // namespace

WeightsPanel::WeightsPanel(FetchJob& job, QWidget* parent)
    : QWidget(parent),
      m_job(job),
      m_published(new Pill(tr("published"), PillKind::Neutral, this)),
      m_file(new Pill(tr("from a file\u2026"), PillKind::Neutral, this)),
      m_random(new Pill(tr("random"), PillKind::Neutral, this)),
      m_detail(new ElidedLabel({}, this)),
      m_advice(new QLabel(this)),
      m_notes(new QLabel(this)),
      m_error(new InlineError(this)),
      m_fetch(new QPushButton(this)),
      m_progressRow(new QWidget(this)),
      m_progressText(new ElidedLabel({}, this)),
      m_progress(new QProgressBar(this)),
      m_cancel(new QPushButton(tr("Cancel"), this)),
      m_fetchError(new InlineError(this)) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    auto* row = new QHBoxLayout;
    row->setSpacing(4);
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
    for (QLabel* text : {m_notes, m_advice}) {
        text->setObjectName(QStringLiteral("muted"));
        text->setFont(Theme::smallFont());
        text->setWordWrap(true);
        text->setTextInteractionFlags(Qt::TextSelectableByMouse);
        layout->addWidget(text);
    }
    m_notes->setAccessibleName(tr("What was taken from the file"));
    m_notes->hide();
    layout->addWidget(m_error);
    buildFetch();

    // A click asks; what is checked follows the answer.
    connect(m_published, &Pill::clicked, this, [this] { showKind(), emit publishedRequested(); });
    connect(m_file, &Pill::clicked, this, [this] { showKind(), emit fileRequested(); });
    connect(m_random, &Pill::clicked, this, [this] { showKind(), emit randomRequested(); });
}

void WeightsPanel::buildFetch() {
    m_fetch->setObjectName(QStringLiteral("fetchWeights"));
    m_cancel->setObjectName(QStringLiteral("cancelFetch"));
    m_progress->setObjectName(QStringLiteral("fetchProgress"));
    m_progress->setTextVisible(false);
    m_progress->setAccessibleName(tr("Download of the weights"));
    m_progressText->setMuted(true);
    m_fetchError->setAccessibleName(tr("Why the download failed"));
    auto* bar = new QVBoxLayout;
    bar->setSpacing(6);
    bar->addWidget(m_progressText);
    bar->addWidget(m_progress);
    auto* row = new QHBoxLayout(m_progressRow);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(12);
    row->addLayout(bar, 1);
    row->addWidget(m_cancel);
    auto* button = new QHBoxLayout;
    button->addWidget(m_fetch);
    button->addStretch();
    auto* layout = static_cast<QVBoxLayout*>(this->layout());
    layout->addLayout(button);
    layout->addWidget(m_progressRow);
    layout->addWidget(m_fetchError);

    connect(m_fetch, &QPushButton::clicked, this, [this] {
        m_job.start(m_entry);
        m_cancel->setFocus();
    });
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        m_job.cancel();
        showFetch();
    });
    for (const auto signal : {&FetchJob::started, &FetchJob::progressed})
        connect(&m_job, signal, this, &WeightsPanel::showFetch);
    connect(&m_job, &FetchJob::fetched, this, &WeightsPanel::showFetch);
    connect(&m_job, &FetchJob::failed, this, &WeightsPanel::showFetch);
    showFetch();
}

void WeightsPanel::showFetch() {
    const bool active = m_job.isActive();
    if (active) showProgress();
    m_progressRow->setVisible(active);
    m_cancel->setEnabled(active && !m_job.isStopping());
    // One download at a time; what it fetches stands beside its bar.
    m_fetch->setVisible(!m_isHere && !active && m_entry.isPublished());
    m_fetch->setText(tr("Fetch (%1 MB)").arg(megabytes(m_entry.megabytes)));
    m_fetch->setToolTip(
        tr("Downloads %1 into %2 and checks it. A download that was interrupted goes on where it stopped.")
            .arg(QString::fromStdString(m_entry.url), QString::fromStdString(backbones::weightsFolder())));
    // It belongs to the weights that could not be fetched only.
    const bool isOfThese = m_job.failure() && m_job.entry().fileName == m_entry.fileName;
    m_fetchError->setText(m_job.failure() ? ErrorText::describe(*m_job.failure()) : QString());
    m_fetchError->setVisible(!active && !m_isHere && isOfThese);
}

void WeightsPanel::showProgress() {
    const backbones::CatalogueEntry& entry = m_job.entry();
    const double whole = m_job.total() > 0 ? double(m_job.total()) / 1e6 : entry.megabytes;
    const double received = double(m_job.received()) / 1e6;
    m_progress->setRange(0, kProgressSteps);
    m_progress->setValue(static_cast<int>(qBound(0.0, received / whole, 1.0) * kProgressSteps));
    if (m_job.isStopping()) return m_progressText->setText(tr("Stopping\u2026"));
    QString text =
        tr("%1: %2 of %3 MB").arg(QString::fromStdString(entry.title), megabytes(received), megabytes(whole));
    if (m_job.bytesPerSecond() > 0)
        text += tr(" \u00b7 %1 MB/s").arg(megabytes(m_job.bytesPerSecond() / 1e6));
    m_progressText->setText(text);
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
    m_published->setEnabled(!located.isEmpty());
    m_published->setVisible(!located.isEmpty());
    m_published->setText(entry.builtIn ? tr("built-in") : tr("published"));
    switch (m_kind) {
        case Kind::Published:
            m_detail->setText(entry.builtIn
                                  ? tr("Built-in, learned on a small part of ImageNet")
                                  : tr("%1, learned on ImageNet").arg(QString::fromStdString(entry.tag)));
            m_detail->setToolTip(chosen);
            break;
        case Kind::File:
            m_detail->setText(nameOfFile(chosen));
            m_detail->setToolTip(chosen);
            break;
        case Kind::Random:
            m_detail->setText(tr("Random numbers; nothing learned yet."));
            break;
    }
    m_entry = entry;
    m_isHere = !located.isEmpty();
    // Of the weights in use, or of those that are not here; not of others that are.
    const bool concerns = m_kind == Kind::Published || (!entry.builtIn && !m_isHere);
    const QString advice = concerns ? adviceOn(entry, m_isHere) : QString();
    m_advice->setText(advice);
    m_advice->setVisible(!advice.isEmpty());
    showFetch();
}

void WeightsPanel::showChecking(const QString& file) {
    m_detail->setText(tr("Checking %1\u2026").arg(QFileInfo(file).fileName()));
}

void WeightsPanel::showNotes(const QString& sentences) {
    m_notes->setText(sentences);
    m_notes->setVisible(!sentences.isEmpty());
}

void WeightsPanel::showError(const QString& sentence) {
    m_error->showError(sentence);
}

}  // namespace graft::ui
