// SPDX-License-Identifier: GPL-3.0-or-later
// Tooltips that stay on the screen: Qt breaks no line of a plain one, and a file's or a class's name may be
// longer than any screen is wide.
#pragma once

#include <QObject>
#include <QString>

namespace graft::ui {

constexpr int kToolTipWidth = 440;  // pixels

// With line breaks, within a word where it has to be; never taken for HTML.
QString wrappedToolTip(const QString& text);

// Wraps the tooltips of the program's widgets and of the cells of its lists. Install it on the application
// once.
class ToolTipWrapper : public QObject {
    Q_OBJECT
  public:
    using QObject::QObject;
    static void install();

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
};

}  // namespace graft::ui
