// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inference/Predictor.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/base/detail/TorchErrors.h"
#include "core/data/ImageDecoder.h"
#include "core/inference/detail/LoadedModel.h"

namespace graft::inference {

struct Predictor::Impl {
    LoadedModel model;
};

Predictor::Predictor(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
Predictor::Predictor(Predictor&&) noexcept = default;
Predictor& Predictor::operator=(Predictor&&) noexcept = default;
Predictor::~Predictor() = default;

Result<Predictor> Predictor::open(const std::string& model, const std::string& device) {
    return base::guardTorch([&]() -> Result<Predictor> {
        auto loaded = loadModel(model, device);
        if (!loaded) return fail(loaded.error());
        return Predictor(std::make_unique<Impl>(Impl{std::move(*loaded)}));
    });
}

const std::vector<std::string>& Predictor::classes() const {
    return m_impl->model.sidecar.classes;
}

const data::PreprocessOptions& Predictor::preprocessOptions() const {
    return m_impl->model.sidecar.preprocess;
}

Result<std::vector<std::vector<float>>> Predictor::logits(const std::vector<base::Image>& images) {
    return base::guardTorch([&]() -> Result<std::vector<std::vector<float>>> {
        std::vector<std::vector<float>> answers;
        if (images.empty()) return answers;
        const data::PreprocessOptions& options = preprocessOptions();
        const std::int64_t side = options.cropSize;
        const at::Tensor input = torch::empty({static_cast<std::int64_t>(images.size()), 3, side, side});
        float* target = input.data_ptr<float>();
        for (const base::Image& image : images) {
            const std::vector<float> values = data::preprocess(image, options);
            std::memcpy(target, values.data(), values.size() * sizeof(float));
            target += values.size();
        }
        const torch::NoGradGuard noGradients;
        const at::Tensor output =
            m_impl->model.forward(input.to(m_impl->model.device)).to(torch::kCPU, torch::kFloat).contiguous();
        const auto count = static_cast<std::int64_t>(classes().size());
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

Result<std::vector<ClassProbability>> Predictor::predict(const std::string& imagePath) {
    auto image = data::decodeImage(imagePath);
    if (!image) return fail(image.error());
    const auto answer = logits({std::move(*image)});
    if (!answer) return fail(answer.error());
    const std::vector<float>& values = answer->front();
    const double largest = *std::ranges::max_element(values);
    double sum = 0;
    for (const float value : values)
        sum += std::exp(value - largest);
    std::vector<ClassProbability> result;
    for (std::size_t i = 0; i < values.size(); ++i) {
        result.push_back({classes()[i], std::exp(values[i] - largest) / sum});
    }
    std::ranges::stable_sort(result, std::ranges::greater{}, &ClassProbability::probability);
    return result;
}

}  // namespace graft::inference
