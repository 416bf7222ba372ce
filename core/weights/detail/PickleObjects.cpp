// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/weights/detail/PickleObjects.h"

#include "core/weights/detail/Limits.h"
#include "core/weights/detail/PickleNames.h"

namespace graft::weights {

namespace {

using Kind = PickleValue::Kind;

const std::vector<PickleValue*>& itemsOf(const PickleValue* value) {
    if (value->kind != Kind::Tuple && value->kind != Kind::List)
        damaged(GRAFT_TEXT("an argument has the wrong type"));
    return value->items;
}

std::vector<std::int64_t> integersOf(const PickleValue* value) {
    if (itemsOf(value).size() > kMaxDimensions) damaged(GRAFT_TEXT("a tensor has too many dimensions"));
    std::vector<std::int64_t> numbers;
    for (const PickleValue* item : itemsOf(value)) {
        if (item->kind != Kind::Integer) damaged(GRAFT_TEXT("a tensor's size is no number"));
        numbers.push_back(item->integer);
    }
    return numbers;
}

}  // namespace

void PickleObjects::pushGlobal(const std::string& module, const std::string& name) {
    const std::string global = module + "." + name;
    const bool isKnown = allowedName(global) ||
                         (m_what == PickleOf::TorchScript && (isScriptClass(global) || isScriptList(global)));
    if (!isKnown) throw ForbiddenGlobal{global};
    m_stack.push(Kind::Global)->text = global;
}

void PickleObjects::reduce() {
    const PickleValue* arguments = m_stack.pop();
    const PickleValue* callable = m_stack.pop();
    if (callable->kind != Kind::Global) damaged(GRAFT_TEXT("it calls something that is no function"));
    const auto& items = itemsOf(arguments);
    if (isScriptList(callable->text)) {
        if (items.empty()) damaged(GRAFT_TEXT("an argument is missing"));
        return m_stack.push(items[0]);
    }
    const auto function = allowedName(callable->text);
    if (!function) damaged({GRAFT_TEXT("it calls {1}, which is no function"), callable->text});
    switch (*function) {
        case AllowedName::OrderedDict:
            return makeDict(items);
        case AllowedName::RebuildTensor:
            return makeTensor(items);
        case AllowedName::RebuildParameter:
            if (items.empty() || items[0]->kind != Kind::Tensor)
                damaged(GRAFT_TEXT("a parameter holds no tensor"));
            m_stack.push(items[0]);
            return;
        case AllowedName::Size:
            if (items.size() != 1 || itemsOf(items[0]).size() > kMaxDimensions)
                damaged(GRAFT_TEXT("a size is incomplete"));
            return m_stack.pushTuple(itemsOf(items[0]));
        case AllowedName::StorageType:
            damaged({GRAFT_TEXT("it calls {1}, which is no function"), callable->text});
    }
}

// A short file may name one long list again and again.
void PickleObjects::countCopy(std::size_t values) {
    m_copied += values;
    if (m_copied > m_pickleBytes) damaged(GRAFT_TEXT("it copies the same list many times"));
}

void PickleObjects::makeDict(const std::vector<PickleValue*>& items) {
    PickleValue* dict = m_stack.push(Kind::Dict);
    if (items.empty()) return;
    countCopy(itemsOf(items[0]).size());
    for (const PickleValue* pair : itemsOf(items[0])) {
        if (itemsOf(pair).size() != 2) damaged(GRAFT_TEXT("a dictionary has a key without a value"));
        setItems(dict, itemsOf(pair));
    }
}

void PickleObjects::makeTensor(const std::vector<PickleValue*>& items) {
    if (items.size() < 4 || items[0]->kind != Kind::Storage || items[1]->kind != Kind::Integer)
        damaged(GRAFT_TEXT("a tensor is incomplete"));
    PickleValue* tensor = m_stack.push(Kind::Tensor);
    tensor->items = {items[0]};
    tensor->integer = items[1]->integer;
    tensor->shape = integersOf(items[2]);
    tensor->strides = integersOf(items[3]);
    if (tensor->shape.size() != tensor->strides.size())
        damaged(GRAFT_TEXT("a tensor's strides do not match its size"));
}

// ("storage", torch.FloatStorage, key, device, number of elements, ...)
void PickleObjects::pushStorage() {
    const PickleValue* id = m_stack.pop();
    const auto& items = itemsOf(id);
    if (items.size() < 5 || items[0]->kind != Kind::String || items[0]->text != "storage" ||
        items[1]->kind != Kind::Global || items[2]->kind != Kind::String || items[4]->kind != Kind::Integer) {
        damaged(GRAFT_TEXT("a storage is incomplete"));
    }
    // Legacy files: a view of another storage. Nothing official uses it.
    if (items.size() > 5 && items[5]->kind != Kind::None)
        damaged(GRAFT_TEXT("a storage is a view of another one"));
    const auto type = storageType(items[1]->text);
    if (!type || items[4]->integer < 0) damaged(GRAFT_TEXT("a storage has the wrong type"));
    // Each storage copies its key, and a short file may name one long key again and again.
    if (items[2]->text.size() > kMaxStorageKeyBytes) damaged(GRAFT_TEXT("a storage's key is too long"));
    PickleValue* storage = m_stack.push(Kind::Storage);
    storage->text = items[2]->text;
    storage->dtype = *type;
    storage->integer = items[4]->integer;
}

void PickleObjects::makeObject() {
    const PickleValue* arguments = m_stack.pop();
    const PickleValue* type = m_stack.pop();
    if (type->kind != Kind::Global || !isScriptClass(type->text) || !itemsOf(arguments).empty())
        damaged(GRAFT_TEXT("it makes an object of a class"));
    m_stack.push(Kind::Object);
}

void PickleObjects::build() {
    const PickleValue* state = m_stack.pop();
    if (m_stack.isTop(Kind::Object)) {
        if (state->kind != Kind::Dict) return;  // of a class with a __getstate__ of its own: no module's
        countCopy(state->entries.size());
        m_stack.top(Kind::Object)->entries = state->entries;
        return;
    }
    // Attributes such as OrderedDict's _metadata: not needed.
    if (!m_stack.isTop(Kind::Dict)) damaged(GRAFT_TEXT("it sets the state of something unknown"));
}

}  // namespace graft::weights
