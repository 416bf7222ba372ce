// SPDX-License-Identifier: GPL-3.0-or-later
// The head of a part that opens and closes: its name, a remark, a chevron. It is checked while the part is
// open; mouse, Space and Enter switch it.
#pragma once

#include <QPushButton>
#include <QString>

namespace graft::ui {

class FoldHeader : public QPushButton {
    Q_OBJECT
  public:
    explicit FoldHeader(const QString& title, QWidget* parent = nullptr);

    void setRemark(const QString& remark);  // "3 changed"; stands out
    QString remark() const { return m_remark; }

    QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    void describe();

    QString m_remark;
};

}  // namespace graft::ui
