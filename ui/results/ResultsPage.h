// SPDX-License-Identifier: GPL-3.0-or-later
// The Results page: how good the chosen run's model is, class by class, and the images behind every figure.
// What is looked at is kept by the session: a page that is built anew shows the same.
#pragma once

#include <QHash>
#include <QString>
#include <QWidget>
#include <memory>

#include "ui/results/ImageList.h"
#include "ui/session/KeptViews.h"

class QLabel;
class QPushButton;
class QStackedWidget;

namespace graft::ui {

class Card;
class ClassTable;
class ConfusionCard;
class FigureRow;
class InlineError;
class LostImagesBar;
class PageHeader;
class Pill;
class PredictionView;
class Project;
class ThumbnailGrid;
class UserPrompts;

class ResultsPage : public QWidget {
    Q_OBJECT

  public:
    ResultsPage(Project& project, UserPrompts& prompts, QWidget* parent = nullptr);

  signals:
    void nextRequested();

  private:
    QWidget* buildContent();
    QWidget* buildImages();
    void reload();
    // image: the path of the one to look at, where it is among the selected; else the first.
    void showResults(std::shared_ptr<const RunResults> results, const ImageSelection& selection,
                     const QString& image);
    void showNothing(const QString& reason);
    void showFigures();
    void select(const ImageSelection& selection, const QString& image = {});
    void mark(const ImageSelection& selection);
    void showImages(const ImageSelection& selection, ImageList list, const QString& image);
    void showImage(const QString& path);

    Project& m_project;
    ResultsView& m_view;  // not the page's own: it outlives it

    PageHeader* m_header = nullptr;
    QPushButton* m_next = nullptr;
    LostImagesBar* m_lostImages = nullptr;
    InlineError* m_error = nullptr;  // why their new place could not be told
    QStackedWidget* m_stack = nullptr;
    QLabel* m_empty = nullptr;
    FigureRow* m_figures = nullptr;
    Card* m_classesCard = nullptr;
    ClassTable* m_classes = nullptr;
    ConfusionCard* m_confusion = nullptr;
    Card* m_imagesCard = nullptr;
    Pill* m_allMistakes = nullptr;
    ThumbnailGrid* m_images = nullptr;
    PredictionView* m_detail = nullptr;

    QHash<QString, int> m_predictionOf;
};

}  // namespace graft::ui
