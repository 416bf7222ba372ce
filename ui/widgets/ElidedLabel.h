// SPDX-License-Identifier: GPL-3.0-or-later
// One line of text that ends in an ellipsis where there is no room; the whole text is its tooltip then.
#pragma once

#include <QString>
#include <QWidget>

namespace graft::ui {

class ElidedLabel : public QWidget {
    Q_OBJECT
  public:
    explicit ElidedLabel(const QString& text = {}, QWidget* parent = nullptr);

    QString text() const { return m_text; }
    void setText(const QString& text);
    void setMuted(bool muted);
    void setMarked(bool marked);  // a dot behind the text
    bool isMarked() const { return m_marked; }
    void setElideMode(Qt::TextElideMode mode);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    void updateToolTip();
    int room() const;  // that the dot takes

    QString m_text;
    bool m_muted = false;
    bool m_marked = false;
    Qt::TextElideMode m_elide = Qt::ElideRight;
};

}  // namespace graft::ui
