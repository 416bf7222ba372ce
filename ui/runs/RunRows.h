// SPDX-License-Identifier: GPL-3.0-or-later
// What the list on the Runs page shows of a run, column by column, and in which order. No widgets.
#pragma once

#include <QCoreApplication>
#include <QString>
#include <QStringList>
#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "core/training/RunCatalogue.h"

namespace graft::ui {

class RunRows {
    Q_DECLARE_TR_FUNCTIONS(graft::ui::RunRows)

  public:
    enum Column {
        Star,
        Name,
        Backbone,
        Trained,
        Dataset,
        Best,
        Epochs,
        Time,
        When,
        Status,
        Note,
        ColumnCount
    };

    struct Query {
        QString words;    // see training::matches()
        int column = -1;  // newest first
        Qt::SortOrder order = Qt::AscendingOrder;
        QStringList staying = {};  // folders that are listed whatever the words
    };
    // Indices into the runs. What has no value in the column comes last whichever way, and what cannot be
    // read behind that. For a worker thread: it takes its time with many runs.
    static std::vector<std::size_t> inOrder(const training::Catalogue& catalogue, const Query& query);

    // Of a run that cannot be read: its name, and that it cannot be read, or is missing.
    static QString cell(const training::CataloguedRun& run, int column);
    // More than has room in the cell, with the reason of what has failed.
    static QString tip(const training::CataloguedRun& run, int column);
    static QString title(int column);  // of the column
    static bool isNumber(int column);  // it stands at the right
    // Its texts are never cut: half a figure is another figure.
    static bool isWhole(int column);

    // Of the columns that are whole: what their texts look like, each once, with a 0 in the place of every
    // figure. They are few, of however many runs; for a worker thread.
    using Shapes = std::array<QStringList, ColumnCount>;
    static Shapes shapes(const training::Catalogue& catalogue);
    static QString shapeOf(QString text);

    static QString duration(double seconds);  // see training::durationText()
    static QString bestText(const training::BestFigure& best);
};

}  // namespace graft::ui
