// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/LoadTimes.h"

#include <time.h>

#include <algorithm>
#include <vector>

#include "core/data/detail/ImageMemory.h"
#include "core/data/detail/LoadPreprocessed.h"

namespace graft::training {

namespace {

constexpr std::size_t kMost = 48;   // images of each kind
constexpr std::size_t kFewest = 3;  // however long they take
constexpr double kSeconds = 0.5;    // for each kind

// Of this thread: what others do on the machine meanwhile is no part of it.
double processorSeconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// Some of the split's, spread over it.
std::vector<std::string> someOf(const data::DatasetIndex& dataset, data::Split split) {
    std::vector<std::size_t> all = dataset.indicesOf(split);
    std::vector<std::string> some;
    const std::size_t count = std::min(kMost, all.size());
    const std::size_t stride = count == 29 ? 31 : 29;  // so that the first few are spread, too
    for (std::size_t i = 0; i < count; ++i)
        some.push_back(dataset.absolutePath(dataset.samples[all[i * stride % count * all.size() / count]]));
    return some;
}

struct Means {
    double first = 0;
    double again = 0;
    double bytes = 0;
    std::size_t count = 0;
};

Result<Means> meansOf(const std::vector<std::string>& paths, const data::PreprocessOptions& preprocess,
                      const std::optional<data::AugmentOptions>& augment, runtime::RunControl& control) {
    const auto side = static_cast<std::size_t>(preprocess.cropSize);
    std::vector<float> target(3 * side * side);
    Means means;
    const double start = processorSeconds();
    for (const std::string& path : paths) {
        if (!control.checkpoint()) return fail(ErrorCode::Cancelled, GRAFT_TEXT("Stopped."));
        if (means.count >= kFewest && processorSeconds() - start > kSeconds) break;
        data::ImageMemory memory(std::size_t{1} << 30);
        std::string sha256;  // asked for, as training asks
        const double before = processorSeconds();
        if (!data::loadPreprocessed(path, preprocess, augment, 1 + means.count, target, &memory, &sha256))
            continue;
        const double loaded = processorSeconds();
        if (!data::loadPreprocessed(path, preprocess, augment, 1001 + means.count, target, &memory)) continue;
        means.again += processorSeconds() - loaded;
        means.first += loaded - before;
        means.bytes += static_cast<double>(memory.used());
        ++means.count;
    }
    if (means.count == 0) return means;
    const auto count = static_cast<double>(means.count);
    return Means{means.first / count, means.again / count, means.bytes / count, means.count};
}

}  // namespace

LoadTimes roughLoadTimes() {
    LoadTimes times;
    times.rough = true;
    return times;
}

Result<LoadTimes> measureLoading(const data::DatasetIndex& dataset, const settings::TrainConfig& config,
                                 runtime::RunControl& control) {
    const auto train =
        meansOf(someOf(dataset, data::Split::Train), config.preprocess, config.augment, control);
    if (!train) return fail(train.error());
    const auto centre =
        meansOf(someOf(dataset, data::Split::Validation), config.preprocess, std::nullopt, control);
    if (!centre) return fail(centre.error());
    if (train->count == 0 || centre->count == 0) return roughLoadTimes();
    return LoadTimes{false, train->first, train->again, centre->first, centre->again, train->bytes};
}

}  // namespace graft::training
