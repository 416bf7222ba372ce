// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/Cautions.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "core/backbones/Head.h"
#include "core/settings/HeadSolving.h"
#include "core/settings/Phases.h"

namespace graft::training {

namespace {

using backbones::FreezePlan;
using backbones::UnitSummary;
using settings::TrainConfig;

// Fine-tuning a whole network on fewer images of each class than this mostly learns them by heart; the
// published few-shot comparisons (Kornblith et al. 2019, section 4.7) see it lose to a linear head there.
constexpr std::size_t kFewPerClass = 50;
constexpr double kMostOfIt = 0.5;  // share of the backbone's parameters
// Below this the statistics of a batch are so rough that the error grows (Wu, He: Group Normalization, 2018,
// figure 5); and a channel needs some numbers, see torch/BatchOfOne.h.
constexpr int kSmallBatch = 8;
constexpr int kUsualBatch = 16;
constexpr std::int64_t kFewNumbersPerChannel = 16;

Message gigabytes(std::uint64_t bytes) {
    return {GRAFT_TEXT("{1} GB"), fmt::format("{:.1f}", static_cast<double>(bytes) / 1e9)};
}

Message millions(std::int64_t count) {
    const auto number = static_cast<double>(count) / 1e6;
    return {GRAFT_TEXT("{1} million"), fmt::format("{:.{}f}", number, number < 10 ? 1 : 0)};
}

class Findings {
  public:
    explicit Findings(const CautionFacts& facts) : m_facts(facts), m_config(facts.config) {
        m_units = backbones::unitsBelow(m_config.head, facts.summary.units);
        const settings::Plan* plan = settings::planOf(m_config);
        m_hasOwnPlan = plan == nullptr || plan->usesFreeze;
        if (auto phases = settings::phasesOf(m_config, facts.summary.units)) m_phases = std::move(*phases);
    }

    std::vector<Caution> all() {
        lookAtMemory();
        lookAtImages();
        lookBelowFrozen();
        lookAtNorms();
        return std::move(m_found);
    }

  private:
    bool isTrainedEver(const std::string& unit) const {
        return std::ranges::any_of(
            m_phases, [&](const settings::Phase& phase) { return !phase.freeze.isFrozen(unit); });
    }

    void lookAtMemory() {
        if (m_facts.cost == nullptr || m_facts.memory == 0 || m_facts.cost->memory <= m_facts.memory) return;
        Caution caution{.code = "memory",
                        .message = {GRAFT_TEXT("This run needs some {1} of memory, and there are {2}: it may "
                                               "end without a result."),
                                    gigabytes(m_facts.cost->memory), gigabytes(m_facts.memory)},
                        .remedy = GRAFT_TEXT("Freeze more blocks, or choose a smaller crop or backbone."),
                        .button = {},
                        .apply = {}};
        if (const auto batch = batchThatFits()) {
            const int times = m_config.batchSize / *batch * m_config.accumulate;
            caution.remedy = {
                GRAFT_TEXT("Batches of {1}, {2} for each step, give steps of the same size in less memory."),
                *batch, times};
            caution.button = {GRAFT_TEXT("Batches of {1}"), *batch};
            caution.apply = [batch = *batch, times](TrainConfig& config) {
                config.batchSize = batch;
                config.accumulate = times;
            };
        }
        m_found.push_back(std::move(caution));
    }

    std::optional<int> batchThatFits() const {
        if (!m_facts.costOf) return std::nullopt;
        TrainConfig smaller = m_config;
        while (smaller.batchSize % 2 == 0 && smaller.batchSize > 2) {
            smaller.batchSize /= 2;
            smaller.accumulate *= 2;
            const auto cost = m_facts.costOf(smaller);
            if (!cost) return std::nullopt;
            if (cost->memory <= m_facts.memory) return smaller.batchSize;
        }
        return std::nullopt;
    }

    void lookAtImages() {
        std::int64_t trained = 0;
        std::int64_t all = 0;
        for (const UnitSummary& unit : m_units) {
            all += unit.parameters;
            if (isTrainedEver(unit.name)) trained += unit.parameters;
        }
        const bool isMost = static_cast<double>(trained) > kMostOfIt * static_cast<double>(all);
        if (!isMost || m_facts.classes == 0 || m_facts.trainImages >= kFewPerClass * m_facts.classes) return;
        Caution caution{.code = "few_images",
                        .message = {GRAFT_TEXT("{1} parameters are trained on {2} images, which a network of "
                                               "this size learns by heart."),
                                    millions(trained), m_facts.trainImages},
                        .remedy = GRAFT_TEXT("Train the head only, which so few images are enough for."),
                        .button = GRAFT_TEXT("Head only"),
                        .apply = [units = m_facts.summary.units](TrainConfig& config) {
                            config.freeze = backbones::freezeAll(units);
                        }};
        if (m_config.weightsFile.empty()) {
            caution.remedy = GRAFT_TEXT(
                "Begin from weights that have learnt from many images, and train the "
                "head only.");
            caution.button = {};
            caution.apply = {};
        } else if (!m_hasOwnPlan || m_phases.size() > 1) {
            caution.remedy = GRAFT_TEXT(
                "Leave more blocks frozen in all phases; so few images are enough for "
                "the head only.");
            caution.button = {};
            caution.apply = {};
        }
        m_found.push_back(std::move(caution));
    }

    // Of the last phase: what is thawed one after another, from the head down, ends there.
    void lookBelowFrozen() {
        if (m_phases.empty()) return;
        const FreezePlan& plan = m_phases.back().freeze;
        const auto isThawed = [&](const UnitSummary& unit) {
            return unit.parameters > 0 && !plan.isFrozen(unit.name);
        };
        const auto isFrozen = [&](const UnitSummary& unit) {
            return unit.parameters > 0 && plan.isFrozen(unit.name);
        };
        const auto lowest = std::ranges::find_if(m_units, isThawed);
        const auto frozen = std::find_if(lowest, m_units.end(), isFrozen);
        if (frozen == m_units.end()) return;
        Caution caution{
            .code = "thawed_below_frozen",
            .message = {GRAFT_TEXT("{1} is trained below {2}, which stays frozen: what is frozen goes on "
                                   "reading what {1} gave before, and has to be computed in every epoch."),
                        lowest->name, frozen->name},
            .remedy = {GRAFT_TEXT("Train everything from {1} on, or freeze it."), lowest->name},
            .button = {},
            .apply = {}};
        if (m_hasOwnPlan) {
            std::vector<std::string> above;
            for (auto unit = lowest; unit != m_units.end(); ++unit)
                above.push_back(unit->name);
            std::vector<std::string> below;  // up to the last frozen one
            const auto last = std::find_if(m_units.rbegin(), m_units.rend(), isFrozen).base();
            for (auto unit = m_units.begin(); unit != last; ++unit)
                below.push_back(unit->name);
            addSmallerChange(caution, plan, above, below);
        }
        m_found.push_back(std::move(caution));
    }

    // Whichever leaves more as the person has set it.
    static void addSmallerChange(Caution& caution, const FreezePlan& plan,
                                 const std::vector<std::string>& thawed,
                                 const std::vector<std::string>& frozen) {
        const auto toThaw =
            std::ranges::count_if(thawed, [&](const std::string& unit) { return plan.isFrozen(unit); });
        const auto toFreeze =
            std::ranges::count_if(frozen, [&](const std::string& unit) { return !plan.isFrozen(unit); });
        if (toThaw < toFreeze) {
            caution.button = {GRAFT_TEXT("Train from {1}"), thawed.front()};
            caution.apply = [thawed](TrainConfig& config) {
                for (const std::string& unit : thawed)
                    config.freeze.frozenUnits.erase(unit);
            };
        } else {
            caution.button = {GRAFT_TEXT("Freeze up to {1}"), frozen.back()};
            caution.apply = [frozen](TrainConfig& config) {
                config.freeze.frozenUnits.insert(frozen.begin(), frozen.end());
            };
        }
    }

    void lookAtNorms() {
        const std::size_t batch =
            std::min<std::size_t>(static_cast<std::size_t>(m_config.batchSize), m_facts.trainImages);
        std::vector<std::string> units;
        bool isNumbers = false;  // per channel, that are few
        for (const UnitSummary& unit : m_units) {
            if (unit.normNumbers == 0 || !isTrainedEver(unit.name)) continue;
            const bool isFew = unit.normNumbers * static_cast<std::int64_t>(batch) < kFewNumbersPerChannel;
            isNumbers = isNumbers || isFew;
            if (isFew || batch < kSmallBatch) units.push_back(unit.name);
        }
        if (units.empty()) return;
        Caution caution{.code = "small_batch_norm",
                        .message = {units.size() == 1
                                        ? GRAFT_TEXT("The batch norm of {1} is trained with batches of {2}, "
                                                     "whose mean and variance are rough.")
                                        : GRAFT_TEXT("The batch norms of {1} are trained with batches of "
                                                     "{2}, whose mean and variance are rough."),
                                    units.size() == 1 ? Message::words(units.front())
                                                      : Message(GRAFT_TEXT("{1} blocks"), units.size()),
                                    batch},
                        .remedy = GRAFT_TEXT("Freeze these blocks, or add training images."),
                        .button = {},
                        .apply = {}};
        if (m_config.batchSize < kUsualBatch && m_facts.trainImages >= kUsualBatch && fits(kUsualBatch)) {
            caution.remedy = GRAFT_TEXT(
                "Choose a larger batch size (gradients that are accumulated do not count), or freeze these "
                "blocks.");
            caution.button = {GRAFT_TEXT("Batches of {1}"), kUsualBatch};
            caution.apply = [](TrainConfig& config) {
                config.accumulate = std::max(1, config.accumulate * config.batchSize / kUsualBatch);
                config.batchSize = kUsualBatch;
            };
        } else if (isNumbers && m_config.batchSize >= kUsualBatch) {
            caution.remedy = GRAFT_TEXT("Choose a larger crop or batch size, or freeze these blocks.");
        }
        m_found.push_back(std::move(caution));
    }

    bool fits(int batchSize) const {
        if (m_facts.memory == 0 || !m_facts.costOf) return true;
        TrainConfig larger = m_config;
        larger.batchSize = batchSize;
        const auto cost = m_facts.costOf(larger);
        return cost && cost->memory <= m_facts.memory;
    }

    const CautionFacts& m_facts;
    const TrainConfig& m_config;
    std::vector<UnitSummary> m_units;
    std::vector<settings::Phase> m_phases;
    bool m_hasOwnPlan = true;  // the run's freeze plan is what its phases follow
    std::vector<Caution> m_found;
};

}  // namespace

std::vector<Caution> cautions(const CautionFacts& facts) {
    return Findings(facts).all();
}

}  // namespace graft::training
