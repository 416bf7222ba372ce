// SPDX-License-Identifier: GPL-3.0-or-later
// What can be set about a run, as data: a row says what a setting is called, where it lies, what it may be
// and what for. The JSON of config.json, the options of `graft-cli train` and their help, the panel of the
// Train page, the validation and docs/cli.md are made from the rows. A new setting is a row in rows/ (see
// docs/add-a-setting.md).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/Message.h"
#include "core/settings/Field.h"

namespace graft::settings {

enum class Group {
    Data,
    Training,
    Optimizer,
    Schedule,
    Phases,
    Loss,
    Head,
    Augmentation,
    Images,
    Cache,
    Machine
};
std::string groupLabel(Group group);  // "Feature cache"

// When a setting changes something: where all that is given here is so. Empty: always.
struct Condition {
    std::string key = {};                                // of a setting that must have ...
    std::vector<std::string> values = {};                // ... one of these values, as text
    std::function<bool(const TrainConfig&)> holds = {};  // what must hold
    // What a person has to give for `holds`, or, without it, instead of the option of `key` with one of the
    // values.
    Message goesWith = {};
    // A value that asks for nothing: it may be given where the setting changes nothing, too.
    std::optional<Value> idle = {};
};

struct Setting {
    std::string key;          // its way through config.json: "optimizer.weight_decay"
    std::string option = {};  // of `graft-cli train`; of a switch that it turns off, "--no-flip"
    Group group = Group::Training;
    std::string label = {};  // "Weight decay"
    std::string help = {};   // what it is for, without a full stop
    Field field = {};
    Condition applies = {};
    // In the file of a version that did not have it yet; without one a file that lacks it is damaged.
    std::optional<Value> whenAbsent = {};
    std::vector<std::string> words =
        {};                      // of a switch on the command line, off and on: --cache-precision half
    bool inPanel = true;         // of the Train page; false: it is set elsewhere
    bool inBrief = false;        // what most people need first: there it stands above the groups
    bool mayDiffer = false;      // a run that goes on may have another value than it began with
    bool ofWeights = false;      // comes with the weights: a choice of others takes theirs
    bool changesPixels = false;  // of the training images' random variants: see pixelText() in Settings.h
    // Where it has another value than whenAbsent, a hook needs the batches' pictures: see Mixing.h.
    bool mixesImages = false;
};

// What must hold between settings.
struct Rule {
    std::string key;  // of the setting beside which it is said
    bool (*holds)(const TrainConfig&) = nullptr;
    Message sentence;  // with the remedy
};

}  // namespace graft::settings
