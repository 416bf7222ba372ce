// SPDX-License-Identifier: GPL-3.0-or-later
// Choose a backbone and its weights, and on a picture of it which blocks stay frozen. What looks weights up,
// fetches and measures is the session's: a page that is built anew shows how far it is.
#pragma once

#include <QString>
#include <QWidget>
#include <array>
#include <memory>

#include "core/backbones/FreezePlan.h"
#include "core/backbones/ModelSummary.h"
#include "core/settings/TrainConfig.h"

class QLabel;
class QPushButton;
class QScrollArea;

namespace graft::ui {

class BackboneTable;
class BlockDiagram;
class Card;
class InlineError;
class NetworkFigures;
class NetworkMeasure;
class PageHeader;
class Pill;
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
    enum Preset { HeadOnly, LastTwoStages, Everything, PresetCount };

    Card* buildChoice();
    Card* buildBlocks();
    void choose(const QString& backbone, const QString& weightsFile);
    void chooseFile();
    void checkUnknownFile();
    void keepView();
    void showNetwork();
    // Of the network that is wanted; null while it is looked up or measured.
    std::shared_ptr<const backbones::ModelSummary> shownSummary() const;
    void showConfig();
    // The settings in use, with the freeze plan that the diagram shows.
    settings::TrainConfig showPhases();
    void setPlan(const backbones::FreezePlan& plan);
    backbones::FreezePlan planOf(Preset preset) const;

    Project& m_project;
    UserPrompts& m_prompts;
    WeightsChoice& m_choice;  // not the page's own, nor is the measuring: they outlive it
    NetworkMeasure& m_measure;
    PageHeader* m_header;
    BackboneTable* m_table = nullptr;
    WeightsPanel* m_weights = nullptr;
    Card* m_blocks = nullptr;
    BlockDiagram* m_diagram = nullptr;
    QLabel* m_waiting = nullptr;
    QLabel* m_phaseNote = nullptr;
    QScrollArea* m_scroll = nullptr;
    std::array<Pill*, PresetCount> m_presets{};
    NetworkFigures* m_figures = nullptr;
    InlineError* m_error = nullptr;
};

}  // namespace graft::ui
