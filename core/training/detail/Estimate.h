// SPDX-License-Identifier: GPL-3.0-or-later
// How long a run still takes, from what the batches of its phase have taken so far. Where features are kept
// there are two kinds of epochs: the first ones compute them, one variant each, and all later ones only read
// them, many times as fast.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

namespace graft::training {

struct EpochPlan {
    int epochs = 0;
    std::size_t trainBatches = 0;  // of an epoch
    std::size_t validationBatches = 0;
    int fillingEpochs = 0;  // that compute features; 0: none are kept, and all epochs are alike
    int laterEpochs = 0;    // of the phases behind this one, of which nothing is known yet
};

class Estimate {
  public:
    explicit Estimate(const EpochPlan& plan) : m_plan(plan) {}

    // Epochs are counted from 1, the phase's first. stepSeconds: of the whole, what the trained layers took.
    void trained(int epoch, double seconds, double stepSeconds) {
        m_train[kindOf(epoch)].add(seconds);
        m_step.add(stepSeconds);
    }
    void validated(int epoch, double seconds) { m_validation[validationKindOf(epoch)].add(seconds); }

    // From the middle of an epoch, after so many of its batches.
    double secondsLeft(int epoch, std::size_t trained, std::size_t validated = 0) const {
        double seconds =
            perTrainBatch(kindOf(epoch)) * left(m_plan.trainBatches, trained) +
            perValidationBatch(validationKindOf(epoch)) * left(m_plan.validationBatches, validated);
        const int filling = std::clamp(m_plan.fillingEpochs - epoch, 0, std::max(0, m_plan.epochs - epoch));
        const int later = std::max(0, m_plan.epochs - epoch - filling);
        // They run at least what computes features here.
        seconds += m_plan.laterEpochs * (perTrainBatch(kFilling) * batches(m_plan.trainBatches) +
                                         perValidationBatch(kFilling) * batches(m_plan.validationBatches));
        const Kind rest = m_plan.fillingEpochs > 0 ? kReading : kFilling;
        seconds += filling * perTrainBatch(kFilling) * batches(m_plan.trainBatches);
        seconds += later * perTrainBatch(rest) * batches(m_plan.trainBatches);
        return seconds + (filling + later) * perValidationBatch(rest) * batches(m_plan.validationBatches);
    }

  private:
    enum Kind : std::size_t { kFilling, kReading };
    struct Mean {
        double sum = 0;
        std::size_t count = 0;
        void add(double value) {
            sum += value;
            ++count;
        }
        double value() const { return count > 0 ? sum / static_cast<double>(count) : 0; }
    };

    // Nothing, where more was done than planned.
    static double left(std::size_t planned, std::size_t done) {
        return batches(planned - std::min(planned, done));
    }
    static double batches(std::size_t count) { return static_cast<double>(count); }
    Kind kindOf(int epoch) const {
        return m_plan.fillingEpochs > 0 && epoch > m_plan.fillingEpochs ? kReading : kFilling;
    }
    // Validation images have one variant.
    Kind validationKindOf(int epoch) const {
        return m_plan.fillingEpochs > 0 && epoch > 1 ? kReading : kFilling;
    }
    // Before an epoch that reads its features has been: the trained layers are all that it costs.
    double perTrainBatch(Kind kind) const {
        return m_train[kind].count > 0 ? m_train[kind].value()
               : kind == kReading      ? m_step.value()
                                       : m_train[kReading].value();
    }
    // Before the first validation: a batch of it costs about a training batch.
    double perValidationBatch(Kind kind) const {
        return m_validation[kind].count > 0 ? m_validation[kind].value() : perTrainBatch(kind);
    }

    EpochPlan m_plan;
    std::array<Mean, 2> m_train;  // by Kind
    std::array<Mean, 2> m_validation;
    Mean m_step;
};

}  // namespace graft::training
