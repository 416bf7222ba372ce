// SPDX-License-Identifier: GPL-3.0-or-later
// One discreet line across a page: what a person should know of something that goes on elsewhere, and a
// button that leads there. Hidden while it has nothing to say.
#pragma once

#include <QFrame>
#include <QString>

class QLabel;
class QPushButton;

namespace graft::ui {

class NoticeBar : public QFrame {
    Q_OBJECT
  public:
    explicit NoticeBar(QWidget* parent = nullptr);

    // An empty sentence hides it; without a button's text there is none.
    void showNotice(const QString& sentence, const QString& button = {});
    QString notice() const;
    QPushButton* button() const { return m_button; }

  signals:
    void pressed();

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    QLabel* m_text;
    QPushButton* m_button;
};

}  // namespace graft::ui
