// SPDX-License-Identifier: GPL-3.0-or-later
// Uses a trained model on new images.
//
//     auto predictor = Predictor::open("leaves.pt");
//     auto answer = predictor->predict("new/photo.jpg");
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/Image.h"
#include "core/base/Result.h"
#include "core/data/Preprocess.h"
#include "core/runtime/RunControl.h"

namespace graft::inference {

struct ClassProbability {
    std::string name;
    double probability = 0;  // 0..1; all classes add up to 1
};

// The probability of each class, in class order. Errors: decodeImage's; BadFormat where the model's answer is
// not finite.
using Probabilities = Result<std::vector<double>>;

class Predictor {
  public:
    // An exported file (ModelFormat.h) with its .json beside it, or a run folder.
    // Errors: NotFound, BadFormat (also: the .json does not fit the model), UnsafeFile, WeightsMismatch,
    // DeviceUnavailable.
    // views: more than 1 of a run only, whose augmentation gives the others; a probability is then the mean
    // over them (test-time augmentation). Errors: InvalidArgument (no run, or one without augmentation).
    static Result<Predictor> open(const std::string& model, const std::string& device = "auto",
                                  std::size_t views = 1);

    Predictor(Predictor&&) noexcept;
    Predictor& operator=(Predictor&&) noexcept;
    ~Predictor();

    const std::vector<std::string>& classes() const;
    const data::PreprocessOptions& preprocessOptions() const;
    // Of the model's file, in lower-case hex: the same weights whatever they are called. Errors: NotFound.
    Result<std::string> modelSha256() const;

    // Every class, the one that is decided for first: the most probable, unless the model has a threshold of
    // its own. Errors: as Probabilities.
    Result<std::vector<ClassProbability>> predict(const std::string& imagePath);

    // Many images: decoded ahead in all processors, in memory that does not grow with their number. The sink
    // is called for each of them, in order, from this thread; false stops. Gives whether all were seen.
    // Errors: OutOfMemory, Internal.
    using Sink = std::function<bool(std::size_t image, const Probabilities& answer)>;
    Result<bool> predictAll(const std::vector<std::string>& images, const Sink& sink,
                            runtime::RunControl& control);

    // How the answers are computed, and what that changes, in a sentence; empty before the first of them.
    Message method() const;

    // The classes that go with an answer, in the same order; `most` of them (0: all).
    std::vector<ClassProbability> ranked(const std::vector<double>& probabilities,
                                         std::size_t most = 0) const;

    // Raw logits in class order for each image, from the model as it is; all of them pass through the network
    // in one batch. Of a model with one output x: 0 and x.
    Result<std::vector<std::vector<float>>> logits(const std::vector<base::Image>& images);

  private:
    struct Impl;
    explicit Predictor(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

}  // namespace graft::inference
