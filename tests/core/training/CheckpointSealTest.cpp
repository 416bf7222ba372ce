// SPDX-License-Identifier: GPL-3.0-or-later
// The digest of a checkpoint lies in the folders of runs: it stays what it was. The number is from Python:
//     h = hashlib.blake2b()
//     for text in ("run", "4d2", "epoch", "3"): h.update(b"%d:%s" % (len(text), text.encode()))
//     and so on with "fc.weight", "F32", "2 x 3"; then the numbers, struct.pack("<6f", 1, -2, 0.5, 0, 4, 8);
//     the same with "bn.num_batches_tracked", "I64", "a single number", struct.pack("<q", 7)
//     h.hexdigest()[:64]
#include "core/training/detail/CheckpointSeal.h"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

namespace graft::test {

namespace {

template <class Number, std::size_t Count>
weights::TensorData tensorOf(weights::DType type, std::vector<std::int64_t> shape,
                             const std::array<Number, Count>& numbers) {
    auto bytes = std::make_shared<std::vector<std::byte>>(sizeof numbers);
    std::memcpy(bytes->data(), numbers.data(), sizeof numbers);
    weights::TensorData tensor;
    tensor.dtype = type;
    tensor.shape = std::move(shape);
    tensor.bytes = std::move(bytes);
    return tensor;
}

weights::StateDict state() {
    weights::StateDict dict;
    dict.metadata = {{"run", "4d2"}, {"epoch", "3"}};
    dict.tensors.emplace_back(
        "fc.weight", tensorOf(weights::DType::Float32, {2, 3}, std::array<float, 6>{1, -2, 0.5F, 0, 4, 8}));
    dict.tensors.emplace_back("bn.num_batches_tracked",
                              tensorOf(weights::DType::Int64, {}, std::array<std::int64_t, 1>{7}));
    return dict;
}

TEST(CheckpointSealTest, TheDigestIsThatOfEveryVersion) {
    EXPECT_EQ(training::digestOf(state()),
              "fcef68b5f5bf0bdf47099fdb592cd6e479851fd457fe648bc0e273c3aeff8486");
}

TEST(CheckpointSealTest, TheShapeCountsAndTheDigestItselfDoesNot) {
    weights::StateDict other = state();
    other.tensors[0].second.shape = {3, 2};
    EXPECT_NE(training::digestOf(other), training::digestOf(state()));
    other.tensors[0].second.shape = {2, 3};
    other.metadata.emplace_back("digest", "any");
    EXPECT_EQ(training::digestOf(other), training::digestOf(state()));
}

}  // namespace

}  // namespace graft::test
