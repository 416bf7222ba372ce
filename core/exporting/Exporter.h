// SPDX-License-Identifier: GPL-3.0-or-later
// Takes the best model of a run away, in one of the formats of core/inference/ModelFormat.h. Beside FILE lies
// FILE.json, which names classes and preprocessing, and beside some formats' FILE.py, which decodes pictures
// as Graft does and asks the model.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/Result.h"
#include "core/runtime/RunControl.h"

namespace graft::exporting {

// The exported file, opened again and asked about the validation images, against the run's own model.
struct Verification {
    std::size_t images = 0;
    std::size_t sameClass = 0;
    std::size_t unread = 0;    // validation images that cannot be read any more: not compared
    double maxDifference = 0;  // largest absolute difference of a logit
    bool passed() const { return images > 0 && sameClass == images && maxDifference <= 1e-4; }
};

struct ExportReport {
    std::string file;
    std::string sidecar;
    std::string helper;  // FILE.py, which asks the model in Python as Graft does; empty: the format has none
    std::string format;  // its name
    std::uint64_t bytes = 0;
    std::optional<Verification> verified;
};

// Why a file that fails its verification is not kept: the message of the Error.
inline constexpr const char* kAnswersDiffer =
    GRAFT_TEXT("The exported model does not give the run's answers, so it was not kept.");

using Progress = std::function<void(std::size_t done, std::size_t total)>;

// A file that fails its verification is removed again. An existing FILE is replaced only by a whole new one,
// and only where Graft wrote it: its .json lies beside it, or its own mark says so. At every moment the .json
// fits the FILE that lies there, the old one or the new one.
// format: a ModelFormat's name.
// Errors: NotFound (no such run, or it has no model yet), InvalidArgument (an unknown format, a folder, a
// device or a run's own file), Unwritable (also: what lies there is no export's), Internal (verification
// failed), Cancelled.
Result<ExportReport> exportRun(const std::string& runFolder, const std::string& format,
                               const std::string& file, bool verify, const Progress& progress,
                               runtime::RunControl& control);

}  // namespace graft::exporting
