// SPDX-License-Identifier: GPL-3.0-or-later
// Choose a backbone and its weights, and on a picture of it which blocks stay frozen. What looks weights up,
// fetches and measures is the session's: a page that is built anew shows how far it is.
#pragma once

#include <QString>
#include <QWidget>

namespace graft::ui {

class BackboneTable;
class BlocksCard;
class Card;
class NetworkFigures;
class NetworkMeasure;
class PageHeader;
class Project;
class UserPrompts;
class WeightsChoice;
class WeightsPanel;

class NetworkPage : public QWidget {
    Q_OBJECT
  public:
    explicit NetworkPage(Project& project, UserPrompts& prompts, QWidget* parent = nullptr);

  signals:
    void nextRequested();

  private:
    Card* buildChoice();
    void choose(const QString& backbone, const QString& weightsFile);
    void chooseFile();
    void checkUnknownFile();
    void keepView();
    void showNetwork();
    void showFigures();

    Project& m_project;
    UserPrompts& m_prompts;
    WeightsChoice& m_choice;  // not the page's own, nor is the measuring: they outlive it
    NetworkMeasure& m_measure;
    PageHeader* m_header;
    BackboneTable* m_table = nullptr;
    WeightsPanel* m_weights = nullptr;
    BlocksCard* m_blocks = nullptr;
    NetworkFigures* m_figures = nullptr;
};

}  // namespace graft::ui
