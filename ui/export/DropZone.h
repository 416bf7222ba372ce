// SPDX-License-Identifier: GPL-3.0-or-later
// A dashed field that says what may be dropped on it; a click or Space opens a dialog instead.
#pragma once

#include <QAbstractButton>

namespace graft::ui {

class DropZone : public QAbstractButton {
    Q_OBJECT

  public:
    explicit DropZone(const QString& text, QWidget* parent = nullptr);

    void setHighlighted(bool highlighted);  // something is held over it

    QSize sizeHint() const override { return {176, 120}; }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    bool m_highlighted = false;
};

}  // namespace graft::ui
