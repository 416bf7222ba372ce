// SPDX-License-Identifier: GPL-3.0-or-later
// A live plot of curves over the epochs: training as a solid green line, validation as a dashed orange one,
// and faint, until the epoch has ended, the figure as it moves within it; or other curves in their place.
//
// The wheel zooms, a drag moves, a drag with Shift zooms to a rectangle, a double click shows everything
// again; the values under the cursor are said. By keys: Left, Right, Home and End read the values epoch by
// epoch, + and - zoom about what is read, Up and Down move what is zoomed, 0 shows everything again, and so
// does Escape, which ends the reading too. QCustomPlot stays inside.
#pragma once

#include <QPoint>
#include <QString>
#include <QStringList>
#include <QWidget>
#include <memory>
#include <optional>
#include <vector>

#include "ui/plots/Curve.h"
#include "ui/plots/EpochMarks.h"
#include "ui/plots/PlotPicture.h"

class QCustomPlot;
class QCPGraph;

namespace graft::ui {

class PlotReadout;

class CurvePlot : public QWidget {
    Q_OBJECT

  public:
    enum class Kind {
        Percent,  // values 0..1, shown as 0..100
        Loss,     // values from 0
        Rate      // values from 0; no curves of its own
    };
    struct Range {
        double lower = 0;
        double upper = 0;
    };

    explicit CurvePlot(Kind kind, QWidget* parent = nullptr);

    // The right end of the axis.
    void setEpochs(int epochs);
    void clear();  // also shows everything again

    // epoch: from 1 for a whole epoch. Values that are not finite are left out.
    void addTrain(int epoch, double value);
    void addValidation(int epoch, double value);
    // In the place of training and validation.
    void setCurves(const std::vector<Curve>& curves);
    // The mean over an unfinished epoch; position 0.5 is the middle of the first one.
    void addLive(double position, double value);
    // Forgets what was added by addLive() to the right of here.
    void dropLiveAfter(double position);

    // Another phase of the run begins with this epoch: a line with its name.
    void addPhase(int firstEpoch, const QString& name) { m_marks->addPhase(firstEpoch, name); }
    void markBest(int epoch) { m_marks->markBest(epoch); }  // 0: none

    // From 0 (off) to below 1: see smoothed(). The values themselves stay, faint.
    void setSmoothing(double weight);
    double smoothing() const { return m_smoothing; }
    bool canBeLogarithmic() const { return m_kind != Kind::Percent; }
    void setLogarithmic(bool isOn);  // values of 0 are left out then
    bool isLogarithmic() const { return m_isLogarithmic; }

    // Draws once; call it after a batch of additions.
    void refresh();

    void showEverything();
    bool isZoomed() const { return m_isZoomed; }  // and does not follow the run meanwhile

    std::vector<Curve> curves() const;  // as they were given
    QStringList names() const;          // of the curves
    // Of what is seen now; in light colours whatever the theme, since it is put on paper.
    FileMaker picture(PictureFormat format, const QString& title);

    int trainCount() const;
    int validationCount() const;
    int liveCount() const;
    QStringList phases() const { return m_marks->phases(); }  // that are marked
    int bestEpoch() const { return m_marks->best(); }
    Range epochRange() const;                      // that is seen
    Range valueRange() const;                      // as it is written at the axis
    QString readout() const;                       // what is said under the cursor
    QString reading() const { return m_reading; }  // at the cursor that keys move, in one line; empty: none
    // Of a value as it is written at the axis, in this widget's pixels.
    QPoint pointOf(double epoch, double value) const;

    QSize sizeHint() const override { return {480, 240}; }
    QSize minimumSizeHint() const override { return {200, 120}; }

  protected:
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

  private:
    struct Line {
        Curve curve;
        QCPGraph* values = nullptr;
        QCPGraph* smooth = nullptr;
    };

    void setUpAxes();
    void setUpNavigation();
    void setLineCount(std::size_t count);
    void add(std::size_t line, int epoch, double value);
    void drawCurves();
    void applyTheme();
    void styleLines();
    Range wholeValues() const;
    void updateAxes();
    void keepInside();
    void sayValuesOf(int epoch);
    std::optional<int> epochFor(int key) const;  // to which a key leads; nullopt: no epoch has values
    void readAt(int epoch);
    void zoomBy(double factor);
    bool moveValues(double share);  // of what is seen; false: all of them are
    void sayReading();
    void endReading();
    double shown(double value) const { return m_kind == Kind::Percent ? value * 100.0 : value; }
    QString valueText(double value) const;

    Kind m_kind;
    QCustomPlot* m_plot = nullptr;
    PlotReadout* m_readout = nullptr;
    QCPGraph* m_live = nullptr;
    std::vector<Line> m_lines;
    std::unique_ptr<EpochMarks> m_marks;
    int m_epochs = 10;
    double m_smoothing = 0;
    std::optional<int> m_cursor;  // the epoch that is read by keys
    QString m_reading;
    bool m_isLogarithmic = false;
    bool m_isZoomed = false;
    bool m_setsRange = false;  // this object, not a person
    bool m_stale = true;
};

}  // namespace graft::ui
