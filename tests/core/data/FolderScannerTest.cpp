// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <map>
#include <set>
#include <thread>

#include "core/base/NaturalOrder.h"
#include "core/data/FolderScanner.h"
#include "core/runtime/RunControl.h"
#include "tests/support/TestFiles.h"
#include "tests/support/TinyImages.h"

namespace graft::test {

namespace {

using data::DatasetIndex;
using data::Problem;
using data::ProblemCode;
using data::ScanOptions;
using data::Split;

class FolderScannerTest : public testing::Test {
  protected:
    std::string path(const std::string& name = "") const { return m_folder.path(name); }

    // COUNT pictures NAME/00.bmp ..., all different.
    void makeClass(const std::string& name, int count) {
        for (int i = 0; i < count; ++i) {
            const std::string number = std::to_string(i);
            writeBmp(path(name + "/" + std::string(number.size() < 2 ? 1 : 0, '0') + number + ".bmp"),
                     ++m_seed);
        }
    }

    DatasetIndex scan(const ScanOptions& options = {}, bool requireTrainable = true) const {
        auto index = data::scanFolder(path(), options, {}, nullptr, requireTrainable);
        EXPECT_TRUE(index) << (index ? "" : index.error().sentence());
        return index ? *index : DatasetIndex{};
    }
    Error scanError(const std::string& folder) const {
        const auto index = data::scanFolder(folder);
        EXPECT_FALSE(index);
        return index ? Error{} : index.error();
    }

    // The one file that scans have left.
    static std::string cachedScanFile(const TemporaryFolder& caches) {
        for (const auto& entry : fs::directory_iterator(caches.path("graft/scans")))
            return entry.path().string();
        return {};
    }
    static std::string cachedScan(const TemporaryFolder& caches) { return readText(cachedScanFile(caches)); }

    TemporaryFolder m_folder;
    std::uint64_t m_seed = 0;
};

using Names = std::vector<std::string>;

Names pathsOf(const DatasetIndex& index, Split split) {
    Names paths;
    for (const std::size_t i : index.indicesOf(split))
        paths.push_back(index.samples[i].path);
    return paths;
}

std::vector<Problem> problemsOf(const DatasetIndex& index, ProblemCode code) {
    std::vector<Problem> found;
    std::ranges::copy_if(index.problems, std::back_inserter(found),
                         [code](const Problem& problem) { return problem.code == code; });
    return found;
}

std::vector<ProblemCode> codesOf(const DatasetIndex& index) {
    std::vector<ProblemCode> codes;
    for (const Problem& problem : index.problems)
        codes.push_back(problem.code);
    return codes;
}

std::string fingerprint(const DatasetIndex& index) {
    std::string text;
    for (const std::string& name : index.classes)
        text += name + "\n";
    for (const auto& sample : index.samples) {
        text += sample.path + " " + std::to_string(sample.classIndex) + " " +
                std::string(data::splitName(sample.split)) + " " + std::to_string(sample.bytes) + " " +
                sample.sha256 + "\n";
    }
    for (const Problem& problem : index.problems)
        text += problem.path + " " + std::string(data::problemCodeName(problem.code)) + " " +
                problem.message.english() + "\n";
    return text + std::to_string(index.unusedFiles);
}

}  // namespace

TEST_F(FolderScannerTest, ClassFolders) {
    makeClass("bees", 10);
    makeClass("ants", 5);
    const DatasetIndex index = scan();
    EXPECT_EQ(index.root, fs::canonical(path()).string());
    EXPECT_EQ(index.classes, (Names{"ants", "bees"}));
    EXPECT_FALSE(index.splitByFolders);
    EXPECT_EQ(codesOf(index), (std::vector{ProblemCode::FewImages}));
    EXPECT_EQ(index.unusedFiles, 0U);
    ASSERT_EQ(index.samples.size(), 15U);
    EXPECT_TRUE(std::ranges::is_sorted(index.samples, {}, &data::Sample::path));
    const auto counts = index.countsPerClass();
    EXPECT_EQ(counts[0].train, 4U);
    EXPECT_EQ(counts[0].validation, 1U);
    EXPECT_EQ(counts[1].train, 8U);
    EXPECT_EQ(counts[1].validation, 2U);
    for (const auto& sample : index.samples) {
        EXPECT_TRUE(
            sample.path.starts_with(index.classes[static_cast<std::size_t>(sample.classIndex)] + "/"));
        EXPECT_EQ(sample.bytes, fs::file_size(index.absolutePath(sample)));
        EXPECT_EQ(sample.sha256.size(), 64U);
    }
}

TEST_F(FolderScannerTest, Sha256IsThatOfTheFile) {
    makeClass("a", 2);
    makeClass("b", 2);
    const DatasetIndex index = scan();
    for (const auto& sample : index.samples) {
        const ProcessResult result = runProcess({"sha256sum", index.absolutePath(sample)});
        ASSERT_EQ(result.status, 0);
        EXPECT_EQ(result.output.substr(0, 64), sample.sha256);
    }
}

TEST_F(FolderScannerTest, ASecondScanReadsOnlyWhatHasChanged) {
    const TemporaryFolder caches;
    setenv("XDG_CACHE_HOME", caches.path().c_str(), 1);
    makeClass("ants", 3);
    makeClass("bees", 3);
    const std::string first = scan().samples[0].sha256;
    // What has just been written may change again unnoticed: it is not kept.
    EXPECT_EQ(scan().samples[0].sha256, first);
    EXPECT_FALSE(fs::exists(caches.path("graft/scans")));

    std::this_thread::sleep_for(std::chrono::milliseconds(2100));
    EXPECT_EQ(scan().samples[0].sha256, first);
    std::string kept = cachedScan(caches);
    ASSERT_NE(kept.find(first), std::string::npos);
    // Another hash in the cache shows that the file is not read again...
    const std::string marked = "f00d" + first.substr(4);
    kept.replace(kept.find(first), first.size(), marked);
    writeText(cachedScanFile(caches), kept);
    EXPECT_EQ(scan().samples[0].sha256, marked);
    // ... unless what is kept of it is nothing that a scan writes, ...
    for (const char* note : {"99", "-1", "1e30", "0.5", "null", "\"0\""}) {
        std::string edited = kept;
        edited.replace(edited.find(marked) + marked.size(), 3, "\"," + std::string(note));
        writeText(cachedScanFile(caches), edited);
        EXPECT_EQ(scan().samples[0].sha256, first) << note;
    }
    writeText(cachedScanFile(caches), kept);
    // ... until it changes, even if its size and its time of modification stay.
    const std::string file = path(scan().samples[0].path);
    const auto time = fs::last_write_time(file);
    writeBmp(file, ++m_seed);
    fs::last_write_time(file, time);
    const std::string changed = scan().samples[0].sha256;
    EXPECT_NE(changed, marked);
    EXPECT_NE(changed, first);

    for (const char* garbage : {"", "{", "[1,2]", "{\"version\":3,\"images\":{\"ants/00.bmp\":7}}"}) {
        writeText(cachedScanFile(caches), garbage);
        EXPECT_EQ(scan().samples[0].sha256, changed);
    }
}

TEST_F(FolderScannerTest, ShareIsRespectedPerClass) {
    makeClass("big", 40);
    makeClass("small", 4);
    makeClass("two", 2);
    const std::map<double, std::array<std::size_t, 3>> expected{
        {0.01, {1, 1, 1}}, {0.2, {8, 1, 1}}, {0.5, {20, 2, 1}}, {0.75, {30, 3, 1}}, {0.99, {39, 3, 1}}};
    for (const auto& [share, validation] : expected) {
        ScanOptions options;
        options.validationShare = share;
        const auto counts = scan(options).countsPerClass();
        for (std::size_t i = 0; i < 3; ++i) {
            EXPECT_EQ(counts[i].validation, validation[i]) << share;
            EXPECT_EQ(counts[i].train + counts[i].validation, (std::array<std::size_t, 3>{40, 4, 2})[i]);
            EXPECT_GE(counts[i].train, 1U);
        }
    }
}

TEST_F(FolderScannerTest, AWrongShareIsRefused) {
    makeClass("a", 2);
    makeClass("b", 2);
    for (const double share : {0.0, 1.0, -0.5, 2.0, std::nan("")}) {
        ScanOptions options;
        options.validationShare = share;
        const auto index = data::scanFolder(path(), options);
        ASSERT_FALSE(index) << share;
        EXPECT_EQ(index.error().code, ErrorCode::InvalidArgument);
    }
}

TEST_F(FolderScannerTest, TheSeedDecidesTheSplit) {
    makeClass("a", 30);
    makeClass("b", 30);
    std::set<Names> splits;
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        ScanOptions options;
        options.seed = seed;
        const Names validation = pathsOf(scan(options), Split::Validation);
        EXPECT_EQ(validation.size(), 12U);
        EXPECT_EQ(pathsOf(scan(options), Split::Validation), validation);
        splits.insert(validation);
    }
    EXPECT_EQ(splits.size(), 5U);
    // The two classes do not get the same numbers.
    Names a;
    Names b;
    for (const std::string& name : *splits.begin())
        (name[0] == 'a' ? a : b).push_back(name.substr(1));
    EXPECT_NE(a, b);
}

TEST_F(FolderScannerTest, ThreadsChangeNothing) {
    makeClass("a", 25);
    makeClass("b", 25);
    writeText(path("a/broken.jpg"), "no picture");
    fs::copy_file(path("a/03.bmp"), path("b/copy.bmp"));
    ScanOptions options;
    options.threads = 1;
    const std::string one = fingerprint(scan(options));
    for (const int threads : {0, 2, 3, 16}) {
        options.threads = threads;
        EXPECT_EQ(fingerprint(scan(options)), one) << threads;
    }
}

TEST_F(FolderScannerTest, SplitFolders) {
    for (const std::string validation : {"val", "valid", "validation", "Val", "VALIDATION"}) {
        const TemporaryFolder folder;
        for (const std::string& split : {std::string("train"), validation, std::string("test")}) {
            for (const std::string name : {"a", "b"}) {
                for (int i = 0; i < 3; ++i)
                    writeBmp(folder.path(split + "/" + name + "/" + std::to_string(i) + ".bmp"), ++m_seed);
            }
        }
        const auto index = data::scanFolder(folder.path());
        ASSERT_TRUE(index) << validation;
        EXPECT_TRUE(index->splitByFolders);
        EXPECT_EQ(index->classes, (Names{"a", "b"}));
        EXPECT_EQ(index->countOf(Split::Train), 6U);
        EXPECT_EQ(index->countOf(Split::Validation), 6U);
        EXPECT_EQ(index->countOf(Split::Test), 6U);
        for (const std::string& name : pathsOf(*index, Split::Validation))
            EXPECT_TRUE(name.starts_with(validation + "/")) << name;
        for (const std::string& name : pathsOf(*index, Split::Test))
            EXPECT_TRUE(name.starts_with("test/")) << name;
    }
}

TEST_F(FolderScannerTest, TrainFolderInCapitals) {
    makeClass("TRAIN/a", 3);
    makeClass("TRAIN/b", 3);
    makeClass("Val/a", 1);
    makeClass("Val/b", 1);
    const DatasetIndex index = scan();
    EXPECT_TRUE(index.splitByFolders);
    EXPECT_EQ(index.countOf(Split::Train), 6U);
    EXPECT_EQ(index.countOf(Split::Validation), 2U);
}

TEST_F(FolderScannerTest, TrainAndTestWithoutValidationAreSplitFromTraining) {
    makeClass("train/a", 10);
    makeClass("train/b", 10);
    makeClass("test/a", 2);
    makeClass("test/b", 2);
    const DatasetIndex index = scan();
    EXPECT_FALSE(index.splitByFolders);
    EXPECT_EQ(index.classes, (Names{"a", "b"}));
    EXPECT_EQ(index.countOf(Split::Train), 16U);
    EXPECT_EQ(index.countOf(Split::Validation), 4U);
    EXPECT_EQ(index.countOf(Split::Test), 4U);
    for (const std::string& name : pathsOf(index, Split::Validation))
        EXPECT_TRUE(name.starts_with("train/")) << name;
}

TEST_F(FolderScannerTest, AClassCalledTrainIsAClass) {
    makeClass("train", 4);
    makeClass("bus", 4);
    makeClass("tram", 4);
    EXPECT_EQ(scan().classes, (Names{"bus", "train", "tram"}));
    makeClass("train/steam", 4);  // even with folders in it
    const DatasetIndex index = scan();
    EXPECT_EQ(index.classes, (Names{"bus", "train", "tram"}));
    EXPECT_EQ(index.countsPerClass()[1].train + index.countsPerClass()[1].validation, 8U);
}

TEST_F(FolderScannerTest, TrainAndValThatHoldPicturesAreClasses) {
    makeClass("train", 4);
    makeClass("val", 4);
    const DatasetIndex index = scan();
    EXPECT_EQ(index.classes, (Names{"train", "val"}));
    EXPECT_FALSE(index.splitByFolders);
}

TEST_F(FolderScannerTest, NestedFoldersBelongToTheirClass) {
    makeClass("a", 2);
    makeClass("a/2020/march", 2);
    makeClass("b/deep/er/still", 3);
    const DatasetIndex index = scan();
    EXPECT_EQ(index.classes, (Names{"a", "b"}));
    EXPECT_EQ(index.samples.size(), 7U);
    EXPECT_EQ(index.samples.back().path, "b/deep/er/still/02.bmp");
}

TEST_F(FolderScannerTest, HiddenFilesAndOtherFilesAreCountedAndNotUsed) {
    makeClass("a", 3);
    makeClass("b", 3);
    makeClass(".hidden", 3);        // no class
    makeClass("a/.thumbnails", 2);  // not looked into
    writeBmp(path("a/.hidden.bmp"), 1000);
    writeText(path("a/notes.txt"), "x");
    writeText(path("b/Thumbs.db"), "x");
    writeText(path("readme.md"), "x");
    const DatasetIndex index = scan();
    EXPECT_EQ(index.classes, (Names{"a", "b"}));
    EXPECT_EQ(index.samples.size(), 6U);
    EXPECT_EQ(index.unusedFiles, 9U);  // with the five in hidden folders
    EXPECT_EQ(codesOf(index), (std::vector{ProblemCode::FewImages}));
}

TEST_F(FolderScannerTest, PicturesThatCannotBeReadAreListedAndLeftOut) {
    makeClass("a", 4);
    makeClass("b", 4);
    writeText(path("a/text.jpg"), "no picture");
    writeText(path("a/empty.png"), "");
    writeText(path("b/cut.bmp"), tinyBmp(1, 50, 50).substr(0, 3000));
    const DatasetIndex index = scan();
    EXPECT_EQ(index.samples.size(), 8U);
    const auto problems = problemsOf(index, ProblemCode::UnreadableImage);
    ASSERT_EQ(problems.size(), 3U);
    EXPECT_EQ(problems[0].path, "a/empty.png");
    EXPECT_NE(problems[0].message.english().find("empty"), std::string::npos);
    EXPECT_EQ(problems[1].path, "a/text.jpg");
    EXPECT_NE(problems[1].message.english().find("no JPEG"), std::string::npos);
    EXPECT_EQ(problems[2].path, "b/cut.bmp");
    EXPECT_NE(problems[2].message.english().find("ends too early"), std::string::npos);
    for (const Problem& problem : problems)
        EXPECT_TRUE(problem.leftOut);
    EXPECT_EQ(index.leftOutCount(), 3U);
}

TEST_F(FolderScannerTest, AFileWithoutReadingRightsIsListed) {
    if (geteuid() == 0) GTEST_SKIP() << "root may read everything";
    makeClass("a", 3);
    makeClass("b", 3);
    fs::permissions(path("a/00.bmp"), fs::perms::none);
    const auto problems = problemsOf(scan(), ProblemCode::UnreadableImage);
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_NE(problems[0].message.english().find("access rights"), std::string::npos)
        << problems[0].message.english();
}

TEST_F(FolderScannerTest, ForeignPictureFormatsAreNamed) {
    makeClass("a", 3);
    makeClass("b", 3);
    writeText(path("a/photo.HEIC"), "x");
    writeText(path("b/raw.cr2"), "x");
    const DatasetIndex index = scan();
    const auto problems = problemsOf(index, ProblemCode::UnreadableImage);
    ASSERT_EQ(problems.size(), 2U);
    EXPECT_EQ(problems[0].path, "a/photo.HEIC");
    // where HEIC is read, it is no format that is not
    const bool isRead = problems[0].message.english().find("damaged") != std::string::npos;
    EXPECT_EQ(problems[0].message.english().find("does not read") == std::string::npos, isRead)
        << problems[0].message.english();
    EXPECT_NE(problems[1].message.english().find("save it as JPEG"), std::string::npos)
        << problems[1].message.english();
    EXPECT_EQ(index.unusedFiles, 0U);
}

TEST_F(FolderScannerTest, AnEmptyClassIsLeftOut) {
    makeClass("a", 3);
    makeClass("b", 3);
    fs::create_directories(path("empty"));
    writeText(path("broken/x.png"), "no picture");
    const DatasetIndex index = scan();
    EXPECT_EQ(index.classes, (Names{"a", "b"}));
    const auto problems = problemsOf(index, ProblemCode::EmptyClass);
    ASSERT_EQ(problems.size(), 2U);
    EXPECT_EQ(problems[0].path, "broken");
    EXPECT_EQ(problems[1].path, "empty");
    EXPECT_TRUE(problems[0].leftOut);
    EXPECT_EQ(index.leftOutCount(), 1U);  // images, not classes
}

TEST_F(FolderScannerTest, WhatIsWrongIsSaidInOrder) {
    makeClass("a", 3);
    makeClass("b", 3);
    makeClass("B2", 1);
    for (const char* name : {"b/10.png", "b/9.png", "a/2.png"})
        writeText(path(name), "no picture");
    fs::create_directories(path("bare"));
    const DatasetIndex index = scan();
    Names leftOut;
    bool isOver = false;
    for (const data::Problem& problem : index.problems) {
        EXPECT_FALSE(isOver && problem.leftOut) << problem.path;
        isOver = !problem.leftOut;
        if (problem.leftOut) leftOut.push_back(problem.path);
    }
    EXPECT_TRUE(isOver);
    EXPECT_EQ(leftOut, (Names{"a/2.png", "b/9.png", "b/10.png", "bare"}));
    const auto empty = problemsOf(index, ProblemCode::EmptyClass);
    ASSERT_EQ(empty.size(), 1U);
    EXPECT_EQ(empty[0].message.english(), "The folder is empty, so the class is left out.");
}

TEST_F(FolderScannerTest, NamesAreOrderedAsAPersonReadsThem) {
    const Names ordered{"", "1", "2", "10", "A", "a", "a 2", "a 10", "a10", "b", "img9", "img10", "img010b"};
    for (std::size_t i = 0; i < ordered.size(); ++i) {
        for (std::size_t k = 0; k < ordered.size(); ++k)
            EXPECT_EQ(base::naturallyBefore(ordered[i], ordered[k]), i < k)
                << ordered[i] << ' ' << ordered[k];
    }
}

TEST_F(FolderScannerTest, AClassWithOneImageTrainsUnvalidated) {
    makeClass("a", 3);
    makeClass("one", 1);
    const DatasetIndex index = scan();
    EXPECT_EQ(index.classes, (Names{"a", "one"}));
    EXPECT_EQ(index.countsPerClass()[1].train, 1U);
    EXPECT_EQ(index.countsPerClass()[1].validation, 0U);
    const auto problems = problemsOf(index, ProblemCode::SingleImageClass);
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_EQ(problems[0].path, "one");
    EXPECT_FALSE(problems[0].leftOut);
}

TEST_F(FolderScannerTest, OnlySingleImagesLeaveNothingToValidate) {
    makeClass("a", 1);
    makeClass("b", 1);
    const Error error = scanError(path());
    EXPECT_EQ(error.code, ErrorCode::NoValidation);
    EXPECT_NE(error.message.english().find("validation"), std::string::npos) << error.message.english();
}

TEST_F(FolderScannerTest, ADuplicateAcrossSplitsLeavesTheTrainingSet) {
    makeClass("train/a", 4);
    makeClass("train/b", 4);
    makeClass("val/a", 2);
    makeClass("val/b", 2);
    makeClass("test/a", 1);
    makeClass("test/b", 1);
    fs::copy_file(path("val/a/00.bmp"), path("train/a/copy.bmp"));
    fs::copy_file(path("test/b/00.bmp"), path("train/b/zcopy.bmp"));
    const DatasetIndex index = scan();
    EXPECT_EQ(index.countOf(Split::Train), 8U);
    EXPECT_EQ(index.countOf(Split::Validation), 4U);
    EXPECT_EQ(index.countOf(Split::Test), 2U);
    const auto problems = problemsOf(index, ProblemCode::DuplicateAcrossSplits);
    ASSERT_EQ(problems.size(), 2U);
    std::map<std::string, std::string> messages;
    for (const Problem& problem : problems) {
        messages[problem.path] = problem.message.english();
        EXPECT_TRUE(problem.leftOut);
    }
    EXPECT_NE(messages["train/a/copy.bmp"].find("val/a/00.bmp"), std::string::npos);
    EXPECT_NE(messages["train/b/zcopy.bmp"].find("test/b/00.bmp"), std::string::npos);
}

TEST_F(FolderScannerTest, ADuplicateAcrossClassesIsReported) {
    makeClass("train/a", 3);
    makeClass("train/b", 3);
    makeClass("val/a", 1);
    makeClass("val/b", 1);
    fs::copy_file(path("train/a/01.bmp"), path("train/b/wrong.bmp"));
    const DatasetIndex index = scan();
    EXPECT_EQ(index.countOf(Split::Train), 7U);  // kept: a person has to say which is right
    const auto problems = problemsOf(index, ProblemCode::DuplicateAcrossClasses);
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_EQ(problems[0].path, "train/b/wrong.bmp");
    EXPECT_NE(problems[0].message.english().find("train/a/01.bmp"), std::string::npos);
    EXPECT_FALSE(problems[0].leftOut);
}

TEST_F(FolderScannerTest, CopiesStayTogetherInASplit) {
    makeClass("a", 6);
    makeClass("b", 6);
    for (int i = 0; i < 6; ++i)
        fs::copy_file(path("a/0" + std::to_string(i) + ".bmp"), path("a/copy" + std::to_string(i) + ".bmp"));
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        ScanOptions options;
        options.seed = seed;
        options.validationShare = 0.4;
        const DatasetIndex index = scan(options);
        std::map<std::string, std::set<Split>> splits;
        for (const auto& sample : index.samples)
            splits[sample.sha256].insert(sample.split);
        for (const auto& [hash, used] : splits)
            ASSERT_EQ(used.size(), 1U);
        EXPECT_EQ(index.samples.size(), 18U);  // none left out: no copy came apart
        EXPECT_EQ(codesOf(index), (std::vector{ProblemCode::FewImages}));
    }
}

TEST_F(FolderScannerTest, FewerThanTwoClassesAreRefused) {
    makeClass("only", 5);
    writeText(path("other/broken.jpg"), "no picture");
    const Error error = scanError(path());
    EXPECT_EQ(error.code, ErrorCode::TooFewClasses);
    EXPECT_NE(error.message.english().find("only the class \"only\""), std::string::npos)
        << error.message.english();
    EXPECT_NE(error.message.english().find("at least two"), std::string::npos) << error.message.english();
    EXPECT_TRUE(error.message.english().ends_with("(1 image cannot be used.)")) << error.message.english();
    EXPECT_EQ(error.message.id().find("only"), std::string::npos)
        << "the class's name is no part of the text id";
    EXPECT_EQ(error.path, fs::canonical(path()).string());

    // Its problems can still be shown.
    const DatasetIndex index = scan({}, false);
    EXPECT_EQ(index.classes, (Names{"only"}));
    EXPECT_EQ(problemsOf(index, ProblemCode::UnreadableImage).size(), 1U);
    EXPECT_FALSE(data::checkTrainable(index));
}

TEST_F(FolderScannerTest, AnEmptyFolderOrPicturesWithoutClassesAreRefused) {
    EXPECT_EQ(scanError(path()).code, ErrorCode::TooFewClasses);
    writeBmp(path("loose.bmp"), 1);
    const Error error = scanError(path());
    EXPECT_EQ(error.code, ErrorCode::TooFewClasses);
    EXPECT_NE(error.message.english().find("no class"), std::string::npos) << error.message.english();
    EXPECT_EQ(scan({}, false).unusedFiles, 1U);
}

TEST_F(FolderScannerTest, AFileOrNothingInsteadOfAFolder) {
    writeText(path("file"), "x");
    const Error file = scanError(path("file"));
    EXPECT_EQ(file.code, ErrorCode::NotFound);
    EXPECT_NE(file.message.english().find("file"), std::string::npos) << file.message.english();
    const Error missing = scanError(path("missing"));
    EXPECT_EQ(missing.code, ErrorCode::NotFound);
    EXPECT_EQ(missing.path, path("missing"));
    EXPECT_NE(file.message.english(), missing.message.english());
}

TEST_F(FolderScannerTest, AFolderWhoseNameNoRunCanKeepIsRefused) {
    const std::string above = path("f\xfcr");  // Latin-1
    for (const std::string name : {"a", "b"}) {
        for (int i = 0; i < 4; ++i)
            writeText(above + "/photos/" + name + "/" + std::to_string(i) + ".bmp",
                      tinyBmp(i + (name == "a" ? 0 : 10), 8, 8));
    }
    const Error error = scanError(above + "/photos");
    EXPECT_EQ(error.code, ErrorCode::Unreadable);
    EXPECT_NE(error.message.english().find("UTF-8"), std::string::npos) << error.message.english();
}

TEST_F(FolderScannerTest, AClassThatOnlyValidationHasIsLeftOut) {
    makeClass("train/a", 3);
    makeClass("train/b", 3);
    makeClass("train/untested", 3);
    makeClass("val/a", 1);
    makeClass("val/b", 1);
    makeClass("val/strange", 2);
    const DatasetIndex index = scan();
    EXPECT_EQ(index.classes, (Names{"a", "b", "untested"}));
    const auto problems = problemsOf(index, ProblemCode::ClassMissingInSplit);
    ASSERT_EQ(problems.size(), 2U);
    EXPECT_EQ(problems[0].path, "strange");
    EXPECT_TRUE(problems[0].leftOut);
    EXPECT_EQ(problems[1].path, "untested");
    EXPECT_FALSE(problems[1].leftOut);
}

TEST_F(FolderScannerTest, AStopEndsTheScan) {
    makeClass("a", 20);
    makeClass("b", 20);
    runtime::RunControl stoppedBefore;
    stoppedBefore.stop();
    const auto none = data::scanFolder(path(), {}, {}, &stoppedBefore);
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, ErrorCode::Cancelled);

    for (const int threads : {1, 4}) {
        runtime::RunControl control;
        ScanOptions options;
        options.threads = threads;
        std::size_t reports = 0;
        const auto index = data::scanFolder(
            path(), options,
            [&](std::size_t done, std::size_t) {
                ++reports;
                if (done == 5) control.stop();
            },
            &control);
        ASSERT_FALSE(index);
        EXPECT_EQ(index.error().code, ErrorCode::Cancelled);
        EXPECT_LT(reports, 20U);
    }
}

TEST_F(FolderScannerTest, ProgressCountsEveryPicture) {
    makeClass("a", 7);
    makeClass("b", 6);
    writeText(path("b/broken.png"), "no picture");
    ScanOptions options;
    options.threads = 3;
    std::size_t expected = 0;
    const auto index = data::scanFolder(path(), options, [&](std::size_t done, std::size_t total) {
        EXPECT_EQ(done, ++expected);
        EXPECT_EQ(total, 14U);
    });
    ASSERT_TRUE(index);
    EXPECT_EQ(expected, 14U);
}

TEST_F(FolderScannerTest, OddNamesAreKept) {
    makeClass("Käfer & Co, \"groß\"", 3);
    makeClass("with space", 3);
    const DatasetIndex index = scan();
    EXPECT_EQ(index.classes, (Names{"Käfer & Co, \"groß\"", "with space"}));
    EXPECT_TRUE(fs::exists(index.absolutePath(index.samples.front())));
}

}  // namespace graft::test
