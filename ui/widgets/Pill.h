// SPDX-License-Identifier: GPL-3.0-or-later
// A small rounded tag. As it is, a label; after setClickable(true) a button, which may be checkable.
#pragma once

#include <QAbstractButton>

namespace graft::ui {

enum class PillKind { Neutral, Accent, Warning, Wrong };

class Pill : public QAbstractButton {
    Q_OBJECT
  public:
    explicit Pill(const QString& text, PillKind kind = PillKind::Neutral, QWidget* parent = nullptr);

    void setKind(PillKind kind);
    PillKind kind() const { return m_kind; }
    void setClickable(bool clickable);  // a checked pill is drawn in the accent colour

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

    // The same shape for item delegates.
    static void draw(QPainter& painter, const QRect& rect, const QString& text, PillKind kind);
    static QSize sizeFor(const QString& text);

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    PillKind m_kind;
    bool m_clickable = false;
};

}  // namespace graft::ui
