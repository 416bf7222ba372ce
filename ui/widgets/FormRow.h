// SPDX-License-Identifier: GPL-3.0-or-later
// A label and its control on one line; under them what it is for, what is wrong, and what else is added.
#pragma once

#include <QString>
#include <QWidget>

class QHBoxLayout;
class QLabel;
class QVBoxLayout;

namespace graft::ui {

class ElidedLabel;
class InlineError;

class FormRow : public QWidget {
    Q_OBJECT
  public:
    enum class Width { Field, Rest };  // of the control: as wide as every field, or what the label leaves

    static constexpr int kFieldWidth = 116;
    static constexpr int kFieldHeight = 30;

    FormRow(const QString& label, Width width, QWidget* parent = nullptr);

    // Once.
    void setEditor(QWidget* editor);
    QWidget* editor() const { return m_editor; }
    void setHelp(const QString& help);  // a sentence; empty: none
    QString help() const;
    // That the value is not the usual one.
    void setMarked(bool marked);
    bool isMarked() const;
    void showError(const QString& sentence);  // an empty one: nothing is wrong
    QString error() const;

    QString label() const;

    void addBesideEditor(QWidget* widget, bool before);
    void addBelow(QWidget* widget, Qt::Alignment alignment = {});

  private:
    void describe();

    Width m_width;
    QWidget* m_editor = nullptr;
    ElidedLabel* m_label;
    QLabel* m_help;
    QLabel* m_name;  // unseen
    InlineError* m_error;
    QHBoxLayout* m_line;
    QVBoxLayout* m_column;
};

}  // namespace graft::ui
