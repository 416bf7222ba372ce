// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/news/RandomStartBar.h"

#include <QPainter>
#include <cstddef>

#include "core/backbones/Catalogue.h"
#include "ui/session/KeptViews.h"
#include "ui/session/NetworkText.h"
#include "ui/session/Project.h"
#include "ui/session/ProjectPart.h"
#include "ui/style/Theme.h"

namespace graft::ui {

RandomStartBar::RandomStartBar(Project& project, Place place, QWidget* parent)
    : NoticeBar(parent), m_project(project), m_place(place) {
    setObjectName(QStringLiteral("randomStart"));
    connect(&project, &Project::configChanged, this, &RandomStartBar::showStart);
    connect(&project, &Project::choosingChanged, this, &RandomStartBar::showStart);
    connect(&projectPart<KeptViews>(project), &KeptViews::backbonesChanged, this, &RandomStartBar::showStart);
    showStart();
}

void RandomStartBar::showStart() {
    const bool isRandom = m_project.hasBackbone() && m_project.wantedWeights().isEmpty();
    const QString said = isRandom ? sentence() : QString();
    if (said != notice()) showNotice(said);
}

// Where each catalogue entry's are is looked up for the list of backbones.
RandomStartBar::Published RandomStartBar::published() const {
    const std::vector<QString>& located = projectPart<KeptViews>(m_project).backbones.located;
    const std::vector<backbones::CatalogueEntry>& entries = backbones::catalogue();
    const std::string name = m_project.wantedBackbone().toStdString();
    Published best = Published::Nowhere;
    for (std::size_t row = 0; row < entries.size(); ++row) {
        if (entries[row].name != name) continue;
        if (row < located.size() && !located[row].isEmpty()) return Published::Here;
        if (!entries[row].url.empty()) best = Published::NotHere;
    }
    return best;
}

QString RandomStartBar::sentence() const {
    const std::string name = m_project.wantedBackbone().toStdString();
    const QString title = backboneTitle(name);
    const bool isBeside = m_place == Place::WithTheWeights;
    QString start;
    switch (published()) {
        case Published::Here:
            start =
                isBeside
                    ? tr("%1 starts from random numbers, though published weights for it are on this "
                         "machine. Choose them below to begin with what they have learned.")
                    : tr("%1 starts from random numbers, though published weights for it are on this "
                         "machine. Choose them on the Network page to begin with what they have learned.");
            break;
        case Published::NotHere:
            start =
                isBeside
                    ? tr("%1 starts from random numbers, as its weights are not on this machine. Fetch them "
                         "below, choose a file, or choose a backbone whose weights are here.")
                    : tr("%1 starts from random numbers, as its weights are not on this machine. Fetch them "
                         "on the Network page, or choose a backbone there whose weights are here.");
            break;
        case Published::Nowhere:
            start =
                isBeside
                    ? tr("%1 starts from random numbers, as no weights are published for it. Choose a file "
                         "below, or a backbone whose weights are here.")
                    : tr("%1 starts from random numbers, as no weights are published for it. Choose a file "
                         "on the Network page, or a backbone whose weights are here.");
            break;
    }
    const QString cost = m_project.config().freeze.frozenUnits.empty()
                             ? tr("It has learned nothing yet and every block is trained, which takes many "
                                  "images and much time.")
                             : tr("It has learned nothing yet, and its frozen blocks never will.");
    return m_project.isChoosing() ? start.arg(title) : start.arg(title) + QLatin1Char(' ') + cost;
}

void RandomStartBar::paintEvent(QPaintEvent*) {
    const Colours& colours = Theme::instance().colours();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(colours.trainable);
    painter.setBrush(colours.trainableTint);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
}

}  // namespace graft::ui
