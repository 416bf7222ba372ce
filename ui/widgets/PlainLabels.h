// SPDX-License-Identifier: GPL-3.0-or-later
// Every label of the program says its text as it is: a class, a file or a run may be called "<b>". No label
// has to be told. A tool tip is another's (see ToolTipText.h).
#pragma once

#include <QObject>

namespace graft::ui {

class PlainLabels : public QObject {
    Q_OBJECT
  public:
    // Once, for the whole program; a second call does nothing.
    static void install();

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    using QObject::QObject;
};

}  // namespace graft::ui
