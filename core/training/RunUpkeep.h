// SPDX-License-Identifier: GPL-3.0-or-later
// A run gets another name, or goes for good. Neither is done while it is being trained.
#pragma once

#include <string>
#include <vector>

#include "core/base/Result.h"
#include "core/training/RunCatalogue.h"

namespace graft::training {

// Without white space at either end.
std::string tidyRunName(const std::string& name);

// Whether a folder may be called so: not blank, "." or "..", without slashes, backslashes and control
// characters, UTF-8, at most 255 bytes. Errors: InvalidArgument.
Result<void> checkRunName(const std::string& name);

// The folder's own name, where it lies, without white space at either end; gives its new path. What is called
// so already is never written over. Its data set, checkpoint and model know nothing of the name; other runs
// that have begun from its model name it by its path (runsBegunFrom()). Errors: NotFound (no run there),
// InvalidArgument (the name, or it is taken; a link), Unwritable (also: it is being trained).
Result<std::string> renameRun(const std::string& runFolder, const std::string& newName);

// Whether the folder is a run's and holds nothing but what a run has, so that it may be removed or put into
// the desktop's trash. A run whose files are damaged may be. Errors: NotFound (no run there),
// InvalidArgument (a link; other things lie in it, and are named), Unwritable (it is being trained),
// Unreadable.
Result<void> checkRemovable(const std::string& runFolder);

// For good: file by file, of those alone that a run has. A kill before config.json is gone, which is all
// but the last, leaves a run that can still be removed. Errors: as checkRemovable(), before anything is gone;
// Unwritable.
Result<void> removeRun(const std::string& runFolder);

// Those that began from the run's model, by folder: one that has no checkpoint yet needs it to begin again.
std::vector<std::string> runsBegunFrom(const std::string& runFolder, const std::vector<CataloguedRun>& runs);

}  // namespace graft::training
