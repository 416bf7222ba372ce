// SPDX-License-Identifier: GPL-3.0-or-later
// A random change of training images, as data: what can be set about it, and what it does. One is a file in
// this folder that gives an Augmentation, and a line in Augmentations.inc; its settings, its option on the
// command line, its row in the panel and its part of the feature cache's key follow from that (see
// docs/add-a-method.md). They come in the order of the list, geometry first, then bytes, then numbers.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/Image.h"
#include "core/base/Seed.h"
#include "core/base/Text.h"
#include "core/data/AugmentOptions.h"
#include "core/data/augment/Homography.h"

namespace graft::data {

// What can be set. Of which kind it is says `usual`: a switch, a whole number, or a number.
struct Knob {
    std::string name;    // in config.json, within "augment": "rotation"; it never changes again
    std::string option;  // of `graft-cli train`: "--rotation"
    std::string label;   // "Rotation"
    std::string help;    // what it is for, with its unit, without a full stop
    AugmentValue usual;  // what it is unless it is set: false or 0, or what fits most where it isDetail
    double lowest = 0;   // of a number; 0 is allowed for what is no detail
    double highest = 1;
    // It says how, not whether: it changes nothing while all that are none are off.
    bool isDetail = false;
};

struct Augmentation;

// What is set of one augmentation.
class Dials {
  public:
    Dials(const Augmentation& augmentation, const AugmentOptions& options)
        : m_augmentation(augmentation), m_options(options) {}

    // By the knob's name; of the kind that the knob has.
    double number(const std::string& knob) const { return std::get<double>(value(knob)); }
    std::int64_t whole(const std::string& knob) const { return std::get<std::int64_t>(value(knob)); }
    bool isSet(const std::string& knob) const { return std::get<bool>(value(knob)); }
    const AugmentValue& value(const std::string& knob) const;

  private:
    const Augmentation& m_augmentation;
    const AugmentOptions& m_options;
};

// Everything random comes from the stream, which is one for each image, variant and augmentation: what others
// draw, and in which thread, changes nothing.
struct Augmentation {
    std::string name;  // of its stream; it never changes again
    std::vector<Knob> knobs;

    // What it does is one of these three.
    // For each point of the result, where in the picture its colour is. The middle of the square that the
    // network sees is (0, 0), its right and lower borders are at 0.5.
    std::function<Homography(const Dials&, base::RandomStream&)> geometry = {};
    // On the bytes of the square.
    std::function<void(base::Image&, const Dials&, base::RandomStream&)> bytes = {};
    // On the normalised numbers: 3 x side x side, channel after channel.
    std::function<void(std::span<float>, int side, const Dials&, base::RandomStream&)> numbers = {};

    // Of a geometry: pixels change their places and nothing else (flips, quarter turns).
    bool movesPixelsOnly = false;
    // The same stream gives the same pixels, in this run and in others.
    bool mayBeKept = true;
};

// In the order in which they are done.
const std::vector<Augmentation>& augmentations();
// One more, for whoever brings his own, through settings::addAugmentation(); while no image is loaded.
void addAugmentation(Augmentation augmentation);

bool isOn(const Augmentation& augmentation, const AugmentOptions& options);

}  // namespace graft::data
