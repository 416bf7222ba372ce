// SPDX-License-Identifier: GPL-3.0-or-later
// What is given to every command that trains: the pictures, the network, all the settings.
#pragma once

#include <string>

#include "app/graft-cli/SettingOptions.h"
#include "core/base/Result.h"
#include "core/data/DatasetIndex.h"
#include "core/runtime/RunControl.h"
#include "core/settings/TrainConfig.h"

namespace graft::cli {

// As it was given on the command line; the rest keeps the backbone's defaults.
struct TrainingOptions {
    std::string folder;    // empty with `like`: the earlier run's
    std::string run = {};  // of train alone
    std::string backbone;
    std::string weights;
    std::string freeze;
    std::string trainFrom;
    std::string recipe = {};  // a name or a file
    std::string like = {};    // the folder of an earlier run
    SettingOptions settings;

    // command reads into this object, which must not move afterwards.
    void addTo(CLI::App& command);
};

// Errors: NotFound (no backbone or weights of the name, no run), InvalidArgument, and those of
// training::defaultConfig() and training::configLike().
Result<settings::TrainConfig> buildConfig(TrainingOptions options);

// A run that lies among the pictures would be read as some of them the next time. Errors: InvalidArgument.
Result<void> checkApart(const settings::TrainConfig& config);

// The folder of pictures, once the settings are known to be good. What scan says of it is said here too,
// before anything is trained. Errors: settings::validate's, data::scanFolder's.
Result<data::DatasetIndex> scanForTraining(const settings::TrainConfig& config,
                                           const TrainingOptions& options, runtime::RunControl& control);

}  // namespace graft::cli
