// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>

#include "core/settings/rows/Rows.h"

namespace graft::settings {

namespace {

using backbones::HeadKind;

constexpr std::array kHeads{
    Named{HeadKind::Linear, "linear", GRAFT_TEXT("linear")},
    Named{HeadKind::Mlp, "mlp", GRAFT_TEXT("hidden layer")},
};

}  // namespace

Rows headSettings() {
    return {.settings = {
                {
                    .key = "head.kind",
                    .option = "--head",
                    .group = Group::Head,
                    .label = GRAFT_TEXT("Kind of head"),
                    .help = GRAFT_TEXT(
                        "What is put on the backbone: one linear layer, or a hidden layer before it"),
                    .field = oneOf(
                        [](auto& c) -> auto& { return c.head.kind; }, kHeads),
                },
                {
                    .key = "head.hidden_units",
                    .option = "--hidden-units",
                    .group = Group::Head,
                    .label = GRAFT_TEXT("Hidden units"),
                    .help = GRAFT_TEXT("Size of the hidden layer"),
                    .field = whole(
                        [](auto& c) -> auto& { return c.head.hiddenUnits; }, from(1, 65536)),
                    .applies = {.key = "head.kind", .values = {"mlp"}},
                },
                {
                    .key = "head.dropout",
                    .option = "--dropout",
                    .group = Group::Head,
                    .label = GRAFT_TEXT("Dropout"),
                    .help = GRAFT_TEXT("Share of hidden units left out at random while training"),
                    .field = number(
                        [](auto& c) -> auto& { return c.head.dropout; }, below(0, 1)),
                    .applies = {.key = "head.kind", .values = {"mlp"}},
                },
            }};
}

}  // namespace graft::settings
