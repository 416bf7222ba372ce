// SPDX-License-Identifier: GPL-3.0-or-later
// What a person says of a run. It is written when the field is left, and while one types after a pause.
#pragma once

#include <QPlainTextEdit>
#include <QString>
#include <QStringList>
#include <QTimer>

namespace graft::ui {

class NoteField : public QPlainTextEdit {
    Q_OBJECT
  public:
    explicit NoteField(QWidget* parent = nullptr);

    // What is being typed of the same run stays.
    void showNote(const QString& folder, const QString& note);
    void follow(const QString& folder);  // the run has another name now
    // What was typed and is not written: the run's note is `theirs`.
    void showTyped(const QString& folder, const QString& mine, const QString& theirs);
    void replace(const QString& note);  // whatever is being typed
    void commit();                      // what is not written yet

  signals:
    // known: see RunChanges::setNote().
    void written(const QString& folder, const QString& note, const QStringList& known);

  protected:
    void focusOutEvent(QFocusEvent* event) override;

  private:
    void take(const QString& folder, const QString& text, const QStringList& known);

    QString m_folder;
    QString m_kept;       // what was shown or written last
    QStringList m_known;  // what the run's note has been since this is shown
    QTimer m_pause;
};

}  // namespace graft::ui
