// SPDX-License-Identifier: GPL-3.0-or-later
// Looks for a learning rate for the project's settings: the loss over the rate as it is measured, what it
// suggests, and a button that takes it over. Closing it ends the search; one that goes without being closed
// leaves it to the next.
#pragma once

#include <QDialog>
#include <QString>
#include <QStringList>
#include <vector>

#include "core/base/Result.h"
#include "core/training/FindLearningRate.h"

class QLabel;
class QPushButton;

namespace graft::ui {

class InlineError;
class Project;
class RatePlot;
class RateSearch;

class LearningRateView : public QDialog {
    Q_OBJECT

  public:
    explicit LearningRateView(Project& project, QWidget* parent = nullptr);

    // One of the three, once.
    void begin();                     // a search; the project has its images
    void showKept();                  // the session's search, with what it has found so far
    void refuse(const QString& why);  // a sentence: what has to be done first

  private:
    QPushButton* addButton(const char* name, const QString& text);
    void take(const std::vector<training::RateEvent>& events);
    void showNotice(const QString& sentence);
    void conclude(const Result<training::FoundRate>& found);
    void suggest(const training::FoundRate& found);
    void use();

    Project& m_project;
    RateSearch& m_search;  // not the view's own: it outlives it
    RatePlot* m_plot = nullptr;
    QLabel* m_status = nullptr;
    InlineError* m_error = nullptr;
    QPushButton* m_stop = nullptr;
    QPushButton* m_use = nullptr;
    QStringList m_notices;  // all of them stay
    double m_rate = 0;      // that is suggested
};

}  // namespace graft::ui
