// SPDX-License-Identifier: GPL-3.0-or-later
// Whether LibTorch's convolutions can be relied on here. oneDNN, which computes them on a CPU, asks the
// processor for the sizes of its caches. A virtual machine may hide them, and from LibTorch 2 on an AMD
// processor that says nothing is taken for one with caches of a byte: oneDNN then ends the program with a
// division by zero, or drops a part of the weights without a word (as on ARM: uxlfoundation/oneDNN#5313).
#pragma once

#include <string>

namespace graft::runtime {

enum class CpuArithmetic {
    Fast,     // oneDNN as it is
    Careful,  // its convolutions for old processors, which are right; nothing else of it, and no bfloat16
    Plain,    // without oneDNN: it was seen to be wrong
};

// Decided once, and proven: convolutions of awkward shapes are held against the same in double, which
// are LibTorch's own. Must be called before
// the first convolution; thread-safe. Networks and models call it when they are made.
CpuArithmetic cpuArithmetic();

// What the last digits of a number depend on beside the numbers that go in, on this CPU: "avx2 avx512f", and
// "careful" or "plain" where cpuArithmetic() is.
std::string calculatorName();

}  // namespace graft::runtime
