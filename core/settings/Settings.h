// SPDX-License-Identifier: GPL-3.0-or-later
// The table of settings, and what follows from it. Example:
//     const Setting* decay = settings::find("optimizer.weight_decay");
//     if (const auto value = settings::parsed(*decay, "0.0005")) decay->field.set(config, *value);
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/Result.h"
#include "core/settings/Method.h"
#include "core/settings/Setting.h"

namespace graft::data {
struct Augmentation;  // augment/Augmentation.h
}

namespace graft::settings {

// In the order of the panel and of config.json.
const std::vector<Setting>& all();
const Setting* find(std::string_view key);  // null for what is none

// More rows, for whoever brings settings of his own: before the first config is read and the first window
// made.
void add(Setting setting);
// The same for a method of the choice at `key`: "optimizer.kind".
void addMethod(const std::string& key, const Method& method);
// The same for an augmentation that is not in Augmentations.inc.
void addAugmentation(const data::Augmentation& augmentation);
// The same for a head that is not in Heads.inc.
void addHead(const backbones::HeadKind& kind);

bool applies(const Setting& setting, const TrainConfig& config);
// "--optimizer sgd or rmsprop": what has to be given so that the setting applies; empty for one that always
// does.
Message goesWith(const Setting& setting);

// Errors: InvalidArgument, with the key; the sentence says what it may be.
Result<Value> parsed(const Setting& setting, const std::string& text);
Result<Value> checked(const Setting& setting, const Value& value);

// Each setting by itself, and what must hold between them. Errors: as checked().
Result<void> validate(const TrainConfig& config);

// fresh: the defaults that come with another backbone. What the person had moved away from the defaults of
// the one before stays, but for what comes with the weights.
void keepChanged(TrainConfig& fresh, const TrainConfig& now, const TrainConfig& before);

// JSON as in RUN/config.json. Errors of the second: BadFormat, naming the key; also for a key that this
// version does not know, since it may change numbers.
std::string toJson(const TrainConfig& config);
Result<TrainConfig> configFromJson(const std::string& json);

// Of settings that a person left, which another version of Graft may have written: what it does not know, or
// what is damaged, has its default and is named. Nothing of that may be done with a run's, whose numbers
// would be others. Errors: BadFormat, where it is no JSON object.
struct KeptConfig {
    TrainConfig config;
    std::vector<std::string> ignored;  // keys
};
Result<KeptConfig> keptConfigFromJson(const std::string& json);

// What makes the random variants of training images look as they do; where the text is the same, so are they.
// Settings that do what was done before they were there are not in it, so that what was kept then is found.
std::string pixelText(const TrainConfig& config);

// In words, for the command line: what stands behind the option ("sgd|adam", "N"; nothing behind a switch's),
// what holds where it is not given, and what it does.
std::string argumentText(const Setting& setting);
std::string defaultText(const Setting& setting);
std::string helpText(const Setting& setting);
// The table of docs/cli.md. A test holds the page to it.
std::string asMarkdown();

}  // namespace graft::settings
