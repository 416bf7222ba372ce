// SPDX-License-Identifier: GPL-3.0-or-later
// roofline [SECONDS]: the fastest that oneDNN's own convolutions run on this machine, and how fast ResNet-18
// runs through Graft's network beside it; in float32, and in bfloat16 where the processor has it. Prints JSON
// for bench/run. Best of many: noise only ever takes away.
#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/backbones/FreezePlan.h"
#include "core/backbones/torch/FrozenPrefix.h"
#include "core/backbones/torch/Network.h"
#include "core/runtime/ThreadBudget.h"
#include "core/runtime/torch/Autocast.h"
#include "core/training/torch/Precisions.h"

namespace {

using namespace graft;

constexpr int kBatch = 32;
constexpr int kSide = 224;
constexpr double kFlopPerImage =
    2 * 1.814e9;  // multiply-adds of torchvision's ResNet-18 at 224 pixels, twice

double secondsOf(const std::function<void()>& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// The shortest time of work() among all that fit into budget; at least three.
double best(const std::function<void()>& work, double budget) {
    work();  // warms up caches and oneDNN's kernels
    double shortest = secondsOf(work);
    double spent = shortest;
    for (int i = 0; i < 2 || spent < budget; ++i) {
        const double seconds = secondsOf(work);
        spent += seconds;
        shortest = std::min(shortest, seconds);
    }
    return shortest;
}

struct Peak {
    double gflops = 0;
    std::string shape;
};

// A 3 x 3 convolution that keeps the number of channels, as in every stage of ResNet-18.
struct Shape {
    std::int64_t channels;
    std::int64_t side;

    double flop() const { return 2.0 * kBatch * 9 * double(side * side) * double(channels * channels); }
};

double secondsOfConvolution(const at::Tensor& input, const at::Tensor& weight, double budget) {
    return best([&] { at::mkldnn_convolution(input, weight, {}, {1, 1}, {1, 1}, {1, 1}, 1); }, budget);
}

void tryShape(const Shape& shape, c10::ScalarType type, double budget, Peak& peak) {
    const at::Tensor input = at::rand({kBatch, shape.channels, shape.side, shape.side}).to(type);
    const at::Tensor weight = at::rand({shape.channels, shape.channels, 3, 3}).to(type);
    const auto record = [&](const char* layout, double seconds) {
        const double gflops = shape.flop() / 1e9 / seconds;
        if (gflops <= peak.gflops) return;
        const std::string side = std::to_string(shape.side);
        peak = {gflops, std::to_string(shape.channels) + " channels, " + side + " x " + side + ", batch " +
                            std::to_string(kBatch) + ", " + layout};
    };
    const auto last = at::MemoryFormat::ChannelsLast;
    record("channels-last", secondsOfConvolution(input.contiguous(last), weight.contiguous(last), budget));
    // oneDNN's own layout: no reordering of the weights within the measured time.
    const at::Tensor blocked =
        at::mkldnn_reorder_conv2d_weight(weight.to_mkldnn(), {1, 1}, {1, 1}, {1, 1}, 1);
    record("oneDNN's layout", secondsOfConvolution(input.to_mkldnn(), blocked, budget));
}

Peak convolutionPeak(c10::ScalarType type, double budget) {
    const c10::InferenceMode inference;
    Peak peak;
    for (const Shape& shape : {Shape{64, 56}, Shape{128, 28}, Shape{256, 14}, Shape{512, 7}})
        tryShape(shape, type, budget / 8, peak);
    return peak;
}

backbones::Network resNet18(bool frozen) {
    auto network = backbones::Network::create("resnet18", 2, {});
    backbones::FreezePlan plan;
    if (frozen) {
        for (const backbones::Unit& unit : network->units())
            plan.frozenUnits.insert(unit.name);
    }
    network->freeze(plan);
    network->to(at::kCPU);
    network->train(true);
    return std::move(*network);
}

at::Tensor images() {
    return backbones::Network::toInput(at::rand({kBatch, 3, kSide, kSide}), at::kCPU);
}

double prefixImagesPerSecond(c10::ScalarType type, double budget) {
    const backbones::Network network = resNet18(true);
    const backbones::FrozenPrefix prefix(network, network.frozenPrefix(), kSide, at::kCPU, type);
    const at::Tensor input = images();
    return kBatch / best([&] { prefix(input); }, budget);
}

// Forward, backward and the step of the weights, as TrainingLoop does them.
double trainingImagesPerSecond(c10::ScalarType type, double budget) {
    const backbones::Network network = resNet18(false);
    const at::Tensor input = images();
    const at::Tensor labels = at::zeros({kBatch}, at::kLong);
    auto parameters = network.trainableParameters();
    const auto forward = [&] {
        const runtime::Autocast mixedPrecision(
            at::kCPU, type == at::kFloat ? std::nullopt : std::optional<c10::ScalarType>(type));
        return network.forward(input).to(at::kFloat);
    };
    const auto step = [&] {
        at::cross_entropy_loss(forward(), labels).backward();
        const at::NoGradGuard noGradient;
        for (auto& [name, parameter] : parameters) {
            parameter.add_(parameter.grad(), -0.001);
            parameter.grad().zero_();
        }
    };
    return kBatch / best(step, budget);
}

}  // namespace

int main(int argc, char** argv) {
    const double budget = argc > 1 ? std::atof(argv[1]) : 10.0;  // seconds for each of three figures
    runtime::tuneAllocator();
    const int threads = runtime::setComputeThreads(0);
    std::printf("{\n  \"threads\": %d,\n  \"flop_per_image\": %.0f", threads, kFlopPerImage);
    const auto measure = [&](const char* name, c10::ScalarType type) {
        const Peak peak = convolutionPeak(type, budget);
        std::printf(",\n  \"%s\": {\"peak_gflops\": %.2f, \"peak_shape\": \"%s\",\n", name, peak.gflops,
                    peak.shape.c_str());
        std::printf("    \"prefix\": {\"images_per_second\": %.3f},\n", prefixImagesPerSecond(type, budget));
        std::printf("    \"training\": {\"images_per_second\": %.3f}}",
                    trainingImagesPerSecond(type, budget));
    };
    measure("float32", at::kFloat);
    if (training::hasFastBFloat16(at::kCPU)) measure("bfloat16", at::kBFloat16);
    std::printf("\n}\n");
    return 0;
}
