// SPDX-License-Identifier: GPL-3.0-or-later
// An optimizer that is not torch::optim's. It says what one step does to one parameter; its buffers, the rate
// of each group and the count of steps are kept here.
#pragma once

#include <optional>
#include <vector>

#include "core/training/torch/Optimizer.h"

namespace graft::training {

class OwnOptimizer : public Optimizer {
  public:
    void step() final;
    void setRate(double learningRate, std::optional<double> momentum) final;
    using Optimizer::setRate;

  protected:
    struct Step {
        std::int64_t number = 1;  // of the parameter, from 1
        double rate = 0;          // learning rate
        double weightDecay = 0;   // 0 in groups that do not decay
        double momentum = 0;
    };
    // momentum: where no schedule moves it. buffers: their names; they begin as zeros.
    OwnOptimizer(const std::vector<ParameterGroup>& groups, const std::vector<BufferName>& buffers,
                 double learningRate, double momentum, double weightDecay);

    // Once for all parameters, before move(). No gradients are recorded in either.
    virtual void prepare() {}
    // Moves a parameter and brings its buffers up to date; the gradient stays as it is.
    virtual void move(at::Tensor& parameter, const at::Tensor& gradient, std::vector<at::Tensor>& buffers,
                      const Step& step) = 0;

    std::optional<ParameterState> state(std::size_t parameter) const final;
    void setState(std::size_t parameter, ParameterState state) final;

  private:
    struct Group {
        std::size_t size = 0;  // in parameters
        double rateFactor = 1;
        double weightDecay = 0;
    };
    std::vector<Group> m_groups;
    std::vector<ParameterState> m_states;  // without buffers: before the first step
    std::size_t m_bufferCount;
    double m_learningRate;
    double m_momentum;
};

}  // namespace graft::training
