// SPDX-License-Identifier: GPL-3.0-or-later
// Random changes of the training images. Those that are listed in core/data/augment bring their settings;
// crop and flip, which were there first, stand here.
#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "core/data/augment/Augmentation.h"
#include "core/settings/Settings.h"
#include "core/settings/rows/Rows.h"

namespace graft::settings {

namespace {

using data::AugmentValue;
using data::Knob;
using data::Outside;

constexpr std::array kOutside{
    Named{Outside::Mirror, "mirror", GRAFT_TEXT("mirrored")},
    Named{Outside::Edge, "edge", GRAFT_TEXT("the edge's colours")},
    Named{Outside::Mean, "mean", GRAFT_TEXT("the mean colour")},
    Named{Outside::Black, "black", GRAFT_TEXT("black")},
};

bool areasFit(const TrainConfig& config) {
    return config.augment.minimumArea <= config.augment.maximumArea;
}

bool showsOutside(const TrainConfig& config) {
    return data::showsOutside(config.augment);
}

Condition withCrop() {
    return {.key = "augment.random_resized_crop",
            .values = {"true"},
            .goesWith = GRAFT_TEXT("random crops (no --no-random-crop)")};
}

std::vector<Setting> cropSettings() {
    return {
        {
            .key = "augment.random_resized_crop",
            .option = "--no-random-crop",
            .label = GRAFT_TEXT("Random crop"),
            .help = GRAFT_TEXT("Each epoch sees another part of every training image"),
            .field = onOff([](auto& c) -> auto& { return c.augment.randomResizedCrop; }),
        },
        {
            .key = "augment.minimum_area",
            .option = "--min-area",
            .label = GRAFT_TEXT("Smallest crop"),
            .help = GRAFT_TEXT("Share of a training image that a random crop has at least"),
            .field = number(
                [](auto& c) -> auto& { return c.augment.minimumArea; }, above(0, 1)),
            .applies = withCrop(),
        },
        {
            .key = "augment.maximum_area",
            .option = "--max-area",
            .label = GRAFT_TEXT("Largest crop"),
            .help = GRAFT_TEXT("Share of a training image that a random crop has at most"),
            .field = number(
                [](auto& c) -> auto& { return c.augment.maximumArea; }, above(0, 1)),
            .applies = withCrop(),
            .whenAbsent = 1.0,
        },
        {
            .key = "augment.narrowest",
            .option = "--narrowest",
            .label = GRAFT_TEXT("Narrowest crop"),
            .help = GRAFT_TEXT("Its shorter side, as a share of the longer one, at least; 1: squares only"),
            .field = number(
                [](auto& c) -> auto& { return c.augment.narrowest; }, above(0, 1)),
            .applies = withCrop(),
            .whenAbsent = 0.75,
        },
        {
            .key = "augment.horizontal_flip",
            .option = "--no-flip",
            .label = GRAFT_TEXT("Horizontal flip"),
            .help = GRAFT_TEXT("Mirror every second training image; not for text or digits"),
            .field = onOff([](auto& c) -> auto& { return c.augment.horizontalFlip; }),
        },
    };
}

Setting outsideSetting() {
    return {
        .key = "augment.outside",
        .option = "--outside",
        .label = GRAFT_TEXT("Outside"),
        .help = GRAFT_TEXT("What is seen where a turned or moved image does not reach"),
        .field = oneOf(
            [](auto& c) -> auto& { return c.augment.outside; }, kOutside),
        .applies = {.holds = showsOutside,
                    .goesWith = GRAFT_TEXT("an augmentation that turns, moves or tilts")},
        .whenAbsent = std::string("mirror"),
    };
}

Value asValue(const AugmentValue& value) {
    return std::visit([](auto held) -> Value { return held; }, value);
}

AugmentValue valueOf(const data::AugmentOptions& options, const Knob& knob) {
    const auto set = options.more.find(knob.name);
    return set != options.more.end() ? set->second : knob.usual;
}

Field fieldOf(const Knob& knob) {
    Field field;
    field.kind = std::holds_alternative<bool>(knob.usual)           ? Kind::Switch
                 : std::holds_alternative<std::int64_t>(knob.usual) ? Kind::Whole
                                                                    : Kind::Number;
    field.range = from(knob.lowest, knob.highest);
    field.get = [knob](const TrainConfig& config) { return asValue(valueOf(config.augment, knob)); };
    field.set = [knob](TrainConfig& config, const Value& value) {
        const auto take = [&](const auto& usual) {
            const auto& given = std::get<std::remove_cvref_t<decltype(usual)>>(value);
            // There is one way to say that it is as usual.
            config.augment.more.erase(knob.name);
            if (given != usual) config.augment.more.emplace(knob.name, given);
        };
        std::visit(take, knob.usual);
    };
    return field;
}

// What switches an augmentation on, for its details.
Message switchesOf(const data::Augmentation& augmentation) {
    Message options;
    for (const Knob& knob : augmentation.knobs) {
        if (knob.isDetail) continue;
        options = options.empty() ? Message::words(knob.option)
                                  : Message(GRAFT_TEXT("{1} or {2}"), options, knob.option);
    }
    return options;
}

std::vector<Setting> settingsOf(const data::Augmentation& augmentation) {
    std::vector<Setting> settings;
    for (const Knob& knob : augmentation.knobs) {
        Setting setting{
            .key = "augment." + knob.name,
            .option = knob.option,
            .label = knob.label,
            .help = knob.help,
            .field = fieldOf(knob),
            .whenAbsent = asValue(knob.usual),
        };
        if (knob.isDetail) {
            setting.applies = {
                .holds = [augmentation](const TrainConfig& c) { return data::isOn(augmentation, c.augment); },
                .goesWith = switchesOf(augmentation),
            };
        }
        settings.push_back(std::move(setting));
    }
    return settings;
}

void mark(Setting& setting) {
    setting.group = Group::Augmentation;
    setting.changesPixels = true;
}

}  // namespace

Rows augmentationSettings() {
    Rows rows{cropSettings()};
    for (const data::Augmentation& augmentation : data::augmentations())
        std::ranges::move(settingsOf(augmentation), std::back_inserter(rows.settings));
    rows.settings.push_back(outsideSetting());
    std::ranges::for_each(rows.settings, mark);
    rows.rules = {
        {"augment.minimum_area", areasFit,
         GRAFT_TEXT("The smallest random crop must not be larger than the largest; take less for it.")},
    };
    return rows;
}

void addAugmentation(const data::Augmentation& augmentation) {
    all();  // the table is made of the list as it is before
    data::addAugmentation(augmentation);
    for (Setting& setting : settingsOf(augmentation)) {
        mark(setting);
        add(std::move(setting));
    }
}

}  // namespace graft::settings
