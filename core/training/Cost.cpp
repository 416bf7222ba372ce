// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/Cost.h"

#include <algorithm>
#include <cmath>

#include "core/backbones/Head.h"
#include "core/data/AugmentOptions.h"
#include "core/runtime/Memory.h"
#include "core/runtime/ThreadBudget.h"
#include "core/settings/HeadSolving.h"
#include "core/settings/Mixing.h"
#include "core/settings/Phases.h"

namespace graft::training {

namespace {

using backbones::UnitSummary;
using settings::TrainConfig;

constexpr double kFloat = 4;          // bytes
constexpr double kPrefixAtOnce = 16;  // images, as FeatureSource has it
constexpr double kBatchesAhead = 5;   // as BatchLoader holds ready, and the one that is used

double numbersIn(const std::vector<std::int64_t>& shape) {
    double numbers = 1;
    for (const std::int64_t size : shape)
        numbers *= static_cast<double>(size);
    return numbers;
}

double batchesOf(std::size_t images, int batchSize) {
    return std::ceil(static_cast<double>(images) / batchSize);
}

// What of a phase's settings decides about its cost, by units.
class PhaseSums {
  public:
    PhaseSums(const CostQuestion& question, const TrainConfig& config, const backbones::ModelSummary& summary,
              const NetworkTimes& times, const LoadTimes& loads)
        : m_question(question), m_config(config), m_summary(summary), m_times(times), m_loads(loads) {
        m_units = backbones::unitsBelow(config.head, summary.units);
        while (m_prefix < m_units.size() && config.freeze.isFrozen(m_units[m_prefix].name))
            ++m_prefix;
        m_isCuda = times.device.starts_with("cuda");
        const int processors = runtime::availableProcessors();
        m_processors = config.loaderThreads > 0 ? std::min(config.loaderThreads, processors) : processors;
        sumParameters();
        planFeatures();
    }

    PhaseCost cost(const settings::Phase& phase) const {
        PhaseCost cost;
        cost.name = phase.name;
        cost.firstEpoch = phase.firstEpoch;
        cost.epochs = phase.epochs;
        cost.trainable = static_cast<std::int64_t>(m_trained);
        cost.keepsFeatures = m_keeps;
        cost.fillingEpochs = m_keeps && !settings::solvesHead(m_config) ? m_variants : 0;
        const Epoch first = epoch(true, true);
        cost.first = first.seconds() + m_times.firstBatch;
        cost.filling = epoch(false, true).seconds();
        cost.later = epoch(false, false).seconds();
        cost.loading = cost.first > 0 ? std::clamp(first.loading / cost.first, 0.0, 1.0) : 0;
        for (int each = 1; each <= phase.epochs; ++each)
            cost.seconds += cost.secondsOf(each);
        cost.seconds += betweenEpochs(phase.epochs, cost.later) + (m_hasFeatures ? m_times.makePrefix : 0);
        cost.memory = static_cast<std::uint64_t>(memory());
        cost.cache =
            m_keeps ? static_cast<std::uint64_t>(rows(std::min(m_variants, phase.epochs)) * m_rowBytes) : 0;
        return cost;
    }

  private:
    struct Epoch {
        double computing = 0;
        double loading = 0;
        bool overlaps = false;  // a GPU computes while processors load
        double seconds() const { return overlaps ? std::max(computing, loading) : computing + loading; }
    };

    void sumParameters() {
        m_head = static_cast<double>(backbones::headParameters(m_summary, m_config.head, m_question.outputs));
        m_trained = m_head;
        for (std::size_t i = 0; i < m_units.size(); ++i) {
            const auto parameters = static_cast<double>(m_units[i].parameters);
            m_all += parameters;
            if (i < m_prefix) m_prefixParameters += parameters;
            if (!m_config.freeze.isFrozen(m_units[i].name)) m_trained += parameters;
        }
        m_all += m_head;
    }

    // As PhaseBatches and FeatureSource decide.
    void planFeatures() {
        if (m_prefix == 0 || !settings::mayKeepFeatures(m_config)) return;
        m_hasFeatures = true;
        m_variants = settings::solvesHead(m_config) ? m_config.cache.variants
                                                    : std::min(m_config.cache.variants, m_config.epochs);
        m_rowNumbers = numbersKept();
        m_rowBytes = m_rowNumbers * (m_config.cache.halfPrecision ? 2 : kFloat);
        m_keeps = rows(m_variants) * m_rowBytes <= static_cast<double>(m_question.cacheBudget);
    }

    // Without random changes all variants of an image are one.
    double rows(int variants) const {
        const int different = data::changesAnything(m_config.augment) ? variants : 1;
        return static_cast<double>(m_question.trainImages) * different +
               static_cast<double>(m_question.validationImages);
    }

    double numbersKept() const {
        const std::vector<std::int64_t>& shape = m_units[m_prefix - 1].outputShape;
        if (m_prefix < m_units.size()) return numbersIn(shape);
        // What a head begins with an average pool of, it pools before anything is kept.
        using Reads = backbones::HeadKind::Reads;
        const backbones::HeadKind* kind = backbones::findHead(m_config.head.kind);
        if (kind == nullptr || shape.size() != 3 || kind->reads == Reads::Map) return numbersIn(shape);
        const bool isOwn =
            kind->reads == Reads::Features && kind->hidden == backbones::HeadKind::Hidden::None;
        return static_cast<double>(isOwn ? m_summary.featureNumbers : shape.front());
    }

    const UnitTimes* timesOf(std::size_t unit) const {
        // A head on the map leaves units out; those below are in the same order.
        return unit < m_times.units.size() ? &m_times.units[unit] : nullptr;
    }

    bool isTrained(std::size_t unit) const { return !m_config.freeze.isFrozen(m_units[unit].name); }

    // Seconds of one training image in the units from `from` on.
    double training(std::size_t from) const {
        double seconds = 0;
        for (std::size_t i = from; i < m_units.size(); ++i) {
            const UnitTimes* unit = timesOf(i);
            if (unit == nullptr) continue;
            if (i < m_prefix) {
                seconds += unit->look;
            } else if (!isTrained(i)) {  // the gradient passes through it
                seconds += unit->look + unit->backward / 2;
            } else {
                seconds += unit->forward + (i == m_prefix ? unit->backwardFirst : unit->backward);
            }
        }
        return seconds + headPerImage();
    }

    double looking(std::size_t from) const {
        double seconds = 0;
        for (std::size_t i = from; i < m_units.size(); ++i)
            seconds += timesOf(i) != nullptr ? timesOf(i)->look : 0;
        return seconds;
    }

    // Forward, to its weights, to its input.
    double headPerImage() const { return 3 * m_head * m_times.multiplyAdd; }

    // Of a batch, beside what grows with its images.
    double perBatch() const {
        const double steps = 1.0 / m_config.accumulate;
        return m_times.headStep + m_trained * m_times.moveParameter * steps;
    }

    double prefixSeconds(const PrefixTimes& prefix) const {
        if (prefix.empty()) return 0;
        return prefix[std::min(m_prefix, prefix.size() - 1)];
    }

    double wallOf(double secondsOfOneProcessor) const { return secondsOfOneProcessor / m_processors; }

    // Decoded pictures stay in memory as far as they fit, where no features are kept.
    double loadAgain(double first, double again, double bytes, double images) const {
        const double fits = std::min(1.0, memoryForPictures() / std::max(1.0, bytes * images));
        return fits * again + (1 - fits) * first;
    }

    static double memoryForPictures() { return 256.0 * 1024 * 1024; }

    double readFeatures(double images) const { return images * m_rowBytes * m_times.readByte; }

    // isFilling: features are computed in it, where any are.
    Epoch epoch(bool isFirst, bool isFilling) const {
        Epoch sum;
        sum.overlaps = m_isCuda;
        const auto train = static_cast<double>(m_question.trainImages);
        const auto validation = static_cast<double>(m_question.validationImages);
        if (settings::solvesHead(m_config)) {
            addSolving(sum, train);
        } else {
            addTraining(sum, train, isFirst, isFilling);
        }
        addValidation(sum, validation, isFirst);
        return sum;
    }

    void addTraining(Epoch& sum, double images, bool isFirst, bool isFilling) const {
        const double batches = batchesOf(m_question.trainImages, m_config.batchSize);
        sum.computing += batches * perBatch() + images * training(m_hasFeatures ? m_prefix : 0);
        if (m_keeps && !isFilling) {
            sum.computing += readFeatures(images);
            return;
        }
        if (m_hasFeatures) sum.computing += images * prefixSeconds(m_times.prefix);
        const bool again = !m_keeps && !isFirst;
        const double load =
            again ? loadAgain(m_loads.first, m_loads.again, m_loads.decodedBytes, images) : m_loads.first;
        sum.loading += images * wallOf(load);
    }

    void addValidation(Epoch& sum, double images, bool isFirst) const {
        const double batches = batchesOf(m_question.validationImages, m_config.batchSize);
        if (!m_hasFeatures) {
            sum.computing += images * m_times.stream;
        } else {
            sum.computing +=
                images * (looking(m_prefix) + headPerImage() / 3) + batches * m_times.headStep / 3;
            if (m_keeps && !isFirst) {
                sum.computing += readFeatures(images);
                return;
            }
            sum.computing += images * prefixSeconds(m_times.exact);
        }
        sum.loading += images * wallOf(isFirst ? m_loads.centre : m_loads.centreAgain);
    }

    // All variants of all images, and then a convex problem; with an L2 penalty that is to be found the
    // problem is solved for some penalties in five folds.
    void addSolving(Epoch& sum, double images) const {
        constexpr double kIterations = 100;
        constexpr double kSearched = 12;
        const double shown = images * m_variants;
        sum.computing += shown * (prefixSeconds(m_times.prefix) + m_rowBytes * m_times.readByte);
        sum.loading += shown * wallOf(m_loads.first);
        const bool isSearched = settings::ownValue(m_config, settings::kSolverL2, 0.0) <= 0;
        const double solutions = isSearched ? kSearched : 1;
        // Two products and two passes over what is read for each.
        sum.computing += solutions * kIterations * shown * m_head * 2 * m_times.multiplyAdd;
    }

    // What is written between two epochs: the best model, and the state of what is trained; after epochs of
    // milliseconds not each time.
    double betweenEpochs(int epochs, double later) const {
        constexpr double kSecondsBetween = 2;
        constexpr double kSecondsForByte = 2.5e-9;  // to write it, to read it again for its hash
        const double model = m_all * kFloat;
        const double state = m_trained * (kFloat + m_times.keptPerParameter);
        const double written = 1 + std::min<double>(epochs, epochs * std::max(later, 0.0) / kSecondsBetween);
        const double start = model * 2;  // read, and the frozen part written
        return (start + (model + state) * written) * kSecondsForByte;
    }

    double memory() const {
        const double batch = m_config.batchSize;
        double passes = 0;     // that are kept for the backward pass
        double transient = 0;  // of one unit at a time
        double reordered = 0;  // copies of its weights, as a convolution wants them
        double looked = 0;     // of a unit of the prefix
        for (std::size_t i = 0; i < m_units.size(); ++i) {
            const UnitTimes* unit = timesOf(i);
            if (unit == nullptr) continue;
            if (i < m_prefix) looked = std::max(looked, unit->looked);
            if (i < m_prefix && m_hasFeatures) continue;
            if (i >= m_prefix) passes += unit->saved;
            transient = std::max(transient, i < m_prefix ? unit->looked : unit->transient);
            reordered = std::max(reordered, kFloat * static_cast<double>(m_units[i].parameters));
        }
        const double training = batch * (passes + transient) + reordered;
        const double filling = m_hasFeatures ? std::min(batch, kPrefixAtOnce) * looked : 0;
        const double gradients = m_trained * kFloat;
        const double model = m_all * kFloat;
        const double kept = m_trained * m_times.keptPerParameter;
        // In float32 and, where it is another, in the type that is kept; each as it is and as an inference
        // engine wants it.
        const double copies =
            m_hasFeatures ? 2 * m_prefixParameters * (kFloat + (m_times.kept == "float32" ? 0 : 2)) : 0;
        const double always = model + kept + gradients + copies;
        const double computing = std::max(training, filling);
        if (m_isCuda) return always + computing;
        // The best model so far, and the state to go on from, as they are written.
        const double saving = m_trained * kFloat + model + m_trained * kFloat + kept;
        const double crop = m_config.preprocess.cropSize;
        const double batches = kBatchesAhead * batch * 3 * crop * crop * kFloat;
        return m_times.program + always + std::max(computing, saving) + batches + pictures();
    }

    double pictures() const {
        if (m_keeps) return 0;
        const double crop = m_config.preprocess.cropSize;
        const double wanted = static_cast<double>(m_question.trainImages) * m_loads.decodedBytes +
                              static_cast<double>(m_question.validationImages) * 3 * crop * crop;
        return std::min(memoryForPictures(), wanted);
    }

    const CostQuestion& m_question;
    const TrainConfig& m_config;
    const backbones::ModelSummary& m_summary;
    const NetworkTimes& m_times;
    const LoadTimes& m_loads;
    std::vector<UnitSummary> m_units;
    std::size_t m_prefix = 0;  // units that lead and are frozen
    bool m_isCuda = false;
    int m_processors = 1;  // that load images
    double m_head = 0;     // parameters
    double m_trained = 0;
    double m_all = 0;
    double m_prefixParameters = 0;
    bool m_hasFeatures = false;  // features stand for the prefix
    bool m_keeps = false;        // and are kept
    int m_variants = 0;
    double m_rowNumbers = 0;
    double m_rowBytes = 0;
};

}  // namespace

Result<Cost> costOf(const CostQuestion& question, const backbones::ModelSummary& summary,
                    const NetworkTimes& times, const LoadTimes& loads) {
    const auto phases = settings::phasesOf(question.config, summary.units);
    if (!phases) return fail(phases.error());
    Cost cost;
    cost.rough = times.rough || loads.rough;
    const backbones::FreezePlan untouched = settings::frozenThroughout(*phases);
    const std::int64_t head = backbones::headParameters(summary, question.config.head, question.outputs);
    cost.parameters = cost.trainable = head;
    for (const UnitSummary& unit : backbones::unitsBelow(question.config.head, summary.units)) {
        cost.parameters += unit.parameters;
        if (!untouched.isFrozen(unit.name)) cost.trainable += unit.parameters;
    }
    for (const settings::Phase& phase : *phases) {
        const TrainConfig config = settings::configOf(question.config, phase);
        cost.phases.push_back(PhaseSums(question, config, summary, times, loads).cost(phase));
        const PhaseCost& each = cost.phases.back();
        cost.seconds += each.seconds;
        cost.memory = std::max(cost.memory, each.memory);
        cost.cache += each.cache;
    }
    cost.firstEpoch = cost.phases.front().first;
    cost.laterEpoch = cost.phases.back().later;
    return cost;
}

std::uint64_t memoryFor(const NetworkTimes& times) {
    if (times.device.starts_with("cuda")) return static_cast<std::uint64_t>(times.deviceMemory);
    const std::uint64_t free = runtime::availableMemory();
    return free > 0 ? free + runtime::residentMemory() : 0;
}

}  // namespace graft::training
