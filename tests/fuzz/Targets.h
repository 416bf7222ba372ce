// SPDX-License-Identifier: GPL-3.0-or-later
// One function a reader of foreign bytes. Each takes any bytes, asks the reader, and aborts if the answer is
// neither a sound value nor an Error with a sentence. libFuzzer calls them (Entry.cpp), and an ordinary test
// replays the committed corpus through them (CorpusTest.cpp).
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace graft::fuzz {

using Bytes = std::span<const std::uint8_t>;

void fuzzSafetensors(Bytes bytes);
void fuzzZipPth(Bytes bytes);
void fuzzLegacyPth(Bytes bytes);
void fuzzPickle(Bytes bytes);
void fuzzImage(Bytes bytes);
void fuzzPicture(Bytes bytes);
void fuzzIdx(Bytes bytes);
void fuzzSidecar(Bytes bytes);
void fuzzConfig(Bytes bytes);
void fuzzDataset(Bytes bytes);
void fuzzMetrics(Bytes bytes);
void fuzzDecisions(Bytes bytes);
void fuzzProgress(Bytes bytes);
void fuzzEvaluation(Bytes bytes);

struct Target {
    const char* name;  // of its folder in corpus/
    void (*run)(Bytes);
};
constexpr std::array<Target, 14> kTargets{{{"safetensors", fuzzSafetensors},
                                           {"zip_pth", fuzzZipPth},
                                           {"legacy_pth", fuzzLegacyPth},
                                           {"pickle", fuzzPickle},
                                           {"image", fuzzImage},
                                           {"picture", fuzzPicture},
                                           {"idx", fuzzIdx},
                                           {"sidecar", fuzzSidecar},
                                           {"config", fuzzConfig},
                                           {"dataset", fuzzDataset},
                                           {"metrics", fuzzMetrics},
                                           {"decisions", fuzzDecisions},
                                           {"progress", fuzzProgress},
                                           {"evaluation", fuzzEvaluation}}};

}  // namespace graft::fuzz
