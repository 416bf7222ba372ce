// SPDX-License-Identifier: GPL-3.0-or-later
// One step in the sidebar: its number or a tick in a circle, and its name.
#pragma once

#include <QAbstractButton>

namespace graft::ui {

class StepButton : public QAbstractButton {
    Q_OBJECT
  public:
    StepButton(int number, const QString& name, QWidget* parent = nullptr);

    void setState(bool current, bool done, bool next);
    bool isDone() const { return m_done; }
    bool isNext() const { return m_next; }

    QSize sizeHint() const override { return {175, 36}; }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    int m_number;
    bool m_current = false;
    bool m_done = false;
    bool m_next = false;
};

}  // namespace graft::ui
