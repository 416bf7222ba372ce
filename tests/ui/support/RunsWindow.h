// SPDX-License-Identifier: GPL-3.0-or-later
// All of the window, and what is read and pressed on its Runs page.
#pragma once

#include <QImage>
#include <QLabel>
#include <QStringList>
#include <QtTest/QtTest>

#include "tests/ui/support/WholeWindow.h"
#include "ui/main/RunList.h"
#include "ui/runs/FactTable.h"
#include "ui/runs/RunRows.h"
#include "ui/runs/RunTable.h"
#include "ui/runs/RunsPage.h"
#include "ui/widgets/InlineError.h"

namespace graft::ui::testing {

struct RunsWindow : WholeWindow {
    explicit RunsWindow(PageFixture& fixture, const QSize& size = {1280, 800}) : WholeWindow(fixture, size) {}

    RunTable* table() { return page.findChild<RunTable*>(); }
    RunsPage* runsPage() { return page.findChild<RunsPage*>(); }
    void openRuns() {
        press(button("showAllRuns"));
        QVERIFY(runsPage()->isVisible());
    }
    QString cell(int row, int column) { return table()->model()->index(row, column).data().toString(); }
    QString tip(int row, int column) {
        return table()->model()->index(row, column).data(Qt::ToolTipRole).toString();
    }
    RunList* sidebar() { return page.findChild<RunList*>(); }
    QStringList sidebarTips() {
        QStringList tips;
        for (int row = 0; row < sidebar()->runCount(); ++row)
            tips << sidebar()->model()->index(row, 0).data(Qt::ToolTipRole).toString();
        return tips;
    }
    // As it is drawn.
    QImage pictureOf(int row, int column) {
        const QRect cell = table()->visualRect(table()->model()->index(row, column));
        return table()->viewport()->grab(cell).toImage();
    }
    QStringList names() {
        QStringList names;
        for (int row = 0; row < table()->model()->rowCount(); ++row)
            names << cell(row, RunRows::Name);
        return names;
    }
    int rowOf(const QString& name) { return static_cast<int>(names().indexOf(name)); }
    void click(const QString& name, int column = RunRows::Name,
               Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
        const QModelIndex index = table()->model()->index(rowOf(name), column);
        QVERIFY2(index.isValid(), qPrintable(name));
        table()->scrollTo(index);
        QTest::mouseClick(table()->viewport(), Qt::LeftButton, modifiers,
                          table()->visualRect(index).center());
    }
    QString problem() {
        QStringList said;
        for (const InlineError* error : runsPage()->findChildren<InlineError*>())
            if (error->isVisible()) said << error->text();
        return said.join(QLatin1Char('\n'));
    }
    QString missing() {
        const auto* label = get<QLabel>("runMissing");
        return label->isVisible() ? label->text() : QString();
    }
    QString factOf(const char* table, const QString& label) {
        for (const Fact& fact : get<FactTable>(table)->facts())
            if (fact.label == label) return fact.values.value(0);
        return {};
    }
};

}  // namespace graft::ui::testing
