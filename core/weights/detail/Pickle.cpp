// SPDX-License-Identifier: GPL-3.0-or-later
// Opcodes: Python's Lib/pickletools.py. Tensors: torch/_utils.py and torch/serialization.py.
#include "core/weights/detail/Pickle.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "core/weights/detail/Limits.h"
#include "core/weights/detail/PickleBytes.h"
#include "core/weights/detail/PickleNames.h"

namespace graft::weights {

namespace {

using Kind = PickleValue::Kind;

// Thrown inside this file only; readPickle turns it into an Error.
struct Forbidden {
    std::string global;
};

bool contains(std::span<const std::uint8_t> bytes, std::string_view text) {
    const std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return all.find(text) != std::string_view::npos;
}

class Reader {
  public:
    explicit Reader(std::span<const std::uint8_t> bytes) : m_in(bytes) {}

    PickleDocument read() {
        while (step()) {
        }
        m_document.root = pop();
        m_document.bytesRead = m_in.position();
        return std::move(m_document);
    }

  private:
    // ---- values
    PickleValue* make(Kind kind) {
        if (m_document.values.size() >= kMaxPickleValues) damaged("it has too many values");
        m_document.values.push_back(std::make_unique<PickleValue>());
        m_document.values.back()->kind = kind;
        return m_document.values.back().get();
    }
    PickleValue* push(Kind kind) {
        m_stack.push_back(make(kind));
        return m_stack.back();
    }
    void pushInteger(std::int64_t value) { push(Kind::Integer)->integer = value; }
    void pushText(std::string text) { push(Kind::String)->text = std::move(text); }
    void pushReal(double value) { push(Kind::Float)->real = value; }
    void pushWhole(PickleBytes::Whole value) {
        if (const auto* whole = std::get_if<std::int64_t>(&value)) {
            pushInteger(*whole);
        } else {
            pushReal(std::get<double>(value));
        }
    }
    PickleValue* pop() {
        if (m_stack.empty()) damaged("its stack runs empty");
        PickleValue* value = m_stack.back();
        m_stack.pop_back();
        return value;
    }
    PickleValue* top(Kind kind) {
        if (m_stack.empty() || m_stack.back()->kind != kind) damaged("an operation meets the wrong type");
        return m_stack.back();
    }
    std::vector<PickleValue*> popToMark() {
        const auto mark =
            std::find_if(m_stack.rbegin(), m_stack.rend(), [](auto* v) { return v->kind == Kind::Mark; });
        if (mark == m_stack.rend()) damaged("a mark is missing");
        std::vector<PickleValue*> items(mark.base(), m_stack.end());
        m_stack.erase(mark.base() - 1, m_stack.end());
        return items;
    }
    void pushTuple(std::vector<PickleValue*> items) { push(Kind::Tuple)->items = std::move(items); }
    void pushTuple(std::size_t count) {
        std::vector<PickleValue*> items(count);
        for (std::size_t i = count; i > 0; --i)
            items[i - 1] = pop();
        pushTuple(std::move(items));
    }
    static void setItems(PickleValue* dict, const std::vector<PickleValue*>& items) {
        if (items.size() % 2 != 0) damaged("a dictionary has a key without a value");
        for (std::size_t i = 0; i < items.size(); i += 2) {
            // A key of a megabyte may stand in a short file many thousand times.
            if (items[i]->kind == Kind::String && items[i]->text.size() > kMaxKeyBytes)
                damaged("a name has more than " + std::to_string(kMaxKeyBytes) + " bytes");
            dict->entries.emplace_back(items[i], items[i + 1]);
        }
    }
    void remember(std::uint64_t slot) {
        if (m_stack.empty()) damaged("its stack runs empty");
        m_memo[slot] = m_stack.back();
    }
    void recall(std::uint64_t slot) {
        const auto found = m_memo.find(slot);
        if (found == m_memo.end()) damaged("it refers to something that is not there");
        m_stack.push_back(found->second);
    }
    std::uint64_t slotFromLine() {
        const std::string text = m_in.line();
        if (text.empty() || text.size() > 18 ||
            !std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; })) {
            damaged("a memo number is no number");
        }
        return std::stoull(text);
    }

    // ---- what may be called, and what comes of it
    void pushGlobal(const std::string& module, const std::string& name) {
        const std::string global = module + "." + name;
        if (!allowedName(global)) throw Forbidden{global};
        push(Kind::Global)->text = global;
    }
    static const std::vector<PickleValue*>& itemsOf(const PickleValue* value) {
        if (value->kind != Kind::Tuple && value->kind != Kind::List)
            damaged("an argument has the wrong type");
        return value->items;
    }
    static std::vector<std::int64_t> integersOf(const PickleValue* value) {
        if (itemsOf(value).size() > kMaxDimensions) damaged("a tensor has too many dimensions");
        std::vector<std::int64_t> numbers;
        for (const PickleValue* item : itemsOf(value)) {
            if (item->kind != Kind::Integer) damaged("a tensor's size is no number");
            numbers.push_back(item->integer);
        }
        return numbers;
    }
    void reduce() {
        const PickleValue* arguments = pop();
        const PickleValue* callable = pop();
        if (callable->kind != Kind::Global) damaged("it calls something that is no function");
        const auto& items = itemsOf(arguments);
        switch (allowedName(callable->text).value()) {
            case AllowedName::OrderedDict:
                return makeDict(items);
            case AllowedName::RebuildTensor:
                return makeTensor(items);
            case AllowedName::RebuildParameter:
                if (items.empty() || items[0]->kind != Kind::Tensor) damaged("a parameter holds no tensor");
                m_stack.push_back(items[0]);
                return;
            case AllowedName::Size:
                if (items.size() != 1 || itemsOf(items[0]).size() > kMaxDimensions)
                    damaged("a size is incomplete");
                return pushTuple(itemsOf(items[0]));
            case AllowedName::StorageType:
                damaged("it calls " + callable->text + ", which is no function");
        }
    }
    void makeDict(const std::vector<PickleValue*>& items) {
        PickleValue* dict = push(Kind::Dict);
        if (items.empty()) return;
        // A short file may name one long list again and again.
        m_copied += itemsOf(items[0]).size();
        if (m_copied > m_in.all().size()) damaged("it copies the same list many times");
        for (const PickleValue* pair : itemsOf(items[0])) {
            if (itemsOf(pair).size() != 2) damaged("a dictionary has a key without a value");
            setItems(dict, itemsOf(pair));
        }
    }
    void makeTensor(const std::vector<PickleValue*>& items) {
        if (items.size() < 4 || items[0]->kind != Kind::Storage || items[1]->kind != Kind::Integer)
            damaged("a tensor is incomplete");
        PickleValue* tensor = push(Kind::Tensor);
        tensor->items = {items[0]};
        tensor->integer = items[1]->integer;
        tensor->shape = integersOf(items[2]);
        tensor->strides = integersOf(items[3]);
        if (tensor->shape.size() != tensor->strides.size())
            damaged("a tensor's strides do not match its size");
    }
    // ("storage", torch.FloatStorage, key, device, number of elements, ...)
    void pushStorage() {
        const PickleValue* id = pop();
        const auto& items = itemsOf(id);
        if (items.size() < 5 || items[0]->kind != Kind::String || items[0]->text != "storage" ||
            items[1]->kind != Kind::Global || items[2]->kind != Kind::String ||
            items[4]->kind != Kind::Integer) {
            damaged("a storage is incomplete");
        }
        // Legacy files: a view of another storage. Nothing official uses it.
        if (items.size() > 5 && items[5]->kind != Kind::None) damaged("a storage is a view of another one");
        const auto type = storageType(items[1]->text);
        if (!type || items[4]->integer < 0) damaged("a storage has the wrong type");
        // Each storage copies its key, and a short file may name one long key again and again.
        if (items[2]->text.size() > kMaxStorageKeyBytes) damaged("a storage's key is too long");
        PickleValue* storage = push(Kind::Storage);
        storage->text = items[2]->text;
        storage->dtype = *type;
        storage->integer = items[4]->integer;
    }
    void build() {
        pop();  // attributes such as OrderedDict's _metadata: not needed
        if (m_stack.empty() || m_stack.back()->kind != Kind::Dict)
            damaged("it sets the state of something unknown");
    }
    // One opcode; false after STOP.
    bool step() {
        const auto opcode = static_cast<unsigned char>(m_in.number(1));
        switch (opcode) {
            case 0x80:  // PROTO
                if (m_in.number(1) > 5) damaged("its protocol is newer than 5");
                return true;
            case 0x95:  // FRAME
                m_in.take(8);
                return true;
            case '.':  // STOP
                return false;
            case '(':
                push(Kind::Mark);
                return true;
            case '0':  // POP
                pop();
                return true;
            case '1':  // POP_MARK
                popToMark();
                return true;
            case '2':  // DUP
                m_stack.push_back(pop());
                m_stack.push_back(m_stack.back());
                return true;
            case 'N':
                push(Kind::None);
                return true;
            case 0x88:  // NEWTRUE
            case 0x89:  // NEWFALSE
                push(Kind::Bool)->integer = opcode == 0x88 ? 1 : 0;
                return true;
            case 'J':  // BININT
                pushInteger(static_cast<std::int32_t>(m_in.number(4)));
                return true;
            case 'K':  // BININT1
                pushInteger(static_cast<std::int64_t>(m_in.number(1)));
                return true;
            case 'M':  // BININT2
                pushInteger(static_cast<std::int64_t>(m_in.number(2)));
                return true;
            case 0x8a:  // LONG1
                pushWhole(m_in.longNumber(m_in.number(1)));
                return true;
            case 0x8b:  // LONG4
                pushWhole(m_in.longNumber(m_in.number(4)));
                return true;
            case 'G':  // BINFLOAT
                pushReal(m_in.real());
                return true;
            case 'I':  // INT; protocol 1 writes True as 01
            case 'L':  // LONG
                pushWhole(m_in.numberLine());
                return true;
            case 'F':  // FLOAT
                pushReal(m_in.realLine());
                return true;
            case 'S':  // STRING
            case 'V':  // UNICODE; no tensor's name is written so
                pushText(m_in.line());
                return true;
            case 'U':   // SHORT_BINSTRING
            case 'C':   // SHORT_BINBYTES
            case 0x8c:  // SHORT_BINUNICODE
                pushText(m_in.text(m_in.number(1)));
                return true;
            case 'T':  // BINSTRING
            case 'B':  // BINBYTES
            case 'X':  // BINUNICODE
                pushText(m_in.text(m_in.number(4)));
                return true;
            case 0x8d:  // BINUNICODE8
            case 0x8e:  // BINBYTES8
            case 0x96:  // BYTEARRAY8
                pushText(m_in.text(m_in.number(8)));
                return true;
            case ']':
            case 0x8f:  // EMPTY_SET
                push(Kind::List);
                return true;
            case '}':
                push(Kind::Dict);
                return true;
            case ')':
                push(Kind::Tuple);
                return true;
            case 't':
                pushTuple(popToMark());
                return true;
            case 0x85:  // TUPLE1
            case 0x86:  // TUPLE2
            case 0x87:  // TUPLE3
                pushTuple(static_cast<std::size_t>(opcode - 0x84));
                return true;
            default:
                return stepContainer(opcode);
        }
    }

    bool stepContainer(unsigned char opcode) {
        switch (opcode) {
            case 'a': {  // APPEND
                PickleValue* item = pop();
                top(Kind::List)->items.push_back(item);
                return true;
            }
            case 0x90:   // ADDITEMS, of a set
            case 'e': {  // APPENDS
                const auto items = popToMark();
                auto& list = top(Kind::List)->items;
                list.insert(list.end(), items.begin(), items.end());
                return true;
            }
            case 0x91:   // FROZENSET
            case 'l': {  // LIST
                auto items = popToMark();
                push(Kind::List)->items = std::move(items);
                return true;
            }
            case 's': {  // SETITEM
                PickleValue* value = pop();
                PickleValue* key = pop();
                setItems(top(Kind::Dict), {key, value});
                return true;
            }
            case 'u': {  // SETITEMS
                const auto items = popToMark();
                setItems(top(Kind::Dict), items);
                return true;
            }
            case 'd': {  // DICT
                const auto items = popToMark();
                setItems(push(Kind::Dict), items);
                return true;
            }
            case 'c': {  // GLOBAL
                const std::string module = m_in.line();
                pushGlobal(module, m_in.line());
                return true;
            }
            case 'i': {  // INST: a class and its arguments down to the mark
                const std::string module = m_in.line();
                pushGlobal(module, m_in.line());
                damaged("it makes an object of a class");
            }
            case 0x93: {  // STACK_GLOBAL
                const PickleValue* name = pop();
                const PickleValue* module = pop();
                if (name->kind != Kind::String || module->kind != Kind::String) damaged("a name is no text");
                pushGlobal(module->text, name->text);
                return true;
            }
            case 'R':
                reduce();
                return true;
            case 'b':
                build();
                return true;
            case 'Q':  // BINPERSID
                pushStorage();
                return true;
            case 'q':  // BINPUT
                remember(m_in.number(1));
                return true;
            case 'r':  // LONG_BINPUT
                remember(m_in.number(4));
                return true;
            case 'p':  // PUT
                remember(slotFromLine());
                return true;
            case 0x94:  // MEMOIZE
                remember(m_memo.size());
                return true;
            case 'h':  // BINGET
                recall(m_in.number(1));
                return true;
            case 'j':  // LONG_BINGET
                recall(m_in.number(4));
                return true;
            case 'g':  // GET
                recall(slotFromLine());
                return true;
            default:
                damaged("it uses the pickle operation " + std::to_string(opcode) +
                        ", which no state dict needs");
        }
    }

    PickleBytes m_in;
    std::size_t m_copied = 0;
    PickleDocument m_document;
    std::vector<PickleValue*> m_stack;
    std::unordered_map<std::uint64_t, PickleValue*> m_memo;
};

}  // namespace

Result<PickleDocument> readPickle(std::span<const std::uint8_t> bytes, const std::string& path) {
    try {
        return Reader(bytes).read();
    } catch (const Forbidden& forbidden) {
        // Every torch.nn.Module keeps its parts under these names.
        const bool wholeModel = contains(bytes, "_modules") && contains(bytes, "_buffers");
        return fail(refusal(forbidden.global, wholeModel, path));
    } catch (const DamagedPickle& problem) {
        return fail(ErrorCode::BadFormat,
                    "This is no PyTorch state dict that Graft can read: " + problem.what + ".", path);
    }
}

}  // namespace graft::weights
