// SPDX-License-Identifier: GPL-3.0-or-later
// What graft-cli cost says, against what graft-cli train then takes, in small: the ratios are told, and none
// may be wild. (Machines that do other things meanwhile are no judge of more; bench/Estimates.cpp measures on
// a quiet one, and its figures are in bench/RESULTS.md.)
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "tests/support/SampleFolder.h"

namespace graft::test {

namespace {

using nlohmann::json;

struct SmallPlan {
    const char* backbone;
    const char* trainFrom;  // empty: everything
};

class EstimateOfRunTest : public testing::TestWithParam<SmallPlan> {
  protected:
    void SetUp() override {
        makeSampleFolder(m_folder.path("images"), 64, 24);
        setenv("XDG_CACHE_HOME", m_folder.path("cache").c_str(), 1);
    }

    json run(const std::string& command, const std::vector<std::string>& others) const {
        std::vector<std::string> all{GRAFT_CLI,  command,      m_folder.path("images"),
                                     "--json",   "--weights",  "none",
                                     "--resize", "112",        "--crop",
                                     "112",      "--device",   "cpu",
                                     "--epochs", "5",          "--cache-variants",
                                     "2",        "--backbone", GetParam().backbone};
        const bool isAll = std::string(GetParam().trainFrom).empty();
        if (isAll) {
            std::erase(all, "--cache-variants");
            std::erase(all, "2");
        }
        all.emplace_back(isAll ? "--freeze" : "--train-from");
        all.emplace_back(isAll ? "none" : GetParam().trainFrom);
        all.insert(all.end(), others.begin(), others.end());
        const ProcessResult result = runProcess(all);
        EXPECT_EQ(result.status, 0) << result.errors;
        return result.status == 0 ? json::parse(result.output) : json();
    }

    std::string runFolder() const { return m_folder.path("run"); }

  private:
    TemporaryFolder m_folder;
};

TEST_P(EstimateOfRunTest, IsNearWhatThenHappens) {
    const json cost = run("cost", {});
    const json trained = run("train", {"--run", runFolder()});
    std::vector<double> later;
    for (std::size_t epoch = 2; epoch < trained.at("epochs").size(); ++epoch)
        later.push_back(trained.at("epochs")[epoch].at("seconds"));
    std::ranges::sort(later);
    const double first = trained.at("epochs")[0].at("seconds");
    const double ofFirst = cost.at("first_epoch_seconds").get<double>() / first;
    const double ofLater = cost.at("later_epoch_seconds").get<double>() / later[later.size() / 2];
    const double ofRun = cost.at("seconds").get<double>() / trained.at("seconds").get<double>();
    std::printf("%s from %s: estimate / actual: first epoch %.2f, later ones %.2f, whole run %.2f\n",
                GetParam().backbone, GetParam().trainFrom, ofFirst, ofLater, ofRun);
    for (const double ratio : {ofFirst, ofLater, ofRun}) {
        EXPECT_GT(ratio, 0.25);
        EXPECT_LT(ratio, 4);
    }
}

INSTANTIATE_TEST_SUITE_P(EveryPlan, EstimateOfRunTest,
                         testing::Values(SmallPlan{"resnet18", ""}, SmallPlan{"resnet18", "layer4"},
                                         SmallPlan{"mobilenet_v2", "features.14"},
                                         SmallPlan{"squeezenet1_1", ""},
                                         SmallPlan{"convnext_tiny", "features.7"}),
                         [](const auto& plan) { return plan.param.backbone + std::to_string(plan.index); });

}  // namespace

}  // namespace graft::test
