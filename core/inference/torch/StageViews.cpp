// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inference/StageViews.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <new>
#include <utility>

#include "core/backbones/torch/Network.h"
#include "core/backbones/torch/RandomSource.h"
#include "core/base/torch/TorchErrors.h"
#include "core/runtime/ThreadBudget.h"
#include "core/weights/WeightFile.h"

namespace graft::inference {

namespace {

Result<backbones::Network> networkOf(const StageViewRequest& request) {
    using Weights = backbones::Network::BackboneWeights;
    const backbones::DrawFrom ownNumbers(backbones::makeGenerator(c10::kCPU, request.seed));
    auto network = backbones::Network::create(request.backbone, 2, {},
                                              request.weightsFile.empty() ? Weights::Random : Weights::Unset);
    if (!network) return network;
    if (const auto fits = network->checkInput(request.preprocess.cropSize); !fits) return fail(fits.error());
    if (!request.weightsFile.empty()) {
        const std::string file = weights::weightFileAt(request.weightsFile);
        const auto dict = weights::readWeights(file);
        if (!dict) return fail(dict.error());
        if (const auto loaded = network->load(*dict, false, file); !loaded) return fail(loaded.error());
    }
    network->train(false);
    return network;
}

// C x H x W of one picture's; undefined where there is no map.
at::Tensor mapOf(const at::Tensor& output) {
    if (output.dim() == 4) return output[0];
    if (output.dim() != 3) return {};
    // Tokens: those in front that stand for no place (the class token) are left out.
    const std::int64_t tokens = output.size(1);
    const auto side = static_cast<std::int64_t>(std::sqrt(static_cast<double>(tokens)));
    return output[0].narrow(0, tokens - side * side, side * side).t().reshape({-1, side, side});
}

StageView viewOf(const std::string& stage, const at::Tensor& output, std::size_t most) {
    StageView view{stage, static_cast<std::size_t>(output.dim() == 3 ? output.size(2) : output.size(1)), {}};
    const at::Tensor map = mapOf(output);
    if (!map.defined() || map.size(1) * map.size(2) < 2) return view;
    const at::Tensor all = at::nan_to_num(map.to(torch::kFloat));
    const at::Tensor strength = all.flatten(1).std(1, false);
    const auto count = std::min<std::int64_t>(static_cast<std::int64_t>(most), all.size(0));
    const at::Tensor strongest = std::get<1>(strength.topk(count));
    for (std::int64_t n = 0; n < count; ++n) {
        const auto channel = strongest[n].item<std::int64_t>();
        const at::Tensor numbers = all[channel];
        const at::Tensor lowest = numbers.min();
        const at::Tensor range = (numbers.max() - lowest).clamp_min(1e-30);
        const at::Tensor bytes =
            ((numbers - lowest) / range * 255.0).round().to(torch::kByte).contiguous().flatten();
        const auto* first = bytes.data_ptr<std::uint8_t>();
        view.channels.push_back({static_cast<std::size_t>(channel),
                                 static_cast<int>(all.size(2)),
                                 static_cast<int>(all.size(1)),
                                 {first, first + bytes.numel()}});
    }
    return view;
}

}  // namespace

Result<std::vector<StageView>> viewStages(const StageViewRequest& request, runtime::RunControl& control) try {
    if (const auto good = data::validate(request.preprocess); !good) return fail(good.error());
    runtime::useOneComputeThread();
    const torch::NoGradGuard noGradients;
    const std::int64_t side = request.preprocess.cropSize;
    at::Tensor x = torch::empty({1, 3, side, side});
    const auto loaded = data::loadPreprocessed(request.image, request.preprocess, {}, 0,
                                               {x.data_ptr<float>(), static_cast<std::size_t>(x.numel())});
    if (!loaded) return fail(loaded.error());
    if (control.isStopRequested()) return std::vector<StageView>{};
    const auto network = networkOf(request);
    if (!network) return fail(network.error());

    std::vector<StageView> views;
    const auto& units = network->units();
    for (std::size_t n = 0; n < units.size(); ++n) {
        if (control.isStopRequested()) return std::vector<StageView>{};
        x = units[n].forward(x);
        if (n + 1 == units.size() || units[n + 1].stage != units[n].stage)
            views.push_back(viewOf(units[n].stage, x, request.channels));
    }
    return views;
} catch (const c10::Error& error) {
    if (base::isOutOfMemory(error)) return base::outOfMemory();
    throw;  // the border of the engine makes an Error of it
} catch (const std::bad_alloc&) {
    return base::outOfMemory();
}

}  // namespace graft::inference
