// SPDX-License-Identifier: GPL-3.0-or-later
// A backbone against an independent implementation: the same weights, input and step of training give the
// same numbers. The files are those of torchvision_reference.py and backbone_reference.py.
#pragma once

#include <torch/nn/functional/loss.h>
#include <torch/optim/sgd.h>
#include <torch/utils.h>

#include <cmath>
#include <string>
#include <vector>

#include "core/backbones/torch/Network.h"
#include "core/weights/WeightFile.h"
#include "tests/support/RawTensors.h"
#include "tests/support/TestFiles.h"

namespace graft::test {

// With the classifier of its file, which has 1000 classes.
inline backbones::Network loadNetwork(const std::string& name, const std::string& weightsFile) {
    const backbones::UnsetWeights readFromTheFile;
    auto network = backbones::Network::create(name, 1000, {}).value();
    const auto dict = weights::readWeights(weightsFile);
    EXPECT_TRUE(dict) << dict.error().sentence();
    const auto loaded = network.load(*dict, true, weightsFile);
    EXPECT_TRUE(loaded) << loaded.error().sentence();
    return network;
}

// Of the two images in stem.in the logits in stem.out.
inline void expectSameLogits(backbones::Network& network, const std::string& stem, int side) {
    network.train(false);
    const torch::NoGradGuard noGradients;
    const at::Tensor input = readTensor(stem + ".in", {2, 3, side, side});
    const at::Tensor expected = readTensor(stem + ".out", {2, 1000});
    EXPECT_LT(relativeDifference(network.forward(input), expected), 1e-4) << side;
    network.to(at::kCPU);  // the layout that training uses
    EXPECT_LT(relativeDifference(network.forward(backbones::Network::toInput(input, at::kCPU)), expected),
              1e-4)
        << side;
}

// Of the four images in stem.batch the loss in stem.loss, before and after a step.
inline void expectSameTraining(backbones::Network& network, const std::string& stem, int side) {
    for (const auto& module : network.root().modules()) {
        if (auto* layer = dynamic_cast<backbones::RandomLayer*>(module.get())) layer->probability = 0.0;
    }
    for (const backbones::Unit& unit : network.units()) {
        for (const auto& step : unit.steps) {  // layers without parameters are not below the root
            if (auto* layer = dynamic_cast<backbones::RandomLayer*>(step.get())) layer->probability = 0.0;
        }
    }
    network.freeze({});
    network.train(true);
    const at::Tensor batch = readTensor(stem + ".batch", {4, 3, side, side});
    const at::Tensor expected = readTensor(stem + ".loss", {3});  // before and after the step, learning rate
    std::vector<at::Tensor> parameters;
    for (const auto& [name, parameter] : network.trainableParameters())
        parameters.push_back(parameter);
    torch::optim::SGD optimizer(parameters, torch::optim::SGDOptions(expected[2].item<float>()));
    for (int step = 0; step < 2; ++step) {
        optimizer.zero_grad();
        const at::Tensor loss =
            torch::nn::functional::cross_entropy(network.forward(batch), at::arange(4, torch::kLong) * 7);
        const float wanted = expected[step].item<float>();
        EXPECT_NEAR(loss.item<float>(), wanted, 1e-4F * std::abs(wanted)) << "step " << step;
        loss.backward();
        optimizer.step();
    }
    EXPECT_LT(expected[1].item<float>(), expected[0].item<float>() - 0.01F);
}

}  // namespace graft::test
