// SPDX-License-Identifier: GPL-3.0-or-later
// What a person says of a run. It is kept when the field is left, and while one types after a pause.
#pragma once

#include <QPlainTextEdit>
#include <QString>
#include <QTimer>

namespace graft::ui {

class NoteField : public QPlainTextEdit {
    Q_OBJECT
  public:
    explicit NoteField(QWidget* parent = nullptr);

    // What is being typed of the same run stays.
    void showNote(const QString& folder, const QString& note);
    void commit();  // what is not kept yet

  signals:
    void written(const QString& folder, const QString& note);

  protected:
    void focusOutEvent(QFocusEvent* event) override;

  private:
    QString m_folder;
    QString m_kept;
    QTimer m_pause;
};

}  // namespace graft::ui
