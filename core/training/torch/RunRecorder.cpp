// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/torch/RunRecorder.h"

#include <torch/utils.h>

#include <algorithm>
#include <filesystem>

#include "core/base/detail/AtomicFile.h"
#include "core/base/detail/Hash.h"
#include "core/inference/detail/Sidecar.h"
#include "core/training/detail/RunCommit.h"
#include "core/training/detail/RunFailure.h"
#include "core/training/torch/HeadOpening.h"
#include "core/weights/WeightFile.h"
#include "core/weights/torch/TensorBridge.h"

namespace graft::training {

RunRecorder::RunRecorder(const std::string& runFolder, RunLock lock)
    : m_paths(runFolder), m_lock(std::move(lock)) {}

Result<RunRecorder> RunRecorder::create(const std::string& runFolder) {
    if (const auto free = checkIsNoRun(runFolder); !free) return fail(free.error());
    const RunPaths paths(runFolder);
    if (const auto made = base::makeFolder(paths.checkpoint); !made) return fail(made.error());
    auto lock = RunLock::take(runFolder);
    if (!lock) return fail(lock.error());
    // Another process may have made its run here before this one had the lock.
    if (const auto free = checkIsNoRun(runFolder); !free) return fail(free.error());
    return RunRecorder(runFolder, std::move(*lock));
}

Result<RunRecorder> RunRecorder::reopen(const std::string& runFolder) {
    const RunPaths paths(runFolder);
    std::error_code error;
    if (!std::filesystem::is_regular_file(paths.config, error)) {
        return fail(ErrorCode::NotFound,
                    GRAFT_TEXT("There is no run here (no config.json); give the folder of a run."),
                    runFolder);
    }
    auto lock = RunLock::take(runFolder);
    if (!lock) return fail(lock.error());
    if (isUnsettled(paths)) {
        if (const auto settled = settle(paths); !settled) return fail(settled.error());
    }
    removeUnfinished(paths);
    return RunRecorder(runFolder, std::move(*lock));
}

Result<void> RunRecorder::checkPlace() const {
    if (m_lock.isStillThere()) return {};
    return fail(ErrorCode::Unwritable, kFolderIsAway, m_paths.folder);
}

void RunRecorder::log(const std::string& line) const {
    if (m_lock.isStillThere()) appendLog(m_paths, line);
}

void RunRecorder::noteFailure(const Error& error) const {
    if (!m_lock.isStillThere()) return;
    if (error.code == ErrorCode::Cancelled) {
        appendLog(m_paths, "stopped; " + error.sentence());
        return;
    }
    std::error_code ignored;
    if (!std::filesystem::exists(m_paths.config, ignored)) return;  // it has not become a run
    appendLog(m_paths, "failed: " + error.sentence());
    // On a full disk the log alone may say it, or nothing.
    static_cast<void>(writeFailure(m_paths, error));
}

void RunRecorder::forgetFailure() const {
    if (m_lock.isStillThere()) removeFailure(m_paths);
}

Result<void> RunRecorder::markCompleted() const {
    return checkPlace().and_then([this] { return training::markCompleted(m_paths); });
}

void RunRecorder::describe(const settings::TrainConfig& config, const std::vector<std::string>& classes,
                           backbones::FreezePlan untouched) {
    m_untouched = std::move(untouched);
    m_config = config;
    m_classes = classes;
}

void RunRecorder::keepBest(const backbones::Network& network, evaluation::Evaluation evaluation) {
    const torch::NoGradGuard noGradients;
    Best best;
    best.evaluation = std::move(evaluation);
    for (const auto& [name, tensor] : network.tensorsBut(m_untouched))
        best.tensors.emplace_back(name, tensor.to(torch::kCPU, tensor.scalar_type(), false, true));
    closeHead(network, best.tensors);
    m_best = std::move(best);
    m_remembered.reset();  // that state does not know of it
}

Result<void> RunRecorder::save(const backbones::Network& network, const PhaseTrainer& trainer,
                               const RunProgress& progress) {
    return commit(network, stateOf(network, trainer, progress));
}

void RunRecorder::remember(const backbones::Network& network, const PhaseTrainer& trainer,
                           const RunProgress& progress) {
    m_remembered = stateOf(network, trainer, progress);
}

Result<void> RunRecorder::saveRemembered(const backbones::Network& network) {
    return m_remembered ? commit(network, *m_remembered) : Result<void>();
}

RunRecorder::State RunRecorder::stateOf(const backbones::Network& network, const PhaseTrainer& trainer,
                                        const RunProgress& progress) const {
    return {stateDict(network, m_untouched, trainer, progress), progress.history};
}

Result<void> RunRecorder::commit(const backbones::Network& network, const State& state) {
    if (const auto there = checkPlace(); !there) return there;
    auto written = RunCommit::begin(m_paths).and_then([&](RunCommit files) -> Result<void> {
        return writeBest(network, files.aside())
            .and_then([&] { return writeMetrics(files.aside(), state.history); })
            .and_then([&] {
                weights::StateDict sealed = state.dict;  // shares the tensors' bytes
                seal(sealed, m_seal);
                return weights::writeSafetensors(files.aside().state, sealed);
            })
            .and_then([&] { return files.finish(); });
    });
    if (!written) {
        removeUnfinished(m_paths);  // makes room on a full disk
        written.error().path = placeOf(m_paths, written.error().path);
        return written;
    }
    m_best.reset();
    m_remembered.reset();
    return {};
}

Result<void> RunRecorder::writeBest(const backbones::Network& network, const RunPaths& to) const {
    if (!m_best) return {};
    inference::Sidecar sidecar{"safetensors", m_config.backbone,   m_config.head,
                               m_classes,     m_config.preprocess, outputsOf(m_config)};
    return weights::writeSafetensors(to.model, bestModel(network))
        .and_then([&] { return base::sha256OfFile(to.model); })
        .and_then([&](const std::string& sha256) {
            sidecar.sha256 = sha256;
            return inference::writeSidecar(to.model, sidecar);
        })
        .and_then([&] { return writeEvaluation(to, m_best->evaluation); });
}

weights::StateDict RunRecorder::bestModel(const backbones::Network& network) const {
    weights::StateDict model = network.stateDict();
    inference::markAsTrained(model, m_classes);
    for (auto& [name, data] : model.tensors) {
        const auto best =
            std::ranges::find(m_best->tensors, name, [](const auto& pair) { return pair.first; });
        if (best != m_best->tensors.end()) data = weights::fromTensor(best->second);
    }
    return model;
}

}  // namespace graft::training
