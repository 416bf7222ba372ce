// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dataset/ClassFilter.h"

#include "ui/widgets/Pill.h"
#include "ui/widgets/SearchList.h"

namespace graft::ui {

namespace {
constexpr int kGap = 4;
constexpr int kMostPills = 24;
}  // namespace

ClassFilter::ClassFilter(QWidget* parent)
    : QWidget(parent), m_more(new Pill(QStringLiteral("\u2026"), PillKind::Neutral, this)) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_more->setClickable(true);
    m_more->setAccessibleName(tr("All classes"));
    connect(m_more, &Pill::clicked, this, &ClassFilter::openList);
    m_more->hide();
}

void ClassFilter::setClasses(const QStringList& classes) {
    // A click that is being made on one of the old classes means none of the new ones.
    for (Pill* pill : m_pills) {
        pill->disconnect(this);
        pill->hide();
        pill->deleteLater();
    }
    if (m_list) {
        m_list->disconnect(this);
        m_list->close();
    }
    m_pills.clear();
    m_classes = classes;
    m_chosen = -1;
    if (!classes.isEmpty()) {
        addPill(tr("all"), -1)->setChecked(true);
        for (int n = 0; n < classes.size() && n < kMostPills; ++n) {
            addPill(classes[n], n);
        }
    }
    arrange();
}

Pill* ClassFilter::addPill(const QString& text, int classIndex) {
    const QString shown = fontMetrics().elidedText(text, Qt::ElideMiddle, 140);
    auto* pill = new Pill(shown, PillKind::Neutral, this);
    pill->setClickable(true);
    pill->setCheckable(true);
    if (shown != text) pill->setToolTip(text);
    connect(pill, &Pill::clicked, this, [this, classIndex] {
        m_chosen = classIndex - 1;  // differs, so that a second click on the same tag checks it again
        choose(classIndex);
    });
    // One that is made later than the page would come behind the whole window.
    setTabOrder(m_pills.empty() ? static_cast<QWidget*>(m_more) : m_pills.back(), pill);
    setTabOrder(pill, m_more);
    m_pills.push_back(pill);
    return pill;
}

void ClassFilter::choose(int classIndex) {
    const bool other = classIndex != m_chosen;
    m_chosen = classIndex;
    for (std::size_t n = 0; n < m_pills.size(); ++n) {
        m_pills[n]->setChecked(static_cast<int>(n) - 1 == classIndex);
    }
    arrange();
    if (other) emit chosenChanged(classIndex);
}

QSize ClassFilter::sizeHint() const {
    return {400, 20};
}

void ClassFilter::resizeEvent(QResizeEvent*) {
    arrange();
}

void ClassFilter::arrange() {
    const int moreWidth = m_more->sizeHint().width();
    int x = 0;
    int shown = 0;
    for (std::size_t n = 0; n < m_pills.size(); ++n) {
        const int width = m_pills[n]->sizeHint().width();
        const bool last = static_cast<int>(n) == m_classes.size();
        const bool fits =
            shown == static_cast<int>(n) && x + width + (last ? 0 : kGap + moreWidth) <= this->width();
        m_pills[n]->setVisible(fits);
        if (!fits) continue;
        m_pills[n]->setGeometry(x, 0, width, 20);
        x += width + kGap;
        ++shown;
    }
    const bool all = shown == m_classes.size() + 1 || m_classes.isEmpty();
    m_more->setVisible(!all);
    m_more->setGeometry(x, 0, moreWidth, 20);
    m_more->setKind(m_chosen >= shown - 1 && m_chosen >= 0 ? PillKind::Accent : PillKind::Neutral);
    m_more->setToolTip(m_chosen >= shown - 1 && m_chosen >= 0 ? m_classes[m_chosen] : tr("All classes"));
}

void ClassFilter::openList() {
    m_list = new SearchList(m_classes, m_chosen, this);
    connect(m_list, &SearchList::chosen, this, &ClassFilter::choose);
    m_list->popUp(*m_more);
}

}  // namespace graft::ui
