// SPDX-License-Identifier: GPL-3.0-or-later
// The window: sidebar, five pages and the training controller, wired to one Project. In another language the
// sidebar and the pages are built anew, and go on where the ones before were.
#pragma once

#include <QMainWindow>
#include <QString>
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
    enum Page { Data, Network, Train, Results, Export };

    MainWindow(Project& project, UserPrompts& prompts, QWidget* parent = nullptr);

    void showPage(Page page);
    Page page() const;
    TrainingController& controller() { return *m_controller; }

    // Light or dark as it was left, else as the desktop has it; for main(), before any window.
    static void applyTheme();

    // Sidebar and pages. What goes on goes on, and the same page is shown; the others are built one after
    // another between the window's events, or when they are wanted. Not from one of their slots.
    void buildAnew();

  protected:
    void closeEvent(QCloseEvent* event) override;
    void changeEvent(QEvent* event) override;

  private:
    static constexpr std::size_t kPages = 5;

    void build();
    QWidget* buildPage(Page page);
    void ensurePage(Page page);  // nothing where it is built
    void buildNextPage();        // if one is left, and so on
    void wireRuns();
    void showDevice();
    void showProgress();
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
