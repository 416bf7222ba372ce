// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/weights/WeightFile.h"
#include "core/weights/detail/Pickle.h"
#include "tests/fuzz/Checks.h"
#include "tests/fuzz/MemoryFile.h"
#include "tests/fuzz/Targets.h"

namespace graft::fuzz {

namespace {

void requireSound(const Result<weights::StateDict>& dict) {
    if (!dict) {
        requireSentence(dict.error());
        return;
    }
    for (const auto& [name, tensor] : dict->tensors) {
        require(tensor.bytes != nullptr);
        require(tensor.elementCount() >= 0);
        require(tensor.bytes->size() ==
                static_cast<std::size_t>(tensor.elementCount()) * weights::bytesPerElement(tensor.dtype));
        require(dict->find(name) == &tensor);  // no name stands twice
    }
}

}  // namespace

void fuzzSafetensors(Bytes bytes) {
    const MemoryFile file(bytes);
    requireSound(weights::readSafetensors(file.path()));
}

void fuzzZipPth(Bytes bytes) {
    const MemoryFile file(bytes);
    requireSound(weights::readPth(file.path()));
}

// By its content, so that the choice between the formats is tried as well.
void fuzzLegacyPth(Bytes bytes) {
    const MemoryFile file(bytes);
    requireSound(weights::readWeights(file.path()));
}

void fuzzPickle(Bytes bytes) {
    const auto document = weights::readPickle(bytes, "memory");
    if (!document) {
        requireSentence(document.error());
        return;
    }
    require(document->root != nullptr && document->bytesRead <= bytes.size());
}

}  // namespace graft::fuzz
