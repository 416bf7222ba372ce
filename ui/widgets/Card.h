// SPDX-License-Identifier: GPL-3.0-or-later
// A rounded surface with a small title; everything on a page lies in one.
#pragma once

#include <QFrame>
#include <QString>

class QHBoxLayout;
class QLabel;
class QVBoxLayout;

namespace graft::ui {

class Card : public QFrame {
    Q_OBJECT
  public:
    explicit Card(const QString& title, QWidget* parent = nullptr);

    // Title and subject are also what a screen reader calls it.
    void setTitle(const QString& title);
    // Names in the place of the title: as they are written, with an ellipsis where there is no room.
    void setSubject(const QString& subject);
    void setHint(const QString& hint);  // a muted remark beside the title

    // Right of title and hint, for small controls; it already ends in nothing, so add stretches yourself.
    QHBoxLayout* header() const { return m_header; }
    QVBoxLayout* body() const { return m_body; }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    QLabel* m_title;
    QLabel* m_subject;
    QLabel* m_hint;
    QHBoxLayout* m_header;
    QVBoxLayout* m_body;
};

}  // namespace graft::ui
