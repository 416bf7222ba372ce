// SPDX-License-Identifier: GPL-3.0-or-later
// One page of the window by itself, as large as the window gives it, or another part or all of the window;
// and a user's hands and eyes.
#pragma once

#include <QLabel>
#include <QLineEdit>
#include <QRegularExpression>
#include <QSize>
#include <QStringList>
#include <QtTest/QtTest>
#include <type_traits>

#include "tests/ui/support/PageFixture.h"
#include "ui/widgets/InlineError.h"

namespace graft::ui::testing {

// "epoch 3 of 1000": the 3; 0 where the text has no such words. A quick machine is past any one epoch.
inline int epochIn(const QString& text, int of) {
    const QRegularExpression words(QStringLiteral("epoch (\\d+) of %1\\b").arg(of));
    return words.match(text).captured(1).toInt();
}

// Page: made from a project, and from prompts where it asks anything.
template <class Page>
struct PageWindow {
    static Page pageOf(PageFixture& fixture) {
        if constexpr (std::is_constructible_v<Page, Project&, UserPrompts&>) {
            return Page(fixture.project, fixture.prompts);
        } else {
            return Page(fixture.project);
        }
    }
    explicit PageWindow(PageFixture& fixture, const QSize& size = {1080, 800}) : page(pageOf(fixture)) {
        page.resize(size);
        page.show();
    }

    template <class T>
    T* get(const char* name) {
        return page.template findChild<T*>(QLatin1String(name));
    }
    void press(QWidget* widget) { QTest::mouseClick(widget, Qt::LeftButton); }
    // In the place of what a field holds.
    void type(const char* name, const QString& text) {
        auto* field = get<QLineEdit>(name);
        field->selectAll();
        QTest::keyClicks(field, text);
    }
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
