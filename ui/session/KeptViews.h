// SPDX-License-Identifier: GPL-3.0-or-later
// How the pages were left: what a person typed, sorted and chose there beyond the project's settings, and
// what was read for it. A page writes it as it changes, and one that is built anew begins with it.
#pragma once

#include <QDateTime>
#include <QHash>
#include <QObject>
#include <QString>
#include <QStringList>
#include <memory>
#include <vector>

#include "core/training/RunFolder.h"
#include "ui/session/RunResults.h"

namespace graft::ui {

class Project;

// The list of backbones on the Network page.
struct BackboneView {
    QString words;  // that are searched for
    bool hereOnly = false;
    int sortColumn = -1;  // the catalogue's own order
    Qt::SortOrder sortOrder = Qt::AscendingOrder;
    int row = -1;                  // of the catalogue, that is chosen
    std::vector<QString> located;  // the weights on this machine, one a row; empty: not looked for yet
};

struct ResultsView {
    QString folder;                             // of the run shown or being read
    std::shared_ptr<const RunResults> results;  // null: there is nothing to see
    ImageSelection selection;
    QString image;            // the path of the one that is looked at
    bool showsPairs = false;  // in the place of the matrix
    int sortColumn = 0;       // of the table of classes
    Qt::SortOrder sortOrder = Qt::AscendingOrder;
};

// A run that can be exported.
struct ExportedRun {
    QString folder;
    training::RunSummary run;
    QDateTime modelTime;  // when its model was written
    QString lostImages;   // see LostImages.h; empty: they are there
};

struct ExportView {
    std::shared_ptr<const ExportedRun> run;  // null: none can be exported
    QString shownFolder;                     // of the last run that was shown
    bool isKept = false;                     // what follows was on a page before
    QStringList formats;                     // the names of those that are ticked
    QString folder;
    QHash<QString, QString> typedNames;  // of the files, by the run's folder that each was typed for
};

// The list on the Runs page.
struct RunsView {
    QString words;        // that are searched for
    int sortColumn = -1;  // newest first
    Qt::SortOrder sortOrder = Qt::AscendingOrder;
    QStringList selected;     // folders
    QStringList staying;      // folders that were chosen: listed until other words are searched for
    bool showsEqual = false;  // also what the compared runs have alike
};

class KeptViews : public QObject {
    Q_OBJECT

  public:
    explicit KeptViews(Project& project);

    BackboneView backbones;
    ResultsView results;
    ExportView exporting;
    RunsView runs;
    bool finderIsOpen = false;  // the view of the search for a learning rate, over the Train page

  signals:
    void backbonesChanged();  // among it which weights are on this machine
};

}  // namespace graft::ui
