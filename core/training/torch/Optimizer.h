// SPDX-License-Identifier: GPL-3.0-or-later
// What moves the weights along their gradients. Those of torch::optim are TorchOptimizers, others
// OwnOptimizers; which there are is listed in core/settings/optimizers/Optimizers.inc.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/Result.h"
#include "core/weights/StateDict.h"

namespace graft::training {

struct ParameterGroup {
    std::vector<std::pair<std::string, at::Tensor>> parameters;  // by torchvision's name
    double rateFactor = 1;                                       // of the learning rate
    bool decays = true;                                          // the weight decay pulls at them
};

// What an optimizer keeps of one parameter between two steps.
struct ParameterState {
    // Each of the parameter's shape, in the order of the names that the optimizer has for them. Undefined:
    // not there yet.
    std::vector<at::Tensor> buffers;
    std::int64_t steps = 0;
};

class Optimizer {
  public:
    Optimizer(const Optimizer&) = delete;
    Optimizer& operator=(const Optimizer&) = delete;
    virtual ~Optimizer() = default;

    // Parameters without a gradient stay as they are.
    virtual void step() = 0;
    void zeroGradients();
    // From the next step on: each group's rate is learningRate * rateFactor. momentum, between 0 and 1, of a
    // schedule that moves it: of SGD and RMSprop their momentum, of Adam and its like beta1; Adagrad has
    // none.
    virtual void setRate(double learningRate, std::optional<double> momentum) = 0;
    void setRate(double learningRate) { setRate(learningRate, std::nullopt); }

    const std::vector<at::Tensor>& parameters() const { return m_parameters; }  // group by group

    // Adds "optimizer.NAME.BUFFER" and "optimizer.NAME.step" for every parameter that has state.
    void save(weights::StateDict& dict) const;
    // What save() has added. Nothing is changed on failure. Errors: BadFormat, if something is missing, has
    // another shape than its parameter, or is of another optimizer; without a path.
    Result<void> load(const weights::StateDict& dict);

  protected:
    struct BufferName {
        std::string name;
        bool isRequired = true;  // wherever a parameter has state
    };
    Optimizer(const std::vector<ParameterGroup>& groups, std::vector<BufferName> buffers, bool countsSteps);

    // Of the parameter at that place in parameters(); nothing where it has none yet.
    virtual std::optional<ParameterState> state(std::size_t parameter) const = 0;
    virtual void setState(std::size_t parameter, ParameterState state) = 0;

  private:
    std::vector<std::string> m_names;  // of the parameters
    std::vector<at::Tensor> m_parameters;
    std::vector<BufferName> m_buffers;
    bool m_countsSteps;
};

}  // namespace graft::training
