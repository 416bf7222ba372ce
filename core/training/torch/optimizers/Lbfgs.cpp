// SPDX-License-Identifier: GPL-3.0-or-later
// Stands where an optimizer has to; the training loop asks HeadSolver.h for the head and takes no steps.
#include <stdexcept>

#include "core/training/torch/Optimizers.h"

namespace graft::training::optimizers {

namespace {

class SolvedAtOnce : public Optimizer {
  public:
    explicit SolvedAtOnce(const std::vector<ParameterGroup>& groups) : Optimizer(groups, {}, false) {}
    void step() override { throw std::logic_error("L-BFGS solves the head at once and takes no steps"); }
    void setRate(double, std::optional<double>) override {}

  protected:
    std::optional<ParameterState> state(std::size_t) const override { return std::nullopt; }
    void setState(std::size_t, ParameterState) override {}
};

}  // namespace

std::unique_ptr<Optimizer> lbfgs(const std::vector<ParameterGroup>& groups, const settings::TrainConfig&) {
    return std::make_unique<SolvedAtOnce>(groups);
}

}  // namespace graft::training::optimizers
