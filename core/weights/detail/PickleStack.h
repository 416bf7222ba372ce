// SPDX-License-Identifier: GPL-3.0-or-later
// The values of a pickle while it is read: the stack with its marks, and the memo.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/weights/detail/Pickle.h"
#include "core/weights/detail/PickleBytes.h"

namespace graft::weights {

// Throws DamagedPickle.
class PickleStack {
  public:
    using Kind = PickleValue::Kind;

    PickleValue* push(Kind kind);  // a new value
    void push(PickleValue* value) { m_stack.push_back(value); }
    void pushInteger(std::int64_t value) { push(Kind::Integer)->integer = value; }
    void pushText(std::string text) { push(Kind::String)->text = std::move(text); }
    void pushReal(double value) { push(Kind::Float)->real = value; }
    void pushWhole(PickleBytes::Whole value);
    void pushTuple(std::vector<PickleValue*> items) { push(Kind::Tuple)->items = std::move(items); }
    void pushTuple(std::size_t count);  // of the topmost values

    PickleValue* pop();
    std::vector<PickleValue*> popToMark();
    bool isTop(Kind kind) const { return !m_stack.empty() && m_stack.back()->kind == kind; }
    PickleValue* top(Kind kind);

    void remember(std::uint64_t slot);
    void rememberNext() { remember(m_memo.size()); }
    void recall(std::uint64_t slot);

    // Takes the topmost value for the document's root; nothing is left here.
    PickleDocument finish();

  private:
    std::vector<PickleValue*> m_stack;
    std::unordered_map<std::uint64_t, PickleValue*> m_memo;
    PickleDocument m_document;  // owns what stands in both
};

// items: keys and values by turns.
void setItems(PickleValue* dict, const std::vector<PickleValue*>& items);

}  // namespace graft::weights
