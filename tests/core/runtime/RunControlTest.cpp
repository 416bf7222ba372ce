// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/RunControl.h"

#include <gtest/gtest.h>

#include <future>

#include "core/runtime/Device.h"

namespace graft::test {

namespace {

using runtime::RunControl;

TEST(RunControlTest, PausedJobWaitsAndGoesOn) {
    RunControl control;
    control.pause();
    std::promise<void> resting;
    std::promise<void> goingOn;
    auto job = std::async(std::launch::async, [&] {
        return control.checkpoint([&](bool paused) { (paused ? resting : goingOn).set_value(); });
    });
    resting.get_future().wait();
    EXPECT_TRUE(control.isPaused());
    control.resume();
    EXPECT_TRUE(job.get());
    goingOn.get_future().wait();
}

TEST(RunControlTest, StopWakesAPausedJob) {
    RunControl control;
    control.pause();
    std::promise<void> resting;
    auto job = std::async(std::launch::async, [&] {
        return control.checkpoint([&](bool paused) {
            if (paused) resting.set_value();
        });
    });
    resting.get_future().wait();
    control.stop();
    EXPECT_FALSE(job.get());
    EXPECT_FALSE(control.checkpoint());
}

TEST(DeviceTest, NamesAreUnderstoodOrRefused) {
    EXPECT_TRUE(runtime::chooseDevice("cpu"));
    EXPECT_TRUE(runtime::chooseDevice("auto"));
    EXPECT_EQ(runtime::chooseDevice("gpu").error().code, ErrorCode::InvalidArgument);
    EXPECT_EQ(runtime::chooseDevice("cuda:").error().code, ErrorCode::InvalidArgument);
    EXPECT_EQ(runtime::chooseDevice("cuda:999").error().code, ErrorCode::DeviceUnavailable);
}

}  // namespace

}  // namespace graft::test
