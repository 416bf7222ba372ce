// SPDX-License-Identifier: GPL-3.0-or-later
// Opcodes: Python's Lib/pickletools.py. What they call: PickleObjects.
#include "core/weights/detail/Pickle.h"

#include <algorithm>
#include <string_view>

#include "core/weights/detail/PickleBytes.h"
#include "core/weights/detail/PickleNames.h"
#include "core/weights/detail/PickleObjects.h"
#include "core/weights/detail/PickleStack.h"

namespace graft::weights {

namespace {

using Kind = PickleValue::Kind;

bool contains(std::span<const std::uint8_t> bytes, std::string_view text) {
    const std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return all.find(text) != std::string_view::npos;
}

class Reader {
  public:
    Reader(std::span<const std::uint8_t> bytes, PickleOf what)
        : m_in(bytes), m_objects(m_stack, m_in.all().size(), what), m_what(what) {}

    PickleDocument read() {
        while (step()) {
        }
        PickleDocument document = m_stack.finish();
        document.bytesRead = m_in.position();
        return document;
    }

  private:
    std::uint64_t slotFromLine() {
        const std::string text = m_in.line();
        if (text.empty() || text.size() > 18 ||
            !std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; })) {
            damaged(GRAFT_TEXT("a memo number is no number"));
        }
        return std::stoull(text);
    }

    // One opcode; false after STOP.
    bool step() {
        const auto opcode = static_cast<unsigned char>(m_in.number(1));
        switch (opcode) {
            case 0x80:  // PROTO
                if (m_in.number(1) > 5) damaged(GRAFT_TEXT("its protocol is newer than 5"));
                return true;
            case 0x95:  // FRAME
                m_in.take(8);
                return true;
            case '.':  // STOP
                return false;
            case '(':
                m_stack.push(Kind::Mark);
                return true;
            case '0':  // POP
                m_stack.pop();
                return true;
            case '1':  // POP_MARK
                m_stack.popToMark();
                return true;
            case '2': {  // DUP
                PickleValue* value = m_stack.pop();
                m_stack.push(value);
                m_stack.push(value);
                return true;
            }
            case 'N':
                m_stack.push(Kind::None);
                return true;
            case 0x88:  // NEWTRUE
            case 0x89:  // NEWFALSE
                m_stack.push(Kind::Bool)->integer = opcode == 0x88 ? 1 : 0;
                return true;
            case 'J':  // BININT
                m_stack.pushInteger(static_cast<std::int32_t>(m_in.number(4)));
                return true;
            case 'K':  // BININT1
                m_stack.pushInteger(static_cast<std::int64_t>(m_in.number(1)));
                return true;
            case 'M':  // BININT2
                m_stack.pushInteger(static_cast<std::int64_t>(m_in.number(2)));
                return true;
            case 0x8a:  // LONG1
                m_stack.pushWhole(m_in.longNumber(m_in.number(1)));
                return true;
            case 0x8b:  // LONG4
                m_stack.pushWhole(m_in.longNumber(m_in.number(4)));
                return true;
            case 'G':  // BINFLOAT
                m_stack.pushReal(m_in.real());
                return true;
            case 'I':  // INT; protocol 1 writes True as 01
            case 'L':  // LONG
                m_stack.pushWhole(m_in.numberLine());
                return true;
            case 'F':  // FLOAT
                m_stack.pushReal(m_in.realLine());
                return true;
            case 'S':  // STRING
            case 'V':  // UNICODE; no tensor's name is written so
                m_stack.pushText(m_in.line());
                return true;
            case 'U':   // SHORT_BINSTRING
            case 'C':   // SHORT_BINBYTES
            case 0x8c:  // SHORT_BINUNICODE
                m_stack.pushText(m_in.text(m_in.number(1)));
                return true;
            case 'T':  // BINSTRING
            case 'B':  // BINBYTES
            case 'X':  // BINUNICODE
                m_stack.pushText(m_in.text(m_in.number(4)));
                return true;
            case 0x8d:  // BINUNICODE8
            case 0x8e:  // BINBYTES8
            case 0x96:  // BYTEARRAY8
                m_stack.pushText(m_in.text(m_in.number(8)));
                return true;
            case ']':
            case 0x8f:  // EMPTY_SET
                m_stack.push(Kind::List);
                return true;
            case '}':
                m_stack.push(Kind::Dict);
                return true;
            case ')':
                m_stack.push(Kind::Tuple);
                return true;
            case 't':
                m_stack.pushTuple(m_stack.popToMark());
                return true;
            case 0x85:  // TUPLE1
            case 0x86:  // TUPLE2
            case 0x87:  // TUPLE3
                m_stack.pushTuple(static_cast<std::size_t>(opcode - 0x84));
                return true;
            default:
                return stepContainer(opcode);
        }
    }

    bool stepContainer(unsigned char opcode) {
        switch (opcode) {
            case 'a': {  // APPEND
                PickleValue* item = m_stack.pop();
                m_stack.top(Kind::List)->items.push_back(item);
                return true;
            }
            case 0x90:   // ADDITEMS, of a set
            case 'e': {  // APPENDS
                const auto items = m_stack.popToMark();
                auto& list = m_stack.top(Kind::List)->items;
                list.insert(list.end(), items.begin(), items.end());
                return true;
            }
            case 0x91:   // FROZENSET
            case 'l': {  // LIST
                auto items = m_stack.popToMark();
                m_stack.push(Kind::List)->items = std::move(items);
                return true;
            }
            case 's': {  // SETITEM
                PickleValue* value = m_stack.pop();
                PickleValue* key = m_stack.pop();
                setItems(m_stack.top(Kind::Dict), {key, value});
                return true;
            }
            case 'u': {  // SETITEMS
                const auto items = m_stack.popToMark();
                setItems(m_stack.top(Kind::Dict), items);
                return true;
            }
            case 'd': {  // DICT
                const auto items = m_stack.popToMark();
                setItems(m_stack.push(Kind::Dict), items);
                return true;
            }
            case 'c': {  // GLOBAL
                const std::string module = m_in.line();
                m_objects.pushGlobal(module, m_in.line());
                return true;
            }
            case 'i': {  // INST: a class and its arguments down to the mark
                const std::string module = m_in.line();
                m_objects.pushGlobal(module, m_in.line());
                damaged(GRAFT_TEXT("it makes an object of a class"));
            }
            case 0x93: {  // STACK_GLOBAL
                const PickleValue* name = m_stack.pop();
                const PickleValue* module = m_stack.pop();
                if (name->kind != Kind::String || module->kind != Kind::String)
                    damaged(GRAFT_TEXT("a name is no text"));
                m_objects.pushGlobal(module->text, name->text);
                return true;
            }
            case 'R':
                m_objects.reduce();
                return true;
            case 'b':
                m_objects.build();
                return true;
            case 'Q':  // BINPERSID
                m_objects.pushStorage();
                return true;
            case 'q':  // BINPUT
                m_stack.remember(m_in.number(1));
                return true;
            case 'r':  // LONG_BINPUT
                m_stack.remember(m_in.number(4));
                return true;
            case 'p':  // PUT
                m_stack.remember(slotFromLine());
                return true;
            case 0x94:  // MEMOIZE
                m_stack.rememberNext();
                return true;
            case 'h':  // BINGET
                m_stack.recall(m_in.number(1));
                return true;
            case 'j':  // LONG_BINGET
                m_stack.recall(m_in.number(4));
                return true;
            case 'g':  // GET
                m_stack.recall(slotFromLine());
                return true;
            case 0x81:  // NEWOBJ
                if (m_what == PickleOf::TorchScript) {
                    m_objects.makeObject();
                    return true;
                }
                [[fallthrough]];
            default:
                damaged({GRAFT_TEXT("it uses the pickle operation {1}, which no state dict needs"), opcode});
        }
    }

    PickleBytes m_in;
    PickleStack m_stack;
    PickleObjects m_objects;
    PickleOf m_what;
};

}  // namespace

Result<PickleDocument> readPickle(std::span<const std::uint8_t> bytes, const std::string& path,
                                  PickleOf what) {
    try {
        return Reader(bytes, what).read();
    } catch (const ForbiddenGlobal& forbidden) {
        // Every torch.nn.Module keeps its parts under these names.
        const bool wholeModel = contains(bytes, "_modules") && contains(bytes, "_buffers");
        return fail(refusal(forbidden.global, wholeModel, path));
    } catch (const DamagedPickle& problem) {
        return fail(ErrorCode::BadFormat,
                    {GRAFT_TEXT("This is no PyTorch state dict that Graft can read: {1}."), problem.what},
                    path);
    }
}

}  // namespace graft::weights
