// SPDX-License-Identifier: GPL-3.0-or-later
// What is put on the backbone. The kinds stand in core/backbones/heads, which knows nothing of settings.
#include <utility>

#include "core/backbones/Head.h"
#include "core/settings/Method.h"
#include "core/settings/Settings.h"
#include "core/settings/rows/Rows.h"

namespace graft::settings {

namespace {

using backbones::HeadKind;

constexpr const char* kKind = "head.kind";

bool hasLayerWhereNeeded(const TrainConfig& config) {
    const HeadKind* kind = backbones::findHead(config.head.kind);
    return kind == nullptr || kind->hidden != HeadKind::Hidden::Always || config.head.hiddenUnits > 0;
}

Method methodOf(const HeadKind& kind) {
    Method method{.name = kind.name, .label = kind.label, .help = kind.help};
    if (kind.hidden != HeadKind::Hidden::None) method.uses = {"head.hidden_units", "head.dropout"};
    return method;
}

}  // namespace

Rows headSettings() {
    Rows rows;
    rows.settings = {
        {
            .key = kKind,
            .option = "--head",
            .group = Group::Head,
            .label = GRAFT_TEXT("Kind of head"),
            .help =
                GRAFT_TEXT("What is put on the backbone: what it reads of it, and through how many layers"),
            .field = methodName([](auto& c) -> auto& { return c.head.kind; }),
        },
        {
            .key = "head.hidden_units",
            .option = "--hidden-units",
            .group = Group::Head,
            .label = GRAFT_TEXT("Hidden units"),
            .help = GRAFT_TEXT("Size of the hidden layer, which has a ReLU"),
            .field = whole(
                [](auto& c) -> auto& { return c.head.hiddenUnits; },
                from(0, 65536, GRAFT_TEXT("no hidden layer"))),
        },
        {
            .key = "head.dropout",
            .option = "--dropout",
            .group = Group::Head,
            .label = GRAFT_TEXT("Dropout"),
            .help =
                GRAFT_TEXT("Share of what the last layer reads that is left out at random while training"),
            .field = number(
                [](auto& c) -> auto& { return c.head.dropout; }, below(0, 1)),
        },
    };
    for (const HeadKind& kind : backbones::headKinds())
        addMethod(rows.settings, kKind, methodOf(kind));
    rows.rules = {
        {"head.hidden_units", hasLayerWhereNeeded,
         GRAFT_TEXT("The head with a hidden layer needs hidden units; take 1 or more, or another head.")},
    };
    return rows;
}

void addHead(const HeadKind& kind) {
    addMethod(kKind, methodOf(kind));  // first: it may make the table, of the list as it is before
    backbones::addHead(kind);
}

}  // namespace graft::settings
