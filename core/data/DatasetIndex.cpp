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
            break;
    }
    return "class_missing_in_split";
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
        return problem.leftOut && problem.code != ProblemCode::EmptyClass;
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
