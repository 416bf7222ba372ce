// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/news/NextRunBar.h"

#include <QFileInfo>

#include "ui/session/NetworkText.h"
#include "ui/session/ProjectPart.h"
#include "ui/session/RunNews.h"

namespace graft::ui {

NextRunBar::NextRunBar(Project& project, QWidget* parent)
    : NoticeBar(parent), m_news(projectPart<RunNews>(project)) {
    setObjectName(QStringLiteral("nextRun"));
    connect(&m_news, &RunNews::runningChanged, this, &NextRunBar::showNews);
    showNews();
}

void NextRunBar::showNews() {
    const auto& run = m_news.running();
    QString sentence;
    if (run && run->config) {
        const QString images = QFileInfo(QString::fromStdString(run->config->datasetFolder)).fileName();
        sentence = tr("A training of %1 on %2 is going on with the settings it began with; what you change "
                      "here is for the next run.")
                       .arg(backboneTitle(run->config->backbone), images);
    } else if (run) {
        sentence =
            tr("A training is going on with the settings it began with; what you change here is for "
               "the next run.");
    }
    if (sentence != notice()) showNotice(sentence);  // the news come with every batch
}

}  // namespace graft::ui
