// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/news/OriginBar.h"

#include "ui/session/ProjectPart.h"
#include "ui/session/RunReuse.h"

namespace graft::ui {

OriginBar::OriginBar(Project& project, QWidget* parent)
    : NoticeBar(parent), m_reuse(projectPart<RunReuse>(project)) {
    setObjectName(QStringLiteral("settingsOrigin"));
    connect(&m_reuse, &RunReuse::originChanged, this, &OriginBar::showOrigin);
    showOrigin();
}

void OriginBar::showOrigin() {
    const auto& origin = m_reuse.origin();
    if (!origin) return showNotice({});
    showNotice(origin->way == RunReuse::Way::Repeated
                   ? tr("The next run's settings are those of %1.").arg(origin->run)
                   : tr("The next run starts from the weights of %1.").arg(origin->run));
}

}  // namespace graft::ui
