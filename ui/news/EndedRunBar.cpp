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

void EndedRunBar::showNews() {
    if (!m_news.ended()) return showNotice({});
    using Outcome = training::RunEnded::Outcome;
    const QString name = QFileInfo(m_news.ended()->folder).fileName();
    QString sentence;
    switch (m_news.ended()->outcome) {
        case Outcome::Completed:
            sentence = tr("The training of %1 has ended.").arg(name);
            break;
        case Outcome::Stopped:
            sentence = tr("The training of %1 was stopped.").arg(name);
            break;
        case Outcome::Failed:
            sentence = tr("The training of %1 has failed.").arg(name);
            break;
    }
    showNotice(sentence, tr("Show it"));
}

}  // namespace graft::ui
