// SPDX-License-Identifier: GPL-3.0-or-later
// Reads the subset of Python's pickle format that a saved state dict needs, and runs nothing:
// tensors, dicts, lists, tuples, numbers and strings. Any other class or function is refused by name. Of a
// TorchScript program also its modules, as what they hold.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/base/Result.h"
#include "core/weights/StateDict.h"

namespace graft::weights {

struct PickleValue {
    enum class Kind {
        None,
        Bool,
        Integer,
        Float,
        String,
        Tuple,
        List,
        Dict,
        Object,  // of TorchScript: a module or another class's
        Global,
        Storage,
        Tensor,
        Mark
    };
    Kind kind = Kind::None;
    std::int64_t integer = 0;  // Bool, Integer; Storage: number of elements; Tensor: offset in elements
    double real = 0;
    std::string text;                 // String; Global: "module.name"; Storage: its key
    DType dtype = DType::Float32;     // Storage
    std::vector<PickleValue*> items;  // Tuple, List; Tensor: its Storage
    std::vector<std::pair<PickleValue*, PickleValue*>> entries;  // Dict and Object, in order
    std::vector<std::int64_t> shape;                             // Tensor
    std::vector<std::int64_t> strides;                           // Tensor, in elements
};

// Owns every value, so that containers that hold themselves are no trouble.
struct PickleDocument {
    std::vector<std::unique_ptr<PickleValue>> values;
    PickleValue* root = nullptr;
    std::size_t bytesRead = 0;  // position after the STOP opcode
};

enum class PickleOf { Python, TorchScript };

// Errors: BadFormat, UnsafeFile. The path is only for the error.
Result<PickleDocument> readPickle(std::span<const std::uint8_t> bytes, const std::string& path,
                                  PickleOf what = PickleOf::Python);

}  // namespace graft::weights
