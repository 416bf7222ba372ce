// SPDX-License-Identifier: GPL-3.0-or-later
// The list of runs over what is said of those that are chosen. Until a person moves the handle between them,
// both are as high as suits the window; then it stays as it was left, over restarts too.
#pragma once

#include <QSplitter>
#include <QTimer>

namespace graft::ui {

class RunsSplit : public QSplitter {
    Q_OBJECT
  public:
    // listHeight: what the list needs to show enough of it.
    RunsSplit(QWidget* list, QWidget* detail, QWidget* parent = nullptr);
    ~RunsSplit() override;
    void setListHeight(int height);

  protected:
    QSplitterHandle* createHandle() override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    void divide();
    void keep();

    int m_listHeight = 0;
    QTimer m_pause;
    bool m_isMoved = false;
};

}  // namespace graft::ui
