// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of the window's state that one page works on. Each is made when it is first asked for and lives
// as long as its project, so that a page may go, and another be built, while a part is at work. Example:
//     DatasetLoader& loader = projectPart<DatasetLoader>(project);
// Part: a QObject that is made from a Project& and is its child. For the GUI thread.
#pragma once

#include <QString>

#include "ui/session/Project.h"

namespace graft::ui {

template <class Part>
Part& projectPart(Project& project) {
    if (auto* part = project.findChild<Part*>(QString(), Qt::FindDirectChildrenOnly)) return *part;
    return *new Part(project);  // its parent deletes it
}

}  // namespace graft::ui
