// SPDX-License-Identifier: GPL-3.0-or-later
// Choose a backbone and its weights, and on a picture of it which blocks stay frozen.
#pragma once

#include <QString>
#include <QWidget>
#include <array>
#include <memory>
#include <string>

#include "core/backbones/Catalogue.h"
#include "core/backbones/FreezePlan.h"
#include "core/backbones/ModelSummary.h"
#include "core/base/Result.h"
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
class PageHeader;
class Pill;
class Project;
class UserPrompts;
class WeightsPanel;

class NetworkPage : public QWidget {
    Q_OBJECT
  public:
    explicit NetworkPage(Project& project, UserPrompts& prompts, QWidget* parent = nullptr);

  signals:
    void nextRequested();

  private:
    // What has to be measured: the block tree and its head depend on all of them.
    struct Measurement {
        QString backbone;
        int inputSize = 0;
        int classes = 0;
        std::string loss;  // with one it is a single output for two classes
        bool operator==(const Measurement&) const = default;
    };
    enum Preset { HeadOnly, LastTwoStages, Everything, PresetCount };

    Card* buildChoice();
    Card* buildBlocks();
    void choose(const QString& backbone, const QString& weightsFile);
    void takeFetched(const backbones::CatalogueEntry& entry, const QString& file);
    void chooseFile();
    void checkUnknownFile();
    void checkFile(const QString& file);
    void measure();
    void showNetwork();
    void showRefusal(const Error& error);
    // Of the network that is wanted; null while it is looked up or measured.
    std::shared_ptr<const backbones::ModelSummary> shownSummary() const;
    void showConfig();
    // The settings in use, with the freeze plan that the diagram shows.
    settings::TrainConfig showPhases();
    void setPlan(const backbones::FreezePlan& plan);
    backbones::FreezePlan planOf(Preset preset) const;
    int classCount() const;

    Project& m_project;
    UserPrompts& m_prompts;
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
    Measurement m_running;     // empty while nothing is measured
    Measurement m_measured;    // the last one that came back
    int m_outputs = 0;         // of the head that was measured
    QString m_checking;        // the weight file that is being looked at
    QString m_checkedFile;     // the last one that was
    bool m_isLocated = false;  // the table knows which published weights are here
};

}  // namespace graft::ui
