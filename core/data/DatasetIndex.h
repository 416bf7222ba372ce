// SPDX-License-Identifier: GPL-3.0-or-later
// What a folder of images holds: its classes, every usable image with its split, and what is wrong
// with which file. Plain values; FolderScanner makes one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/Message.h"
#include "core/data/ImageListing.h"

namespace graft::data {

enum class Split { Train, Validation, Test };
std::string_view splitName(Split split);  // "train", "val", "test"

struct Sample {
    std::string path;  // relative to DatasetIndex::root, with '/'
    int classIndex = 0;
    Split split = Split::Train;
    std::uint64_t bytes = 0;  // file size
    std::string sha256;       // of the file's bytes, lower-case hex
    // Of other contents that a run has learnt under this path: the file was replaced before or while it went
    // on.
    std::vector<std::string> otherSha256 = {};

    // Takes in what was learnt. Whether it was new.
    bool learnt(const std::string& content);
};

enum class ProblemCode {
    UnreadableImage,         // left out
    EmptyClass,              // left out
    SingleImageClass,        // kept, but cannot be validated
    DuplicateAcrossSplits,   // the training copy is left out
    DuplicateAcrossClasses,  // kept: a person has to say which label is right
    ClassMissingInSplit,     // a class that only one of the split's folders has
    // About the folders: nothing is left out for it.
    ClassesFurtherIn,     // the classes lie in the only folder of the folder
    SplitNamesAsClasses,  // folders named train and val hold pictures and no classes
    SplitInsideClasses,   // FOLDER/CLASS/{train,val}/*
    SplitTwice,           // two folders of one split: val and eval
    NoTrainingFolder,     // val and test, but nothing to train on
    NoValidationFolder,   // train and test, but none between
    UnsortedSplit,        // a val or test folder without train's classes in it
    SameSubfolders,       // all classes hold the same folders, which might be the classes
    SimilarClassNames,    // two classes that a person cannot tell apart
    ImbalancedClasses,    // ten times as many images in one class as in another
    FewImages,            // fewer than ten images in a class
    NarrowRange,          // 16-bit pictures that use twelve bits or fewer, numbers that had to be interpreted
};
std::string_view problemCodeName(ProblemCode code);  // "unreadable_image", ...

struct Problem {
    std::string path;  // relative to the root
    ProblemCode code = ProblemCode::UnreadableImage;
    Message message;       // one sentence
    bool leftOut = false;  // whether the file or class takes no part in training
};

struct ClassCount {
    std::size_t train = 0;
    std::size_t validation = 0;
    std::size_t test = 0;
};

// Every one of them.
const std::vector<ProblemCode>& problemCodes();

struct DatasetIndex {
    std::string root;                  // absolute path
    std::vector<std::string> classes;  // sorted by name; Sample::classIndex points in here
    std::vector<Sample> samples;       // sorted by path
    std::vector<Problem> problems;     // what is left out first, then by path, numbers as numbers
    // Whatever else lies in the folder, and why it is not used; paths relative to the root. Together with the
    // samples and the problems about files this is every file below the root.
    std::vector<PassedOver> unused;
    std::size_t unusedFiles = 0;  // how many files those are
    bool splitByFolders = false;  // FOLDER/{train,val[,test]}/CLASS rather than a seeded split

    std::string absolutePath(const Sample& sample) const { return root + "/" + sample.path; }
    std::vector<ClassCount> countsPerClass() const;
    std::size_t countOf(Split split) const;
    std::size_t leftOutCount() const;  // images that take no part in training
    // Indices into samples, in order.
    std::vector<std::size_t> indicesOf(Split split) const;
};

}  // namespace graft::data
