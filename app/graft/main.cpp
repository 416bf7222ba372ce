// SPDX-License-Identifier: GPL-3.0-or-later
// The desktop application.
#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QEvent>
#include <QSemaphore>
#include <QThreadPool>
#include <QTimer>
#include <csignal>
#include <functional>
#include <utility>

#include "core/backbones/Catalogue.h"
#include "core/runtime/ThreadBudget.h"
#include "core/training/RunCatalogue.h"
#include "ui/main/MainWindow.h"
#include "ui/main/WindowAsLeft.h"
#include "ui/prompts/QtUserPrompts.h"
#include "ui/session/Background.h"
#include "ui/session/Project.h"
#include "ui/session/SessionStart.h"

namespace {

// Calls then() once the window's first paint is done, or after a second: a window that starts minimised is
// not painted.
class FirstPaint : public QObject {
  public:
    FirstPaint(QWidget& window, std::function<void()> then) : m_then(std::move(then)) {
        window.installEventFilter(this);
        QTimer::singleShot(1000, this, [this] { finish(); });
    }
    ~FirstPaint() override { finish(); }

  private:
    bool eventFilter(QObject* window, QEvent* event) override {
        if (event->type() == QEvent::Paint) {
            window->removeEventFilter(this);
            QTimer::singleShot(0, this, [this] { finish(); });
        }
        return false;
    }
    void finish() {
        if (m_then) std::exchange(m_then, nullptr)();
    }
    std::function<void()> m_then;
};

}  // namespace

int main(int argc, char* argv[]) {
    // Writes that fail, with a sentence, rather than the end of the window.
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    graft::runtime::tuneAllocator();
    QApplication::setOrganizationName(QStringLiteral("Graft"));
    QApplication::setApplicationName(QStringLiteral("graft"));
    QApplication::setApplicationVersion(QStringLiteral(GRAFT_VERSION));
    QCommandLineParser parser;
    parser.setApplicationDescription(QApplication::tr("Transfer learning on images."));
    const QCommandLineOption help = parser.addHelpOption();
    const QCommandLineOption version = parser.addVersionOption();
    const QCommandLineOption weights(QStringLiteral("weights"),
                                     QApplication::tr("Start from this weight file."),
                                     QApplication::tr("file"));
    const QCommandLineOption backbone(
        QStringLiteral("backbone"), QApplication::tr("Start with this backbone."), QApplication::tr("name"));
    const QCommandLineOption runs(QStringLiteral("runs"), QApplication::tr("Keep the runs in this folder."),
                                  QApplication::tr("folder"),
                                  QString::fromStdString(graft::training::defaultRunsFolder()));
    parser.addOptions({weights, backbone, runs});
    parser.addPositionalArgument(QStringLiteral("folder"),
                                 QApplication::tr("The images, one folder a class."),
                                 QStringLiteral("[folder]"));

    // Help, version and wrong options need no display.
    QStringList arguments;
    for (int i = 0; i < argc; ++i)
        arguments << QString::fromLocal8Bit(argv[i]);
    if (!parser.parse(arguments) || parser.isSet(help) || parser.isSet(version)) {
        const QCoreApplication console(argc, argv);
        parser.process(console);  // prints and exits
    }
    const QApplication application(argc, argv);

    const QString name = parser.value(backbone);
    if (!name.isEmpty()) {
        const auto known = graft::backbones::findBackbone(name.toStdString());
        if (!known) {
            qCritical("graft: %s", known.error().sentence().c_str());
            return 2;
        }
    }
    graft::ui::MainWindow::applyTheme();
    // Nothing is done in the background before the window has been painted: LibTorch takes half a second to
    // load, and holds the loader's lock, which Qt's plug-ins need.
    QThreadPool& background = graft::ui::backgroundPool();
    const int threads = background.maxThreadCount();
    QSemaphore painted;
    background.setMaxThreadCount(1);
    background.start([&painted] { painted.acquire(); });
    graft::ui::Project project(QDir(parser.value(runs)).absolutePath());
    const QStringList folders = parser.positionalArguments();
    graft::ui::SessionStart start(
        project, {folders.isEmpty() ? QString() : folders.constFirst(), name, parser.value(weights)});
    if (!start.ignored().isEmpty())
        qWarning("graft: settings of another version were not taken: %s",
                 qUtf8Printable(start.ignored().join(QStringLiteral(", "))));
    graft::ui::QtUserPrompts prompts;
    graft::ui::MainWindow window(project, prompts);
    graft::ui::showAsLeft(window, project);
    window.show();
    start.lookUp();
    FirstPaint firstPaint(window, [&] {
        painted.release();
        background.setMaxThreadCount(threads);
    });
    return QApplication::exec();
}
