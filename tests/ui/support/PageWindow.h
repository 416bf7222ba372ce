// SPDX-License-Identifier: GPL-3.0-or-later
// One page of the window by itself, as large as the window gives it, and a user's hands and eyes.
#pragma once

#include <QLabel>
#include <QStringList>
#include <QtTest/QtTest>

#include "tests/ui/support/PageFixture.h"
#include "ui/widgets/InlineError.h"

namespace graft::ui::testing {

// Page: made from a project and prompts.
template <class Page>
struct PageWindow {
    explicit PageWindow(PageFixture& fixture) : page(fixture.project, fixture.prompts) {
        page.resize(1080, 800);
        page.show();
    }

    template <class T>
    T* get(const char* name) {
        return page.template findChild<T*>(QLatin1String(name));
    }
    void press(QWidget* widget) { QTest::mouseClick(widget, Qt::LeftButton); }
    QString visibleErrors() {
        QStringList texts;
        for (const InlineError* error : page.template findChildren<InlineError*>()) {
            if (error->isVisible()) texts << error->text();
        }
        return texts.join(QLatin1Char('\n'));
    }
    bool says(const QString& words) {
        for (const QLabel* label : page.template findChildren<QLabel*>()) {
            if (label->isVisible() && label->text().contains(words)) return true;
        }
        return false;
    }

    Page page;
};

}  // namespace graft::ui::testing
