// SPDX-License-Identifier: GPL-3.0-or-later
// What a stage sees, against torchvision's own modules in Python.
#include "core/inference/StageViews.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/support/TestFiles.h"

namespace graft::test {

namespace {

using inference::StageView;
using inference::StageViewRequest;

struct Case {
    const char* backbone;
    int side;
    std::vector<std::pair<std::string, std::string>> modules;  // ours, Python's
};

StageViewRequest requestFor(const Case& one, const TemporaryFolder& directory) {
    StageViewRequest request;
    request.backbone = one.backbone;
    request.weightsFile = directory.path(std::string(one.backbone) + ".pth");
    request.image = directory.path("picture.png");
    request.preprocess.resizeSize = one.side;
    request.preprocess.cropSize = one.side;
    return request;
}

TEST(StageViewsTest, AreTorchvisionsActivations) {
    const Case cases[] = {
        {"resnet18",
         96,
         {{"stem", "maxpool"}, {"layer1", "layer1"}, {"layer3", "layer3"}, {"layer4", "layer4"}}},
        {"vit_b_32", 224, {{"encoder", "encoder.layers"}}},
        {"swin_t", 64, {{"stage1", "features.1"}, {"stage2", "features.3"}, {"stage3", "features.5"}}}};
    for (const Case& one : cases) {
        const TemporaryFolder directory;
        std::vector<std::string> arguments{"stages", directory.path(), one.backbone,
                                           std::to_string(one.side)};
        for (const auto& [stage, module] : one.modules)
            arguments.push_back(module);
        const auto expected = nlohmann::json::parse(runPython("torchvision_reference.py", arguments));
        runtime::RunControl control;
        const auto views = inference::viewStages(requestFor(one, directory), control);
        ASSERT_TRUE(views) << views.error().sentence();
        for (const auto& [stage, module] : one.modules) {
            const auto view = std::ranges::find(*views, stage, &StageView::stage);
            ASSERT_NE(view, views->end()) << stage;
            const auto& python = expected.at(module);
            const auto deviation = python.at("deviation").get<std::vector<double>>();
            EXPECT_EQ(view->allChannels, deviation.size()) << stage;
            ASSERT_EQ(view->channels.size(), 8U) << stage;
            auto sorted = deviation;
            std::ranges::sort(sorted, std::greater<>());
            for (std::size_t n = 0; n < 8; ++n)
                EXPECT_NEAR(deviation[view->channels[n].channel], sorted[n], 1e-3 * sorted[n]) << stage << n;
            const auto& first = view->channels.front();
            EXPECT_EQ(first.width, python.at("side").get<int>()) << stage;
            EXPECT_EQ(first.width, first.height);
            const auto values = python.at("strongest").get<std::vector<double>>();
            ASSERT_EQ(first.values.size(), values.size()) << stage;
            for (std::size_t n = 0; n < values.size(); ++n)
                EXPECT_NEAR(first.values[n], values[n], 1.0) << stage << " at " << n;
        }
    }
}

TEST(StageViewsTest, PlainNumbersAreNoPicture) {
    const TemporaryFolder directory;
    runPython("torchvision_reference.py", {"stages", directory.path(), "alexnet", "64"});
    StageViewRequest request = requestFor({"alexnet", 64, {}}, directory);
    request.weightsFile.clear();
    request.channels = 3;
    runtime::RunControl control;
    const auto views = inference::viewStages(request, control);
    ASSERT_TRUE(views) << views.error().sentence();
    ASSERT_EQ(views->size(), 2U);
    EXPECT_EQ((*views)[1].stage, "classifier");
    EXPECT_TRUE((*views)[1].channels.empty());
    EXPECT_EQ((*views)[1].allChannels, 4096U);
    // Random weights of a seed are the same again.
    const auto again = inference::viewStages(request, control);
    ASSERT_TRUE(again);
    request.backbone = "resnet18";
    const auto one = inference::viewStages(request, control).value();
    const auto two = inference::viewStages(request, control).value();
    ASSERT_EQ(one.front().channels.size(), 3U);
    EXPECT_EQ(one.front().channels.front().values, two.front().channels.front().values);
    request.seed = 2;
    const auto other = inference::viewStages(request, control).value();
    EXPECT_NE(one.front().channels.front().values, other.front().channels.front().values);
}

TEST(StageViewsTest, SaysWhatIsWrongAndStops) {
    const TemporaryFolder directory;
    runPython("torchvision_reference.py", {"stages", directory.path(), "resnet18", "64"});
    const StageViewRequest good = requestFor({"resnet18", 64, {}}, directory);
    runtime::RunControl control;
    StageViewRequest request = good;
    request.image = directory.path("gone.png");
    EXPECT_EQ(inference::viewStages(request, control).error().code, ErrorCode::NotFound);
    request = good;
    request.backbone = "resnet50";
    EXPECT_EQ(inference::viewStages(request, control).error().code, ErrorCode::WeightsMismatch);
    request = good;
    request.backbone = "resnet19";
    EXPECT_EQ(inference::viewStages(request, control).error().code, ErrorCode::NotFound);
    request = good;
    request.backbone = "vit_b_32";
    request.weightsFile.clear();
    request.preprocess.cropSize = 50;
    EXPECT_EQ(inference::viewStages(request, control).error().code, ErrorCode::InvalidArgument);
    control.stop();
    const auto stopped = inference::viewStages(good, control);
    ASSERT_TRUE(stopped);
    EXPECT_TRUE(stopped->empty());
}

}  // namespace

}  // namespace graft::test
