// SPDX-License-Identifier: GPL-3.0-or-later
// responsiveness: trains a small generated dataset in the real window and prints the longest time for which
// the GUI thread was blocked, from reading the folder to showing the results. Goal: under 50 ms. The timer's
// lateness contains the wait for a processor; an event's time says what the window itself did.
#include <QApplication>
#include <QCommandLineParser>
#include <QElapsedTimer>
#include <QEvent>
#include <QPushButton>
#include <QSettings>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTimer>
#include <algorithm>
#include <cstdio>

#include "core/runtime/ThreadBudget.h"
#include "core/training/DefaultConfig.h"
#include "tests/ui/support/GuiWatch.h"
#include "tests/ui/support/SampleImages.h"
#include "tests/ui/support/ScriptedPrompts.h"
#include "ui/main/MainWindow.h"
#include "ui/session/Project.h"
#include "ui/session/TrainingController.h"

namespace {

using namespace graft;
using namespace graft::ui;
using graft::ui::testing::GuiWatch;

constexpr double kGoalMs = 50.0;
constexpr int kSettleMs = 1000;  // a page's pictures come in after it is shown

// Knows how long each event took to handle, and whose it was.
class WatchedApplication : public QApplication {
  public:
    using QApplication::QApplication;

    bool notify(QObject* receiver, QEvent* event) override {
        if (m_depth > 0) return QApplication::notify(receiver, event);
        const QByteArray name = receiver->metaObject()->className();
        const QEvent::Type type = event->type();
        QElapsedTimer timer;
        timer.start();
        ++m_depth;
        const bool handled = QApplication::notify(receiver, event);
        --m_depth;
        const double took = double(timer.nsecsElapsed()) / 1e6;
        if (took > m_longestMs) {
            m_longestMs = took;
            m_longest = name + ' ' + QByteArray::number(int(type));
        }
        return handled;
    }

    void forget() { m_longestMs = 0; }
    double longestMs() const { return m_longestMs; }
    QByteArray longest() const { return m_longest; }

  private:
    int m_depth = 0;
    double m_longestMs = 0;
    QByteArray m_longest;
};

void print(const char* phase, GuiWatch& watch, WatchedApplication& application) {
    watch.stop();
    std::printf("%-10s timer late by %6.1f ms at most; longest event %6.1f ms (%s); %6d ticks in %6lld ms\n",
                phase, watch.longestBlockMs(), application.longestMs(), application.longest().constData(),
                watch.ticks(), static_cast<long long>(watch.watchedMs()));
    std::fflush(stdout);
    application.forget();
}

}  // namespace

int main(int argc, char** argv) {
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
    runtime::tuneAllocator();
    WatchedApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("graft-responsiveness"));
    QStandardPaths::setTestModeEnabled(true);
    QCommandLineParser parser;
    parser.addHelpOption();
    parser.addOptions({{"epochs", "Epochs to train.", "n", "8"},
                       {"images", "Images in each of the four classes.", "n", "100"},
                       {"backbone", "Backbone, with random weights.", "name", "squeezenet1_1"},
                       {"threads", "Threads for arithmetic; 0: one per processor.", "n", "0"}});
    parser.process(application);

    const QTemporaryDir directory;
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, directory.path());
    const QString images = directory.filePath(QStringLiteral("pictures"));
    if (!graft::ui::testing::makeSampleFolder(images, {"amber", "blue", "cyan", "dusk"},
                                              parser.value("images").toInt(), 160)) {
        std::fprintf(stderr, "cannot write the sample images\n");
        return 1;
    }

    auto config = training::defaultConfig(parser.value("backbone").toStdString(), "");
    if (!config) {
        std::fprintf(stderr, "%s\n", config.error().message.english().c_str());
        return 1;
    }
    config->epochs = parser.value("epochs").toInt();
    config->threads = parser.value("threads").toInt();
    config->batchSize = 16;
    config->preprocess.resizeSize = 112;
    config->preprocess.cropSize = 96;
    config->optimizer.learningRate = 0.001;
    Project project(directory.filePath(QStringLiteral("runs")));
    project.setConfig(*config);

    MainWindow::applyTheme();
    graft::ui::testing::ScriptedPrompts prompts;
    MainWindow window(project, prompts);
    window.resize(1280, 800);
    window.show();

    GuiWatch watch;
    double worst = 0;
    const auto endPhase = [&](const char* name) {
        print(name, watch, application);
        worst = std::max(worst, watch.longestBlockMs());
        watch.start();
    };

    // One step after another, each begun by the end of the one before.
    QObject::connect(&project, &Project::datasetChanged, &window, [&] {
        if (!project.dataset() || window.controller().isActive()) return;
        QTimer::singleShot(kSettleMs, &window, [&] {
            endPhase("data");
            window.showPage(MainWindow::Train);
            window.findChild<QPushButton*>(QStringLiteral("startTraining"))->click();
            if (!window.controller().isActive()) {
                std::fprintf(stderr, "the training did not start\n");
                QCoreApplication::exit(1);
            }
        });
    });
    QObject::connect(&window.controller(), &TrainingController::finished, &window,
                     [&](const TrainingResult& result) {
                         endPhase("training");
                         if (result.error) {
                             std::fprintf(stderr, "%s\n", result.error->message.english().c_str());
                             return QCoreApplication::exit(1);
                         }
                         window.showPage(MainWindow::Results);
                         QTimer::singleShot(kSettleMs, &window, [&] {
                             endPhase("results");
                             window.showPage(MainWindow::Export);
                             QTimer::singleShot(kSettleMs, &window, [&] {
                                 endPhase("export");
                                 QCoreApplication::exit(0);
                             });
                         });
                     });

    QTimer::singleShot(0, &window, [&] {
        watch.start();
        project.setFolder(images);
    });
    const int status = QApplication::exec();
    if (status == 0) {
        std::printf("longest time the GUI thread was blocked: %.1f ms (goal: under %.0f ms)\n", worst,
                    kGoalMs);
    }
    return status;
}
