// SPDX-License-Identifier: GPL-3.0-or-later
// A label of one line that gives way where there is no room: its text then has an ellipsis, and is the
// tooltip.
#pragma once

#include <QLabel>

namespace graft::ui {

class ShrinkingLabel : public QLabel {
    Q_OBJECT
  public:
    explicit ShrinkingLabel(QWidget* parent = nullptr, Qt::TextElideMode mode = Qt::ElideRight);

    bool isElided() const;

    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

  private:
    Qt::TextElideMode m_mode;
};

}  // namespace graft::ui
