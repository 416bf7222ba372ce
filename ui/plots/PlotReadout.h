// SPDX-License-Identifier: GPL-3.0-or-later
// The values under the cursor: a thin line through the plot, and beside it a small box. It lies over the
// plot, which is not drawn again for it, and lets every click through.
#pragma once

#include <QPen>
#include <QRect>
#include <QString>
#include <QWidget>
#include <vector>

namespace graft::ui {

class PlotReadout : public QWidget {
    Q_OBJECT

  public:
    struct Entry {
        QString text;
        QPen pen;  // of the curve
    };

    explicit PlotReadout(QWidget* plot);

    // area: the inside of the plot; x: where the values are; both in the plot's pixels.
    void showAt(int x, const QRect& area, const QString& title, std::vector<Entry> entries);
    QString text() const;  // its lines; empty while it is hidden

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    int m_x = 0;
    QRect m_area;
    QString m_title;
    std::vector<Entry> m_entries;
};

}  // namespace graft::ui
