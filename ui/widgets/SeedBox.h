// SPDX-License-Identifier: GPL-3.0-or-later
// A spin box for a run's seed: any number of 64 bits, where QSpinBox ends at 2^31.
#pragma once

#include <QAbstractSpinBox>

namespace graft::ui {

class SeedBox : public QAbstractSpinBox {
    Q_OBJECT
  public:
    explicit SeedBox(QWidget* parent = nullptr);

    quint64 value() const { return m_value; }
    void setValue(quint64 value);

    void stepBy(int steps) override;  // stays at the ends
    QValidator::State validate(QString& text, int& position) const override;
    QSize sizeHint() const override;

  signals:
    void valueChanged(quint64 value);

  protected:
    StepEnabled stepEnabled() const override;

  private:
    void read(const QString& text);

    quint64 m_value = 0;
};

}  // namespace graft::ui
