// SPDX-License-Identifier: GPL-3.0-or-later
// The Data page before there is data: what to do, a place to drop a folder on, and how far reading is.
#pragma once

#include <QWidget>

class QLabel;
class QProgressBar;
class QPushButton;
class QStackedWidget;

namespace graft::ui {

class InlineError;

class DropPanel : public QWidget {
    Q_OBJECT
  public:
    explicit DropPanel(QWidget* parent = nullptr);

    void showInvitation(const QString& error = {});
    void showReading(const QString& folder);
    bool isReading() const { return m_reading; }
    void setProgress(qulonglong done, qulonglong total);
    void setHighlighted(bool highlighted);  // something is being dragged over it

  signals:
    void chooseRequested();
    void cancelRequested();

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    QLabel* m_title;
    QLabel* m_text;
    QProgressBar* m_bar;
    QPushButton* m_choose;
    QPushButton* m_cancel;
    InlineError* m_error;
    bool m_highlighted = false;
    bool m_reading = false;
};

}  // namespace graft::ui
