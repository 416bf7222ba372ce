// SPDX-License-Identifier: GPL-3.0-or-later
// The files of a run that is going on, and their order: the only writer of a run folder, behind its lock.
// What belongs together changes together (RunCommit.h), so that a run which is killed at any moment is one
// of two: as it was before, or as it is after.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/backbones/torch/Network.h"
#include "core/data/DatasetIndex.h"
#include "core/evaluation/Evaluation.h"
#include "core/training/detail/RunLock.h"
#include "core/training/detail/RunWriter.h"
#include "core/training/torch/Checkpoint.h"

namespace graft::training {

inline constexpr const char* kFolderIsAway = GRAFT_TEXT(
    "The run's folder was moved, renamed or replaced while the run went on, or the .lock in it was removed. "
    "What the last checkpoint holds is where the folder is now; resume it there.");

class RunRecorder {
  public:
    // Makes and locks the folder of a new run. Errors: InvalidArgument (a run is there already), Unwritable.
    static Result<RunRecorder> create(const std::string& runFolder);
    // Locks a run and puts what a killed process left into its place. Errors: NotFound, Unwritable.
    static Result<RunRecorder> reopen(const std::string& runFolder);

    const RunPaths& paths() const { return m_paths; }
    // The folder is still the run's. Errors: Unwritable: it was moved, or another lies in its place.
    Result<void> checkPlace() const;
    void log(const std::string& line) const;
    // That the run has ended by an error, for whoever lists it; and that it goes on.
    void noteFailure(const Error& error) const;
    void forgetFailure() const;
    // What save() seals the state with.
    void sealWith(CheckpointSeal seal) { m_seal = std::move(seal); }
    // What save() writes with the model. untouched: the units that no phase of the run trains.
    void describe(const settings::TrainConfig& config, const std::vector<std::string>& classes,
                  backbones::FreezePlan untouched);

    // The model as it is now is the best so far; it goes to the disk with the next save(). A state that was
    // remembered before is forgotten.
    void keepBest(const backbones::Network& network, evaluation::Evaluation evaluation);

    // The state between two batches, and with it the best model and the metrics. On failure everything is
    // as before, here and on the disk. Errors: Unwritable.
    Result<void> save(const backbones::Network& network, const PhaseTrainer& trainer,
                      const RunProgress& progress);
    // The same later, with this moment's state: for epochs that are too short to be synced each.
    void remember(const backbones::Network& network, const PhaseTrainer& trainer,
                  const RunProgress& progress);
    // What was remembered since the last save, if anything. Errors: Unwritable.
    Result<void> saveRemembered(const backbones::Network& network);

    Result<void> markCompleted() const;

  private:
    struct State {
        weights::StateDict dict;
        std::vector<EpochDone> history;
    };
    struct Best {
        std::vector<std::pair<std::string, at::Tensor>> tensors;  // what is trained of it
        evaluation::Evaluation evaluation;
    };

    RunRecorder(const std::string& runFolder, RunLock lock);
    State stateOf(const backbones::Network& network, const PhaseTrainer& trainer,
                  const RunProgress& progress) const;
    Result<void> commit(const backbones::Network& network, const State& state);
    Result<void> writeBest(const backbones::Network& network, const RunPaths& to) const;
    // The best model as it is written.
    weights::StateDict bestModel(const backbones::Network& network) const;

    RunPaths m_paths;
    RunLock m_lock;
    CheckpointSeal m_seal;
    settings::TrainConfig m_config;
    std::vector<std::string> m_classes;
    backbones::FreezePlan m_untouched;
    std::optional<Best> m_best;  // not on the disk yet
    std::optional<State> m_remembered;
};

}  // namespace graft::training
