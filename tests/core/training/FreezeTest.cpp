// SPDX-License-Identifier: GPL-3.0-or-later
// Frozen means frozen: parameters and BatchNorm statistics, bit for bit.
#include <torch/utils.h>

#include "core/backbones/torch/Network.h"
#include "tests/support/TrainingFixture.h"

namespace graft::test {

namespace {

class FreezeTest : public TrainingFixture {
  protected:
    // Trains resnet18 from a weight file with spec frozen, and compares every tensor before and after.
    void expectFrozen(const std::string& spec, const std::string& run) {
        torch::manual_seed(3);
        auto network = backbones::Network::create("resnet18", 5, {}).value();
        ASSERT_TRUE(weights::writeSafetensors(path("w.safetensors"), network.stateDict()));
        auto c = config(run, "resnet18");
        c.weightsFile = path("w.safetensors");
        c.freeze = backbones::parseFreezePlan(spec, backbones::listUnits("resnet18").value()).value();
        trainOrFail(c);

        const auto before = tensorsIn(path("w.safetensors"));
        const auto after = tensorsIn(path(run + "/model.safetensors"));
        ASSERT_EQ(before.size(), after.size());
        for (const auto& [name, bytes] : before) {
            std::string unit =
                name.starts_with("layer") ? name.substr(0, 8) : "conv1";  // "layer4.1", or the stem
            if (name.starts_with("fc.")) unit = "head";
            if (c.freeze.isFrozen(unit)) {
                EXPECT_EQ(bytes, after.at(name)) << name << " is frozen but has changed";
            } else {
                EXPECT_NE(bytes, after.at(name)) << name << " is not frozen but has not changed";
            }
        }
    }
};

TEST_F(FreezeTest, EverythingButTheHead) {
    expectFrozen("all", "all");
}
TEST_F(FreezeTest, APrefix) {
    expectFrozen("stem,layer1,layer2", "prefix");
}
TEST_F(FreezeTest, UnitsInTheMiddle) {
    expectFrozen("layer2.1,layer3", "middle");
}
TEST_F(FreezeTest, Nothing) {
    expectFrozen("none", "none");
}

}  // namespace

}  // namespace graft::test
