// SPDX-License-Identifier: GPL-3.0-or-later
// The part of Predictor.h that runs networks.
#include <torch/types.h>
#include <torch/utils.h>

#include <cstring>

#include "core/base/detail/TorchErrors.h"
#include "core/inference/detail/LoadedModel.h"
#include "core/inference/detail/PredictorImpl.h"

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
        if (output.dim() != 2 || output.size(0) != input.size(0) || output.size(1) != count) {
            return fail(ErrorCode::BadFormat,
                        "The model does not give one number for each of its classes; export it again.");
        }
        for (std::int64_t row = 0; row < output.size(0); ++row) {
            const float* values = output.data_ptr<float>() + row * count;
            answers.emplace_back(values, values + count);
        }
        return answers;
    });
}

}  // namespace

Result<Predictor> Predictor::open(const std::string& model, const std::string& device) {
    struct Loaded : Impl {
        explicit Loaded(LoadedModel loaded) : model(std::move(loaded)) {}
        const std::vector<std::string>& classes() const override { return model.sidecar.classes; }
        const data::PreprocessOptions& preprocessOptions() const override { return model.sidecar.preprocess; }
        Result<std::vector<std::vector<float>>> logits(
            const std::vector<std::vector<float>>& inputs) override {
            return logitsOf(model, inputs);
        }
        LoadedModel model;
    };
    return base::guardTorch([&]() -> Result<Predictor> {
        auto loaded = loadModel(model, device);
        if (!loaded) return fail(loaded.error());
        return Predictor(std::make_unique<Loaded>(std::move(*loaded)));
    });
}

}  // namespace graft::inference
