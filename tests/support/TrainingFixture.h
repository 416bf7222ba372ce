// SPDX-License-Identifier: GPL-3.0-or-later
// Runs of a small network on a small folder, for the tests of training.
#pragma once

#include <map>

#include "core/data/FolderScanner.h"
#include "core/evaluation/Evaluator.h"
#include "core/training/DefaultConfig.h"
#include "core/training/RunFolder.h"
#include "core/training/Trainer.h"
#include "core/weights/WeightFile.h"
#include "tests/support/SampleFolder.h"

namespace graft::test {

class TrainingFixture : public testing::Test {
  protected:
    void SetUp() override { makeSampleFolder(m_folder.path("images")); }

    std::string path(const std::string& name) const { return m_folder.path(name); }

    settings::TrainConfig config(const std::string& run,
                                 const std::string& backbone = "squeezenet1_1") const {
        settings::TrainConfig c = training::defaultConfig(backbone, "").value();
        c.datasetFolder = m_folder.path("images");
        c.runFolder = m_folder.path(run);
        c.preprocess.resizeSize = 32;
        c.preprocess.cropSize = 32;
        c.batchSize = 8;
        c.epochs = 2;
        c.threads = 2;
        c.device = "cpu";
        return c;
    }

    training::TrainReport trainOrFail(const settings::TrainConfig& c,
                                      const training::TrainObserver& observer = {}) {
        runtime::RunControl control;
        const auto report = training::train(
            c, observer ? observer : [](const auto&) {}, control);
        EXPECT_TRUE(report) << report.error().sentence();
        return report.value_or(training::TrainReport{});
    }

    // Every tensor of a weight file, by name, as bytes.
    static std::map<std::string, std::vector<std::byte>> tensorsIn(const std::string& file) {
        const auto dict = weights::readSafetensors(file);
        EXPECT_TRUE(dict) << dict.error().sentence();
        std::map<std::string, std::vector<std::byte>> tensors;
        if (!dict) return tensors;
        for (const auto& [name, data] : dict->tensors)
            tensors[name] = *data.bytes;
        return tensors;
    }

    // What a run says of itself is what evaluate says of its model.
    void expectItsFiguresAreItsModels(const std::string& run) const {
        const auto own = training::readEvaluation(run);
        ASSERT_TRUE(own) << own.error().sentence();
        runtime::RunControl control;
        const auto afterwards = evaluation::evaluateFolder(run, path("images/val"), {}, {}, control);
        ASSERT_TRUE(afterwards) << afterwards.error().sentence();
        EXPECT_EQ(own->images, afterwards->images);
        EXPECT_EQ(own->accuracy, afterwards->accuracy);
        EXPECT_NEAR(own->loss, afterwards->loss, 4e-4 * own->loss);  // bfloat16 alone differs by 8e-4
    }

  private:
    TemporaryFolder m_folder;
};

}  // namespace graft::test
