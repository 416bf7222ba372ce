// SPDX-License-Identifier: GPL-3.0-or-later
// Opcodes: Python's Lib/pickletools.py. Tensors: torch/_utils.py and torch/serialization.py.
#include "core/weights/detail/Pickle.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "core/weights/detail/Limits.h"

namespace graft::weights {

namespace {

using Kind = PickleValue::Kind;

// Thrown inside this file only; readPickle turns it into an Error.
struct Refused {
    ErrorCode code = ErrorCode::BadFormat;
    std::string what;
};

[[noreturn]] void damaged(const std::string& what) {
    throw Refused{ErrorCode::BadFormat, what};
}

struct StorageType {
    std::string_view name;
    DType dtype;
};
constexpr std::array<StorageType, 10> kStorageTypes{{{"torch.FloatStorage", DType::Float32},
                                                     {"torch.DoubleStorage", DType::Float64},
                                                     {"torch.HalfStorage", DType::Float16},
                                                     {"torch.BFloat16Storage", DType::BFloat16},
                                                     {"torch.LongStorage", DType::Int64},
                                                     {"torch.IntStorage", DType::Int32},
                                                     {"torch.ShortStorage", DType::Int16},
                                                     {"torch.CharStorage", DType::Int8},
                                                     {"torch.ByteStorage", DType::UInt8},
                                                     {"torch.BoolStorage", DType::Bool}}};

constexpr std::string_view kOrderedDict = "collections.OrderedDict";
constexpr std::string_view kRebuildTensor = "torch._utils._rebuild_tensor_v2";
constexpr std::string_view kRebuildOldTensor = "torch._utils._rebuild_tensor";
constexpr std::string_view kRebuildParameter = "torch._utils._rebuild_parameter";
constexpr std::string_view kSize = "torch.Size";

const StorageType* storageType(std::string_view global) {
    const auto* found = std::ranges::find(kStorageTypes, global, &StorageType::name);
    return found == kStorageTypes.end() ? nullptr : found;
}

bool isAllowed(std::string_view global) {
    return global == kOrderedDict || global == kRebuildTensor || global == kRebuildOldTensor ||
           global == kRebuildParameter || global == kSize || storageType(global) != nullptr;
}

class Reader {
  public:
    explicit Reader(std::span<const std::uint8_t> bytes) : m_bytes(bytes) {}

    PickleDocument read() {
        while (step()) {
        }
        m_document.root = pop();
        m_document.bytesRead = m_position;
        return std::move(m_document);
    }

  private:
    // ---- bytes
    std::span<const std::uint8_t> take(std::uint64_t count) {
        if (count > m_bytes.size() - m_position) damaged("it ends too early");
        const auto part = m_bytes.subspan(m_position, count);
        m_position += count;
        return part;
    }
    std::uint64_t number(std::size_t width) {  // little endian
        std::uint64_t value = 0;
        const auto part = take(width);
        for (std::size_t i = 0; i < width; ++i)
            value |= static_cast<std::uint64_t>(part[i]) << (8 * i);
        return value;
    }
    std::string line() {
        const auto rest = m_bytes.subspan(m_position);
        const auto* end = std::find(rest.data(), rest.data() + rest.size(), '\n');
        if (end == rest.data() + rest.size()) damaged("it ends too early");
        std::string text(rest.data(), end);
        m_position += text.size() + 1;
        return text;
    }

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
    void pushText(std::uint64_t length) {
        const auto part = take(length);
        push(Kind::String)->text.assign(part.begin(), part.end());
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
        for (std::size_t i = 0; i < items.size(); i += 2)
            dict->entries.emplace_back(items[i], items[i + 1]);
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
        const std::string text = line();
        if (text.empty() || text.size() > 18 ||
            !std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; })) {
            damaged("a memo number is no number");
        }
        return std::stoull(text);
    }

    // ---- what may be called, and what comes of it
    void pushGlobal(const std::string& module, const std::string& name) {
        const std::string global = module + "." + name;
        if (!isAllowed(global)) throw Refused{ErrorCode::UnsafeFile, global.substr(0, 200)};
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
        if (callable->text == kOrderedDict) {
            PickleValue* dict = push(Kind::Dict);
            if (items.empty()) return;
            // A short file may name one long list again and again.
            m_copied += itemsOf(items[0]).size();
            if (m_copied > m_bytes.size()) damaged("it copies the same list many times");
            for (const PickleValue* pair : itemsOf(items[0])) {
                if (itemsOf(pair).size() != 2) damaged("a dictionary has a key without a value");
                setItems(dict, itemsOf(pair));
            }
        } else if (callable->text == kRebuildTensor || callable->text == kRebuildOldTensor) {
            if (items.size() < 4 || items[0]->kind != Kind::Storage || items[1]->kind != Kind::Integer) {
                damaged("a tensor is incomplete");
            }
            PickleValue* tensor = push(Kind::Tensor);
            tensor->items = {items[0]};
            tensor->integer = items[1]->integer;
            tensor->shape = integersOf(items[2]);
            tensor->strides = integersOf(items[3]);
            if (tensor->shape.size() != tensor->strides.size())
                damaged("a tensor's strides do not match its size");
        } else if (callable->text == kRebuildParameter) {
            if (items.empty() || items[0]->kind != Kind::Tensor) damaged("a parameter holds no tensor");
            m_stack.push_back(items[0]);
        } else if (callable->text == kSize) {
            if (items.size() != 1 || itemsOf(items[0]).size() > kMaxDimensions)
                damaged("a size is incomplete");
            pushTuple(itemsOf(items[0]));
        } else {
            damaged("it calls " + callable->text + ", which is no function");
        }
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
        const StorageType* type = storageType(items[1]->text);
        if (type == nullptr || items[4]->integer < 0) damaged("a storage has the wrong type");
        PickleValue* storage = push(Kind::Storage);
        storage->text = items[2]->text;
        storage->dtype = type->dtype;
        storage->integer = items[4]->integer;
    }
    void build() {
        pop();  // attributes such as OrderedDict's _metadata: not needed
        if (m_stack.empty() || m_stack.back()->kind != Kind::Dict)
            damaged("it sets the state of something unknown");
    }
    void pushLong(std::uint64_t width) {
        const auto part = take(width);
        if (width > 8) damaged("a number is too large");
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < width; ++i)
            value |= static_cast<std::uint64_t>(part[i]) << (8 * i);
        const bool negative = width > 0 && (part[width - 1] & 0x80) != 0;
        if (negative && width < 8) value |= ~std::uint64_t{0} << (8 * width);
        pushInteger(static_cast<std::int64_t>(value));
    }
    void pushFloat() {  // big endian
        std::uint64_t bits = 0;
        for (const std::uint8_t byte : take(8))
            bits = bits << 8 | byte;
        push(Kind::Float)->real = std::bit_cast<double>(bits);
    }

    // One opcode; false after STOP.
    bool step() {
        const auto opcode = static_cast<unsigned char>(number(1));
        switch (opcode) {
            case 0x80:  // PROTO
                if (number(1) > 5) damaged("its protocol is newer than 5");
                return true;
            case 0x95:  // FRAME
                take(8);
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
                pushInteger(static_cast<std::int32_t>(number(4)));
                return true;
            case 'K':  // BININT1
                pushInteger(static_cast<std::int64_t>(number(1)));
                return true;
            case 'M':  // BININT2
                pushInteger(static_cast<std::int64_t>(number(2)));
                return true;
            case 0x8a:  // LONG1
                pushLong(number(1));
                return true;
            case 0x8b:  // LONG4
                pushLong(number(4));
                return true;
            case 'G':  // BINFLOAT
                pushFloat();
                return true;
            case 'U':   // SHORT_BINSTRING
            case 'C':   // SHORT_BINBYTES
            case 0x8c:  // SHORT_BINUNICODE
                pushText(number(1));
                return true;
            case 'T':  // BINSTRING
            case 'B':  // BINBYTES
            case 'X':  // BINUNICODE
                pushText(number(4));
                return true;
            case 0x8d:  // BINUNICODE8
                pushText(number(8));
                return true;
            case ']':
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
            case 'e': {  // APPENDS
                const auto items = popToMark();
                auto& list = top(Kind::List)->items;
                list.insert(list.end(), items.begin(), items.end());
                return true;
            }
            case 'l':  // LIST
            {
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
                const std::string module = line();
                pushGlobal(module, line());
                return true;
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
                remember(number(1));
                return true;
            case 'r':  // LONG_BINPUT
                remember(number(4));
                return true;
            case 'p':  // PUT
                remember(slotFromLine());
                return true;
            case 0x94:  // MEMOIZE
                remember(m_memo.size());
                return true;
            case 'h':  // BINGET
                recall(number(1));
                return true;
            case 'j':  // LONG_BINGET
                recall(number(4));
                return true;
            case 'g':  // GET
                recall(slotFromLine());
                return true;
            default:
                damaged("it uses the pickle operation " + std::to_string(opcode) +
                        ", which no state dict needs");
        }
    }

    std::span<const std::uint8_t> m_bytes;
    std::size_t m_position = 0;
    std::size_t m_copied = 0;
    PickleDocument m_document;
    std::vector<PickleValue*> m_stack;
    std::unordered_map<std::uint64_t, PickleValue*> m_memo;
};

}  // namespace

Result<PickleDocument> readPickle(std::span<const std::uint8_t> bytes, const std::string& path) {
    try {
        return Reader(bytes).read();
    } catch (const Refused& refused) {
        if (refused.code == ErrorCode::UnsafeFile) {
            return fail(ErrorCode::UnsafeFile,
                        "The file asks Python to run \"" + refused.what +
                            "\", which Graft never does; save only the tensors: "
                            "torch.save(model.state_dict(), FILE).",
                        path);
        }
        return fail(ErrorCode::BadFormat,
                    "This is no PyTorch state dict that Graft can read: " + refused.what + ".", path);
    }
}

}  // namespace graft::weights
