// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <limits>

#include "core/settings/rows/Rows.h"

namespace graft::settings {

namespace {

constexpr std::array kPrecisions{
    Named{Precision::Auto, "auto", GRAFT_TEXT("automatic")},
    Named{Precision::Float32, "float32", GRAFT_TEXT("float32")},
    Named{Precision::BFloat16, "bfloat16", GRAFT_TEXT("bfloat16")},
    Named{Precision::Float16, "float16", GRAFT_TEXT("float16")},
};

bool deviceKnowsPrecision(const TrainConfig& config) {
    return config.precision != Precision::Float16 || config.device != "cpu";
}

}  // namespace

Rows machineSettings() {
    Rows rows;
    rows.settings = {
        {
            .key = "seed",
            .option = "--seed",
            .group = Group::Machine,
            .label = GRAFT_TEXT("Seed"),
            .help = GRAFT_TEXT("The same seed on the same machine repeats the run"),
            .field = whole(
                [](auto& c) -> auto& { return c.seed; },
                from(0, static_cast<double>(std::numeric_limits<std::uint64_t>::max()))),
        },
        {
            .key = "threads",
            .option = "--threads",
            .group = Group::Machine,
            .label = GRAFT_TEXT("Threads"),
            .help = GRAFT_TEXT("For arithmetic"),
            .field = whole(
                [](auto& c) -> auto& { return c.threads; }, from(0, 1024, GRAFT_TEXT("one per processor"))),
            .mayDiffer = true,
        },
        {
            .key = "loader_threads",
            .option = "--loader-threads",
            .group = Group::Machine,
            .label = GRAFT_TEXT("Decoding threads"),
            .help = GRAFT_TEXT("For reading pictures"),
            .field = whole(
                [](auto& c) -> auto& { return c.loaderThreads; },
                from(0, 1024, GRAFT_TEXT("chosen by Graft"))),
            .mayDiffer = true,
        },
        {
            .key = "precision",
            .option = "--precision",
            .group = Group::Machine,
            .label = GRAFT_TEXT("Precision"),
            .help = GRAFT_TEXT(
                "Automatic: frozen layers in bfloat16 where that is faster and changes nothing. "
                "bfloat16 and float16: mixed precision for the trained layers too; float16 needs a GPU"),
            .field = oneOf(
                [](auto& c) -> auto& { return c.precision; }, kPrecisions),
            .whenAbsent = std::string("float32"),
        },
        {
            .key = "device",
            .option = "--device",
            .group = Group::Machine,
            .label = GRAFT_TEXT("Device"),
            .help = GRAFT_TEXT("Where the arithmetic runs: auto, cpu, cuda or cuda:N"),
            .field = freeText([](auto& c) -> auto& { return c.device; }),
            .mayDiffer = true,
        },
    };
    rows.rules = {
        {"precision", deviceKnowsPrecision,
         GRAFT_TEXT("float16 needs a GPU; on a CPU take float32 or bfloat16.")},
    };
    return rows;
}

}  // namespace graft::settings
