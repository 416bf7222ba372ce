// SPDX-License-Identifier: GPL-3.0-or-later
// Uses a trained model on new images.
//
//     auto predictor = Predictor::open("leaves.pt");
//     auto answer = predictor->predict("new/photo.jpg");
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/Image.h"
#include "core/base/Result.h"
#include "core/data/Preprocess.h"

namespace graft::inference {

struct ClassProbability {
    std::string name;
    double probability = 0;  // 0..1; all classes add up to 1
};

class Predictor {
  public:
    // An exported TorchScript or safetensors file with its .json beside it, or a run folder.
    // Errors: NotFound, BadFormat, UnsafeFile, WeightsMismatch, DeviceUnavailable.
    static Result<Predictor> open(const std::string& model, const std::string& device = "auto");

    Predictor(Predictor&&) noexcept;
    Predictor& operator=(Predictor&&) noexcept;
    ~Predictor();

    const std::vector<std::string>& classes() const;
    const data::PreprocessOptions& preprocessOptions() const;

    // Every class, the most probable first. Errors: decodeImage's.
    Result<std::vector<ClassProbability>> predict(const std::string& imagePath);

    // Raw logits in class order for each image; all of them pass through the network in one batch.
    Result<std::vector<std::vector<float>>> logits(const std::vector<base::Image>& images);

  private:
    struct Impl;
    explicit Predictor(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

}  // namespace graft::inference
