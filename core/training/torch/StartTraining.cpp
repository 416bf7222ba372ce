// SPDX-License-Identifier: GPL-3.0-or-later
// How a TrainingLoop comes to stand before its first batch: as a new run, or as one that goes on.
#include <fmt/format.h>
#include <torch/version.h>

#include <algorithm>
#include <utility>

#include "core/backbones/ModelSummary.h"
#include "core/backbones/torch/RandomSource.h"
#include "core/base/Seed.h"
#include "core/runtime/ThreadBudget.h"
#include "core/runtime/torch/CpuArithmetic.h"
#include "core/runtime/torch/TorchDevice.h"
#include "core/settings/HeadSolving.h"
#include "core/training/detail/DataPlace.h"
#include "core/training/detail/EpochRecall.h"
#include "core/training/detail/RunCommit.h"
#include "core/training/detail/RunList.h"
#include "core/training/detail/Seeds.h"
#include "core/training/detail/TrainedOn.h"
#include "core/training/torch/BatchOfOne.h"
#include "core/training/torch/HeadOpening.h"
#include "core/training/torch/StartingWeights.h"
#include "core/training/torch/TrainingLoop.h"

namespace graft::training {

Result<void> TrainingLoop::prepare(const Past* past) {
    m_runStart = Clock::now();
    m_lastCheckpoint = m_runStart;
    m_decided = past != nullptr && past->decided;
    settleRunOf(m_config.weightsFile);  // another run's model may still wait for its place, after a kill
    if (m_decided) m_decisions = *past->decided;
    const auto chosen = runDevice(m_config, m_decided ? past->decided : std::nullopt);
    if (!chosen) return fail(chosen.error());
    m_device = *chosen;
    const int threads = runtime::setComputeThreads(m_decided ? m_decisions.threads : m_config.threads);
    if (!m_decided) {
        m_decisions.device = m_device.device.isCuda() ? "cuda" : "cpu";
        m_decisions.threads = threads;
        m_decisions.libtorch = TORCH_VERSION;
        m_decisions.graft = GRAFT_VERSION;
        m_decisions.processor = processorName();
        m_decisions.settings = settingsThatCount(m_config);
        m_decisions.listSha256 = hashOfList(m_images.dataset());
    } else {
        noteOtherMachine();
    }
    if (past != nullptr && past->isMoved) m_notices.push_back(placeNotice(m_images.dataset().root));

    // Drawn on the CPU, whatever the device.
    m_random = backbones::makeGenerator(c10::kCPU, base::deriveSeed(m_config.seed, kInitialWeights));
    const backbones::DrawFrom ownNumbers(m_random);
    using Weights = backbones::Network::BackboneWeights;
    const backbones::Outputs outputs = outputsOf(m_config);
    auto network = backbones::Network::create(
        m_config.backbone, static_cast<int>(outputs.count(m_images.dataset().classes.size())), m_config.head,
        m_config.weightsFile.empty() ? Weights::Random : Weights::Unset, m_config.preprocess.cropSize);
    if (!network) return fail(network.error());
    m_network = std::make_unique<backbones::Network>(std::move(*network));
    if (const auto loss = chooseLoss(); !loss) return loss;
    if (const auto fits = m_network->checkInput(m_config.preprocess.cropSize); !fits) return fits;
    if (const auto planned = planPhases(); !planned) return planned;
    if (past == nullptr) {
        const auto units = backbones::listUnits(m_config.backbone);
        if (!units) return fail(units.error());
        if (const auto used = settings::checkUsed(m_config, m_phases, *units); !used) return used;
    }
    if (auto looked =
            m_images.look(past != nullptr ? past->images : std::nullopt, past != nullptr, m_control);
        !looked) {
        if (looked.error().path.empty()) looked.error().path = m_config.runFolder;
        return looked;
    }
    const std::size_t images = m_images.training().size();
    for (const settings::Phase& phase : m_phases) {
        if (const auto large = checkSmallestBatch(*m_network, settings::configOf(m_config, phase), images);
            !large)
            return large;
    }
    m_batchesPerEpoch = data::BatchLoader::batchCount(images, static_cast<std::size_t>(m_config.batchSize));
    m_validation = Validation({m_images.dataset().classes, m_config.preprocess,
                               static_cast<std::size_t>(m_config.batchSize), m_decisions.threads,
                               m_config.loaderThreads, runtime::torchDevice(m_device.device), outputs});
    for (const std::size_t index : m_images.validation()) {
        const data::Sample& sample = m_images.dataset().samples[index];
        m_validation.add({m_images.dataset().absolutePath(sample), sample.classIndex, 0, sample.sha256},
                         sample.path, exactKey(sample.sha256));
    }
    return {};
}

Result<void> TrainingLoop::chooseLoss() {
    const data::DatasetIndex& dataset = m_images.dataset();
    // It gives nothing below 0, which a sigmoid needs; a softmax does not (see HeadOpening.h).
    if (m_network->lastRelu() != nullptr && outputsOf(m_config).kind == backbones::OutputKind::Sigmoid) {
        return fail({ErrorCode::InvalidArgument,
                     {GRAFT_TEXT("The classifier of {1} ends in a ReLU, behind which a single output cannot "
                                 "tell two classes apart; choose the head with a hidden layer (--head mlp), "
                                 "or the loss cross-entropy (--loss cross_entropy)."),
                      m_config.backbone},
                     "",
                     "loss.kind"});
    }
    std::vector<std::size_t> counts(dataset.classes.size(), 0);
    for (const std::size_t index : dataset.indicesOf(data::Split::Train))
        ++counts[static_cast<std::size_t>(dataset.samples[index].classIndex)];
    auto loss = makeLoss(m_config, dataset.classes, counts, runtime::torchDevice(m_device.device));
    if (!loss) return fail(loss.error());
    m_loss = std::move(*loss);
    return {};
}

Result<void> TrainingLoop::planPhases() {
    const auto units = backbones::listUnits(m_config.backbone);
    if (!units) return fail(units.error());
    // Of all of the backbone's: a head on the last map leaves some out, frozen or not.
    for (const std::string& name : m_config.freeze.frozenUnits) {
        if (std::ranges::find(*units, name, &backbones::UnitSummary::name) != units->end()) continue;
        return fail(ErrorCode::InvalidArgument,
                    {GRAFT_TEXT("There is no unit \"{1}\" in {2} to freeze."), name, m_config.backbone});
    }
    auto phases = settings::phasesOf(m_config, *units);
    if (!phases) return fail(phases.error());
    for (const settings::Phase& phase : *phases) {
        const auto good = settings::checkSolvable(settings::configOf(m_config, phase), *units);
        if (!good) return good;
    }
    m_phases = std::move(*phases);
    return {};
}

std::string TrainingLoop::processorName() const {
    return m_device.device.isCuda() ? m_device.device.name.english() : runtime::calculatorName();
}

void TrainingLoop::noteOtherMachine() {
    const auto note = [this](const Message& what, const std::string& before, const std::string& now) {
        if (before.empty() || before == now) return;
        m_notices.emplace_back(
            GRAFT_TEXT("The run was begun with {1} {2} and goes on with {3}: the last digits "
                       "of its numbers may differ."),
            what, before, now);
    };
    note(Message::words("Graft"), m_decisions.graft, GRAFT_VERSION);
    note(Message::words("LibTorch"), m_decisions.libtorch, TORCH_VERSION);
    note(GRAFT_TEXT("the processor"), m_decisions.processor, processorName());
}

Result<void> TrainingLoop::loadWeights() {
    if (m_config.weightsFile.empty()) return {};
    auto notes = loadStartingWeights(*m_network, m_config, m_images.dataset().classes);
    if (!notes) return fail(notes.error());
    m_weightNotes = std::move(*notes);
    return noteLearntBefore();
}

// A run that goes on from another's model may validate on what that one has learned.
Result<void> TrainingLoop::noteLearntBefore() {
    if (!m_decisions.learntBefore) {  // a new run, or one that an older version has begun
        auto learnt = learntByWeights(m_config.weightsFile);
        if (!learnt) return fail(learnt.error());
        m_decisions.learntBefore = std::move(*learnt);
    }
    m_images.noteLearntBefore(*m_decisions.learntBefore);
    return {};
}

Result<void> TrainingLoop::startRun() {
    if (const auto loaded = loadWeights(); !loaded) return loaded;
    if (!m_config.weightsFile.empty()) {
        const auto hash = startingHash(m_config, std::nullopt);
        if (!hash) return fail(hash.error());
        m_decisions.weightsSha256 = *hash;
        const std::string kept = backbones::keptSha256(m_config.weightsFile);
        if (!kept.empty() && kept != *hash) {
            m_weightNotes.emplace_back(GRAFT_TEXT(
                "The weight file has changed since it was fetched; to have it as it was, fetch it again."));
        }
    }
    auto recorder = RunRecorder::create(m_config.runFolder);
    if (!recorder) return fail(recorder.error());
    m_recorder.emplace(std::move(*recorder));
    m_decisions.run = newRunId();
    if (const auto written = writeList(); !written) return written;
    m_recorder->log(fmt::format("started: {} on {}, {} training and {} validation images, {} left out",
                                m_config.backbone, m_device.device.name.english(), m_images.training().size(),
                                m_images.validation().size(), m_images.dataset().leftOutCount()));
    for (const data::Problem& problem : m_images.dataset().problems)
        m_recorder->log(fmt::format("{}: {}", problem.path, problem.message.english()));
    return begin();
}

Result<void> TrainingLoop::beginAgain(RunRecorder recorder) {
    m_recorder.emplace(std::move(recorder));
    if (!m_config.weightsFile.empty()) {
        const auto hash = startingHash(m_config, m_decided ? std::optional(m_decisions) : std::nullopt);
        if (!hash) return fail(hash.error());
        m_decisions.weightsSha256 = *hash;
    }
    if (const auto loaded = loadWeights(); !loaded) return loaded;
    if (!m_decided) {  // nor is an id
        m_decisions.run = newRunId();
        if (const auto written = writeList(); !written) return written;
    }
    m_recorder->log("resumed from its beginning: it had no checkpoint yet");
    return begin();
}

void TrainingLoop::toDevice() {
    m_network->to(runtime::torchDevice(m_device.device));
    openHead(*m_network);
    enterPhase();
}

Result<void> TrainingLoop::begin() {
    toDevice();
    return saveFrozen(m_recorder->paths().frozen, *m_network, settings::frozenThroughout(m_phases))
        .map([this](const std::string& frozen) {
            m_recorder->sealWith({m_decisions.run, frozen});
        });
}

Result<void> TrainingLoop::goOn(RunRecorder recorder) {
    m_recorder.emplace(std::move(recorder));
    auto progress = readProgress(m_recorder->paths());
    if (!progress) return fail(progress.error());
    m_progress = std::move(*progress);
    takeRecall(m_recorder->paths(), m_progress.history);
    toDevice();
    auto loaded = loadCheckpoint(m_recorder->paths(), *m_network, m_phase->trainer);
    if (!loaded) return fail(loaded.error());
    m_decisions.run = loaded->run;  // checkSeal(): it is that of the decisions, where there are any
    m_recorder->sealWith(std::move(*loaded));
    if (m_progress.batchesDone > m_batchesPerEpoch) {
        return fail(
            ErrorCode::BadFormat,
            GRAFT_TEXT("The checkpoint does not belong to the run's list of files; start the run anew."),
            m_recorder->paths().checkpoint);
    }
    m_recorder->log(
        fmt::format("resumed in epoch {} after {} batches", m_progress.epoch, m_progress.batchesDone));
    // Not in runs of older versions, whose weights may be gone.
    return m_decisions.learntBefore ? noteLearntBefore() : Result<void>();
}

}  // namespace graft::training
