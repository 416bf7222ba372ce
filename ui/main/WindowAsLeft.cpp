// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main/WindowAsLeft.h"

#include <QObject>

#include "ui/main/MainWindow.h"
#include "ui/session/DatasetLoader.h"
#include "ui/session/LastSession.h"
#include "ui/session/Project.h"
#include "ui/session/ProjectPart.h"

namespace graft::ui {

void showAsLeft(MainWindow& window, Project& project) {
    const int page = LastSession::page();
    const bool isPage = page >= MainWindow::Data && page <= MainWindow::Runs;
    window.showPage(isPage ? static_cast<MainWindow::Page>(page) : MainWindow::Data);
    QObject::connect(&window, &MainWindow::pageShown, &window,
                     [](int shown) { LastSession::keepPage(shown); });
    DatasetLoader& loader = projectPart<DatasetLoader>(project);
    auto* firstRead = new QObject(&window);  // later ones turn no page under a person's hands
    QObject::connect(&loader, &DatasetLoader::failed, firstRead,
                     [&window] { window.showPage(MainWindow::Data); });
    QObject::connect(&loader, &DatasetLoader::finished, firstRead, &QObject::deleteLater);
}

}  // namespace graft::ui
