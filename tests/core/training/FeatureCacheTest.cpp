// SPDX-License-Identifier: GPL-3.0-or-later
// Features that are computed once must be those that would be computed every time, and survive whatever
// happens to the file that keeps them.
#include <sys/resource.h>
#include <torch/utils.h>
#include <csignal>

#include <algorithm>

#include "core/training/FeatureCache.h"
#include "core/training/RunFolder.h"
#include "core/training/detail/FeatureStore.h"
#include "core/training/torch/FeatureSource.h"
#include "core/training/torch/Precisions.h"
#include "tests/support/TinyImages.h"
#include "tests/support/TrainingFixture.h"

namespace graft::test {

namespace {

using training::FeatureStore;
using training::RowKey;

constexpr std::size_t kRow = 1000;

RowKey keyOf(int number) {
    RowKey key{};
    for (std::size_t i = 0; i < sizeof number; ++i)
        key[i] = static_cast<std::uint8_t>(number >> (8 * i));
    return key;
}

std::vector<std::uint8_t> rowOf(int number) {
    std::vector<std::uint8_t> row(kRow);
    for (std::size_t i = 0; i < kRow; ++i)
        row[i] = static_cast<std::uint8_t>(static_cast<std::size_t>(number) * 31 + i);
    return row;
}

bool holds(FeatureStore& store, int number) {
    std::vector<std::uint8_t> row(kRow);
    return store.read(keyOf(number), row) && row == rowOf(number);
}

void put(FeatureStore& store, int number) {
    const RowKey key = keyOf(number);
    ASSERT_TRUE(store.append({&key, 1}, rowOf(number)));
}

TEST(FeatureStoreTest, RowsAreThereAfterTheFileIsOpenedAgain) {
    const TemporaryFolder folder;
    const std::string file = folder.path("a.features");
    {
        auto store = FeatureStore::open(file, kRow).value();
        for (int i = 0; i < 300; ++i)
            put(*store, i);
        EXPECT_TRUE(holds(*store, 17));
    }
    auto store = FeatureStore::open(file, kRow).value();
    EXPECT_EQ(store->size(), 300U);
    for (int i = 0; i < 300; ++i)
        EXPECT_TRUE(holds(*store, i)) << i;
    EXPECT_FALSE(holds(*store, 300));
}

TEST(FeatureStoreTest, APartOfARecordAtTheEndIsWrittenOver) {
    const TemporaryFolder folder;
    const std::string file = folder.path("a.features");
    {
        auto store = FeatureStore::open(file, kRow).value();
        put(*store, 1);
        put(*store, 2);
    }
    fs::resize_file(file, fs::file_size(file) - 100);
    auto store = FeatureStore::open(file, kRow).value();
    EXPECT_TRUE(holds(*store, 1));
    EXPECT_FALSE(holds(*store, 2));
    put(*store, 3);
    EXPECT_TRUE(holds(*store, 3));
    EXPECT_TRUE(holds(*FeatureStore::open(file, kRow).value(), 3));
}

TEST(FeatureStoreTest, ADamagedRowIsForgotten) {
    const TemporaryFolder folder;
    const std::string file = folder.path("a.features");
    {
        auto store = FeatureStore::open(file, kRow).value();
        put(*store, 1);
        put(*store, 2);
    }
    std::fstream damage(file, std::ios::binary | std::ios::in | std::ios::out);
    damage.seekp(64 + 24 + 500);
    damage.put('\x55');
    damage.close();
    auto store = FeatureStore::open(file, kRow).value();
    EXPECT_FALSE(holds(*store, 1));
    EXPECT_FALSE(store->contains(keyOf(1)));
    EXPECT_TRUE(holds(*store, 2));
    put(*store, 1);
    EXPECT_TRUE(holds(*store, 1));
}

TEST(FeatureStoreTest, WhatIsCutOffWhileTheFileIsOpenIsForgotten) {
    const TemporaryFolder folder;
    const std::string file = folder.path("a.features");
    auto store = FeatureStore::open(file, kRow).value();
    for (int i = 0; i < 100; ++i)
        put(*store, i);
    const auto whole = fs::file_size(file);
    fs::resize_file(file, 64 + (whole - 64) / 2);
    EXPECT_TRUE(holds(*store, 49));
    EXPECT_FALSE(holds(*store, 50));
    put(*store, 200);  // where row 50 lay
    EXPECT_TRUE(holds(*store, 200));
    EXPECT_FALSE(holds(*store, 50));
    EXPECT_FALSE(holds(*store, 99));
    fs::resize_file(file, 0);
    EXPECT_FALSE(holds(*store, 49));
    put(*store, 1);
    EXPECT_TRUE(holds(*store, 1));
    EXPECT_FALSE(holds(*store, 2));
}

TEST(FeatureStoreTest, AFileOfSomethingElseIsBegunAnew) {
    const TemporaryFolder folder;
    for (const std::string& content : {std::string("hello"), std::string(5000, 'x'), std::string()}) {
        const std::string file = folder.path("a.features");
        writeText(file, content);
        auto store = FeatureStore::open(file, kRow).value();
        EXPECT_EQ(store->size(), 0U);
        put(*store, 1);
        EXPECT_TRUE(holds(*store, 1));
    }
    EXPECT_EQ(FeatureStore::open(folder.path("a.features"), kRow + 8).value()->size(), 0U);
}

TEST(FeatureStoreTest, TwoProcessesAddToOneFile) {
    const TemporaryFolder folder;
    const std::string file = folder.path("a.features");
    constexpr int kEach = 400;
    std::vector<pid_t> children;
    for (int child = 0; child < 3; ++child) {
        const pid_t pid = fork();
        if (pid == 0) {
            auto store = FeatureStore::open(file, kRow).value();
            for (int i = 0; i < kEach; ++i) {
                const RowKey key = keyOf(child * kEach + i);
                if (!store->append({&key, 1}, rowOf(child * kEach + i))) _exit(1);
            }
            _exit(0);
        }
        children.push_back(pid);
    }
    for (const pid_t child : children) {
        int status = 0;
        waitpid(child, &status, 0);
        EXPECT_EQ(status, 0);
    }
    auto store = FeatureStore::open(file, kRow).value();
    EXPECT_EQ(store->size(), 3U * kEach);
    for (int i = 0; i < 3 * kEach; ++i)
        EXPECT_TRUE(holds(*store, i)) << i;
}

TEST(FeatureStoreTest, AKillAtAnyMomentLosesNoWholeRow) {
    const TemporaryFolder folder;
    const std::string file = folder.path("a.features");
    std::size_t before = 0;
    for (int round = 0; round < 12; ++round) {
        int signal[2];
        ASSERT_EQ(pipe(signal), 0);
        const pid_t pid = fork();
        if (pid == 0) {
            auto store = FeatureStore::open(file, kRow).value();
            for (int i = static_cast<int>(store->size());; ++i) {
                const RowKey key = keyOf(i);
                if (!store->append({&key, 1}, rowOf(i))) _exit(1);
                const char one = 1;
                if (write(signal[1], &one, 1) != 1) _exit(1);
            }
        }
        close(signal[1]);  // killed somewhere after its 20th row
        char seen = 0;
        for (int i = 0; i < 20; ++i)
            ASSERT_EQ(read(signal[0], &seen, 1), 1);
        kill(pid, SIGKILL);
        waitpid(pid, nullptr, 0);
        close(signal[0]);
        auto store = FeatureStore::open(file, kRow).value();
        EXPECT_GE(store->size(), before + 20);
        before = store->size();
        for (int i = 0; i < static_cast<int>(before); ++i)
            EXPECT_TRUE(holds(*store, i)) << i;
    }
}

TEST(FeatureStoreTest, AFullDiskLeavesTheFileAsItWas) {
    const TemporaryFolder folder;
    const std::string file = folder.path("a.features");
    auto store = FeatureStore::open(file, kRow).value();
    put(*store, 1);
    const auto size = fs::file_size(file);
    // A limit on the size of files fails like a full disk, in the middle of a record.
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit old{};
    getrlimit(RLIMIT_FSIZE, &old);
    const rlimit tight{size + 300, old.rlim_max};
    setrlimit(RLIMIT_FSIZE, &tight);
    const RowKey key = keyOf(2);
    const auto added = store->append({&key, 1}, rowOf(2));
    setrlimit(RLIMIT_FSIZE, &old);
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().code, ErrorCode::Unwritable);
    EXPECT_EQ(fs::file_size(file), size);
    EXPECT_TRUE(holds(*store, 1));
    put(*store, 2);
    EXPECT_TRUE(holds(*store, 2));
}

class FeatureCacheTest : public TrainingFixture {
  protected:
    void SetUp() override {
        TrainingFixture::SetUp();
        setenv("XDG_CACHE_HOME", path("cache").c_str(), 1);
    }

    // Everything frozen but the head: with random weights that is no good classifier, but an exact one.
    settings::TrainConfig frozen(const std::string& run, int variants) const {
        settings::TrainConfig c = config(run, "resnet18");
        c.weightsFile = "";
        c.freeze = backbones::freezeAll(backbones::listUnits("resnet18").value());
        c.epochs = 3;
        c.cache.variants = variants;
        return c;
    }

    // The last thing that the run says of its cache.
    training::CacheState stateOf(const settings::TrainConfig& c) {
        training::CacheState state;
        trainOrFail(c, [&](const training::TrainEvent& event) {
            if (const auto* told = std::get_if<training::CacheState>(&event)) state = *told;
        });
        return state;
    }

    std::string state(const std::string& run) const { return path(run + "/checkpoint/state.safetensors"); }

    void expectNear(const std::string& run, const std::string& other) const {
        const auto a = weights::readSafetensors(path(run + "/model.safetensors")).value();
        const auto b = weights::readSafetensors(path(other + "/model.safetensors")).value();
        const auto* mine = a.find("fc.weight");
        const auto* theirs = b.find("fc.weight");
        ASSERT_EQ(mine->bytes->size(), theirs->bytes->size());
        const auto* x = reinterpret_cast<const float*>(mine->bytes->data());
        const auto* y = reinterpret_cast<const float*>(theirs->bytes->data());
        float largest = 0;
        float change = 0;
        for (std::size_t i = 0; i < mine->bytes->size() / sizeof(float); ++i) {
            change = std::max(change, std::abs(x[i] - y[i]));
            largest = std::max(largest, std::abs(y[i]));
        }
        EXPECT_LT(change, 1e-4F * largest);
    }
};

TEST_F(FeatureCacheTest, WithoutRandomCropsItGivesWhatTheWholeNetworkGives) {
    auto with = frozen("with", 4);
    with.augment = {false, 0.08, false};
    with.cache.halfPrecision = false;
    auto without = with;
    without.runFolder = path("without");
    without.cache.variants = 0;
    const auto cached = trainOrFail(with);
    const auto plain = trainOrFail(without);
    for (std::size_t i = 0; i < plain.epochs.size(); ++i) {
        EXPECT_NEAR(cached.epochs[i].trainLoss, plain.epochs[i].trainLoss, 1e-4);
        EXPECT_NEAR(cached.epochs[i].valLoss, plain.epochs[i].valLoss, 1e-4);
        EXPECT_EQ(cached.epochs[i].valAccuracy, plain.epochs[i].valAccuracy);
    }
    expectNear("with", "without");
}

TEST_F(FeatureCacheTest, TheSecondRunFindsEverythingAndGivesTheSameWeights) {
    const auto first = stateOf(frozen("cold", 2));
    EXPECT_TRUE(first.used);
    EXPECT_NE(first.message.english().find(": none of "), std::string::npos) << first.message.english();
    const auto bytes = training::featureCacheUsage().bytes;
    EXPECT_GT(bytes, 0U);
    const auto second = stateOf(frozen("warm", 2));
    EXPECT_EQ(training::featureCacheUsage().bytes, bytes);
    EXPECT_EQ(training::featureCacheUsage().files, 1U);
    EXPECT_GT(second.bytes, first.bytes);  // told at the start: nothing was there before the first
    EXPECT_TRUE(tensorsIn(state("cold")) == tensorsIn(state("warm")));
    EXPECT_TRUE(tensorsIn(path("cold/model.safetensors")) == tensorsIn(path("warm/model.safetensors")));
}

// The pool in front of AlexNet's large layers makes 6 x 6 of whatever the map is, which oneDNN's cannot.
TEST_F(FeatureCacheTest, WhatCannotBeFusedIsComputedAsItIs) {
    settings::TrainConfig c = config("run", "alexnet");
    c.preprocess.resizeSize = c.preprocess.cropSize = 80;
    c.freeze = backbones::freezeAll(backbones::listUnits("alexnet").value());
    c.augment.randomResizedCrop = false;
    c.augment.horizontalFlip = false;
    c.epochs = 1;
    EXPECT_TRUE(stateOf(c).used);
    expectItsFiguresAreItsModels(path("run"));
}

TEST_F(FeatureCacheTest, EachVariantIsKeptOnce) {
    auto c = frozen("run", 2);
    c.epochs = 5;
    const auto dataset = data::scanFolder(c.datasetFolder, {c.validationShare, c.seed, 0}).value();
    trainOrFail(c);
    const std::size_t rows =
        dataset.countOf(data::Split::Train) * 2 + dataset.countOf(data::Split::Validation);
    // 512 features in half precision, 24 bytes before them, and the file's header.
    EXPECT_EQ(training::featureCacheUsage().bytes, 64 + rows * (512 * 2 + 24));
}

TEST_F(FeatureCacheTest, AChangedImageIsComputedAgain) {
    auto c = frozen("before", 1);
    c.augment = {false, 0.08, false};
    c.cache.halfPrecision = false;
    trainOrFail(c);
    writeText(path("images/train/0/000000.png"), tinyBmp(7, 32, 32));  // the same name, other pixels
    c.runFolder = path("cached");
    trainOrFail(c);
    c.runFolder = path("plain");
    c.cache.variants = 0;
    trainOrFail(c);
    expectNear("cached", "plain");
    EXPECT_FALSE(tensorsIn(path("cached/model.safetensors")) == tensorsIn(path("before/model.safetensors")));
}

TEST_F(FeatureCacheTest, AnImageReplacedBetweenScanAndStartIsTakenAsItIs) {
    auto c = frozen("before", 1);
    c.augment = {false, 0.08, false};
    c.cache.halfPrecision = false;
    const auto scanned = data::scanFolder(c.datasetFolder, {c.validationShare, c.seed, 0}).value();
    const auto trainOnScanned = [&](const std::string& run, int variants) {
        c.runFolder = path(run);
        c.cache.variants = variants;
        runtime::RunControl control;
        const auto report = training::train(
            c, scanned, [](const auto&) {}, control);
        EXPECT_TRUE(report) << report.error().sentence();
    };
    trainOnScanned("before", 1);
    const std::string file = path("images/train/0/000000.png");
    const std::string before = readText(file);
    writeText(file, tinyBmp(7, 32, 32));
    trainOnScanned("cached", 1);
    trainOnScanned("plain", 0);
    expectNear("cached", "plain");
    EXPECT_NE(readText(path("cached/log.txt")).find("train/0/000000.png: has changed"), std::string::npos);
    // Nothing of the other picture was kept under this one's name.
    writeText(file, before);
    trainOnScanned("again", 1);
    EXPECT_TRUE(tensorsIn(path("again/model.safetensors")) == tensorsIn(path("before/model.safetensors")));
}

TEST_F(FeatureCacheTest, AnImageReplacedWhileTheRunGoesOnIsNotKeptUnderTheOldOnesName) {
    auto c = frozen("undisturbed", 1);
    c.augment = {false, 0.08, false};
    const auto undisturbed = trainOrFail(c);
    for (const std::string name : {"images/train/0/000000.png", "images/val/1/000001.png"}) {
        fs::remove_all(training::featureCacheFolder());
        const std::string file = path(name);
        const std::string before = readText(file);
        c.runFolder = path(name.substr(7, 3) + " replaced");
        std::string told;
        trainOrFail(c, [&](const training::TrainEvent& event) {
            // The images' hashes were asked before; none has been decoded yet.
            if (std::holds_alternative<training::RunStarted>(event)) writeText(file, tinyBmp(7, 32, 32));
            if (const auto* notice = std::get_if<training::Notice>(&event)) told += notice->message.english();
        });
        EXPECT_NE(told.find(name + ": this "), std::string::npos) << told;
        writeText(file, before);
        c.runFolder += " again";
        const auto again = trainOrFail(c);
        EXPECT_EQ(again.epochs.back().valLoss, undisturbed.epochs.back().valLoss) << name;
        EXPECT_TRUE(tensorsIn(c.runFolder + "/model.safetensors") ==
                    tensorsIn(path("undisturbed/model.safetensors")))
            << name;
    }
}

TEST_F(FeatureCacheTest, AnImageThatIsGoneIsNotRememberedInItsPlace) {
    auto c = frozen("before", 1);
    const auto scanned = data::scanFolder(c.datasetFolder, {c.validationShare, c.seed, 0}).value();
    trainOrFail(c);
    fs::remove(path("images/train/0/000000.png"));
    c.runFolder = path("after");
    runtime::RunControl control;
    ASSERT_TRUE(training::train(
        c, scanned, [](const auto&) {}, control));
    EXPECT_NE(readText(path("after/log.txt")).find("000000.png: can no longer be read"), std::string::npos);
}

TEST_F(FeatureCacheTest, RowsOfAnotherFolderNeitherCountNorStay) {
    trainOrFail(frozen("first", 1));
    for (int i = 0; i < 12; ++i)
        writeText(path("others/" + std::to_string(i % 2) + "/" + std::to_string(i) + ".bmp"),
                  tinyBmp(i, 32, 32));
    auto other = frozen("second", 1);
    other.datasetFolder = path("others");
    const auto state = stateOf(other);
    EXPECT_NE(state.message.english().find("none of 12 is there yet"), std::string::npos)
        << state.message.english();
    EXPECT_EQ(training::featureCacheUsage().files, 1U);

    // Room for one of the two: the one that is trained on now.
    auto next = frozen("third", 1);
    next.preprocess.resizeSize = 40;  // another file
    trainOrFail(next);
    next.datasetFolder = path("others");
    next.runFolder = path("fourth");
    const std::uint64_t row = 512 * 2 + 24;
    next.cache.budgetGigabytes = static_cast<double>(30 * row) / 1e9;
    trainOrFail(next);
    EXPECT_EQ(training::featureCacheUsage().files, 1U);
    EXPECT_EQ(training::featureCacheUsage().bytes, 64 + 12 * row);
}

TEST_F(FeatureCacheTest, ChangingTheHeadThrowsNoFeaturesAway) {
    auto c = config("linear", "squeezenet1_1");
    c.freeze = backbones::freezeAll(backbones::listUnits("squeezenet1_1").value());
    trainOrFail(c);
    auto hidden = c;
    hidden.runFolder = path("hidden");
    hidden.head.kind = "mlp";
    trainOrFail(hidden);
    c.runFolder = path("again");
    const std::string message = stateOf(c).message.english();
    EXPECT_EQ(message.find("none of "), std::string::npos) << message;
}

TEST_F(FeatureCacheTest, OtherSettingsNeverGetOldFeatures) {
    trainOrFail(frozen("first", 1));
    EXPECT_EQ(training::featureCacheUsage().files, 1U);
    auto larger = frozen("larger", 1);
    larger.preprocess.resizeSize = 40;
    auto mean = frozen("mean", 1);
    mean.preprocess.mean[0] += 0.01F;
    auto weights = frozen("weights", 1);
    weights.seed = 2;  // other random weights
    auto precise = frozen("precise", 1);
    precise.cache.halfPrecision = false;
    std::size_t files = 1;
    for (const auto& c : {larger, mean, weights, precise}) {
        trainOrFail(c);
        EXPECT_EQ(training::featureCacheUsage().files, ++files) << c.runFolder;
    }
}

// A backbone that was programmed anew, with the names and weights of before.
TEST_F(FeatureCacheTest, AnotherActivationNeverGetsOldFeatures) {
    auto c = frozen("run", 1);
    c.backbone = "mobilenet_v2";
    c.freeze = backbones::freezeAll(backbones::listUnits(c.backbone).value());
    const auto filesWith = [&](backbones::Function function) {
        torch::manual_seed(1);
        auto network = backbones::Network::create(c.backbone, 3, {}).value();
        network.freeze(c.freeze);
        network.train(false);
        auto* first = dynamic_cast<backbones::Chain*>(network.units().front().steps.front().get());
        first->add("function", std::make_shared<backbones::Activation>(function));
        const training::FeatureDecision decided{true, network.units().size(), "float32"};
        EXPECT_TRUE(training::FeatureSource::create(network, c, c10::kCPU, {keyOf(1)}, {}, decided));
        return training::featureCacheUsage().files;
    };
    EXPECT_EQ(filesWith(backbones::Function::Silu), 1U);
    EXPECT_EQ(filesWith(backbones::Function::Silu), 1U);
    EXPECT_EQ(filesWith(backbones::Function::Gelu), 2U);
    EXPECT_EQ(filesWith(backbones::Function::GeluTanh), 3U);  // the same operator with another argument
    EXPECT_EQ(filesWith(backbones::Function::Gelu), 3U);
}

TEST_F(FeatureCacheTest, WhereTheMachineHasItBFloat16FillsItAndSaysHowNearItIs) {
    if (!training::hasFastBFloat16(c10::kCPU)) GTEST_SKIP() << "no bfloat16 on this processor";
    auto c = frozen("auto", 2);
    const std::string message = stateOf(c).message.english();
    EXPECT_NE(message.find("in bfloat16"), std::string::npos) << message;

    // On request, and for a cache in float32, nothing is rounded on the way.
    c = frozen("exact", 2);
    c.precision = settings::Precision::Float32;
    EXPECT_EQ(stateOf(c).message.english().find("bfloat16"), std::string::npos);
    c = frozen("whole", 2);
    c.cache.halfPrecision = false;
    EXPECT_EQ(stateOf(c).message.english().find("bfloat16"), std::string::npos);
    EXPECT_EQ(training::featureCacheUsage().files, 3U);
}

// Whatever the features are computed in: the run's figures are those of the model that is exported.
TEST_F(FeatureCacheTest, TheFiguresAreThoseOfTheFinishedModel) {
    auto c = frozen("run", 2);
    c.epochs = 6;
    c.optimizer.learningRate = 0.05;
    trainOrFail(c);
    expectItsFiguresAreItsModels(c.runFolder);
}

TEST_F(FeatureCacheTest, UnitsBehindTheCutTrainOnFeatures) {
    auto c = frozen("tail", 2);
    c.freeze = backbones::trainFrom("layer4", backbones::listUnits("resnet18").value()).value();
    c.augment = {false, 0.08, false};
    c.cache.halfPrecision = false;
    c.epochs = 2;
    auto without = c;
    without.runFolder = path("tail-without");
    without.cache.variants = 0;
    const auto cached = trainOrFail(c);
    const auto plain = trainOrFail(without);
    EXPECT_NEAR(cached.epochs[0].trainLoss, plain.epochs[0].trainLoss, 1e-3);
    EXPECT_EQ(training::featureCacheUsage().files, 1U);
}

TEST_F(FeatureCacheTest, ATooSmallBudgetIsSaidAndChangesNoNumber) {
    auto c = frozen("small", 2);
    c.cache.budgetGigabytes = 1e-9;
    const auto state = stateOf(c);
    EXPECT_FALSE(state.used);
    EXPECT_NE(state.message.english().find("computed in every epoch"), std::string::npos)
        << state.message.english();
    EXPECT_EQ(training::featureCacheUsage().files, 0U);
    trainOrFail(frozen("ample", 2));
    EXPECT_GT(training::featureCacheUsage().files, 0U);
    EXPECT_TRUE(tensorsIn(path("small/model.safetensors")) == tensorsIn(path("ample/model.safetensors")));
    // What would be another number: new variants in every epoch.
    trainOrFail(frozen("off", 0));
    EXPECT_FALSE(tensorsIn(path("small/model.safetensors")) == tensorsIn(path("off/model.safetensors")));
}

TEST_F(FeatureCacheTest, TheLeastRecentlyUsedFilesLeaveFirst) {
    const std::string folder = training::featureCacheFolder();
    const auto now = fs::file_time_type::clock::now();
    for (int age = 1; age <= 3; ++age) {
        const std::string file = folder + "/" + std::to_string(age) + ".features";
        writeText(file, std::string(1000, 'x'));
        fs::last_write_time(file, now - std::chrono::hours(age));
    }
    training::makeRoomInFeatureCache(500, 2600, folder + "/3.features");
    EXPECT_TRUE(fs::exists(folder + "/1.features"));
    EXPECT_FALSE(fs::exists(folder + "/2.features"));
    EXPECT_TRUE(fs::exists(folder + "/3.features"));
    EXPECT_EQ(training::clearFeatureCache().value(), 2000U);
    EXPECT_EQ(training::featureCacheUsage().files, 0U);
}

}  // namespace

}  // namespace graft::test
