// SPDX-License-Identifier: GPL-3.0-or-later
// A live plot of one figure over the epochs: training as a solid green line, validation as a dashed orange
// one, and faint, until the epoch has ended, the figure as it moves within it. QCustomPlot stays inside.
#pragma once

#include <QString>
#include <QStringList>
#include <QWidget>
#include <memory>
#include <vector>

class QCustomPlot;
class QCPGraph;
class QCPItemStraightLine;
class QCPItemText;

namespace graft::ui {

class CurvePlot : public QWidget {
    Q_OBJECT

  public:
    enum class Kind {
        Percent,  // values 0..1, shown as 0..100
        Loss      // values from 0
    };

    explicit CurvePlot(Kind kind, QWidget* parent = nullptr);
    ~CurvePlot() override;

    // The right end of the axis.
    void setEpochs(int epochs);
    void clear();

    // epoch: from 1 for a whole epoch.
    void addTrain(int epoch, double value);
    void addValidation(int epoch, double value);
    // The mean over an unfinished epoch; position 0.5 is the middle of the first one.
    void addLive(double position, double value);
    // Forgets what was added by addLive() to the right of here.
    void dropLiveAfter(double position);

    // Another phase of the run begins with this epoch: a line with its name.
    void addPhase(int firstEpoch, const QString& name);

    // Draws once; call it after a batch of additions.
    void refresh();

    int trainCount() const;
    int validationCount() const;
    int liveCount() const;
    QStringList phases() const;  // that are marked

    QSize sizeHint() const override { return {480, 240}; }
    QSize minimumSizeHint() const override { return {200, 120}; }

  protected:
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    struct Extent {
        double lowest = 0;
        double highest = 0;
        bool empty = true;
        void include(double value);
    };

    void applyTheme();
    void updateAxes();
    double shown(double value) const { return m_kind == Kind::Percent ? value * 100.0 : value; }
    QString tooltipAt(double position) const;

    Kind m_kind;
    QCustomPlot* m_plot = nullptr;
    QCPGraph* m_live = nullptr;
    QCPGraph* m_train = nullptr;
    QCPGraph* m_validation = nullptr;
    struct PhaseMark {
        QCPItemStraightLine* line = nullptr;
        QCPItemText* name = nullptr;
    };
    std::vector<PhaseMark> m_phases;
    int m_epochs = 10;
    bool m_stale = true;
    // The axis follows the epochs' values; those of single batches, which jump, only until there are any.
    Extent m_epochExtent;
    Extent m_liveExtent;
};

}  // namespace graft::ui
