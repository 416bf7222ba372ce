// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/ToolTipText.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QHelpEvent>
#include <QStringList>
#include <QTextLayout>
#include <QTextOption>
#include <QToolTip>

namespace graft::ui {

namespace {

QStringList linesOf(const QString& paragraph, const QFont& font) {
    QTextOption option;
    option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    QTextLayout layout(paragraph, font);
    layout.setTextOption(option);
    QStringList lines;
    layout.beginLayout();
    for (QTextLine line = layout.createLine(); line.isValid(); line = layout.createLine()) {
        line.setLineWidth(kToolTipWidth);
        lines << paragraph.mid(line.textStart(), line.textLength()).trimmed();
    }
    layout.endLayout();
    return lines.isEmpty() ? QStringList{QString()} : lines;
}

// Of a widget, or of the cell of a list that lies under the pointer.
QString toolTipAt(const QWidget& widget, const QPoint& position) {
    const auto* view = qobject_cast<const QAbstractItemView*>(widget.parentWidget());
    if (view != nullptr && view->viewport() == &widget)
        return view->indexAt(position).data(Qt::ToolTipRole).toString();
    return widget.toolTip();
}

}  // namespace

QString wrappedToolTip(const QString& text) {
    const QFont font = QToolTip::font();
    QStringList lines;
    for (const QString& paragraph : text.split(QLatin1Char('\n')))
        lines << linesOf(paragraph, font);
    const QString wrapped = lines.join(QLatin1Char('\n'));
    if (!Qt::mightBeRichText(wrapped)) return wrapped;
    return QStringLiteral("<p style='white-space:pre'>%1</p>").arg(wrapped.toHtmlEscaped());
}

void ToolTipWrapper::install() {
    if (qApp->findChild<ToolTipWrapper*>(QString(), Qt::FindDirectChildrenOnly) != nullptr) return;
    qApp->installEventFilter(new ToolTipWrapper(qApp));
}

bool ToolTipWrapper::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() != QEvent::ToolTip) return false;
    auto* widget = qobject_cast<QWidget*>(watched);
    if (widget == nullptr) return false;
    const auto* help = static_cast<const QHelpEvent*>(event);
    const QString text = toolTipAt(*widget, help->pos());
    if (text.isEmpty()) return false;
    const QString wrapped = wrappedToolTip(text);
    if (wrapped == text) return false;
    QToolTip::showText(help->globalPos(), wrapped, widget);
    return true;
}

}  // namespace graft::ui
