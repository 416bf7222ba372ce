// SPDX-License-Identifier: GPL-3.0-or-later
// A plot of the Train page in its card: title, legend, and one small menu with what can be done with it:
// smooth, logarithmic scale, show everything, save.
#pragma once

#include <QString>
#include <functional>
#include <utility>
#include <vector>

#include "ui/plots/CurvePlot.h"
#include "ui/widgets/Card.h"

class QMenu;

namespace graft::ui {

class CurveLegend;
class FileSaves;
class InlineError;
class UserPrompts;

class CurveCard : public Card {
    Q_OBJECT

  public:
    struct About {
        QString title;         // "Loss"
        QString fileName;      // "loss", where it is saved
        const char* plotName;  // the plot's object name
        CurvePlot::Kind kind = CurvePlot::Kind::Loss;
        bool hasManyCurves = false;  // the legend stands beside the plot
    };
    CurveCard(const About& about, FileSaves& saves, UserPrompts& prompts, QWidget* parent);

    CurvePlot* plot() const { return m_plot; }
    // Of the card's menu: what its owner adds stands at the end.
    QMenu* menu() const { return m_menu; }
    // What the CSV file holds, where that is more than is drawn.
    void setTable(std::function<std::vector<Curve>()> curves) { m_table = std::move(curves); }
    // Draws, and says which curve is which.
    void refresh();

  private:
    enum class FileKind { Png, Pdf, Svg, Csv };
    void buildMenu(bool canBeLogarithmic);
    void addSmoothing();
    void addSaving();
    void askWhere(FileKind kind);
    void save(FileKind kind, const QString& path);
    void showSaving();
    FileMaker fileOf(FileKind kind);

    FileSaves& m_saves;  // not the card's own: it outlives it
    UserPrompts& m_prompts;
    QString m_title;
    QString m_fileName;
    CurvePlot* m_plot = nullptr;
    CurveLegend* m_legend = nullptr;
    InlineError* m_error = nullptr;
    QMenu* m_menu = nullptr;
    QMenu* m_saving = nullptr;
    std::function<std::vector<Curve>()> m_table;
};

}  // namespace graft::ui
