// SPDX-License-Identifier: GPL-3.0-or-later
// Epochs, batches, validation, checkpoints: what train() and resumeRun() share.
#pragma once

#include <ATen/core/Generator.h>
#include <c10/core/Device.h>
#include <torch/optim/optimizer.h>

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/backbones/detail/Network.h"
#include "core/data/DatasetIndex.h"
#include "core/data/detail/BatchLoader.h"
#include "core/runtime/Device.h"
#include "core/training/Trainer.h"
#include "core/training/detail/Checkpoint.h"
#include "core/training/detail/DataPlace.h"
#include "core/training/detail/Decisions.h"
#include "core/training/detail/FeatureSource.h"
#include "core/training/detail/ImageLoss.h"
#include "core/training/detail/RunRecorder.h"
#include "core/training/detail/TrainStep.h"
#include "core/training/detail/Validation.h"

namespace graft::training {

class TrainingLoop {
  public:
    TrainingLoop(const TrainConfig& config, const data::DatasetIndex& dataset, const TrainObserver& observer,
                 runtime::RunControl& control);

    // What is known of a run that goes on.
    struct Past {
        std::optional<Decisions> decided;
        std::optional<DataState> images;  // empty: to be looked for
    };
    // Builds network and optimizer. past: null for a new run. Errors: train()'s.
    Result<void> prepare(const Past* past = nullptr);
    Result<void> startRun();                        // makes the run folder
    Result<void> goOn(RunRecorder recorder);        // or takes one that is there: from its checkpoint ...
    Result<void> beginAgain(RunRecorder recorder);  // ... or from the start, where it has none
    Result<TrainReport> run();

  private:
    enum class Flow { Continue, Stop };
    using Clock = std::chrono::steady_clock;

    std::string processorName() const;  // of what calculates
    void noteOtherMachine();            // than the run was begun on
    // Asks every image's hash; gives the paths of those that have changed. goesOn: the run was begun before.
    Result<std::vector<std::string>> checkContent(bool goesOn);
    data::DatasetIndex list() const;
    bool mayCache() const;  // something is frozen, and it shall be kept
    Result<void> startCache();
    void tellCacheFailure();
    Result<void> loadWeights();
    Result<void> noteSeenBefore();
    void noteLearntByRun();
    Result<void> begin();
    void tellNotices();
    Result<Flow> trainEpoch();
    void makeStep();  // and the optimizer
    void trainBatch(const data::Batch& batch, double share);
    Result<void> readSums();  // of the step, into m_progress
    // some: images that the loss is of.
    Result<void> requireFinite(double loss, const char* name, std::vector<data::LoadJob> some) const;
    Result<void> requireFiniteWeights() const;
    Result<Flow> validateEpoch();
    Result<void> finishEpoch(evaluation::Evaluation evaluation);
    void noteLearnt(evaluation::Evaluation& evaluation) const;
    Result<void> checkpoint();
    void keepRemembered();
    Result<void> writeChangedList();
    // Counts what of a batch could not be read; kind: "training" or "validation".
    void noteLost(ImageLoss& loss, std::size_t job, const std::string& path, const Error& why,
                  const char* kind);
    // sha256: of what was read in the sample's place. Each is told once. False: it is the sample all the
    // same, which was away when it was looked for.
    bool noteReplaced(std::size_t sample, const std::string& sha256, const char* kind);
    ImageLoss lossOf(const std::vector<FeatureJob>& jobs) const;
    bool goesOn();  // false: stop was requested
    bool shouldStopEarly() const;
    std::vector<FeatureJob> epochJobs(int epoch) const;
    // The batches of jobs: features where the cache is used, images otherwise.
    std::function<std::optional<data::Batch>()> batchesOf(std::vector<FeatureJob> jobs,
                                                          const data::LoaderOptions& options);
    // To float32. mixedType: see m_mixedType.
    at::Tensor forward(const at::Tensor& input, const std::optional<c10::ScalarType>& mixedType) const;
    double secondsLeft() const;
    void takeTime();  // that has passed into m_progress

    TrainConfig m_config;
    data::DatasetIndex m_dataset;
    std::map<std::size_t, std::string> m_unreadable;  // samples that could not be read, and their hashes
    DataState m_images;                               // that are not what m_dataset was made from
    std::vector<std::string> m_notices;               // to be told when the run has begun
    const TrainObserver& m_observer;
    runtime::RunControl& m_control;
    Decisions m_decisions;
    bool m_decided = false;  // by the run's own start
    std::optional<RunRecorder> m_recorder;
    at::Generator m_random;  // the run's own: what the window does beside it draws from another
    std::vector<std::string> m_weightNotes;  // of a run that begins
    runtime::Device m_device;
    std::optional<c10::ScalarType> m_mixedType;  // of mixed precision
    std::unique_ptr<backbones::Network> m_network;
    std::unique_ptr<torch::optim::Optimizer> m_optimizer;
    std::unique_ptr<TrainStep> m_step;
    std::vector<std::size_t> m_trainIndices;
    std::vector<std::size_t> m_validationIndices;  // as in m_validation
    std::set<std::string> m_learntBefore;          // of the validation images; by path, as in the dataset
    Validation m_validation;
    std::vector<data::LoadJob> m_lastBatch;       // of training
    std::shared_ptr<data::ImageMemory> m_memory;  // empty where features are kept
    std::unique_ptr<FeatureSource> m_features;    // empty: every epoch runs the frozen units
    std::size_t m_batchesPerEpoch = 0;
    RunProgress m_progress;
    Clock::time_point m_lastRead;

    Clock::time_point m_runStart;
    Clock::time_point m_timeTaken;  // until when, see takeTime()
    Clock::time_point m_lastCheckpoint;
    double m_trainSeconds = 0;  // measured in this call, for the estimate of the time left
    std::size_t m_trainBatches = 0;
    double m_validationSeconds = 0;
    std::size_t m_validationBatches = 0;
    double m_imagesPerSecond = 0;  // of this epoch's training so far
    bool m_toldCacheFailure = false;
    std::set<std::string> m_replaced;  // images, by path, while this call goes on
    bool m_listChanged = false;        // m_dataset is to be written before the next checkpoint
};

}  // namespace graft::training
