// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main/MainWindow.h"

#include <QApplication>
#include <QCloseEvent>
#include <QDir>
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QMimeData>
#include <QScreen>
#include <QSettings>
#include <QShortcut>
#include <QStackedWidget>
#include <QTimer>
#include <type_traits>
#include <utility>

#include "ui/dataset/DataPage.h"
#include "ui/export/ExportPage.h"
#include "ui/main/FocusKeeper.h"
#include "ui/main/InputManners.h"
#include "ui/main/RunList.h"
#include "ui/main/Sidebar.h"
#include "ui/main/TrainingSign.h"
#include "ui/main/UndoKeys.h"
#include "ui/network/NetworkPage.h"
#include "ui/news/SpokenNews.h"
#include "ui/prompts/UserPrompts.h"
#include "ui/results/ResultsPage.h"
#include "ui/runs/RunsPage.h"
#include "ui/session/AllRuns.h"
#include "ui/session/Background.h"
#include "ui/session/DatasetSummary.h"
#include "ui/session/DroppedPaths.h"
#include "ui/session/ErrorText.h"
#include "ui/session/ExportJob.h"
#include "ui/session/MessageText.h"
#include "ui/session/Project.h"
#include "ui/session/ProjectPart.h"
#include "ui/session/RunHistory.h"
#include "ui/session/RunNews.h"
#include "ui/session/TrainingController.h"
#include "ui/style/Icons.h"
#include "ui/style/Theme.h"
#include "ui/train/TrainPage.h"
#include "ui/widgets/PlainLabels.h"
#include "ui/widgets/ToolTipText.h"

namespace graft::ui {

namespace {
const QString kDarkKey = QStringLiteral("window/dark");
const QString kGeometryKey = QStringLiteral("window/geometry");
constexpr QSize kSmallest(960, 640);
constexpr QSize kUsual(1280, 800);
constexpr QSize kFrame(16, 48);  // title bar and edges, which nobody knows before the window is there
}  // namespace

MainWindow::MainWindow(Project& project, UserPrompts& prompts, QWidget* parent)
    : QMainWindow(parent),
      m_project(project),
      m_prompts(prompts),
      m_controller(new TrainingController(project, this)),
      m_export(projectPart<ExportJob>(project)) {
    InputManners::install();
    FocusKeeper::install();
    new UndoKeys(project, this);
    new SpokenNews(*m_controller, this);
    ToolTipWrapper::install();
    PlainLabels::install();
    showTitle();
    setWindowIcon(icon(QStringLiteral("graft"), QColor()));
    setAcceptDrops(true);
    setMinimumSize(kSmallest);
    resize(firstSize(screen()->availableSize()));
    restoreGeometry(QSettings().value(kGeometryKey).toByteArray());
    build();
    // All at once: nobody waits for them yet, and each begins the work that is its own.
    for (std::size_t page = 0; page < kPages; ++page)
        ensurePage(static_cast<Page>(page));
    auto* dark = new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_D), this);
    connect(dark, &QShortcut::activated, this, &MainWindow::switchTheme);

    connect(&m_project, &Project::folderChanged, this, &MainWindow::showTitle);
    connect(&m_project, &Project::datasetChanged, this, &MainWindow::showProgress);
    connect(&m_project, &Project::currentRunChanged, this, &MainWindow::showProgress);
    connect(m_controller, &TrainingController::stateChanged, this, &MainWindow::showProgress);
    connect(m_controller, &TrainingController::finished, this, [this](const TrainingResult& result) {
        if (result.outcome == training::RunEnded::Outcome::Failed && std::exchange(m_closing, false))
            return showPage(Train);  // the last checkpoint was not written: that must be read
        if (m_closing) stopAndClose();
    });
    connect(&m_export, &ExportJob::finished, this, [this] {
        if (m_closing) stopAndClose();
    });
    askDevice();
    showPage(Data);
    centralWidget()->setFocus();  // nothing looks chosen before the first Tab
}

void MainWindow::build() {
    auto* central = new QWidget(this);
    m_sidebar = new Sidebar(pageNames().mid(0, Runs), central);
    m_pages = new QStackedWidget(central);
    m_pages->setObjectName(QStringLiteral("pages"));
    auto* layout = new QHBoxLayout(central);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_sidebar);
    layout->addWidget(m_pages, 1);
    m_isBuilt.fill(false);
    for (std::size_t page = 0; page < kPages; ++page)
        m_pages->addWidget(new QWidget(m_pages));
    wireRuns();
    wireNews();
    connect(m_sidebar, &Sidebar::stepChosen, this, [this](int step) { showPage(static_cast<Page>(step)); });
    connect(m_sidebar, &Sidebar::keyUsed, this, [this] { FocusKeeper::enter(*m_pages->currentWidget()); });
    connect(m_sidebar, &Sidebar::themeSwitchRequested, this, &MainWindow::switchTheme);
    showDevice();
    setCentralWidget(central);
    central->show();
}

QStringList MainWindow::pageNames() {
    return {tr("Data"), tr("Network"), tr("Train"), tr("Results"), tr("Export"), tr("All runs")};
}

void MainWindow::buildAnew() {
    const Page shown = page();
    // What is being typed counts as if the field were left.
    if (QWidget* field = focusWidget()) field->clearFocus();
    delete takeCentralWidget();  // the sidebar and the pages with it, before the new ones hear of anything
    build();
    showPage(shown);
    QTimer::singleShot(0, m_pages, [this] { buildNextPage(); });
}

// Before it is shown. What happened before it was there it reads as any new page.
void MainWindow::ensurePage(Page page) {
    if (std::exchange(m_isBuilt[page], true)) return;
    QWidget* place = m_pages->widget(page);
    QWidget* built = buildPage(page);
    built->setAccessibleName(pageNames().at(page));
    m_pages->insertWidget(page, built);
    if (m_pages->currentWidget() == place) m_pages->setCurrentWidget(built);
    m_pages->removeWidget(place);
    delete place;
}

void MainWindow::buildNextPage() {
    for (std::size_t page = 0; page < kPages; ++page) {
        if (m_isBuilt[page]) continue;
        ensurePage(static_cast<Page>(page));
        QTimer::singleShot(0, m_pages, [this] { buildNextPage(); });
        return;
    }
}

void MainWindow::wireRuns() {
    RunList& runs = m_sidebar->runs();
    connect(&runs, &RunList::runChosen, this, [this](const QString& folder) {
        if (folder == m_project.currentRun()) {
            m_project.reopenCurrentRun();
            m_project.notifyRunsChanged();
        } else {
            m_project.setCurrentRun(folder);
        }
        const auto& training = projectPart<RunNews>(m_project).running();
        if (training && QDir::cleanPath(training->folder) == QDir::cleanPath(folder)) return showPage(Train);
        if (page() != Export) showPage(Results);
    });
    connect(&m_project, &Project::runsChanged, &runs,
            [this, &runs] { runs.readFolder(m_project.runsRoot()); });
    connect(&m_project, &Project::currentRunChanged, &runs,
            [this, &runs] { runs.setCurrentRun(m_project.currentRun()); });
    runs.setCurrentRun(m_project.currentRun());
    runs.readFolder(m_project.runsRoot());
    connect(m_sidebar, &Sidebar::allRunsChosen, this, [this] { showPage(Runs); });
    connect(&projectPart<DroppedPaths>(m_project), &DroppedPaths::runDropped, m_sidebar,
            [this](const QString& folder) {
                projectPart<AllRuns>(m_project).open(folder);
                showPage(Runs);
            });
}

// The sidebar says on every page what is being trained and what has ended.
void MainWindow::wireNews() {
    RunNews& news = projectPart<RunNews>(m_project);
    RunList& runs = m_sidebar->runs();
    TrainingSign& sign = m_sidebar->training();
    const auto showRunning = [&news, &runs, &sign] {
        sign.showRun(news.running());
        runs.showRunning(news.running());
    };
    const auto showEnded = [&news, &runs] {
        runs.markEnded(news.ended() ? news.ended()->folder : QString());
    };
    connect(&news, &RunNews::runningChanged, &runs, showRunning);
    connect(&news, &RunNews::endedChanged, &runs, showEnded);
    connect(m_sidebar, &Sidebar::trainingChosen, this, [this] { showPage(Train); });
    showRunning();
    showEnded();
}

QWidget* MainWindow::buildPage(Page page) {
    const auto leadingTo = [this](auto* built, Page next) {
        connect(built, &std::remove_pointer_t<decltype(built)>::nextRequested, this,
                [this, next] { showPage(next); });
        return built;
    };
    switch (page) {
        case Data:
            return leadingTo(new DataPage(m_project, m_prompts, m_pages), Network);
        case Network:
            return leadingTo(new NetworkPage(m_project, m_prompts, m_pages), Train);
        case Train:
            return leadingTo(new TrainPage(m_project, *m_controller, m_prompts, m_pages), Results);
        case Results:
            return leadingTo(new ResultsPage(m_project, m_prompts, m_pages), Export);
        case Runs:
            return buildRuns();
        case Export:
            break;
    }
    return new ExportPage(m_project, m_prompts, m_pages);
}

QWidget* MainWindow::buildRuns() {
    auto* runs = new RunsPage(m_project, m_prompts, m_pages);
    connect(runs, &RunsPage::resultsRequested, this, [this] { showPage(Results); });
    connect(runs, &RunsPage::trainRequested, this, [this] { showPage(Train); });
    connect(runs, &RunsPage::continueRequested, this, [this](const QString& folder) {
        showPage(Train);
        m_pages->findChild<TrainPage*>()->continueRun(folder);
    });
    return runs;
}

void MainWindow::showPage(Page page) {
    ensurePage(page);
    m_pages->setCurrentIndex(page);
    m_sidebar->setCurrent(page);
    if (page == Results) m_lookedAt = m_project.currentRun();
    if (page == Results || page == Export) m_controller->history().lookAtCurrent();
    showProgress();
    emit pageShown(page);
}

QSize MainWindow::firstSize(const QSize& available) {
    return kUsual.boundedTo(available - kFrame).expandedTo(kSmallest);
}

void MainWindow::showTitle() {
    QString name = QFileInfo(m_project.folder()).fileName();
    name.replace(QLatin1String("[*]"), QLatin1String("[*][*]"));  // in a title that stands for "changed"
    setWindowTitle(name.isEmpty() ? QStringLiteral("Graft") : tr("%1 \u2013 Graft").arg(name));
}

MainWindow::Page MainWindow::page() const {
    return static_cast<Page>(m_pages->currentIndex());
}

void MainWindow::showProgress() {
    const auto summary = m_project.datasetSummary();
    const bool readable = summary && !summary->obstacle;
    const bool trained = !m_project.currentRun().isEmpty() && !m_controller->isActive();
    if (page() == Results) m_lookedAt = m_project.currentRun();
    // The network is never missing: it has a default.
    m_sidebar->setDone({readable, readable, trained, trained && m_lookedAt == m_project.currentRun(), false});
}

void MainWindow::askDevice() {
    runInBackground(
        this, [] { return runtime::chooseDevice("auto"); },
        [this](const Result<runtime::Device>& device) {
            m_device = device;
            showDevice();
        });
}

void MainWindow::showDevice() {
    if (!m_device) return;
    const Result<runtime::Device>& device = *m_device;
    m_sidebar->setDevice(device ? text(device->name) : ErrorText::describe(device.error()));
}

void MainWindow::applyTheme() {
    const QVariant remembered = QSettings().value(kDarkKey);
    Theme::instance().apply(*qApp, remembered.isValid() ? remembered.toBool() : Theme::systemIsDark());
}

void MainWindow::switchTheme() {
    const bool dark = !Theme::instance().isDark();
    QSettings().setValue(kDarkKey, dark);
    Theme::instance().apply(*qApp, dark);
}

// Whoever installs a translator may be one of the pages: they go when that is done.
void MainWindow::changeEvent(QEvent* event) {
    QMainWindow::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        QMetaObject::invokeMethod(this, &MainWindow::buildAnew, Qt::QueuedConnection);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls()) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
    event->acceptProposedAction();
    showPage(Data);
    projectPart<DroppedPaths>(m_project).take(event->mimeData()->urls());
}

void MainWindow::closeEvent(QCloseEvent* event) {
    QSettings().setValue(kGeometryKey, saveGeometry());
    const bool training = m_controller->isActive();
    const bool exporting = m_export.isActive();
    if (!training && !exporting) return event->accept();
    event->ignore();
    if (m_closing) return stopAndClose();
    if (std::exchange(m_asking, true)) return;
    QString question = tr("A training is going on. Stop it and close? It can be continued later.");
    QString no = tr("Go on training");
    if (training && exporting) {
        question =
            tr("A training and an export are going on. Stop them and close? The training can be continued "
               "later; the file that is being made is not kept.");
        no = tr("Go on");
    } else if (exporting) {
        question = tr("An export is going on. Stop it and close? The file that is being made is not kept.");
        no = tr("Go on exporting");
    }
    m_prompts.confirm(this, question, tr("Stop and close"), no, [this](bool yes) {
        m_asking = false;
        if (yes) stopAndClose();
    });
}

// Comes again with the end of each, until nothing is going on any more.
void MainWindow::stopAndClose() {
    m_closing = true;
    m_controller->stop();
    m_export.cancel();
    if (!m_controller->isActive() && !m_export.isActive()) close();
}

}  // namespace graft::ui
