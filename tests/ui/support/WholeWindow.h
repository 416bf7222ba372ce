// SPDX-License-Identifier: GPL-3.0-or-later
// All of the window, active, and hands that go through it.
#pragma once

#include <QApplication>
#include <QPushButton>
#include <QStackedWidget>
#include <QTableView>
#include <QtTest/QtTest>

#include "tests/ui/support/PageWindow.h"
#include "ui/main/MainWindow.h"
#include "ui/main/StepButton.h"

namespace graft::ui::testing {

struct WholeWindow : PageWindow<MainWindow> {
    explicit WholeWindow(PageFixture& fixture, const QSize& size = {1280, 800})
        : PageWindow(fixture, size), project(fixture.project) {
        page.activateWindow();
        if (!QTest::qWaitForWindowActive(&page)) qFatal("the window does not become active");
    }

    StepButton* step(int n) { return page.findChild<StepButton*>(QStringLiteral("step%1").arg(n)); }
    void open(MainWindow::Page wanted) {
        if (wanted == MainWindow::Runs) return press(button("showAllRuns"));
        press(step(wanted));
    }
    QWidget* shownPage() { return page.findChild<QStackedWidget*>(QStringLiteral("pages"))->currentWidget(); }
    QPushButton* button(const char* name) {
        for (QPushButton* found : page.findChildren<QPushButton*>(QLatin1String(name))) {
            if (found->isVisible()) return found;
        }
        return nullptr;
    }
    // To nothing that draws it.
    void leaveFocus() { page.centralWidget()->setFocus(Qt::OtherFocusReason); }
    void keys(int key, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
        QWidget* focus = QApplication::focusWidget();
        QTest::keyClick(focus != nullptr ? focus : &page, static_cast<Qt::Key>(key), modifiers);
    }

    QTableView* backbones() { return page.findChild<QTableView*>(QStringLiteral("backbones")); }
    QString chosenBackbone() { return backbones()->currentIndex().siblingAtColumn(0).data().toString(); }
    // Its row is clicked, and what it comes with is looked up.
    void chooseBackbone(const QString& title) {
        const QAbstractItemModel* model = backbones()->model();
        for (int row = 0; row < model->rowCount(); ++row) {
            const QModelIndex index = model->index(row, 0);
            if (index.data().toString() != title) continue;
            backbones()->scrollTo(index);
            QTest::mouseClick(backbones()->viewport(), Qt::LeftButton, {},
                              backbones()->visualRect(index).center());
            QTRY_VERIFY_WITH_TIMEOUT(!project.isChoosing(), kPatienceMs);
            return;
        }
        QFAIL(qPrintable(title));
    }

    Project& project;
};

}  // namespace graft::ui::testing
