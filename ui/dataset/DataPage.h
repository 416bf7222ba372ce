// SPDX-License-Identifier: GPL-3.0-or-later
// Choose or drop a folder of images, see what is in it and what is wrong with it, and split it. What it
// shows, and what reads it, is the session's: a page that is built anew shows the same.
#pragma once

#include <QString>
#include <QWidget>

#include "core/base/Result.h"

class QLabel;
class QPushButton;
class QSlider;
class QSpinBox;
class QStackedWidget;

namespace graft::ui {

class Card;
class ClassFilter;
class ClassTableView;
class DatasetLoader;
class DropPanel;
class InlineError;
class PageHeader;
class ProblemList;
class Project;
class SeedBox;
class ShownDataset;
class ThumbnailGrid;
class UserPrompts;

class DataPage : public QWidget {
    Q_OBJECT
  public:
    explicit DataPage(Project& project, UserPrompts& prompts, QWidget* parent = nullptr);

  signals:
    void nextRequested();

  protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;

  private:
    QWidget* buildContent();
    Card* buildSplit();
    void chooseFolder();
    void showStarted();
    void showFailure(const Error& error);
    void showFinished();
    void showDataset();
    void showContent();
    void showUnread();
    void showImages();
    QString emptyText(int chosenClass) const;
    void showSplit();
    void changeShare();
    void changeSeed();

    Project& m_project;
    UserPrompts& m_prompts;
    ShownDataset& m_shown;  // not the page's own, nor is the loader: they outlive it
    DatasetLoader& m_loader;

    PageHeader* m_header;
    QPushButton* m_next;
    QStackedWidget* m_stack;
    DropPanel* m_drop;
    QWidget* m_content;
    ClassTableView* m_classes = nullptr;
    ClassFilter* m_filter = nullptr;
    ThumbnailGrid* m_images = nullptr;
    Card* m_problemCard = nullptr;
    ProblemList* m_problems = nullptr;
    QWidget* m_splitFields = nullptr;
    QSpinBox* m_share = nullptr;
    QSlider* m_shareSlider = nullptr;
    SeedBox* m_seed = nullptr;
    QLabel* m_splitNote = nullptr;
    InlineError* m_error = nullptr;
};

}  // namespace graft::ui
