// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/weights/detail/TorchScriptTensors.h"

#include <memory>

#include "core/weights/detail/Limits.h"

namespace graft::weights {

namespace {

using Kind = PickleValue::Kind;

constexpr int kMaxModuleDepth = 64;

class Collector {
  public:
    explicit Collector(PickleDocument& document) : m_document(document), m_dict(make(Kind::Dict)) {}

    // Whether everything could be gone through.
    bool add(const PickleValue& module, const std::string& prefix, int depth) {
        if (depth > kMaxModuleDepth) return false;  // modules may hold themselves
        for (const auto& [key, value] : module.entries) {
            // And each other, twice at every level.
            if (++m_visits > kMaxPickleValues) return false;
            if (key->kind != Kind::String || (value->kind != Kind::Tensor && value->kind != Kind::Object))
                continue;
            const std::string name = prefix + key->text;
            if (name.size() > kMaxKeyBytes) return false;
            if (value->kind == Kind::Object) {
                if (!add(*value, name + ".", depth + 1)) return false;
                continue;
            }
            if (m_dict->entries.size() >= kMaxTensors) return false;
            PickleValue* text = make(Kind::String);
            text->text = name;
            m_dict->entries.emplace_back(text, value);
        }
        return true;
    }

    const PickleValue* dict() const { return m_dict; }

  private:
    PickleValue* make(Kind kind) {
        m_document.values.push_back(std::make_unique<PickleValue>());
        m_document.values.back()->kind = kind;
        return m_document.values.back().get();
    }

    PickleDocument& m_document;
    PickleValue* m_dict;
    std::size_t m_visits = 0;
};

}  // namespace

Result<const PickleValue*> tensorsOfModule(PickleDocument& document, const std::string& path) {
    const auto refuse = [&](const Message& why) {
        return fail(
            ErrorCode::BadFormat,
            {GRAFT_TEXT("This is no TorchScript program that Graft can read weights from: {1}."), why}, path);
    };
    if (document.root->kind != Kind::Object) return refuse(GRAFT_TEXT("it holds no module"));
    Collector collector(document);
    if (!collector.add(*document.root, "", 0))
        return refuse(GRAFT_TEXT("its modules lie too deep in each other, or are too many"));
    if (collector.dict()->entries.empty()) return refuse(GRAFT_TEXT("its modules hold no tensors"));
    return collector.dict();
}

}  // namespace graft::weights
