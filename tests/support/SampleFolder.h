// SPDX-License-Identifier: GPL-3.0-or-later
// A small image folder that can be learnt: classes are stripes of different directions, with noise.
#pragma once

#include <string>
#include <vector>

#include "core/base/Seed.h"
#include "core/data/IdxImport.h"
#include "tests/support/TestFiles.h"

namespace graft::test {

inline void appendNumber(std::string& bytes, unsigned value) {
    for (int shift = 24; shift >= 0; shift -= 8)
        bytes += static_cast<char>(value >> shift & 0xFF);
}

// FOLDER/CLASS/*.png with perClass pictures of 32 x 32, by way of IDX files.
inline void makeClasses(const std::string& folder, unsigned classes, unsigned perClass, std::uint64_t seed) {
    constexpr unsigned kSide = 32;
    base::RandomStream random(seed);
    std::string images{0, 0, 8, 3};
    std::string labels{0, 0, 8, 1};
    appendNumber(images, classes * perClass);
    appendNumber(images, kSide);
    appendNumber(images, kSide);
    appendNumber(labels, classes * perClass);
    for (unsigned i = 0; i < classes * perClass; ++i) {
        const unsigned label = i % classes;
        labels += static_cast<char>(label);
        for (unsigned y = 0; y < kSide; ++y) {
            for (unsigned x = 0; x < kSide; ++x) {
                const unsigned along = label == 0 ? x : label == 1 ? y : x + y;
                const auto stripe = along / 4 % 2 == 0 ? 60.0 : 180.0;
                images += static_cast<char>(static_cast<unsigned char>(stripe + random.uniform(-50, 50)));
            }
        }
    }
    const TemporaryFolder idx;
    writeText(idx.path("images"), images);
    writeText(idx.path("labels"), labels);
    const auto report = data::importIdx(idx.path("images"), idx.path("labels"), folder, {}, {});
    ASSERT_TRUE(report) << report.error().sentence();
}

// FOLDER/{train,val}/{0,1,2}/*.png
inline void makeSampleFolder(const std::string& folder, unsigned trainPerClass = 12,
                             unsigned valPerClass = 6) {
    makeClasses(folder + "/train", 3, trainPerClass, 1);
    makeClasses(folder + "/val", 3, valPerClass, 2);
}

}  // namespace graft::test
