// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "core/runtime/Memory.h"
#include "core/runtime/ThreadBudget.h"
#include "core/training/NetworkTimes.h"

namespace graft::training {

namespace {

// Multiply-adds a second of one processor, as oneDNN reaches them in large convolutions: AVX-512 2 x 16, AVX2
// 2 x 8, others 4 for each of some 3e9 cycles, of which two thirds are reached.
double multiplyAddsPerSecond() {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f")) return 6e10;
    if (__builtin_cpu_supports("avx2")) return 3e10;
#endif
    return 1e10;
}

constexpr double kSecondsPerByte = 2.5e-10;  // through memory, with all processors
constexpr double kFloat = 4;
// What a unit writes and reads for each number that it gives: a convolution, a norm and a function each pass
// over as much, and within a unit there are some of them.
constexpr double kPasses = 10;
constexpr double kSaved = 6;

}  // namespace

NetworkTimes roughTimes(const backbones::ModelSummary& summary, const settings::TrainConfig& config) {
    NetworkTimes times;
    times.rough = true;
    times.device = "cpu";
    times.threads = config.threads > 0 ? config.threads : runtime::availableProcessors();
    times.batch = config.batchSize;
    times.kept = "float32";
    times.multiplyAdd = 1 / (multiplyAddsPerSecond() * times.threads);
    times.prefix.push_back(0);
    std::int64_t before = std::int64_t{3} * summary.inputSize * summary.inputSize;
    for (const backbones::UnitSummary& unit : summary.units) {
        std::int64_t numbers = 1;
        for (const std::int64_t size : unit.outputShape)
            numbers *= size;
        const double bytes = kFloat * static_cast<double>(std::max(numbers, before));
        const double look =
            static_cast<double>(unit.multiplyAdds) * times.multiplyAdd + kPasses * bytes * kSecondsPerByte;
        // A backward pass has two products for each one of the forward pass.
        times.units.push_back(
            {unit.name, look, 1.3 * look, 2 * look, 1.7 * look, 3 * bytes, kSaved * bytes, 3 * bytes});
        times.prefix.push_back(times.prefix.back() + 0.8 * look);
        before = numbers;
    }
    times.exact = times.prefix;
    times.stream = times.prefix.back() / 0.8;
    times.firstBatch = 0.01 * static_cast<double>(summary.units.size());
    times.makePrefix = 1;
    times.headStep = 0.001;
    times.readByte = 1e-9;
    times.moveParameter = 2e-9;
    times.keptPerParameter = kFloat;
    times.program = static_cast<double>(std::max<std::uint64_t>(runtime::usedMemory(), 250'000'000));
    return times;
}

}  // namespace graft::training
