// SPDX-License-Identifier: GPL-3.0-or-later
// The window's page over two starts of the program.
#pragma once

namespace graft::ui {

class MainWindow;
class Project;

// Shows the page that was shown last, and keeps from then on which one is. A folder of images that is gone is
// said on the Data page, which is shown then.
void showAsLeft(MainWindow& window, Project& project);

}  // namespace graft::ui
