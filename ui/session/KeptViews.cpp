// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/KeptViews.h"

#include "ui/session/Project.h"

namespace graft::ui {

KeptViews::KeptViews(Project& project) : QObject(&project) {}

}  // namespace graft::ui
