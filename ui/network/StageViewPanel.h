// SPDX-License-Identifier: GPL-3.0-or-later
// What one stage makes of a picture of the data set: its strongest channels. It opens with a click on a
// stage, steps to its neighbours, and can be folded away.
#pragma once

#include <QWidget>

class QLabel;
class QPushButton;

namespace graft::ui {

class ChannelTiles;
class ElidedLabel;
class FoldHeader;
class InlineError;
class NetworkPicture;
class Project;

class StageViewPanel : public QWidget {
    Q_OBJECT
  public:
    explicit StageViewPanel(Project& project, QWidget* parent = nullptr);
    ~StageViewPanel() override;

    QString sentence() const;  // what stands there without tiles, or below them

  private:
    QPushButton* addButton(const char* name, const QString& text, const QString& tip);
    void follow();
    void step(int by);

    Project& m_project;
    NetworkPicture& m_picture;
    FoldHeader* m_header;
    QWidget* m_body;
    ElidedLabel* m_file;
    QPushButton* m_before;
    QPushButton* m_behind;
    QPushButton* m_another;
    ChannelTiles* m_tiles;
    QLabel* m_note;
    InlineError* m_error;
};

}  // namespace graft::ui
