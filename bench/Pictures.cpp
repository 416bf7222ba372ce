// SPDX-License-Identifier: GPL-3.0-or-later
// pictures FOLDER OUT: makes the documentation's pictures of the window, a page each, with a real training of
// FOLDER's images: OUT/data.png, network.png, train.png (during a run), results.png, export.png, runs.png.
// What the program keeps for its user goes below $HOME, which therefore says whose home is seen.
#include <QAbstractItemModel>
#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QElapsedTimer>
#include <QItemSelectionModel>
#include <QPushButton>
#include <QSettings>
#include <QTemporaryDir>
#include <QTimer>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "core/backbones/FreezePlan.h"
#include "core/backbones/ModelSummary.h"
#include "core/data/FolderScanner.h"
#include "core/runtime/RunControl.h"
#include "core/runtime/ThreadBudget.h"
#include "core/training/Trainer.h"
#include "tests/ui/support/HeldPool.h"
#include "tests/ui/support/ScriptedPrompts.h"
#include "ui/main/MainWindow.h"
#include "ui/runs/RunTable.h"
#include "ui/session/ExportJob.h"
#include "ui/session/Project.h"
#include "ui/session/ProjectPart.h"
#include "ui/session/TrainingController.h"
#include "ui/style/Theme.h"

namespace {

using namespace graft;
using namespace graft::ui;

constexpr int kPatienceMs = 20 * 60 * 1000;
constexpr int kEpochs = 6;
constexpr int kSeenEpochs = 4;

[[noreturn]] void giveUp(const std::string& why) {
    std::fprintf(stderr, "pictures: %s\n", why.c_str());
    std::exit(1);
}

void pass(int ms) {
    QEventLoop loop;
    QTimer::singleShot(ms, &loop, &QEventLoop::quit);
    loop.exec();
}

void waitFor(const char* what, const std::function<bool()>& isThere) {
    QElapsedTimer waited;
    waited.start();
    while (!isThere()) {
        if (waited.elapsed() > kPatienceMs) giveUp(std::string("waited in vain for ") + what);
        pass(20);
    }
}

class Album {
  public:
    Album(QWidget& window, const QString& folder) : m_window(window), m_folder(folder) {}

    void take(const char* name) {
        testing::finishBackgroundWork();
        pass(500);  // thumbnails come in one after another
        testing::finishBackgroundWork();
        takeAsItIs(name);
    }
    void takeAsItIs(const char* name) {
        const QString file = m_folder.filePath(QLatin1String(name));
        if (!m_window.grab().save(file)) giveUp("cannot write " + file.toStdString());
    }

  private:
    QWidget& m_window;
    QDir m_folder;
};

// An earlier run, so that there is something to compare with.
void trainBefore(const Project& project, const data::DatasetIndex& dataset, const QString& name,
                 const std::function<void(settings::TrainConfig&)>& change) {
    settings::TrainConfig config = project.config();
    config.runFolder = (project.runsRoot() + QLatin1Char('/') + name).toStdString();
    change(config);
    runtime::RunControl control;
    const auto report = training::train(
        config, dataset, [](const auto&) {}, control);
    if (!report) giveUp(report.error().sentence());
}

}  // namespace

int main(int argc, char** argv) {
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
    runtime::tuneAllocator();
    QApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("graft-pictures"));
    QCommandLineParser parser;
    parser.addHelpOption();
    parser.addPositionalArgument(QStringLiteral("folder"), QStringLiteral("Images, a folder a class."));
    parser.addPositionalArgument(QStringLiteral("out"), QStringLiteral("Where the pictures go."));
    parser.process(application);
    if (parser.positionalArguments().size() != 2) parser.showHelp(2);
    const QString images = QDir(parser.positionalArguments().at(0)).absolutePath();
    const QString out = parser.positionalArguments().at(1);
    if (!QDir().mkpath(out)) giveUp("cannot make " + out.toStdString());

    const QTemporaryDir directory;
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, directory.path());
    Project project(directory.filePath(QStringLiteral("runs")));
    if (!project.takeBackbone(Project::findDefaultBackbone({}, {}))) giveUp("there is no backbone");
    project.setFolder(images);
    settings::TrainConfig config = project.config();
    const auto dataset =
        data::scanFolder(images.toStdString(), {config.validationShare, config.seed, config.threads});
    if (!dataset) giveUp(dataset.error().sentence());
    trainBefore(project, *dataset, QStringLiteral("head, SGD"), [](auto& c) { c.epochs = 12; });
    trainBefore(project, *dataset, QStringLiteral("head, smoothed labels"), [](auto& c) {
        c.epochs = 12;
        c.own["loss.label_smoothing"] = 0.1;
    });

    testing::ScriptedPrompts prompts;
    Theme::instance().apply(application, false);
    MainWindow window(project, prompts);
    window.resize(1280, 800);
    window.show();
    Album album(window, out);
    waitFor("the data set", [&] { return project.dataset() != nullptr; });
    album.take("data.png");

    config = project.config();
    config.epochs = kEpochs;
    const auto units = backbones::listUnits(config.backbone);
    if (!units) giveUp(units.error().sentence());
    const auto lastStages = backbones::trainFrom((units->end() - 2)->stage, *units);
    if (!lastStages) giveUp(lastStages.error().sentence());
    config.freeze = *lastStages;
    project.setConfig(config);
    window.showPage(MainWindow::Network);
    waitFor("the network", [&] { return project.summary() != nullptr; });
    album.take("network.png");

    int epochs = 0;
    QObject::connect(&window.controller(), &TrainingController::eventsArrived, &window,
                     [&](const std::vector<training::TrainEvent>& events) {
                         for (const auto& event : events)
                             epochs += std::holds_alternative<training::EpochDone>(event) ? 1 : 0;
                     });
    window.showPage(MainWindow::Train);
    auto* start = window.findChild<QPushButton*>(QStringLiteral("startTraining"));
    waitFor("Start", [&] { return start->isEnabled(); });
    start->click();
    waitFor("some epochs", [&] { return epochs >= kSeenEpochs; });
    pass(300);
    album.takeAsItIs("train.png");
    waitFor("the end of the run", [&] { return !window.controller().isActive(); });

    window.showPage(MainWindow::Results);
    album.take("results.png");
    window.showPage(MainWindow::Export);
    auto* write = window.findChild<QPushButton*>(QStringLiteral("startExport"));
    waitFor("Export", [&] { return write != nullptr && write->isEnabled(); });
    write->click();
    waitFor("the export", [&] { return !projectPart<ExportJob>(project).isActive(); });
    album.take("export.png");

    window.showPage(MainWindow::Runs);
    auto* runs = window.findChild<RunTable*>();
    waitFor("the runs", [&] { return runs->model()->rowCount() == 3; });
    for (int row = 0; row < 2; ++row)
        runs->selectionModel()->select(runs->model()->index(row, 0),
                                       QItemSelectionModel::Select | QItemSelectionModel::Rows);
    album.take("runs.png");
    return 0;
}
