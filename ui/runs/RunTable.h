// SPDX-License-Identifier: GPL-3.0-or-later
// The list on the Runs page: one or several rows are chosen, by mouse or keys. F2, Delete and Return ask for
// what they mean in any list of files.
#pragma once

#include <QStringList>
#include <QTableView>
#include <vector>

namespace graft::ui {

class RunModel;

class RunTable : public QTableView {
    Q_OBJECT
  public:
    explicit RunTable(RunModel* model, QWidget* parent = nullptr);

    QStringList selectedFolders() const;  // from the top
    int heightFor(int rows) const;        // that shows so many
    // Without choiceChanged(). Those that are shown; the first of them is scrolled to.
    void select(const QStringList& folders);
    // How far it is scrolled, and where the keys are, whichever rows come before.
    struct Place {
        QString top;  // the folder of the first row that is seen; empty: it is not scrolled
        int offset = 0;
        QString current;
    };
    Place place() const;
    void putBack(const Place& place);

  signals:
    void choiceChanged();
    void openRequested();  // Return, or a double click
    void renameRequested();
    void removeRequested();
    void starPressed(int row);

  protected:
    void keyPressEvent(QKeyEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    int measured(int column) const;  // that a column needs for the widest of its texts
    void fitWhatIsWhole();           // if what is told has become wider, or less
    void fitColumns();

    RunModel* m_model;
    bool m_quiet = false;
    std::vector<int> m_fitted;  // what measured() was, by column
};

}  // namespace graft::ui
