// SPDX-License-Identifier: GPL-3.0-or-later
// One way to look at images with a model: decode ahead in threads, batch, run, hand out in order, stop at any
// image, in bounded memory. Prediction, evaluation, training's validation and an export's verification give
// it a sink.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/Result.h"
#include "core/data/Preprocess.h"
#include "core/data/detail/ImageMemory.h"
#include "core/inference/detail/Views.h"
#include "core/runtime/RunControl.h"

namespace graft::inference {

struct StreamOptions {
    data::PreprocessOptions preprocess;
    c10::Device device = c10::Device(c10::kCPU);
    // Images that pass through the network at once; the last batch is filled up with nothing. More are hardly
    // faster on a CPU, and cost memory.
    std::size_t batchSize = 4;
    int threads = 0;  // 0: one per processor
    std::shared_ptr<data::ImageMemory> memory =
        nullptr;  // for who looks at the same images again; may be null
    // Of the images' files, where it is known, to tell which is another by now; as many as images, or none.
    std::vector<std::string> sha256 = {};
    std::size_t width = 0;  // numbers that run() gives for an image; 0: any. c10::Error where it gives others
    // Of several each passes through the network, which must give a logit for each class; an image has one
    // row all the same, see ViewMean.h.
    Views views = {};
};

// N x 3 x crop x crop, float32 on the CPU, to N x anything, float32 on the CPU. On the CPU it is called from
// several threads at once, each of which has one processor; for a GPU from one thread.
using RunBatch = std::function<at::Tensor(const at::Tensor& images)>;

// What came of one image: its row of the answer, or why there is none.
struct Seen {
    std::size_t index = 0;  // into the images
    std::span<const float> row;
    const Error* error = nullptr;
    const std::string* replaced =
        nullptr;  // the SHA-256 of the file that was read, if it is not the one given
};
// Called in the order of the images, from the thread that called streamImages. False stops.
using Sink = std::function<bool(const Seen&)>;

// False: the control or the sink stopped it. Throws what run() throws.
bool streamImages(const std::vector<std::string>& images, const StreamOptions& options, const RunBatch& run,
                  const Sink& sink, runtime::RunControl& control);

}  // namespace graft::inference
