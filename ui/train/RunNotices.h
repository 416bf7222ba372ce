// SPDX-License-Identifier: GPL-3.0-or-later
// What a person should know of the run that is shown: images that were gone when it started or came to be on
// the way, and what was made of its weights. Whole sentences, that nothing cuts off.
#pragma once

#include <QLabel>
#include <QStringList>

namespace graft::ui {

class RunNotices : public QLabel {
    Q_OBJECT
  public:
    explicit RunNotices(QWidget* parent = nullptr);

    void showNotices(const QStringList& sentences);  // none hides it
};

}  // namespace graft::ui
