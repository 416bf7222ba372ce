// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/weights/detail/PickleStack.h"

#include <algorithm>
#include <memory>
#include <variant>

#include "core/weights/detail/Limits.h"

namespace graft::weights {

PickleValue* PickleStack::push(Kind kind) {
    if (m_document.values.size() >= kMaxPickleValues) damaged(GRAFT_TEXT("it has too many values"));
    m_document.values.push_back(std::make_unique<PickleValue>());
    m_document.values.back()->kind = kind;
    m_stack.push_back(m_document.values.back().get());
    return m_stack.back();
}

void PickleStack::pushWhole(PickleBytes::Whole value) {
    if (const auto* whole = std::get_if<std::int64_t>(&value)) {
        pushInteger(*whole);
    } else {
        pushReal(std::get<double>(value));
    }
}

void PickleStack::pushTuple(std::size_t count) {
    std::vector<PickleValue*> items(count);
    for (std::size_t i = count; i > 0; --i)
        items[i - 1] = pop();
    pushTuple(std::move(items));
}

PickleValue* PickleStack::pop() {
    if (m_stack.empty()) damaged(GRAFT_TEXT("its stack runs empty"));
    PickleValue* value = m_stack.back();
    m_stack.pop_back();
    return value;
}

std::vector<PickleValue*> PickleStack::popToMark() {
    const auto mark =
        std::find_if(m_stack.rbegin(), m_stack.rend(), [](auto* v) { return v->kind == Kind::Mark; });
    if (mark == m_stack.rend()) damaged(GRAFT_TEXT("a mark is missing"));
    std::vector<PickleValue*> items(mark.base(), m_stack.end());
    m_stack.erase(mark.base() - 1, m_stack.end());
    return items;
}

PickleValue* PickleStack::top(Kind kind) {
    if (!isTop(kind)) damaged(GRAFT_TEXT("an operation meets the wrong type"));
    return m_stack.back();
}

void PickleStack::remember(std::uint64_t slot) {
    if (m_stack.empty()) damaged(GRAFT_TEXT("its stack runs empty"));
    m_memo[slot] = m_stack.back();
}

void PickleStack::recall(std::uint64_t slot) {
    const auto found = m_memo.find(slot);
    if (found == m_memo.end()) damaged(GRAFT_TEXT("it refers to something that is not there"));
    m_stack.push_back(found->second);
}

PickleDocument PickleStack::finish() {
    m_document.root = pop();
    return std::move(m_document);
}

void setItems(PickleValue* dict, const std::vector<PickleValue*>& items) {
    if (items.size() % 2 != 0) damaged(GRAFT_TEXT("a dictionary has a key without a value"));
    for (std::size_t i = 0; i < items.size(); i += 2) {
        // A key of a megabyte may stand in a short file many thousand times.
        if (items[i]->kind == PickleValue::Kind::String && items[i]->text.size() > kMaxKeyBytes)
            damaged({GRAFT_TEXT("a name has more than {1} bytes"), kMaxKeyBytes});
        dict->entries.emplace_back(items[i], items[i + 1]);
    }
}

}  // namespace graft::weights
