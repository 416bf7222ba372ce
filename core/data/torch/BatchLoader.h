// SPDX-License-Identifier: GPL-3.0-or-later
// Decodes and preprocesses batches in threads, ahead of the training and within a memory bound. The threads
// give way to the arithmetic: they work where that waits. Which images make a batch, and how each is cropped,
// depends only on the jobs given, never on threads.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/Result.h"
#include "core/data/Preprocess.h"
#include "core/data/detail/ImageMemory.h"

namespace graft::data {

struct LoadJob {
    std::string path;
    int label = 0;
    std::uint64_t seed = 0;  // for the augmentation
    std::string sha256;      // of the file that is expected; empty: any
};

// A file that is not the one that LoadJob::sha256 expects.
struct Replaced {
    std::size_t job = 0;
    std::string sha256;  // of what was read
};

struct Unreadable {
    std::size_t job = 0;
    Error why;  // of its file
};

struct Batch {
    at::Tensor images;                   // N x 3 x crop x crop, float32, normalised; or their features
    at::Tensor labels;                   // N, int64
    std::vector<std::size_t> jobs;       // which job each row is
    std::size_t firstJob = 0;            // of this batch, readable or not
    std::vector<Unreadable> unreadable;  // of this batch, in the order of the jobs; they are not in it
    std::vector<Replaced> replaced;      // files of this batch; they are in it
};

struct LoaderOptions {
    std::size_t batchSize = 32;
    PreprocessOptions preprocess;
    std::optional<AugmentOptions> augment;   // none: preprocess() as for validation
    int threads = 0;                         // 0: one per processor
    std::size_t memoryBound = 512ULL << 20;  // bytes of batches held ready; at least two batches are
    std::shared_ptr<ImageMemory> memory;     // may be null; what is loaded twice is decoded once
    std::size_t firstBatch = 0;              // start here, for a resumed epoch
    bool pinned = false;  // page-locked memory, which a GPU copies while it calculates; needs CUDA
    // Where each batch ends, as numbers of jobs; empty: every batchSize jobs, see batchCount().
    std::vector<std::size_t> ends;
};

class BatchLoader {
  public:
    // Throws std::system_error where not a single thread can be started.
    BatchLoader(std::vector<LoadJob> jobs, const LoaderOptions& options);
    ~BatchLoader();
    BatchLoader(const BatchLoader&) = delete;
    BatchLoader& operator=(const BatchLoader&) = delete;

    // The last batch takes in a single leftover image: batch norm cannot train on one.
    static std::size_t batchCount(std::size_t jobs, std::size_t batchSize);
    static std::vector<std::size_t> batchEnds(std::size_t jobs, std::size_t batchSize);

    // Waits for the next batch; empty after the last one. May hold fewer images than jobs, even none, where
    // files have become unreadable. Throws what a loading thread threw: std::bad_alloc, c10::Error.
    std::optional<Batch> next();

  private:
    struct State;
    std::unique_ptr<State> m_state;
};

}  // namespace graft::data
