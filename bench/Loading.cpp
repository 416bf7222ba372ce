// SPDX-License-Identifier: GPL-3.0-or-later
// loading FOLDER [PASSES [BATCH]]: how fast images are scanned, and how fast augmented batches are made,
// without a network. Prints JSON; bench/run compares it with PyTorch's DataLoader on the same files.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "core/base/Seed.h"
#include "core/data/FolderScanner.h"
#include "core/data/torch/BatchLoader.h"
#include "core/runtime/ThreadBudget.h"

namespace {

using namespace graft;

struct Timed {
    std::size_t images = 0;
    double seconds = 0;
};

double secondsSince(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::vector<data::LoadJob> trainingJobs(const data::DatasetIndex& dataset, std::uint64_t pass) {
    std::vector<data::LoadJob> jobs;
    for (const std::size_t index : dataset.indicesOf(data::Split::Train)) {
        const data::Sample& sample = dataset.samples[index];
        jobs.push_back(
            {dataset.absolutePath(sample), sample.classIndex, base::deriveSeed(1, pass, index), {}});
    }
    return jobs;
}

Timed loadBatches(const data::DatasetIndex& dataset, int passes, std::size_t batchSize) {
    data::LoaderOptions options;
    options.batchSize = batchSize;
    options.augment = data::AugmentOptions();
    Timed timed;
    const auto start = std::chrono::steady_clock::now();
    for (int pass = 0; pass < passes; ++pass) {
        data::BatchLoader loader(trainingJobs(dataset, static_cast<std::uint64_t>(pass)), options);
        while (const auto batch = loader.next())
            timed.images += batch->jobs.size();
    }
    timed.seconds = secondsSince(start);
    return timed;
}

void print(const char* name, const Timed& timed, const char* after) {
    std::printf("  \"%s\": {\"images\": %zu, \"seconds\": %.6f, \"images_per_second\": %.3f}%s\n", name,
                timed.images, timed.seconds, static_cast<double>(timed.images) / timed.seconds, after);
}

}  // namespace

int main(int argc, char** argv) {
    const int passes = argc > 2 ? std::atoi(argv[2]) : 5;
    const int batchSize = argc > 3 ? std::atoi(argv[3]) : 32;
    if (argc < 2 || passes < 1 || batchSize < 1) {
        std::fprintf(stderr, "Usage: loading FOLDER [PASSES [BATCH]]\n");
        return 2;
    }
    runtime::tuneAllocator();
    runtime::setComputeThreads(0);
    const auto start = std::chrono::steady_clock::now();
    const auto dataset = data::scanFolder(argv[1]);
    if (!dataset) {
        std::fprintf(stderr, "loading: %s\n", dataset.error().sentence().c_str());
        return 1;
    }
    const Timed scan{dataset->samples.size(), secondsSince(start)};
    const Timed load = loadBatches(*dataset, passes, static_cast<std::size_t>(batchSize));
    std::printf("{\n");
    print("scan", scan, ",");
    print("load", load, "");
    std::printf("}\n");
    return 0;
}
