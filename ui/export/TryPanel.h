// SPDX-License-Identifier: GPL-3.0-or-later
// Asks the chosen run's model about new images: drop pictures or a folder, see the classes it gives. The
// pictures and their answers are the session's.
#pragma once

#include <QString>
#include <QWidget>

class QPushButton;

namespace graft::ui {

class Card;
class DropZone;
class InlineError;
class ModelTrial;
class Pill;
class PredictionView;
class ThumbnailGrid;
class UserPrompts;

class TryPanel : public QWidget {
    Q_OBJECT

  public:
    TryPanel(ModelTrial& trial, UserPrompts& prompts, QWidget* parent = nullptr);

  protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;

  private:
    QWidget* buildGiving();  // where pictures are dropped, or chosen
    void choose();
    void chooseFolder();
    void showImages();
    void showRemark();
    void showAnswer(int index);
    void showImage(int index);
    QString captionOf(int index) const;
    QString tooltipOf(int index) const;

    ModelTrial& m_trial;
    UserPrompts& m_prompts;
    Card* m_card = nullptr;
    Pill* m_clear = nullptr;
    DropZone* m_drop = nullptr;
    QPushButton* m_folder = nullptr;
    ThumbnailGrid* m_images = nullptr;
    PredictionView* m_detail = nullptr;
    InlineError* m_error = nullptr;
};

}  // namespace graft::ui
