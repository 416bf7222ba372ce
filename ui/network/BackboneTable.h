// SPDX-License-Identifier: GPL-3.0-or-later
// The catalogue as a list to choose from, with a search, a filter for what is on this machine, and a line
// about the chosen row. The choice stays what it is whatever the filters hide.
#pragma once

#include <QString>
#include <QWidget>
#include <vector>

#include "core/backbones/Catalogue.h"
#include "ui/session/KeptViews.h"

class QLabel;
class QLineEdit;
class QPushButton;
class QStackedWidget;
class QTableView;

namespace graft::ui {

class BackboneFilter;
class BackboneModel;
class Pill;

class BackboneTable : public QWidget {
    Q_OBJECT
  public:
    explicit BackboneTable(QWidget* parent = nullptr);  // all that Graft knows
    explicit BackboneTable(std::vector<backbones::CatalogueEntry> entries, QWidget* parent = nullptr);

    // Selects the row of these weights; for a file of the person's own, and for none, the row of this
    // backbone that was chosen last. Tells nobody.
    void setCurrent(const QString& backbone, const QString& weightsFile);
    int currentRow() const { return m_choice; }  // a row of model(), shown or not; -1 at first
    const BackboneModel& model() const { return *m_model; }

    // How a person has left it, and to have it so again. Tells nobody.
    BackboneView view() const;
    void restore(const BackboneView& view);
    bool isLocated() const { return m_isLocated; }  // the model knows which weights are here

  public slots:
    // Looks again, on a worker thread, for weights on this machine; located() follows.
    void refreshWeights();

  signals:
    // The weights are empty where they are not on this machine.
    void chosen(const QString& backbone, const QString& weightsFile);
    void located();
    void viewChanged();  // view(), but for the chosen row

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    QWidget* buildView();
    QWidget* buildNothing();
    void applyFilter();
    void clearFilter();
    void enterList();
    void takeSelection();
    void showChoice();
    void showAbout();
    void fitColumns();

    BackboneModel* m_model;
    BackboneFilter* m_filter;
    QLineEdit* m_search;
    Pill* m_hereOnly;
    QStackedWidget* m_stack;
    QTableView* m_view = nullptr;
    QLabel* m_nothing = nullptr;
    QPushButton* m_clear = nullptr;
    QLabel* m_about;
    int m_choice = -1;
    bool m_isLocated = false;
    int m_lookups = 0;     // so that an answer overtaken by a later one is dropped
    bool m_quiet = false;  // while the selection moves without a person's doing
};

}  // namespace graft::ui
