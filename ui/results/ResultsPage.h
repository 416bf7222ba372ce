// SPDX-License-Identifier: GPL-3.0-or-later
// The Results page: how good the chosen run's model is, class by class, and the images behind every figure.
#pragma once

#include <QHash>
#include <QString>
#include <QWidget>
#include <memory>

#include "ui/results/RunResults.h"

class QLabel;
class QPushButton;
class QStackedWidget;

namespace graft::ui {

class Card;
class ClassTable;
class ConfusionHeatMap;
class FigureRow;
class PageHeader;
class Pill;
class PredictionView;
class Project;
class ThumbnailGrid;

class ResultsPage : public QWidget {
    Q_OBJECT

  public:
    explicit ResultsPage(Project& project, QWidget* parent = nullptr);

  signals:
    void nextRequested();

  private:
    QWidget* buildContent();
    QWidget* buildImages();
    void reload();
    void showResults(std::shared_ptr<const RunResults> results);
    void showNothing(const QString& reason);
    void showFigures();
    void select(const ImageSelection& selection);
    void showImages(const ImageSelection& selection, ImageList list);
    void showImage(const QString& path);

    Project& m_project;

    PageHeader* m_header = nullptr;
    QPushButton* m_next = nullptr;
    QStackedWidget* m_stack = nullptr;
    QLabel* m_empty = nullptr;
    FigureRow* m_figures = nullptr;
    Card* m_classesCard = nullptr;
    ClassTable* m_classes = nullptr;
    ConfusionHeatMap* m_confusion = nullptr;
    Card* m_imagesCard = nullptr;
    Pill* m_allMistakes = nullptr;
    ThumbnailGrid* m_images = nullptr;
    PredictionView* m_detail = nullptr;

    std::shared_ptr<const RunResults> m_results;
    QString m_folder;  // of the run shown or being read
    ImageSelection m_selection;
    QHash<QString, int> m_predictionOf;
};

}  // namespace graft::ui
