// SPDX-License-Identifier: GPL-3.0-or-later
// looking MODEL FOLDER [SECONDS]: what prediction makes of a machine. Prints JSON: the network alone on
// pictures that are in memory (the roofline of what follows), pictures of FOLDER decoded alone, both together
// as `graft-cli predict` does, and one picture after another as "Try it" shows them.
#include <ATen/Functions.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "core/inference/Predictor.h"
#include "core/inference/torch/FastForward.h"
#include "core/inference/torch/ImageStream.h"
#include "core/inference/torch/LoadedModel.h"
#include "core/runtime/ThreadBudget.h"

namespace {

using namespace graft;
using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

// Images a second of the network in batches of the stream's size, one batch in each processor.
double networkAlone(const inference::FastForward& network, std::int64_t side, double budget) {
    const std::size_t batchSize = inference::StreamOptions().batchSize;
    const at::Tensor images = at::rand({static_cast<std::int64_t>(batchSize), 3, side, side});
    network(images);
    std::atomic<std::size_t> seen = 0;
    const auto start = Clock::now();
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < runtime::availableProcessors(); ++i) {
            threads.emplace_back([&] {
                runtime::useOneComputeThread();
                while (secondsSince(start) < budget) {
                    network(images);
                    seen += batchSize;
                }
            });
        }
    }
    return static_cast<double>(seen) / secondsSince(start);
}

double streamed(const std::vector<std::string>& images, const data::PreprocessOptions& preprocess,
                const inference::RunBatch& run) {
    inference::StreamOptions options;
    options.preprocess = preprocess;
    runtime::RunControl control;
    const auto start = Clock::now();
    inference::streamImages(
        images, options, run, [](const inference::Seen&) { return true; }, control);
    return static_cast<double>(images.size()) / secondsSince(start);
}

std::vector<std::string> picturesIn(const std::string& folder) {
    std::vector<std::string> pictures;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file()) pictures.push_back(entry.path().string());
    }
    std::sort(pictures.begin(), pictures.end());
    return pictures;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::fprintf(stderr, "Usage: looking MODEL FOLDER [SECONDS]\n");
        return 2;
    }
    const double budget = argc > 3 ? std::atof(argv[3]) : 10.0;
    runtime::tuneAllocator();
    runtime::setComputeThreads(0);
    const std::vector<std::string> pictures = picturesIn(argv[2]);
    const auto model = inference::loadModel(argv[1], "cpu");
    auto predictor = inference::Predictor::open(argv[1], "cpu");
    if (!model || !predictor) {
        std::fprintf(stderr, "looking: %s\n", (model ? predictor.error() : model.error()).sentence().c_str());
        return 1;
    }
    const data::PreprocessOptions preprocess = predictor->preprocessOptions();
    const inference::FastForward network(*model);
    // First, because the network decides by its first pictures how it runs.
    const double together = streamed(pictures, preprocess, std::cref(network));
    const double alone = networkAlone(network, preprocess.cropSize, budget);
    const double decoded = streamed(pictures, preprocess, [](const at::Tensor& images) {
        return at::zeros({images.size(0), 1});
    });

    std::vector<double> milliseconds;
    for (std::size_t i = 0; i < std::min<std::size_t>(pictures.size(), 200); ++i) {
        const auto start = Clock::now();
        if (predictor->predict(pictures[i])) milliseconds.push_back(1e3 * secondsSince(start));
    }
    std::printf(
        "{\"pictures\": %zu, \"network_per_second\": %.1f, \"decoded_per_second\": %.1f, "
        "\"together_per_second\": %.1f, \"of_network\": %.3f, \"of_both\": %.3f",
        pictures.size(), alone, decoded, together, together / alone, together * (1 / alone + 1 / decoded));
    if (milliseconds.size() > 1) {
        std::printf(", \"first_ms\": %.1f", milliseconds.front());
        milliseconds.erase(milliseconds.begin());
        std::sort(milliseconds.begin(), milliseconds.end());
        std::printf(", \"one_picture_ms\": %.1f, \"one_picture_ms_at_most\": %.1f",
                    milliseconds[milliseconds.size() / 2], milliseconds.back());
    }
    std::printf("}\n");
    return 0;
}
