// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/CurveLegend.h"

#include <QPainter>
#include <algorithm>

#include "ui/plots/CurvePen.h"
#include "ui/plots/NamesApart.h"
#include "ui/style/Theme.h"

namespace graft::ui {

namespace {
constexpr int kSample = 14;
constexpr int kGap = 5;
constexpr int kBetween = 12;
constexpr int kLongestName = 96;   // below one another
constexpr int kShortestName = 24;  // beside one another, where there is no room
}  // namespace

CurveLegend::CurveLegend(Qt::Orientation orientation, QWidget* parent)
    : QWidget(parent), m_orientation(orientation) {
    setFont(isVertical() ? Theme::smallFont() : Theme::cardTitleFont());
    if (isVertical())
        setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Expanding);
    else
        setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void CurveLegend::setNames(const QStringList& names) {
    if (names == m_names) return;
    m_names = names;
    const bool haveRoom = !isVertical() || std::ranges::all_of(names, [this](const QString& name) {
        return fontMetrics().horizontalAdvance(name) < kLongestName;
    });
    m_apart = haveRoom ? names : namesApart(names);
    showWholeInToolTip();
    setAccessibleName(names.join(QStringLiteral(", ")));
    updateGeometry();
    update();
}

int CurveLegend::nameWidth(const QString& name) const {
    const int width = fontMetrics().horizontalAdvance(name) + 1;
    return isVertical() ? std::min(width, kLongestName) : width;
}

QSize CurveLegend::sizeHint() const {
    const int height = fontMetrics().height();
    int width = 0;
    for (const QString& name : m_apart) {
        const int entry = kSample + kGap + nameWidth(name);
        width = isVertical() ? std::max(width, entry) : width + entry + (width > 0 ? kBetween : 0);
    }
    return {width + 1, isVertical() ? height * static_cast<int>(m_names.size()) : height};
}

QSize CurveLegend::minimumSizeHint() const {
    // Of a list the end may be cut off in a small window; the plot says every name under the cursor.
    if (isVertical()) return {sizeHint().width(), 0};
    int width = 0;
    for (const QString& name : m_apart)
        width += kSample + kGap + std::min(kShortestName, nameWidth(name)) + (width > 0 ? kBetween : 0);
    return {width + 1, sizeHint().height()};
}

bool CurveLegend::isElided() const {
    return !isVertical() && width() < sizeHint().width();
}

// Each gives up the same, but none the line itself.
int CurveLegend::shownWidth(const QString& name) const {
    const int whole = nameWidth(name);
    if (!isElided()) return whole;
    const int lacking = sizeHint().width() - width();
    const int each = (lacking + static_cast<int>(m_names.size()) - 1) / static_cast<int>(m_names.size());
    return std::max(std::min(whole, kShortestName), whole - each);
}

void CurveLegend::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    showWholeInToolTip();
}

void CurveLegend::showWholeInToolTip() {
    const bool isWhole = isVertical() ? shownNames() == m_names : !isElided();
    setToolTip(isWhole ? QString()
                       : m_names.join(isVertical() ? QStringLiteral("\n") : QStringLiteral(", ")));
}

QStringList CurveLegend::shownNames() const {
    QStringList shown;
    for (const QString& name : m_apart)
        shown << fontMetrics().elidedText(name, Qt::ElideMiddle, shownWidth(name));
    return shown;
}

void CurveLegend::paintEvent(QPaintEvent* /*event*/) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const int line = isVertical() ? fontMetrics().height() : height();
    const QStringList shown = shownNames();
    int x = 0;
    int y = 0;
    for (qsizetype i = 0; i < shown.size(); ++i) {
        const QPen pen = curvePen(static_cast<std::size_t>(i), 2.0);
        painter.setPen(pen);
        painter.drawLine(QPointF(x, y + line / 2.0), QPointF(x + kSample, y + line / 2.0));
        const int width = shownWidth(m_apart[i]);
        painter.setPen(isVertical() ? Theme::instance().colours().muted : pen.color());
        painter.drawText(QRect(x + kSample + kGap, y, width, line), Qt::AlignVCenter | Qt::AlignLeft,
                         shown[i]);
        if (isVertical())
            y += line;
        else
            x += kSample + kGap + width + kBetween;
    }
}

}  // namespace graft::ui
