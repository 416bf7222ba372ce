// SPDX-License-Identifier: GPL-3.0-or-later
// Lines through a plot at epochs that are to be seen: where a phase of the run begins, and the best one.
#pragma once

#include <QString>
#include <QStringList>
#include <vector>

class QCPItemStraightLine;
class QCPItemText;
class QCustomPlot;

namespace graft::ui {

class EpochMarks {
  public:
    explicit EpochMarks(QCustomPlot& plot);  // which outlives it

    void clear();
    void addPhase(int firstEpoch, const QString& name);  // not the same name twice in a row
    void markBest(int epoch);                            // 0: none
    int best() const { return m_bestEpoch; }
    QStringList phases() const;

    void applyTheme();
    void placeNames();  // after the range of the epochs has changed

  private:
    struct Mark {
        QCPItemStraightLine* line = nullptr;
        QCPItemText* name = nullptr;
    };
    // height: of the name, from 0 (above) to 1.
    Mark made(double height) const;
    static void put(const Mark& mark, double position, double height);

    QCustomPlot& m_plot;
    std::vector<Mark> m_phases;
    Mark m_best;
    int m_bestEpoch = 0;
};

}  // namespace graft::ui
