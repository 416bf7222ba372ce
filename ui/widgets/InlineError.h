// SPDX-License-Identifier: GPL-3.0-or-later
// One sentence in the colour of what is wrong, beside the control that it is about; hidden while empty.
#pragma once

#include <QLabel>

namespace graft::ui {

class InlineError : public QLabel {
    Q_OBJECT
  public:
    explicit InlineError(QWidget* parent = nullptr);

    void showError(const QString& sentence);  // an empty sentence hides it
};

}  // namespace graft::ui
