// SPDX-License-Identifier: GPL-3.0-or-later
// The line on top of every page: its name, what it is about, and its buttons on the right.
#pragma once

#include <QString>
#include <QWidget>

class QHBoxLayout;
class QPushButton;

namespace graft::ui {

class ElidedLabel;

class PageHeader : public QWidget {
    Q_OBJECT
  public:
    explicit PageHeader(const QString& title, QWidget* parent = nullptr);

    void setSubtitle(const QString& text);
    // From left to right in the order of the calls. At most one of a page's buttons is primary.
    QPushButton* addButton(const QString& text, bool primary);
    // With a picture in the place of words, one of resources/icons; name: what it is called where it is read
    // aloud.
    QPushButton* addIconButton(const QString& icon, const QString& name);

  private:
    ElidedLabel* m_subtitle;
    QHBoxLayout* m_layout;
};

}  // namespace graft::ui
