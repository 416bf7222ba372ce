// SPDX-License-Identifier: GPL-3.0-or-later
// The part of Predictor.h that runs networks.
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <span>

#include "core/base/detail/Hash.h"
#include "core/base/torch/TorchErrors.h"
#include "core/inference/detail/PredictorImpl.h"
#include "core/inference/torch/FastForward.h"
#include "core/inference/torch/ImageStream.h"
#include "core/inference/torch/LoadedModel.h"

namespace graft::inference {

namespace {

Result<std::vector<std::vector<float>>> logitsOf(const LoadedModel& model,
                                                 const std::vector<std::vector<float>>& inputs) {
    return base::guardTorch([&]() -> Result<std::vector<std::vector<float>>> {
        std::vector<std::vector<float>> answers;
        if (inputs.empty()) return answers;
        const std::int64_t side = model.sidecar.preprocess.cropSize;
        const at::Tensor input = torch::empty({static_cast<std::int64_t>(inputs.size()), 3, side, side});
        float* target = input.data_ptr<float>();
        for (const std::vector<float>& values : inputs) {
            std::memcpy(target, values.data(), values.size() * sizeof(float));
            target += values.size();
        }
        const torch::NoGradGuard noGradients;
        const at::Tensor output =
            model.forward(input.to(model.device)).to(torch::kCPU, torch::kFloat).contiguous();
        const auto count = static_cast<std::int64_t>(model.sidecar.classes.size());
        TORCH_CHECK(output.sizes() == at::IntArrayRef({input.size(0), count}),
                    "the model gives another number of answers");
        for (std::int64_t row = 0; row < output.size(0); ++row) {
            const float* values = output.data_ptr<float>() + row * count;
            answers.emplace_back(values, values + count);
        }
        return answers;
    });
}

Probabilities probabilitiesFor(std::span<const float> logits, const std::string& image) {
    if (!std::ranges::all_of(logits, [](float value) { return std::isfinite(value); })) {
        return fail(
            ErrorCode::BadFormat,
            GRAFT_TEXT(
                "The model's answer to this picture is no number (nan or infinite): its weights are damaged; "
                "train or export it again."),
            image);
    }
    return backbones::probabilitiesOf(logits);
}

}  // namespace

Result<Predictor> Predictor::open(const std::string& model, const std::string& device, std::size_t views) {
    struct Loaded : Impl {
        Loaded(LoadedModel loaded, Views of) : model(std::move(loaded)), fast(model), views(std::move(of)) {}
        const std::vector<std::string>& classes() const override { return model.sidecar.classes; }
        const data::PreprocessOptions& preprocessOptions() const override { return model.sidecar.preprocess; }
        const backbones::Outputs& outputs() const override { return model.sidecar.outputs; }
        Result<std::string> modelSha256() const override {
            return model.sidecar.sha256.empty() ? base::sha256OfFile(model.file)
                                                : Result<std::string>(model.sidecar.sha256);
        }
        Result<std::vector<std::vector<float>>> logits(
            const std::vector<std::vector<float>>& inputs) override {
            return logitsOf(model, inputs);
        }
        Result<bool> predictAll(const std::vector<std::string>& images, const Sink& sink,
                                runtime::RunControl& control) override {
            return base::guardTorch([&]() -> Result<bool> {
                StreamOptions options;
                options.preprocess = model.sidecar.preprocess;
                options.device = model.device;
                options.width = model.sidecar.classes.size();
                options.views = views;
                return streamImages(
                    images, options, [this](const at::Tensor& batch) { return fast(batch); },
                    [&](const Seen& seen) {
                        return sink(seen.index, seen.error != nullptr
                                                    ? Probabilities(fail(*seen.error))
                                                    : probabilitiesFor(seen.row, images[seen.index]));
                    },
                    control);
            });
        }
        Message method() const override { return fast.method(); }

        LoadedModel model;
        FastForward fast;
        Views views;
    };
    return base::guardTorch([&]() -> Result<Predictor> {
        auto loaded = loadModel(model, device);
        if (!loaded) return fail(loaded.error());
        auto of = viewsOf(model, views);
        if (!of) return fail(of.error());
        return Predictor(std::make_unique<Loaded>(std::move(*loaded), std::move(*of)));
    });
}

}  // namespace graft::inference
