// SPDX-License-Identifier: GPL-3.0-or-later
// The window: sidebar, five pages that are steps, all runs, and the training controller, wired to one
// Project. In another language the sidebar and the pages are built anew, and go on where the ones before
// were.
#pragma once

#include <QMainWindow>
#include <QSize>
#include <QString>
#include <QStringList>
#include <array>
#include <cstddef>
#include <optional>

#include "core/base/Result.h"
#include "core/runtime/Device.h"

class QStackedWidget;

namespace graft::ui {

class ExportJob;
class Project;
class Sidebar;
class TrainingController;
class UserPrompts;

class MainWindow : public QMainWindow {
    Q_OBJECT
  public:
    enum Page { Data, Network, Train, Results, Export, Runs };

    MainWindow(Project& project, UserPrompts& prompts, QWidget* parent = nullptr);

    void showPage(Page page);
    Page page() const;
    TrainingController& controller() { return *m_controller; }

    // Light or dark as it was left, else as the desktop has it; for main(), before any window.
    static void applyTheme();

    // How large it is at first, in pixels of a screen with so much room for windows: it fits with its frame.
    static QSize firstSize(const QSize& available);

    // Sidebar and pages. What goes on goes on, and the same page is shown; the others are built one after
    // another between the window's events, or when they are wanted. Not from one of their slots.
    void buildAnew();

  signals:
    void pageShown(int page);

  protected:
    void closeEvent(QCloseEvent* event) override;
    void changeEvent(QEvent* event) override;
    // What no page takes goes to the Data page, a run to that of the runs.
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

  private:
    static constexpr std::size_t kPages = 6;

    void build();
    static QStringList pageNames();  // one a page
    QWidget* buildPage(Page page);
    QWidget* buildRuns();
    void ensurePage(Page page);  // nothing where it is built
    void buildNextPage();        // if one is left, and so on
    void wireRuns();
    void wireNews();
    void showDevice();
    void showProgress();
    void showTitle();
    void askDevice();
    void switchTheme();
    void stopAndClose();

    Project& m_project;
    UserPrompts& m_prompts;
    TrainingController* m_controller;
    ExportJob& m_export;
    Sidebar* m_sidebar = nullptr;
    QStackedWidget* m_pages = nullptr;
    std::array<bool, kPages> m_isBuilt{};             // else an empty widget keeps its place
    std::optional<Result<runtime::Device>> m_device;  // none yet: it is being looked for
    QString m_lookedAt;                               // the run whose results have been seen
    bool m_closing = false;
    bool m_asking = false;
};

}  // namespace graft::ui
