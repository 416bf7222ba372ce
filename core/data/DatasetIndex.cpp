// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/DatasetIndex.h"

#include <algorithm>

namespace graft::data {

std::string_view splitName(Split split) {
    switch (split) {
        case Split::Train:
            return "train";
        case Split::Validation:
            return "val";
        case Split::Test:
            break;
    }
    return "test";
}

std::string_view problemCodeName(ProblemCode code) {
    switch (code) {
        case ProblemCode::UnreadableImage:
            return "unreadable_image";
        case ProblemCode::EmptyClass:
            return "empty_class";
        case ProblemCode::SingleImageClass:
            return "single_image_class";
        case ProblemCode::DuplicateAcrossSplits:
            return "duplicate_across_splits";
        case ProblemCode::DuplicateAcrossClasses:
            return "duplicate_across_classes";
        case ProblemCode::ClassMissingInSplit:
            return "class_missing_in_split";
        case ProblemCode::ClassesFurtherIn:
            return "classes_further_in";
        case ProblemCode::SplitNamesAsClasses:
            return "split_names_as_classes";
        case ProblemCode::SplitInsideClasses:
            return "split_inside_classes";
        case ProblemCode::SplitTwice:
            return "split_twice";
        case ProblemCode::NoTrainingFolder:
            return "no_training_folder";
        case ProblemCode::NoValidationFolder:
            return "no_validation_folder";
        case ProblemCode::UnsortedSplit:
            return "unsorted_split";
        case ProblemCode::SameSubfolders:
            return "same_subfolders";
        case ProblemCode::SimilarClassNames:
            return "similar_class_names";
        case ProblemCode::ImbalancedClasses:
            return "imbalanced_classes";
        case ProblemCode::FewImages:
            return "few_images";
        case ProblemCode::NarrowRange:
            break;
    }
    return "narrow_range";
}

const std::vector<ProblemCode>& problemCodes() {
    static const std::vector<ProblemCode> all = [] {
        std::vector<ProblemCode> codes;
        for (int code = 0; code <= static_cast<int>(ProblemCode::NarrowRange); ++code)
            codes.push_back(static_cast<ProblemCode>(code));
        return codes;
    }();
    return all;
}

bool Sample::learnt(const std::string& content) {
    if (content == sha256 || std::ranges::find(otherSha256, content) != otherSha256.end()) return false;
    otherSha256.push_back(content);
    return true;
}

std::vector<ClassCount> DatasetIndex::countsPerClass() const {
    std::vector<ClassCount> counts(classes.size());
    for (const Sample& sample : samples) {
        ClassCount& count = counts[static_cast<std::size_t>(sample.classIndex)];
        if (sample.split == Split::Train) {
            ++count.train;
        } else if (sample.split == Split::Validation) {
            ++count.validation;
        } else {
            ++count.test;
        }
    }
    return counts;
}

std::size_t DatasetIndex::countOf(Split split) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(samples, [split](const Sample& sample) { return sample.split == split; }));
}

std::size_t DatasetIndex::leftOutCount() const {
    return static_cast<std::size_t>(std::ranges::count_if(problems, [](const Problem& problem) {
        return problem.leftOut && problem.code != ProblemCode::EmptyClass &&
               problem.code != ProblemCode::ClassMissingInSplit;
    }));
}

std::vector<std::size_t> DatasetIndex::indicesOf(Split split) const {
    std::vector<std::size_t> indices;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        if (samples[i].split == split) indices.push_back(i);
    }
    return indices;
}

}  // namespace graft::data
