// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/augment/Augmentation.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace graft::data {

namespace augment {
#define GRAFT_AUGMENTATION(name) Augmentation name();
#include "core/data/augment/Augmentations.inc"
#undef GRAFT_AUGMENTATION
}  // namespace augment

namespace {

std::vector<Augmentation>& list() {
    static std::vector<Augmentation> all{
#define GRAFT_AUGMENTATION(name) augment::name(),
#include "core/data/augment/Augmentations.inc"
#undef GRAFT_AUGMENTATION
    };
    return all;
}

bool isNothing(const AugmentValue& value) {
    return std::visit([](auto held) { return held == decltype(held){}; }, value);
}

bool anyIsOn(const AugmentOptions& options, bool (*also)(const Augmentation&)) {
    return std::ranges::any_of(augmentations(), [&](const Augmentation& augmentation) {
        return isOn(augmentation, options) && also(augmentation);
    });
}

}  // namespace

const std::vector<Augmentation>& augmentations() {
    return list();
}

void addAugmentation(Augmentation augmentation) {
    list().push_back(std::move(augmentation));
}

const AugmentValue& Dials::value(const std::string& knob) const {
    const auto set = m_options.more.find(knob);
    if (set != m_options.more.end()) return set->second;
    const auto found = std::ranges::find(m_augmentation.knobs, knob, &Knob::name);
    if (found == m_augmentation.knobs.end()) throw std::logic_error("No such knob: " + knob);
    return found->usual;
}

bool isOn(const Augmentation& augmentation, const AugmentOptions& options) {
    const Dials dials(augmentation, options);
    return std::ranges::any_of(augmentation.knobs, [&](const Knob& knob) {
        return !knob.isDetail && !isNothing(dials.value(knob.name));
    });
}

bool changesAnything(const AugmentOptions& options) {
    return options.randomResizedCrop || options.horizontalFlip ||
           anyIsOn(options, [](const Augmentation&) { return true; });
}

bool showsOutside(const AugmentOptions& options) {
    return anyIsOn(options, [](const Augmentation& augmentation) {
        return augmentation.geometry && !augmentation.movesPixelsOnly;
    });
}

bool mayBeKept(const AugmentOptions& options) {
    return !anyIsOn(options, [](const Augmentation& augmentation) { return !augmentation.mayBeKept; });
}

}  // namespace graft::data
