// SPDX-License-Identifier: GPL-3.0-or-later
// The window: sidebar, five pages and the training controller, wired to one Project.
#pragma once

#include <QMainWindow>
#include <QString>

class QStackedWidget;

namespace graft::ui {

class ExportPage;
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

  protected:
    void closeEvent(QCloseEvent* event) override;

  private:
    void buildPages();
    void showProgress();
    void askDevice();
    void switchTheme();
    void stopAndClose();

    Project& m_project;
    UserPrompts& m_prompts;
    TrainingController* m_controller;
    Sidebar* m_sidebar;
    QStackedWidget* m_pages;
    ExportPage* m_exportPage = nullptr;
    QString m_lookedAt;  // the run whose results have been seen
    bool m_closing = false;
    bool m_asking = false;
};

}  // namespace graft::ui
