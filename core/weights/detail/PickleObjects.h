// SPDX-License-Identifier: GPL-3.0-or-later
// What a pickle may call and what comes of it: dictionaries, storages, tensors (PyTorch's torch/_utils.py and
// torch/serialization.py). Nothing is run.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/weights/detail/PickleStack.h"

namespace graft::weights {

// Thrown while a pickle is read; readPickle turns it into an Error.
struct ForbiddenGlobal {
    std::string global;
};

// Takes the arguments from the stack and puts the object there. Throws DamagedPickle and ForbiddenGlobal.
class PickleObjects {
  public:
    // pickleBytes: how long the whole pickle is.
    PickleObjects(PickleStack& stack, std::size_t pickleBytes, PickleOf what)
        : m_stack(stack), m_pickleBytes(pickleBytes), m_what(what) {}

    void pushGlobal(const std::string& module, const std::string& name);
    void reduce();
    void build();
    void makeObject();  // of one of TorchScript's classes
    void pushStorage();

  private:
    void countCopy(std::size_t values);
    void makeDict(const std::vector<PickleValue*>& items);
    void makeTensor(const std::vector<PickleValue*>& items);

    PickleStack& m_stack;
    std::size_t m_pickleBytes;
    PickleOf m_what;
    std::size_t m_copied = 0;
};

}  // namespace graft::weights
