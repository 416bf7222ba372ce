// SPDX-License-Identifier: GPL-3.0-or-later
// The note on a run, and, where it was changed elsewhere while one typed, the other text and a choice between
// the two.
#pragma once

#include <QString>
#include <QWidget>

class QLabel;

namespace graft::ui {

class NoteField;
class RunChanges;

class NoteEditor : public QWidget {
    Q_OBJECT
  public:
    NoteEditor(RunChanges& changes, QWidget* parent = nullptr);

    // What is being typed of the same run stays.
    void showNote(const QString& folder, const QString& note);
    void follow(const QString& folder);  // the run has another name now
    void commit();                       // what is not written yet

  private:
    QWidget* buildConflict();
    void showConflict();
    void keepMine();
    void takeTheirs();

    RunChanges& m_changes;  // not the editor's own: they outlive it
    QString m_folder;
    NoteField* m_field = nullptr;
    QWidget* m_conflict = nullptr;
    QLabel* m_sentence = nullptr;
};

}  // namespace graft::ui
