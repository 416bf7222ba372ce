// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/FormRow.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QStringList>
#include <QVBoxLayout>

#include "ui/style/Theme.h"
#include "ui/widgets/ElidedLabel.h"
#include "ui/widgets/InlineError.h"

namespace graft::ui {

FormRow::FormRow(const QString& label, Width width, QWidget* parent)
    : QWidget(parent),
      m_width(width),
      m_label(new ElidedLabel(label, this)),
      m_help(new QLabel(this)),
      m_name(new QLabel(this)),
      m_error(new InlineError(this)),
      m_line(new QHBoxLayout),
      m_column(new QVBoxLayout(this)) {
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(2);
    m_label->setMuted(true);
    m_line->setSpacing(8);
    m_line->addWidget(m_label, width == Width::Field ? 1 : 0);
    m_column->addLayout(m_line);
    m_help->setObjectName(QStringLiteral("muted"));
    m_help->setFont(Theme::smallFont());
    m_help->setWordWrap(true);
    m_help->setTextFormat(Qt::PlainText);
    m_help->hide();
    m_column->addWidget(m_help);
    m_column->addWidget(m_error);
    // A choice is called by its value, and its label is asked for: it has to be a QLabel. It has no text, in
    // which an ampersand would be a key.
    m_name->setAccessibleName(label);
    m_name->hide();
}

void FormRow::setEditor(QWidget* editor) {
    m_editor = editor;
    editor->setMinimumHeight(kFieldHeight);  // a check box keeps the rows' rhythm too
    editor->setAccessibleName(m_label->text());
    m_name->setBuddy(editor);
    if (m_width == Width::Field) {
        m_line->addWidget(editor, 0, Qt::AlignRight | Qt::AlignVCenter);
    } else {
        editor->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
        m_line->addWidget(editor, 1);
    }
    describe();
}

void FormRow::setHelp(const QString& help) {
    if (help == m_help->text()) return;
    m_help->setText(help);
    m_help->setVisible(!help.isEmpty());
    describe();
}

QString FormRow::help() const {
    return m_help->text();
}

void FormRow::setMarked(bool marked) {
    if (marked == isMarked()) return;
    m_label->setMarked(marked);
    describe();
}

bool FormRow::isMarked() const {
    return m_label->isMarked();
}

void FormRow::describe() {
    if (m_editor == nullptr) return;
    QStringList sentences;
    if (!error().isEmpty()) sentences << error();
    sentences << (isMarked() ? tr("%1 (not the default)").arg(m_help->text()) : m_help->text());
    const QString description = sentences.join(QLatin1Char('\n')).trimmed();
    if (description != m_editor->accessibleDescription()) m_editor->setAccessibleDescription(description);
}

void FormRow::showError(const QString& sentence) {
    m_error->showError(sentence);
    describe();
}

QString FormRow::error() const {
    return m_error->text();
}

QString FormRow::label() const {
    return m_label->text();
}

void FormRow::addBesideEditor(QWidget* widget, bool before) {
    const int editor = m_line->indexOf(m_editor);
    m_line->insertWidget(before ? editor : editor + 1, widget, 0, Qt::AlignVCenter);
}

void FormRow::addBelow(QWidget* widget, Qt::Alignment alignment) {
    // An error that appears must not move a button away from under the pointer.
    m_column->insertWidget(m_column->indexOf(m_error), widget, 0, alignment);
}

}  // namespace graft::ui
