// SPDX-License-Identifier: GPL-3.0-or-later
// An epoch of a TrainingLoop that solves the head at once: all features, the solver, the weights.
#include <fmt/format.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>

#include "core/base/Seed.h"
#include "core/runtime/torch/TorchDevice.h"
#include "core/settings/ClassWeights.h"
#include "core/settings/HeadSolving.h"
#include "core/training/detail/Seeds.h"
#include "core/training/torch/HeadSolver.h"
#include "core/training/torch/TrainingLoop.h"

namespace graft::training {

namespace {

// N x C, or N x C x H x W of a head that averages behind its one layer: for a linear one that is the same.
at::Tensor pooled(const at::Tensor& features) {
    const at::Tensor onCpu = features.to(torch::kCPU, torch::kFloat);
    return onCpu.dim() == 4 ? onCpu.mean({2, 3}) : onCpu;
}

bool hasBias(const backbones::Network& network) {
    return std::ranges::any_of(network.namedTensors(), [&](const auto& named) {
        return named.first == network.outputLayer() + ".bias";
    });
}

void putInto(const backbones::Network& network, const HeadSolution& solution) {
    const torch::NoGradGuard noGradients;
    const std::string name = network.outputLayer();
    for (auto& [tensorName, tensor] : network.namedTensors()) {
        if (tensorName == name + ".weight") tensor.copy_(solution.weight.view_as(tensor));
        if (tensorName == name + ".bias") tensor.copy_(solution.bias);
    }
}

}  // namespace

Result<TrainingLoop::Flow> TrainingLoop::solveEpoch() {
    if (m_progress.batchesDone == m_batchesPerEpoch) return Flow::Continue;  // it was stopped in validation
    PhaseBatches& batches = m_phase->batches;
    const settings::TrainConfig& config = m_phase->config;
    const int variants = batches.variants();
    ImageLoss loss = m_images.trainingLoss();

    m_network->train(false);
    const auto most = static_cast<std::int64_t>(variants * m_images.training().size());
    at::Tensor features;  // as one, from the start: twice would be too much
    std::vector<at::Tensor> labels;
    std::vector<std::int64_t> images;
    const auto start = Clock::now();
    for (int variant = 0; variant < variants; ++variant) {
        const std::vector<FeatureJob> jobs = batches.jobs(m_phase->firstEpoch + variant);
        const auto next = batches.batches(jobs, 0);
        const std::size_t perVariant = m_batchesPerEpoch;
        for (std::size_t number = 1;; ++number) {
            if (!goesOn()) return Flow::Stop;
            const auto batch = next();
            if (const auto error = batches.error()) return fail(*error);
            if (!batch) break;
            tellCacheFailure();
            noteUnread(*batch, jobs, loss);
            if (loss.isTooMuch())
                return lostTooMuch(loss, data::Split::Train, m_images.dataset().root, kPutBack);
            for (const data::Replaced& other : batch->replaced)
                m_images.noteReplaced(jobs[other.job].sample, other.sha256, data::Split::Train);
            if (batch->jobs.empty()) continue;
            const at::Tensor rows = pooled(batch->images);
            if (!features.defined()) features = torch::empty({most, rows.size(1)}, torch::kFloat);
            const auto first = static_cast<std::int64_t>(images.size());
            features.slice(0, first, first + rows.size(0)).copy_(rows);
            labels.push_back(batch->labels.to(torch::kCPU, torch::kLong));
            for (const std::size_t job : batch->jobs)
                images.push_back(static_cast<std::int64_t>(jobs[job].sample));
            m_observer(HeadSolving{m_progress.epoch, static_cast<std::size_t>(variant) * perVariant + number,
                                   static_cast<std::size_t>(variants) * perVariant, 0, 0, 0,
                                   static_cast<double>(images.size()) / secondsSince(start)});
        }
    }
    const std::size_t seen = loss.total() - loss.count();
    std::vector<std::size_t> counts(m_images.dataset().classes.size(), 0);
    for (const std::size_t sample : m_images.training())
        ++counts[static_cast<std::size_t>(m_images.dataset().samples[sample].classIndex)];
    const auto weights = settings::classWeights(config, m_images.dataset().classes, counts);
    if (!weights) return fail(weights.error());

    HeadProblem problem;
    problem.features = features.slice(0, 0, static_cast<std::int64_t>(images.size()));
    problem.labels = at::cat(labels);
    problem.images = torch::tensor(images, torch::kLong);
    problem.classes = static_cast<int>(counts.size());
    problem.hasBias = hasBias(*m_network);
    problem.classWeights = *weights;
    HeadSearch search;
    const double l2 = settings::ownValue(config, settings::kSolverL2, 0.0);
    if (l2 > 0) search.l2 = l2;
    search.seed = base::deriveSeed(config.seed, kFolds);
    const std::size_t gathered = static_cast<std::size_t>(variants) * m_batchesPerEpoch;
    search.goesOn = [&](int iteration, double value, double accuracy) {
        m_observer(HeadSolving{m_progress.epoch, gathered, gathered, iteration, value, accuracy, 0});
        return goesOn();
    };
    const auto solution = solveHead(problem, search);
    if (!solution) return Flow::Stop;
    if (const auto finite = m_phase->trainer.requireFinite(solution->loss, GRAFT_TEXT("loss"), {}); !finite)
        return fail(finite.error());
    putInto(*m_network, *solution);
    m_progress.lossSum = solution->loss * static_cast<double>(seen);
    m_progress.correct =
        static_cast<std::size_t>(std::llround(solution->accuracy * static_cast<double>(seen)));
    m_progress.images = seen;
    m_progress.batchesDone = m_batchesPerEpoch;
    m_progress.trainSeconds = secondsSince(start);
    const char* optimum =
        l2 > 0 ? GRAFT_TEXT(
                     "The head is at its optimum for {1} features of {2} images after {3} iterations, "
                     "with an L2 penalty of {4}.")
               : GRAFT_TEXT(
                     "The head is at its optimum for {1} features of {2} images after {3} iterations, "
                     "with an L2 penalty of {4}, which cross-validation within the training images has "
                     "chosen.");
    const Message told(optimum, images.size(), seen, solution->iterations, fmt::format("{}", solution->l2));
    m_recorder->log(
        fmt::format("{} Largest part of the gradient: {:.1e}", told.english(), solution->gradient));
    m_observer(Notice{told});
    return Flow::Continue;
}

}  // namespace graft::training
