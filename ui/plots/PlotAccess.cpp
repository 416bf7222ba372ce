// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/PlotAccess.h"

#include <QAccessible>
#include <QAccessibleWidget>

#include "ui/plots/CurvePlot.h"

namespace graft::ui {

namespace {

class PlotAccess : public QAccessibleWidget {
  public:
    explicit PlotAccess(CurvePlot& plot) : QAccessibleWidget(&plot, QAccessible::Chart), m_plot(plot) {}

    QString text(QAccessible::Text kind) const override {
        return kind == QAccessible::Value ? m_plot.reading() : QAccessibleWidget::text(kind);
    }

  private:
    CurvePlot& m_plot;
};

QAccessibleInterface* accessOf(const QString& className, QObject* object) {
    if (className != QLatin1String(CurvePlot::staticMetaObject.className())) return nullptr;
    auto* plot = qobject_cast<CurvePlot*>(object);
    return plot != nullptr ? new PlotAccess(*plot) : nullptr;
}

}  // namespace

void letReadPlots() {
    QAccessible::installFactory(accessOf);
}

}  // namespace graft::ui
