// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/news/EndedRunBar.h"

#include <QFileInfo>
#include <QPushButton>

#include "ui/session/ProjectPart.h"
#include "ui/session/RunNews.h"

namespace graft::ui {

EndedRunBar::EndedRunBar(Project& project, QWidget* parent)
    : NoticeBar(parent), m_news(projectPart<RunNews>(project)) {
    setObjectName(QStringLiteral("endedRun"));
    button()->setObjectName(QStringLiteral("showEndedRun"));
    connect(&m_news, &RunNews::endedChanged, this, &EndedRunBar::showNews);
    connect(this, &NoticeBar::pressed, &m_news, &RunNews::showEnded);
    showNews();
}

QString EndedRunBar::sentence(const EndedRun& run) {
    using Outcome = training::RunEnded::Outcome;
    const QString name = QFileInfo(run.folder).fileName();
    switch (run.outcome) {
        case Outcome::Completed:
            return tr("The training of %1 has ended.").arg(name);
        case Outcome::Stopped:
            return tr("The training of %1 was stopped.").arg(name);
        case Outcome::Failed:
            break;
    }
    return tr("The training of %1 has failed.").arg(name);
}

void EndedRunBar::showNews() {
    if (!m_news.ended()) return showNotice({});
    showNotice(sentence(*m_news.ended()), tr("Show it"));
}

}  // namespace graft::ui
