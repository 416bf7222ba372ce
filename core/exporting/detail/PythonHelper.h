// SPDX-License-Identifier: GPL-3.0-or-later
// The Python program beside a model that torch.jit.load opens: decodes pictures as Graft does, so that Python
// gives Graft's answers, for large JPEGs too.
#pragma once

#include <string>

#include "core/base/Result.h"

namespace graft::exporting {

std::string pythonHelperPath(const std::string& modelFile);  // FILE.py
Result<void> writePythonHelper(const std::string& modelFile);
bool isPythonHelper(const std::string& file);  // as any version wrote it; false, too, for what cannot be read

}  // namespace graft::exporting
