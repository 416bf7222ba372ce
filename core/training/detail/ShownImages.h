// SPDX-License-Identifier: GPL-3.0-or-later
// A dozen validation images whose answers are told after each epoch. They follow from the data set alone: in
// every epoch, and in a run that goes on, they are the same.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "core/data/DatasetIndex.h"
#include "core/evaluation/Evaluation.h"
#include "core/training/TrainEvents.h"

namespace graft::training {

class ShownImages {
  public:
    static constexpr std::size_t kMost = 12;

    // Of the validation images as many as possible of each class, spread over those that it has; of more
    // classes than there is room for, classes that are spread over all.
    explicit ShownImages(const data::DatasetIndex& dataset);

    // Of the data set's samples, in its order.
    const std::vector<std::size_t>& samples() const { return m_samples; }

    // What an epoch's model says of them, from the validation that was made anyway. Without those that it
    // could not read.
    ValidationAnswers answers(int epoch, const data::DatasetIndex& dataset,
                              const evaluation::Evaluation& evaluation) const;

  private:
    std::vector<std::size_t> m_samples;
    std::map<std::string, std::size_t, std::less<>> m_byPath;  // samples, by the predictions' names
};

}  // namespace graft::training
