// SPDX-License-Identifier: GPL-3.0-or-later
// Which folders are classes and splits, what is said about them, and that every file is accounted for.
#include <algorithm>
#include <map>
#include <set>

#include "core/data/FolderScanner.h"
#include "core/runtime/RunControl.h"
#include "tests/support/MessyFolder.h"

namespace graft::test {

namespace {

using data::DatasetIndex;
using data::PassedOver;
using data::PassedOverReason;
using data::Problem;
using data::ProblemCode;
using data::Split;

using Names = std::vector<std::string>;

class FolderLayoutTest : public testing::Test {
  protected:
    std::string path(const std::string& name = "") const { return m_folder.path(name); }

    void makePictures(const std::string& folder, int count) {
        for (int i = 0; i < count; ++i, ++m_seed)
            writeBmp(path(folder + "/" + std::to_string(m_seed) + ".bmp"), m_seed);
    }
    void makeClasses(const std::string& folder, const Names& classes, int count) {
        for (const std::string& name : classes)
            makePictures((folder.empty() ? "" : folder + "/") + name, count);
    }

    // Scans and checks that each file is used, or named with a reason, exactly once.
    DatasetIndex scan(bool forTraining = true) const {
        data::ScanOptions options;
        options.forTraining = forTraining;
        auto found = data::scanFolder(path(), options, {}, nullptr, false);
        EXPECT_TRUE(found) << (found ? "" : found.error().sentence());
        if (!found) return {};
        std::size_t accounted = found->samples.size();
        std::set<std::string> named;
        for (const auto& sample : found->samples)
            EXPECT_TRUE(named.insert(sample.path).second) << sample.path;
        for (const Problem& problem : found->problems) {
            EXPECT_FALSE(problem.message.empty());
            if (!problem.leftOut || fs::is_directory(path(problem.path))) continue;
            if (problem.code == ProblemCode::EmptyClass || problem.code == ProblemCode::ClassMissingInSplit)
                continue;
            EXPECT_TRUE(named.insert(problem.path).second) << problem.path << " twice";
            ++accounted;
        }
        std::size_t unused = 0;
        for (const PassedOver& entry : found->unused) {
            EXPECT_FALSE(entry.message.empty());
            EXPECT_FALSE(named.contains(entry.path)) << entry.path << " twice";
            EXPECT_TRUE(fs::exists(fs::symlink_status(path(entry.path)))) << entry.path;
            unused += entry.files;
        }
        EXPECT_EQ(found->unusedFiles, unused);
        EXPECT_EQ(accounted + unused, countEverything(path()));
        return *found;
    }

    static const Problem* problem(const DatasetIndex& index, ProblemCode code) {
        const auto found = std::ranges::find(index.problems, code, &Problem::code);
        return found == index.problems.end() ? nullptr : &*found;
    }
    static std::size_t unusedFor(const DatasetIndex& index, PassedOverReason reason) {
        std::size_t files = 0;
        for (const PassedOver& entry : index.unused)
            files += entry.reason == reason ? entry.files : 0;
        return files;
    }

    TemporaryFolder m_folder;
    std::uint64_t m_seed = 0;
};

}  // namespace

TEST_F(FolderLayoutTest, NothingInAMessyFolderVanishes) {
    std::uint64_t seed = 1000;
    std::size_t expected = 0;
    for (const std::string split : {"Training", "Testing"}) {
        for (const std::string name : {"a", "b", "c"}) {
            const std::string folder = path(split + "/" + name);
            expected += addPictures(folder, seed += 100).size();
            addForeignFiles(folder);
            addForeignFolders(folder);
            addPictures(folder + "/deeper", seed += 100);
            expected += 14;
        }
    }
    addPictures(path("Training"), seed += 100);
    addForeignFiles(path("Training"));
    addForeignFiles(path());
    addForeignFolders(path());
    addPictures(path("beside/deep"), seed += 100);
    addForeignFiles(path("beside"));
    writeText(path("Training/a/broken.jpg"), "no picture");
    writeText(path("Training/a/empty.png"), "");
    writeText(path("Training/a/phone.heic"), "no matter what");
    fs::copy_file(path("Testing/a/plain.bmp"), path("Training/a/copy.bmp"));
    makePictures("Testing/onlyhere", 3);
    fs::create_directories(path("Training/hollow"));
    // Links to folders are followed, and countEverything() does not: none of them here leads anywhere new.
    const DatasetIndex index = scan();
    // The pictures that lie beside the class folders have two folders with one picture each among them.
    EXPECT_EQ(index.classes, (Names{"a", "b", "c", "deep", "\u00e4\u00f6\u00fc"}));
    EXPECT_EQ(index.samples.size(), expected + 2);
    EXPECT_EQ(unusedFor(index, PassedOverReason::ClassLeftOut), 3U);
    EXPECT_EQ(unusedFor(index, PassedOverReason::NoSplit), 18U + 11U);  // with the pictures of other formats
}

TEST_F(FolderLayoutTest, SplitNamesInEveryUsualForm) {
    const std::vector<Names> usual{{"Training", "Testing"},
                                   {"train", "eval"},
                                   {"train", "dev"},
                                   {"training_set", "test_set"},
                                   {"TRAIN", "VALID"},
                                   {"trainset", "valset", "testset"},
                                   {"train_images", "val_images"},
                                   {"images_train", "images_val"},
                                   {"01_train", "02_val", "03_test"},
                                   {"Train ", "Val "},
                                   {"train2017", "val2017"},
                                   {"train-data", "validation-data", "holdout"},
                                   {"TrainingData", "TestData"},
                                   {"trn", "tst"},
                                   {"train", "hold-out"},
                                   {"1. Train", "2. Validation"},
                                   {"train", "cross_validation"},
                                   {"train (1)", "test (1)"},
                                   {"train_dir", "val_dir"},
                                   {"train_224x224", "test_224x224"},
                                   {"flowers_train_png", "flowers_val_png"}};
    for (const Names& names : usual) {
        const TemporaryFolder folder;
        for (const std::string& name : names) {
            for (const std::string className : {"x", "y"}) {
                for (int i = 0; i < 5; ++i)
                    writeBmp(folder.path(name + "/" + className + "/" + std::to_string(i) + ".bmp"),
                             ++m_seed);
            }
        }
        const auto index = data::scanFolder(folder.path());
        ASSERT_TRUE(index) << names[0] << " " << names[1];
        EXPECT_EQ(index->classes, (Names{"x", "y"})) << names[0];
        for (const auto& sample : index->samples) {
            const bool trained = sample.path.starts_with(names[0] + "/");
            EXPECT_NE(sample.split, trained ? Split::Test : Split::Train) << sample.path;
            // What is for the test never becomes validation.
            const bool tested =
                std::ranges::any_of(Names{"Test", "test", "tst", "hold", "03_"},
                                    [&](const std::string& start) { return sample.path.starts_with(start); });
            if (!trained) {
                EXPECT_EQ(sample.split, tested ? Split::Test : Split::Validation) << sample.path;
            }
        }
        EXPECT_GT(index->countOf(Split::Validation), 0U) << names[0];
    }
}

TEST_F(FolderLayoutTest, WordsThatHoldASplitsNameAreNoSplits) {
    makeClasses("", {"trained", "untested", "evaluate_me", "traindog"}, 3);
    EXPECT_EQ(scan().classes, (Names{"evaluate_me", "traindog", "trained", "untested"}));
}

TEST_F(FolderLayoutTest, ATestFolderStaysTheTest) {
    makeClasses("Training", {"a", "b"}, 20);
    makeClasses("Testing", {"a", "b"}, 5);
    const DatasetIndex index = scan();
    EXPECT_FALSE(index.splitByFolders);
    EXPECT_EQ(index.countOf(Split::Train), 32U);
    EXPECT_EQ(index.countOf(Split::Validation), 8U);
    EXPECT_EQ(index.countOf(Split::Test), 10U);
    ASSERT_TRUE(problem(index, ProblemCode::NoValidationFolder));
}

TEST_F(FolderLayoutTest, WrappedSplits) {
    makeClasses("archive/seg_train/seg_train", {"sea", "wood"}, 12);
    makeClasses("archive/seg_test/seg_test", {"sea", "wood"}, 4);
    writeText(path("archive/readme.txt"), "text");
    writeText(path("labels/train/x.txt"), "text");
    const DatasetIndex index = scan();
    EXPECT_EQ(index.classes, (Names{"sea", "wood"}));
    EXPECT_EQ(index.countOf(Split::Test), 8U);
    ASSERT_TRUE(problem(index, ProblemCode::ClassesFurtherIn));
    EXPECT_EQ(problem(index, ProblemCode::ClassesFurtherIn)->path, "archive");
}

TEST_F(FolderLayoutTest, SplitsBehindTheDataSetsName) {
    makeClasses("asl_alphabet_train/asl_alphabet_train", {"a", "b", "c"}, 10);
    makeClasses("asl_alphabet_valid/asl_alphabet_valid", {"a", "b", "c"}, 3);
    makePictures("asl_alphabet_test/asl_alphabet_test", 4);
    const DatasetIndex index = scan();
    EXPECT_EQ(index.classes, (Names{"a", "b", "c"}));
    EXPECT_EQ(index.countOf(Split::Train), 30U);
    EXPECT_EQ(index.countOf(Split::Validation), 9U);
}

TEST_F(FolderLayoutTest, ClassesThatBeginAlikeAreNoSplits) {
    makePictures("model_train", 10);
    makePictures("model_bus", 10);
    makePictures("model_test_tube", 10);
    const DatasetIndex index = scan();
    EXPECT_EQ(index.classes, (Names{"model_bus", "model_test_tube", "model_train"}));
    EXPECT_FALSE(problem(index, ProblemCode::SplitNamesAsClasses));
}

TEST_F(FolderLayoutTest, ATrainingSetBesideSomethingElseIsAWarning) {
    makeClasses("train", {"a", "b"}, 10);
    makePictures("unlabelled", 10);
    const DatasetIndex index = scan();
    EXPECT_EQ(index.classes, (Names{"train", "unlabelled"}));
    const Problem* warning = problem(index, ProblemCode::SplitNamesAsClasses);
    ASSERT_TRUE(warning);
    EXPECT_EQ(warning->path, "train");
    EXPECT_NE(warning->message.english().find("\"unlabelled\""), std::string::npos)
        << warning->message.english();
}

TEST_F(FolderLayoutTest, NamesThatAreNoUtf8AreNamed) {
    makeClasses("", {"a", "b"}, 10);
    makePictures("caf\xe9", 3);
    writeBmp(path("a/na\xefve.bmp"), 999);
    const DatasetIndex index = scan();
    EXPECT_EQ(index.classes, (Names{"a", "b"}));
    EXPECT_EQ(std::ranges::count_if(index.problems,
                                    [](const Problem& one) {
                                        return one.leftOut &&
                                               one.message.english().find("UTF-8") != std::string::npos;
                                    }),
              4);
}

TEST_F(FolderLayoutTest, OneFolderThatHoldsTheClasses) {
    makeClasses("photos/of/flowers", {"rose", "tulip", "daisy"}, 10);
    const DatasetIndex index = scan();
    EXPECT_EQ(index.classes, (Names{"daisy", "rose", "tulip"}));
    EXPECT_EQ(problem(index, ProblemCode::ClassesFurtherIn)->path, "photos/of/flowers");
}

TEST_F(FolderLayoutTest, WhatLiesBesideIsNamed) {
    makeClasses("train", {"a", "b"}, 10);
    makeClasses("val", {"a", "b"}, 3);
    makePictures("unlabelled", 6);
    makeClasses("extra", {"a", "b"}, 2);
    makePictures("train", 2);
    makePictures("val", 1);
    writeBmp(path("loose.bmp"), 99);
    const DatasetIndex index = scan();
    EXPECT_TRUE(index.splitByFolders);
    EXPECT_EQ(index.samples.size(), 26U);
    EXPECT_EQ(unusedFor(index, PassedOverReason::NoSplit), 10U);
    EXPECT_EQ(unusedFor(index, PassedOverReason::NoClass), 4U);
    const auto extra = std::ranges::find(index.unused, "extra", &PassedOver::path);
    ASSERT_NE(extra, index.unused.end());
    EXPECT_EQ(extra->files, 4U);
}

TEST_F(FolderLayoutTest, PicturesBesideClassFoldersAreNamed) {
    makeClasses("", {"a", "b"}, 10);
    writeBmp(path("loose.bmp"), 99);
    const DatasetIndex index = scan();
    EXPECT_EQ(index.samples.size(), 20U);
    ASSERT_EQ(index.unused.size(), 1U);
    EXPECT_EQ(index.unused[0].path, "loose.bmp");
    EXPECT_EQ(index.unused[0].reason, PassedOverReason::NoClass);
}

TEST_F(FolderLayoutTest, AnUnsortedTestFolderIsNamed) {
    makeClasses("train", {"cat", "dog"}, 10);
    makePictures("test1", 7);       // as competitions give them
    makePictures("val/images", 5);  // as Tiny ImageNet has it
    const DatasetIndex index = scan();
    EXPECT_FALSE(index.splitByFolders);
    EXPECT_EQ(index.classes, (Names{"cat", "dog"}));
    EXPECT_EQ(unusedFor(index, PassedOverReason::NoClass), 12U);
    ASSERT_TRUE(problem(index, ProblemCode::UnsortedSplit));
    EXPECT_EQ(index.countOf(Split::Validation), 4U);
}

// Several folders of one split are used together, and all of them are named.
TEST_F(FolderLayoutTest, PartsOfASplitAreUsedAndNamed) {
    struct Case {
        Names folders;
        Split split;
        Names parts;
    };
    for (const Case& one :
         {Case{{"train", "test_A", "test_B"}, Split::Test, {"test_A", "test_B"}},
          Case{{"train", "val", "test_A", "test_B"}, Split::Test, {"test_A", "test_B"}},
          Case{{"trainA", "trainB", "testA", "testB"}, Split::Test, {"testA", "testB"}},
          Case{{"train_a", "train_b", "val"}, Split::Train, {"train_a", "train_b"}},
          Case{{"train", "test_public", "test_private"}, Split::Test, {"test_private", "test_public"}},
          Case{{"train", "val-seen", "val-unseen"}, Split::Validation, {"val-seen", "val-unseen"}},
          Case{{"train1", "train2", "val2"}, Split::Train, {"train1", "train2"}},
          Case{{"train", "val", "val2", "val_3"}, Split::Validation, {"val", "val2", "val_3"}}}) {
        SCOPED_TRACE(one.folders[1] + ", " + one.folders[2]);
        fs::remove_all(path());
        for (const std::string& name : one.folders)
            makeClasses(name, {"x", "y"}, 10);
        const DatasetIndex index = scan();
        EXPECT_EQ(index.classes, (Names{"x", "y"}));
        EXPECT_EQ(index.samples.size(), one.folders.size() * 20);
        for (const auto& sample : index.samples) {
            const std::string folder = sample.path.substr(0, sample.path.find('/'));
            const bool isTrained = folder.starts_with("train");
            const bool isTested = folder.starts_with("test");
            EXPECT_EQ(sample.split == Split::Test, isTested) << sample.path;
            if (!isTrained) {
                EXPECT_NE(sample.split, Split::Train) << sample.path;
            }
        }
        const auto said = std::ranges::find_if(index.problems, [&](const Problem& found) {
            return found.code == ProblemCode::SplitTwice &&
                   found.message.english().find("(" + std::string(data::splitName(one.split)) + ")") !=
                       std::string::npos;
        });
        ASSERT_NE(said, index.problems.end());
        for (const std::string& part : one.parts)
            EXPECT_NE(said->message.english().find("\"" + part + "\""), std::string::npos)
                << said->message.english();
        EXPECT_FALSE(problem(index, ProblemCode::SplitNamesAsClasses));
    }
}

TEST_F(FolderLayoutTest, LetteredTestFoldersWithoutClassesAreNamedAndNotUsed) {
    makeClasses("train", {"cat", "dog"}, 10);
    makePictures("test_A", 7);
    makePictures("test_B/images", 5);
    const DatasetIndex index = scan();
    EXPECT_EQ(index.classes, (Names{"cat", "dog"}));
    EXPECT_EQ(unusedFor(index, PassedOverReason::NoClass), 12U);
    Names unsorted;
    for (const Problem& found : index.problems) {
        if (found.code == ProblemCode::UnsortedSplit) unsorted.push_back(found.path);
    }
    EXPECT_EQ(unsorted, (Names{"test_A", "test_B"}));
    EXPECT_FALSE(problem(index, ProblemCode::SplitTwice));
}

// Copies and leftovers: what has a plain folder beside it is left to the person.
TEST_F(FolderLayoutTest, AFolderThatOnlyBeginsLikeAPlainOneIsNotUsed) {
    for (const std::string name : {"train", "train_augmented", "val", "val_old", "test", "test_B"})
        makeClasses(name, {"a", "b"}, 5);
    const DatasetIndex index = scan();
    EXPECT_EQ(index.samples.size(), 30U);
    EXPECT_EQ(unusedFor(index, PassedOverReason::NoSplit), 30U);
    EXPECT_FALSE(problem(index, ProblemCode::SplitTwice));
}

TEST_F(FolderLayoutTest, EmptyAndUnusedFoldersAreNoParts) {
    makeClasses("train", {"a", "b"}, 10);
    makeClasses("eval", {"a", "b"}, 3);
    makeClasses("test", {"a", "b"}, 3);
    makePictures("test1", 4);
    fs::create_directories(path("val/a"));
    fs::create_directories(path("training"));
    const DatasetIndex index = scan();
    EXPECT_FALSE(problem(index, ProblemCode::SplitTwice));
    EXPECT_TRUE(problem(index, ProblemCode::UnsortedSplit));
    EXPECT_EQ(index.samples.size(), 32U);
}

TEST_F(FolderLayoutTest, ClassesNamedLikePartsStayClasses) {
    makeClasses("", {"train_engine/old", "train_engine/new", "test_tube/full", "dev_board"}, 5);
    EXPECT_EQ(scan().classes, (Names{"dev_board", "test_tube", "train_engine"}));
}

TEST_F(FolderLayoutTest, NumberedPartsAreAWarning) {
    for (const Names& names : {Names{"fold_1", "fold_2", "fold_3", "fold_4", "fold_5"},
                               Names{"Split1", "split 2"}, Names{"part-01", "part-02"}}) {
        fs::remove_all(path());
        for (const std::string& name : names)
            makePictures(name, 10);
        const DatasetIndex index = scan();
        EXPECT_EQ(index.classes.size(), names.size());
        const Problem* warning = problem(index, ProblemCode::SplitNamesAsClasses);
        ASSERT_TRUE(warning) << names.front();
        for (const std::string& name : {names.front(), names.back()})
            EXPECT_NE(warning->message.english().find("\"" + name + "\""), std::string::npos)
                << warning->message.english();
    }
    for (const Names& names : {Names{"model_1", "model_2"}, Names{"fold", "crease"}, Names{"fold1", "bend2"},
                               Names{"1", "2"}, Names{"part_wood_1", "part_wood_2"}}) {
        fs::remove_all(path());
        for (const std::string& name : names)
            makePictures(name, 10);
        EXPECT_FALSE(problem(scan(), ProblemCode::SplitNamesAsClasses)) << names.front();
    }
}

TEST_F(FolderLayoutTest, PartsInsideOfClassesAreNamed) {
    for (const std::string name : {"a", "b"}) {
        makePictures(name + "/train", 10);
        makePictures(name + "/val", 3);
        makePictures(name + "/val2", 3);
    }
    const DatasetIndex index = scan();
    EXPECT_EQ(index.countOf(Split::Validation), 12U);
    const Problem* said = problem(index, ProblemCode::SplitTwice);
    ASSERT_TRUE(said);
    EXPECT_EQ(said->path, "a/val2");
    EXPECT_NE(said->message.english().find("\"val\" and \"val2\""), std::string::npos)
        << said->message.english();
}

TEST_F(FolderLayoutTest, SplitsInsideOfEachClassAreUnderstood) {
    for (const std::string name : {"a", "b"}) {
        makePictures(name + "/Train", 10);
        makePictures(name + "/valid", 3);
        makePictures(name + "/test", 2);
    }
    const DatasetIndex index = scan();
    EXPECT_TRUE(index.splitByFolders);
    EXPECT_EQ(index.countOf(Split::Train), 20U);
    EXPECT_EQ(index.countOf(Split::Validation), 6U);
    EXPECT_EQ(index.countOf(Split::Test), 4U);
    EXPECT_TRUE(problem(index, ProblemCode::SplitInsideClasses));
}

TEST_F(FolderLayoutTest, ClassesThatHoldTheSameFoldersAreAWarning) {
    for (const std::string name : {"red", "green"}) {
        makePictures(name + "/cat", 10);
        makePictures(name + "/dog", 10);
    }
    const DatasetIndex index = scan();
    EXPECT_EQ(index.classes, (Names{"green", "red"}));
    const Problem* same = problem(index, ProblemCode::SameSubfolders);
    ASSERT_TRUE(same);
    EXPECT_NE(same->message.english().find("\"cat\""), std::string::npos) << same->message.english();
    EXPECT_FALSE(same->leftOut);
}

TEST_F(FolderLayoutTest, FoldsThatHoldSplitsAreAWarning) {
    for (const std::string fold : {"fold_0", "fold_1"}) {
        for (const std::string split : {"train", "val"})
            makeClasses(fold + "/" + split, {"cat", "dog"}, 6);
    }
    const DatasetIndex index = scan();
    EXPECT_TRUE(problem(index, ProblemCode::SplitInsideClasses));
    ASSERT_TRUE(problem(index, ProblemCode::SameSubfolders));
    EXPECT_NE(problem(index, ProblemCode::SameSubfolders)->message.english().find("cat"), std::string::npos);
}

TEST_F(FolderLayoutTest, NamesThatSayASplitAndAClassAreAWarning) {
    for (const Names& names :
         {Names{"train_cat", "train_dog", "val_cat", "val_dog"}, Names{"cat-train", "dog-train", "cat-test"},
          Names{"trainA", "trainB", "testA", "testB"}}) {
        fs::remove_all(path(""));
        makeClasses("", names, 10);
        const DatasetIndex index = scan();
        ASSERT_TRUE(problem(index, ProblemCode::SplitNamesAsClasses)) << names.front();
        EXPECT_NE(problem(index, ProblemCode::SplitNamesAsClasses)
                      ->message.english()
                      .find("\"" + std::ranges::min(names) + "\""),
                  std::string::npos);
    }
    fs::remove_all(path(""));
    makeClasses("", {"test_tube", "flask", "train_engine"}, 10);
    EXPECT_FALSE(problem(scan(), ProblemCode::SplitNamesAsClasses));
}

TEST_F(FolderLayoutTest, ValidationPicturesInTheTestAreSaid) {
    for (const std::string split : {"train", "val", "test"})
        makeClasses(split, {"a", "b"}, 10);
    fs::copy_file(path("val/a/") + fs::directory_iterator(path("val/a"))->path().filename().string(),
                  path("test/a/twice.bmp"));
    fs::copy_file(path("test/a/twice.bmp"), path("test/a/thrice.bmp"));
    const DatasetIndex index = scan();
    Names said;
    for (const Problem& found : index.problems) {
        if (found.code != ProblemCode::DuplicateAcrossSplits) continue;
        EXPECT_FALSE(found.leftOut);
        said.push_back(found.path);
    }
    std::ranges::sort(said);
    EXPECT_EQ(said, (Names{"test/a/thrice.bmp", "test/a/twice.bmp"}));
}

TEST_F(FolderLayoutTest, AClassOfCopiesIsNamedAsThat) {
    makeClasses("", {"a", "b"}, 10);
    for (int i = 0; i < 10; ++i)
        writeBmp(path("copies/" + std::to_string(i) + ".bmp"), 4711);
    const DatasetIndex index = scan();
    const auto* said = problem(index, ProblemCode::ClassMissingInSplit);
    ASSERT_TRUE(said);
    EXPECT_EQ(said->path, "copies");
    EXPECT_NE(said->message.english().find("copies of one"), std::string::npos) << said->message.english();
}

TEST_F(FolderLayoutTest, AForeignPictureInNoClassIsNamedAsWhatItIs) {
    makeClasses("", {"a", "b"}, 10);
    writeText(path("design.psd"), std::string("8BPS\0\1", 6) + std::string(40, '\0'));
    const DatasetIndex index = scan();
    EXPECT_EQ(unusedFor(index, PassedOverReason::OtherFormat), 1U);
}

TEST_F(FolderLayoutTest, SplitsInsideOfSomeClassesAreAWarning) {
    makePictures("a/train", 10);
    makePictures("a/val", 3);
    makePictures("b", 10);
    EXPECT_TRUE(problem(scan(), ProblemCode::SameSubfolders));
}

TEST_F(FolderLayoutTest, TrainAndValWithoutClassesAreAWarning) {
    makePictures("train", 10);
    makePictures("val", 10);
    const DatasetIndex index = scan();
    EXPECT_EQ(index.classes, (Names{"train", "val"}));
    EXPECT_TRUE(problem(index, ProblemCode::SplitNamesAsClasses));
}

// Beside nothing to train on: no folder, or an empty one.
TEST_F(FolderLayoutTest, HeldOutFoldersAloneAreScoredAndNotTrainedOn) {
    makeClasses("val", {"a", "b"}, 4);
    makeClasses("test", {"a", "b"}, 3);
    for (const char* empty : {"", "train/a"}) {
        SCOPED_TRACE(empty);
        fs::create_directories(path(empty));
        const DatasetIndex index = scan(false);
        EXPECT_EQ(index.classes, (Names{"a", "b"}));
        EXPECT_EQ(index.countOf(Split::Test), 6U);
        EXPECT_EQ(index.countOf(Split::Validation), 8U);
        const DatasetIndex forTraining = scan();
        const auto* said = problem(forTraining, ProblemCode::NoTrainingFolder);
        ASSERT_TRUE(said);
        EXPECT_EQ(said->path, ".");
        EXPECT_NE(said->message.english().find("none to train on"), std::string::npos);
    }
}

TEST_F(FolderLayoutTest, APictureInNoClassWhoseNameIsNoTextIsToldThat) {
    makeClasses("", {"a", "b"}, 10);
    writeBmp(path("b\xff.bmp"), 4711);
    const DatasetIndex index = scan();
    const auto found = std::ranges::find_if(index.unused, [](const data::PassedOver& one) {
        return one.message.english().find("no UTF-8") != std::string::npos;
    });
    ASSERT_NE(found, index.unused.end());
    EXPECT_EQ(found->reason, PassedOverReason::NoClass);
}

TEST_F(FolderLayoutTest, ATrainingFolderWithoutClassesBesideThemTakesNothingAway) {
    makePictures("train", 5);
    makeClasses("val", {"a", "b"}, 4);
    makeClasses("test", {"a", "b"}, 3);
    const DatasetIndex index = scan();
    EXPECT_EQ(index.classes, (Names{"test", "train", "val"}));
    EXPECT_TRUE(problem(index, ProblemCode::SplitNamesAsClasses));
}

// Two classes of these names, whose folders inside have nothing in common.
TEST_F(FolderLayoutTest, ClassesCalledValAndTestStayClasses) {
    makeClasses("val", {"monday", "friday"}, 4);
    makeClasses("test", {"tuesday"}, 4);
    EXPECT_EQ(scan().classes, (Names{"test", "val"}));
}

TEST_F(FolderLayoutTest, NamesThatLookAlikeAreAWarningThatNamesBoth) {
    const std::vector<std::pair<std::pair<std::string, std::string>, std::string>> pairs{
        {{"Cat", "cat"}, "case"},
        {{"cat", "cat "}, "white space"},
        {{"red car", "redcar"}, "white space"},
        {{"caf\u00e9", "cafe\u0301"}, "Unicode"},
        {{"cat", "c\u200bat"}, "cannot be seen"},
        {{"cat", "c\u0430t"}, "look the same"},
        {{"\u00c4rger", "\u00e4rger"}, "case"},
    };
    for (const auto& [names, word] : pairs) {
        const TemporaryFolder folder;
        for (const std::string& name : {names.first, names.second, std::string("dog")}) {
            for (int i = 0; i < 10; ++i)
                writeBmp(folder.path(name + "/" + std::to_string(i) + ".bmp"), ++m_seed);
        }
        const auto index = data::scanFolder(folder.path());
        ASSERT_TRUE(index);
        EXPECT_EQ(index->classes.size(), 3U);
        ASSERT_EQ(index->problems.size(), 1U) << names.first;
        const Problem& similar = index->problems[0];
        EXPECT_EQ(similar.code, ProblemCode::SimilarClassNames);
        for (const std::string& part : {"\"" + names.first + "\"", "\"" + names.second + "\"", word})
            EXPECT_NE(similar.message.english().find(part), std::string::npos)
                << part << " in " << similar.message.english();
    }
}

TEST_F(FolderLayoutTest, DifferentNamesAreNoWarning) {
    makeClasses("", {"cat", "cats", "car", "001", "0010", "a b", "a c"}, 10);
    EXPECT_TRUE(scan().problems.empty());
}

TEST_F(FolderLayoutTest, AStrongImbalanceIsSaidWithWhatHelps) {
    makePictures("good", 152);
    makePictures("bad", 8);
    const DatasetIndex index = scan();
    const Problem* imbalance = problem(index, ProblemCode::ImbalancedClasses);
    ASSERT_TRUE(imbalance);
    EXPECT_EQ(imbalance->path, "bad");
    for (const std::string part : {"\"good\"", "\"bad\"", "collect", "recall"})
        EXPECT_NE(imbalance->message.english().find(part), std::string::npos) << imbalance->message.english();
    EXPECT_EQ(index.samples.size(), 160U);
}

TEST_F(FolderLayoutTest, BalancedClassesOfTenAreNoWarning) {
    makePictures("a", 10);
    makePictures("b", 60);
    EXPECT_TRUE(scan().problems.empty());
}

TEST_F(FolderLayoutTest, ForScoringNothingIsLeftOutThatHasAClass) {
    makeClasses("train", {"a", "b"}, 10);
    makeClasses("val", {"a", "b", "onlyhere"}, 3);
    fs::copy_file(path("val/a/20.bmp"), path("train/a/copy.bmp"));
    EXPECT_EQ(scan(true).samples.size(), 26U);
    const DatasetIndex scored = scan(false);
    EXPECT_EQ(scored.classes, (Names{"a", "b", "onlyhere"}));
    EXPECT_EQ(scored.samples.size(), 30U);
}

TEST_F(FolderLayoutTest, ValidationClassesOfOtherNamesAreNamed) {
    makeClasses("train", {"cat", "dog"}, 4);
    makeClasses("val", {"Cat", "dog "}, 3);
    const DatasetIndex index = scan();
    EXPECT_EQ(index.classes, (Names{"cat", "dog"}));
    EXPECT_EQ(index.countOf(Split::Validation), 0U);
    const auto trainable = data::checkTrainable(index);
    ASSERT_FALSE(trainable);
    EXPECT_EQ(trainable.error().code, ErrorCode::NoValidation);
    EXPECT_EQ(trainable.error().message.english(),
              "No image is left for validation: the validation folder's classes are named differently than "
              "the training folder's (\"Cat\" and \"cat\" differ in upper and lower case; \"dog \" and "
              "\"dog\" differ in white space). Rename their folders.");

    fs::rename(path("val/Cat"), path("val/cat"));  // the remedy helps
    EXPECT_TRUE(data::checkTrainable(scan()));
}

TEST_F(FolderLayoutTest, AValidationFolderWithoutAUsablePictureIsSaid) {
    makeClasses("train", {"cat", "dog"}, 4);
    writeText(path("val/cat/a.png"), "no picture");
    const auto trainable = data::checkTrainable(scan());
    ASSERT_FALSE(trainable);
    EXPECT_EQ(trainable.error().code, ErrorCode::NoValidation);
    EXPECT_NE(trainable.error().message.english().find("the validation folder has no usable image"),
              std::string::npos)
        << trainable.error().message.english();
}

TEST_F(FolderLayoutTest, CheckingHashesCanBeStoppedAndSeesWhatChanged) {
    makeClasses("", {"a", "b"}, 10);
    DatasetIndex index = scan();
    const std::string changed = index.samples[3].path;
    const std::string gone = index.samples[7].path;
    const std::string before = index.samples[3].sha256;
    writeBmp(index.root + "/" + changed, 12345);
    fs::remove(index.root + "/" + gone);

    runtime::RunControl stopped;
    stopped.stop();
    const auto none = data::updateHashes(index, &stopped);
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, ErrorCode::Cancelled);
    EXPECT_EQ(index.samples[3].sha256, before);

    const auto found = data::updateHashes(index);
    ASSERT_TRUE(found);
    ASSERT_EQ(found->changed.size(), 1U);
    EXPECT_EQ(found->changed[0].sample, 3U);
    EXPECT_EQ(found->changed[0].before, before);
    ASSERT_EQ(found->unreadable.size(), 1U);
    EXPECT_EQ(found->unreadable[0].sample, 7U);
    EXPECT_NE(index.samples[3].sha256, before);
}

}  // namespace graft::test
