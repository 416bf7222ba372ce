// SPDX-License-Identifier: GPL-3.0-or-later
// Where the preview of the augmentations lies: in sight below the settings, where that leaves enough of them,
// else among them, below its group, and scrolled with them.
#pragma once

#include <QObject>

class QScrollArea;
class QWidget;

namespace graft::ui {

class PreviewPlace : public QObject {
    Q_OBJECT
  public:
    static constexpr int kLeastSettings = 200;  // of the settings' height, pixels

    // All of the same panel, whose layout is a box with the scroll area; group: lies in that.
    PreviewPlace(QWidget& preview, QScrollArea& settings, QWidget& group, QWidget& panel);

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    bool hasRoom() const;
    void place();

    QWidget& m_preview;
    QScrollArea& m_settings;
    QWidget& m_group;
    QWidget& m_panel;
    bool m_isBelow = false;
};

}  // namespace graft::ui
