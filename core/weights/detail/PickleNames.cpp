// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/weights/detail/PickleNames.h"

#include <algorithm>
#include <array>

#include "core/base/detail/Quoted.h"

namespace graft::weights {

namespace {

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

struct Name {
    std::string_view global;
    AllowedName meaning;
};
constexpr std::array<Name, 6> kNames{
    {{"collections.OrderedDict", AllowedName::OrderedDict},
     {"torch._utils._rebuild_tensor_v2", AllowedName::RebuildTensor},
     {"torch._utils._rebuild_tensor", AllowedName::RebuildTensor},
     {"torch._utils._rebuild_parameter", AllowedName::RebuildParameter},
     {"torch._utils._rebuild_parameter_with_state", AllowedName::RebuildParameter},  // PyTorch 2
     {"torch.Size", AllowedName::Size}}};

// PyTorch's own, harmless, and of no use to a backbone.
struct Kind {
    std::string_view start;
    const char* what;
};
constexpr std::array<Kind, 11> kKinds{
    {{"torch._utils._rebuild_sparse", GRAFT_TEXT("sparse tensors")},
     {"torch._utils._rebuild_qtensor", GRAFT_TEXT("quantised tensors")},
     {"torch.QInt", GRAFT_TEXT("quantised tensors")},
     {"torch.QUInt", GRAFT_TEXT("quantised tensors")},
     {"torch.qint", GRAFT_TEXT("quantised tensors")},
     {"torch.quint", GRAFT_TEXT("quantised tensors")},
     {"torch.Complex", GRAFT_TEXT("tensors of complex numbers")},
     {"torch._utils._rebuild_meta_tensor", GRAFT_TEXT("tensors without their numbers")},
     {"torch._utils._rebuild_nested_tensor", GRAFT_TEXT("nested tensors")},
     {"torch._utils._rebuild_tensor_v3", GRAFT_TEXT("tensors of a newer PyTorch's number types")},
     {"torch.storage.UntypedStorage", GRAFT_TEXT("tensors of a newer PyTorch's number types")}}};

}  // namespace

std::optional<DType> storageType(std::string_view global) {
    const auto* found = std::ranges::find(kStorageTypes, global, &StorageType::name);
    if (found == kStorageTypes.end()) return std::nullopt;
    return found->dtype;
}

std::optional<AllowedName> allowedName(std::string_view global) {
    const auto* found = std::ranges::find(kNames, global, &Name::global);
    if (found != kNames.end()) return found->meaning;
    if (storageType(global)) return AllowedName::StorageType;
    return std::nullopt;
}

bool isScriptClass(std::string_view global) {
    return global.starts_with("__torch__.");
}

bool isScriptList(std::string_view global) {
    constexpr std::array<std::string_view, 5> kLists{"restore_type_tag", "build_intlist", "build_doublelist",
                                                     "build_boollist", "build_tensorlist"};
    constexpr std::string_view kModule = "torch.jit._pickle.";
    return global.starts_with(kModule) &&
           std::ranges::find(kLists, global.substr(kModule.size())) != kLists.end();
}

Error refusal(std::string_view global, bool wholeModel, const std::string& path) {
    for (const Kind& kind : kKinds) {
        if (!global.starts_with(kind.start)) continue;
        return {ErrorCode::BadFormat,
                {GRAFT_TEXT("The file holds {1} ({2}), which no backbone of Graft has; save plain ones of "
                            "floating-point numbers."),
                 Message(kind.what), base::inQuotes(global)},
                path};
    }
    const std::string name = base::inQuotes(global);
    if (wholeModel) {
        return {ErrorCode::UnsafeFile,
                {GRAFT_TEXT(
                     "This is a whole Python model, not a state dict: it asks Python to run {1}, which Graft "
                     "never does; save model.state_dict() instead: torch.save(model.state_dict(), FILE)."),
                 name},
                path};
    }
    if (global.starts_with("numpy.")) {
        return {ErrorCode::UnsafeFile,
                {GRAFT_TEXT(
                     "The file holds numpy's arrays or numbers beside tensors: it asks Python to run {1}, "
                     "which Graft never does; save only the tensors: torch.save(model.state_dict(), FILE)."),
                 name},
                path};
    }
    return {ErrorCode::UnsafeFile,
            {GRAFT_TEXT("The file asks Python to run {1}, which Graft never does; save only the tensors: "
                        "torch.save(model.state_dict(), FILE)."),
             name},
            path};
}

}  // namespace graft::weights
