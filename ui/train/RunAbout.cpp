// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/RunAbout.h"

#include <QDir>
#include <QFileInfo>
#include <QVBoxLayout>

#include "ui/news/FolderBar.h"
#include "ui/news/OriginBar.h"
#include "ui/session/DatasetSummary.h"
#include "ui/session/FigureText.h"
#include "ui/session/NetworkText.h"
#include "ui/session/Project.h"
#include "ui/session/ShownRun.h"
#include "ui/train/LostImagesBar.h"
#include "ui/train/RunNotices.h"

namespace graft::ui {

namespace {

constexpr qsizetype kLongestName = 24;

// The folder's, as short as a button needs it.
QString nameOfImages(const QString& folder) {
    QString name = QFileInfo(QDir::cleanPath(folder)).fileName();
    if (name.size() > kLongestName) name = name.left(kLongestName - 1) + QChar(0x2026);
    return name;
}

// Of the next run, where the run that is shown was trained on others; else empty.
QString otherImages(const ShownRun& run, const Project& project) {
    if (!run.config() || project.folder().isEmpty()) return {};
    const QString trainedOn = QDir::cleanPath(QString::fromStdString(run.config()->datasetFolder));
    // As older versions wrote it, below a folder that nobody knows.
    if (QDir::isRelativePath(trainedOn) || trainedOn == QDir::cleanPath(project.folder())) return {};
    return nameOfImages(project.folder()).replace(QLatin1Char('&'), QStringLiteral("&&"));
}

}  // namespace

RunAbout::RunAbout(Project& project, UserPrompts& prompts, QWidget* parent)
    : QWidget(parent),
      m_lostImages(new LostImagesBar(project, prompts, this)),
      m_notices(new RunNotices(this)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addWidget(new FolderBar(project, this));
    column->addWidget(new OriginBar(project, this));
    column->addWidget(m_lostImages);
    column->addWidget(m_notices);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    connect(m_lostImages, &LostImagesBar::continueRequested, this, &RunAbout::continueRequested);
    connect(m_lostImages, &LostImagesBar::failed, this, &RunAbout::failed);
}

void RunAbout::showRun(const ShownRun& run, bool isIdle) {
    m_lostImages->showRun(run, isIdle);
    m_notices->showNotices(run.notices());
}

QString RunAbout::startText(const ShownRun& run, const Project& project) {
    const QString images = otherImages(run, project);
    if (run.isResumable()) return images.isEmpty() ? tr("Start anew") : tr("Start anew on %1").arg(images);
    return images.isEmpty() ? tr("Start") : tr("Start on %1").arg(images);
}

QString RunAbout::againText(const ShownRun& run, const Project& project) {
    const QString images = otherImages(run, project);
    return images.isEmpty() ? tr("Train again") : tr("Train again on %1").arg(images);
}

QString RunAbout::nextRun(const Project& project) {
    const auto summary = project.datasetSummary();
    if (!summary) return {};
    const QString train = FigureText::count(summary->all.train);
    const QString counts = summary->all.validation == 1
                               ? tr("%1 training images and 1 validation image").arg(train)
                               : tr("%1 training and %2 validation images")
                                     .arg(train, FigureText::count(summary->all.validation));
    return tr("%1 \u00b7 %2").arg(counts, backboneTitle(project.config().backbone));
}

QString RunAbout::withImages(const QString& text, const ShownRun& run) {
    if (!run.config()) return text;
    const QString images = nameOfImages(QString::fromStdString(run.config()->datasetFolder));
    return tr("%1 \u00b7 %2, %3").arg(text, images, backboneTitle(run.config()->backbone));
}

}  // namespace graft::ui
