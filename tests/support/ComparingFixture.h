// SPDX-License-Identifier: GPL-3.0-or-later
// A sample folder, and no weights but the built-in ones: what is on this machine has no say.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "tests/support/SampleFolder.h"

namespace graft::test {

class ComparingFixture : public testing::Test {
  protected:
    void SetUp() override {
        setenv("XDG_DATA_HOME", path("data").c_str(), 1);
        setenv("TORCH_HOME", path("torch").c_str(), 1);
        setenv("XDG_CACHE_HOME", path("cache").c_str(), 1);
        makeSampleFolder(path("images"));
    }
    std::string path(const std::string& name) const { return m_folder.path(name); }

  private:
    TemporaryFolder m_folder;
};

}  // namespace graft::test
