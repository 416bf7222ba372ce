// SPDX-License-Identifier: GPL-3.0-or-later
// What a confusion matrix holds: how often each class was taken for each other one, in which colour a cell is
// drawn, and what is said of it.
#pragma once

#include <QColor>
#include <QCoreApplication>
#include <QImage>
#include <QSize>
#include <QString>
#include <QStringList>
#include <cstddef>
#include <vector>

namespace graft::ui {

class ConfusionCounts {
    Q_DECLARE_TR_FUNCTIONS(graft::ui::ConfusionCounts)

  public:
    ConfusionCounts() = default;
    // counts[truth][predicted]; what is missing of as many rows and columns as there are classes is 0.
    ConfusionCounts(const QStringList& classes, const std::vector<std::vector<std::size_t>>& counts);

    const QStringList& classes() const { return m_classes; }
    int classCount() const { return static_cast<int>(m_classes.size()); }
    std::size_t count(int truth, int predicted) const {
        return m_counts[static_cast<std::size_t>(truth)][static_cast<std::size_t>(predicted)];
    }
    double share(int truth, int predicted) const;  // of the images of the true class, 0..1

    // In the theme's colours: nearly the card's where it is empty.
    QColor colour(int truth, int predicted) const;
    // "oak taken for elm: 3 of 20 (15.0 %)"
    QString sentence(int truth, int predicted) const;
    // The whole in so many pixels, at most one a cell. Where several cells share one, it shows the worst
    // mistake among them: none may vanish.
    QImage overview(const QSize& pixels) const;

  private:
    QStringList m_classes;
    std::vector<std::vector<std::size_t>> m_counts;
    std::vector<std::size_t> m_rowTotals;
};

}  // namespace graft::ui
