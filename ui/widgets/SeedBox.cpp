// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/SeedBox.h"

#include <QLineEdit>
#include <limits>

namespace graft::ui {

namespace {
constexpr quint64 kLargest = std::numeric_limits<quint64>::max();
}

SeedBox::SeedBox(QWidget* parent) : QAbstractSpinBox(parent) {
    lineEdit()->setText(QString::number(m_value));
    connect(lineEdit(), &QLineEdit::textEdited, this, &SeedBox::read);
    connect(this, &QAbstractSpinBox::editingFinished, this,
            [this] { lineEdit()->setText(QString::number(m_value)); });
}

void SeedBox::setValue(quint64 value) {
    if (lineEdit()->text() != QString::number(value)) lineEdit()->setText(QString::number(value));
    if (value == m_value) return;
    m_value = value;
    emit valueChanged(value);
}

void SeedBox::stepBy(int steps) {
    const auto by = static_cast<quint64>(steps < 0 ? -static_cast<qint64>(steps) : steps);
    if (steps < 0) {
        setValue(m_value < by ? 0 : m_value - by);
    } else {
        setValue(m_value > kLargest - by ? kLargest : m_value + by);
    }
    selectAll();
}

QValidator::State SeedBox::validate(QString& text, int& /*position*/) const {
    if (text.isEmpty()) return QValidator::Intermediate;
    bool ok = false;
    text.toULongLong(&ok);
    return ok && text.front().isDigit() ? QValidator::Acceptable : QValidator::Invalid;
}

QSize SeedBox::sizeHint() const {
    return {104, QAbstractSpinBox::sizeHint().height()};
}

QAbstractSpinBox::StepEnabled SeedBox::stepEnabled() const {
    StepEnabled enabled = StepNone;
    if (m_value > 0) enabled |= StepDownEnabled;
    if (m_value < kLargest) enabled |= StepUpEnabled;
    return enabled;
}

void SeedBox::read(const QString& text) {
    bool ok = false;
    const quint64 value = text.toULongLong(&ok);
    if (ok) setValue(value);
}

}  // namespace graft::ui
