// SPDX-License-Identifier: GPL-3.0-or-later
// PyTorch's two file formats (torch/serialization.py): since 1.6 a zip archive with data.pkl and one
// uncompressed entry per storage; before that a run of pickles followed by the storages. A TorchScript
// program is such an archive, too, with a module in data.pkl and its code beside it.
#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <new>

#include "core/base/detail/Quoted.h"
#include "core/data/ImageDecoder.h"
#include "core/weights/WeightFile.h"
#include "core/weights/detail/FileKind.h"
#include "core/weights/detail/Limits.h"
#include "core/weights/detail/Pickle.h"
#include "core/weights/detail/StateDictChoice.h"
#include "core/weights/detail/TorchScriptTensors.h"
#include "core/weights/detail/ZipArchive.h"

namespace graft::weights {

namespace {

using Kind = PickleValue::Kind;
using Bytes = std::vector<std::byte>;
// The storage's bytes, exactly elements x element size of them.
using StorageReader = std::function<Result<std::shared_ptr<const Bytes>>(const PickleValue& storage)>;

tl::unexpected<Error> bad(const std::string& path, const Message& what) {
    return fail(ErrorCode::BadFormat,
                {GRAFT_TEXT("This is no PyTorch state dict that Graft can read: {1}."), what}, path);
}

// Copies the strided view into row-major order. Where a side is 1, its stride may be any number: positions
// are unsigned, so that adding it and taking it away again is harmless.
void gather(const std::byte* storage, const PickleValue& tensor, std::size_t elementBytes,
            std::byte* target) {
    const std::size_t dimensions = tensor.shape.size();
    std::vector<std::int64_t> index(dimensions, 0);
    auto position = static_cast<std::size_t>(tensor.integer);
    while (true) {
        std::memcpy(target, storage + position * elementBytes, elementBytes);
        target += elementBytes;
        std::size_t axis = dimensions;
        while (axis > 0) {
            --axis;
            const auto stride = static_cast<std::size_t>(tensor.strides[axis]);
            position += stride;
            if (++index[axis] < tensor.shape[axis]) break;
            position -= stride * static_cast<std::size_t>(tensor.shape[axis]);
            index[axis] = 0;
            if (axis == 0) return;
        }
        if (dimensions == 0) return;
    }
}

bool isContiguous(const PickleValue& tensor) {
    std::int64_t expected = 1;
    for (std::size_t axis = tensor.shape.size(); axis > 0; --axis) {
        if (tensor.shape[axis - 1] != 1 && tensor.strides[axis - 1] != expected) return false;
        expected *= tensor.shape[axis - 1];
    }
    return true;
}

// Whether every element of the view lies in its storage; checked without overflow.
bool fitsStorage(const PickleValue& tensor, std::int64_t storageElements) {
    if (tensor.integer < 0) return false;
    std::int64_t last = tensor.integer;
    std::int64_t count = 1;
    for (std::size_t axis = 0; axis < tensor.shape.size(); ++axis) {
        const std::int64_t side = tensor.shape[axis];
        const std::int64_t stride = tensor.strides[axis];
        if (side < 0 || stride < 0 || __builtin_mul_overflow(count, side, &count)) return false;
        std::int64_t reach = 0;
        if (side > 0 && (__builtin_mul_overflow(side - 1, stride, &reach) ||
                         __builtin_add_overflow(last, reach, &last))) {
            return false;
        }
    }
    // A view with more elements than its storage would blow up a small file.
    return count == 0 || (last < storageElements && count <= storageElements);
}

Result<TensorData> readTensor(const std::string& name, const PickleValue& tensor,
                              const StorageReader& readStorage, const std::string& path) {
    const PickleValue& storage = *tensor.items.front();
    if (!fitsStorage(tensor, storage.integer))
        return bad(path, {GRAFT_TEXT("tensor {1} reaches beyond its data"), base::inQuotes(name)});
    const auto source = readStorage(storage);
    if (!source) return fail(source.error());

    const std::size_t elementBytes = bytesPerElement(storage.dtype);
    TensorData result{storage.dtype, tensor.shape, nullptr};
    const auto count = static_cast<std::size_t>(result.elementCount());
    result.bytes = std::make_shared<Bytes>(count * elementBytes);
    if (count == 0) return result;
    if (isContiguous(tensor)) {
        const std::byte* begin = (*source)->data() + static_cast<std::size_t>(tensor.integer) * elementBytes;
        std::copy_n(begin, result.bytes->size(), result.bytes->data());
    } else {
        gather((*source)->data(), tensor, elementBytes, result.bytes->data());
    }
    return result;
}

// Takes off what wrappers put before every name: DataParallel, Lightning's modules, torch.compile.
void takeOffWrappers(StateDict& dict) {
    bool found = true;
    while (found && !dict.tensors.empty()) {
        found = false;
        for (const std::string_view prefix : {"module.", "model.", "_orig_mod."}) {
            if (!std::ranges::all_of(dict.tensors,
                                     [&](const auto& entry) { return entry.first.starts_with(prefix); }))
                continue;
            for (auto& entry : dict.tensors)
                entry.first.erase(0, prefix.size());
            found = true;
        }
    }
}

Result<StateDict> collect(StateDictChoice choice, const StorageReader& readStorage, const std::string& path) {
    const PickleValue* dict = choice.dict;
    if (dict->entries.size() > kMaxTensors) return bad(path, GRAFT_TEXT("it has too many tensors"));
    // Tensors may share a storage, but not so often that a small file fills the memory.
    std::error_code error;
    const std::uint64_t fileBytes = std::filesystem::file_size(path, error);
    const std::uint64_t mostBytes = std::max(kMaxSharing * fileBytes, kAlwaysAllowedBytes);
    std::uint64_t totalBytes = 0;
    StateDict result;
    result.notes = std::move(choice.notes);
    std::map<std::string, std::size_t> seen;
    for (const auto& [name, value] : dict->entries) {
        if (name->kind != Kind::String || value->kind != Kind::Tensor) continue;
        if (!seen.emplace(name->text, 0).second)
            return bad(path, {GRAFT_TEXT("the name {1} stands twice"), base::inQuotes(name->text)});
        auto tensor = readTensor(name->text, *value, readStorage, path);
        if (!tensor) return fail(tensor.error());
        totalBytes += tensor->bytes->size();
        if (totalBytes > mostBytes) return bad(path, GRAFT_TEXT("its tensors are far larger than the file"));
        result.tensors.emplace_back(name->text, std::move(*tensor));
    }
    takeOffWrappers(result);
    return result;
}

// ---- zip

Result<StateDictChoice> stateDictOf(PickleDocument& program, const std::string& path) {
    const auto tensors = tensorsOfModule(program, path);
    if (!tensors) return fail(tensors.error());
    return StateDictChoice{*tensors, {}};
}

Result<StateDict> readZip(const std::string& path) {
    ZipArchive archive(path);
    if (!archive.isOpen()) return bad(path, GRAFT_TEXT("the zip archive is damaged or ends too early"));
    if (!archive.repeatedName().empty())
        return bad(path, {GRAFT_TEXT("its entry {1} stands twice"), base::inQuotes(archive.repeatedName())});
    std::string prefix;
    for (const auto& [name, index] : archive.entries()) {
        if (name.ends_with(".weights.h5"))
            return bad(path, GRAFT_TEXT("it is a Keras model; Graft's backbones need PyTorch's weights"));
        if (name.ends_with(".npy")) return bad(path, GRAFT_TEXT("it is an archive of numpy arrays"));
        if (name.ends_with("/data.pkl")) {
            if (!prefix.empty())
                return bad(path, GRAFT_TEXT("it holds two state dicts, and only one can be meant"));
            prefix = name.substr(0, name.size() - std::string_view("data.pkl").size());
        }
    }
    if (prefix.empty()) return bad(path, GRAFT_TEXT("the zip archive holds no data.pkl"));
    if (archive.entries().contains(prefix + "byteorder")) {
        const auto order = archive.read<char>(prefix + "byteorder");
        if (!order) return bad(path, order.error());
        if (std::string(order->begin(), order->end()) != "little")
            return bad(path,
                       GRAFT_TEXT("it is big endian: it was saved on a machine with another order of bytes"));
    }

    const auto pickle = archive.read<std::uint8_t>(prefix + "data.pkl");
    if (!pickle) return bad(path, pickle.error());
    // A program's constants: its module lies in data.pkl as a state dict does.
    const bool isProgram = archive.entries().contains(prefix + "constants.pkl");
    auto document = readPickle(*pickle, path, isProgram ? PickleOf::TorchScript : PickleOf::Python);
    if (!document) return fail(document.error());
    auto choice = isProgram ? stateDictOf(*document, path) : chooseStateDict(*document->root, path);
    if (!choice) return fail(choice.error());

    std::map<std::string, std::shared_ptr<const Bytes>> storages;  // tensors may share one
    return collect(
        std::move(*choice),
        [&](const PickleValue& storage) -> Result<std::shared_ptr<const Bytes>> {
            auto& bytes = storages[storage.text];
            if (!bytes) {
                auto content = archive.read<std::byte>(prefix + "data/" + storage.text);
                if (!content) return bad(path, content.error());
                bytes = std::make_shared<const Bytes>(std::move(*content));
            }
            const auto wanted = checkedByteSize({storage.integer}, bytesPerElement(storage.dtype));
            if (!wanted || *wanted > bytes->size())
                return bad(path, GRAFT_TEXT("a storage is shorter than its tensors"));
            return bytes;
        },
        path);
}

// ---- legacy

Result<StateDict> readLegacy(std::span<const std::uint8_t> rest, const std::string& path) {
    const auto nextPickle = [&]() -> Result<PickleDocument> {
        auto document = readPickle(rest, path);
        if (document) rest = rest.subspan(document->bytesRead);
        return document;
    };
    const auto protocol = nextPickle();
    if (!protocol) return fail(protocol.error());
    const auto system = nextPickle();  // sizes of C types where the file was written
    if (!system) return fail(system.error());
    const auto document = nextPickle();
    if (!document) return fail(document.error());
    const auto keys = nextPickle();
    if (!keys) return fail(keys.error());
    if (keys->root->kind != Kind::List) return bad(path, GRAFT_TEXT("its list of storages is missing"));

    // Element sizes stand only in the pickle, by key.
    std::map<std::string, const PickleValue*> declared;
    for (const auto& value : document->values) {
        if (value->kind == Kind::Storage) declared[value->text] = value.get();
    }
    std::map<std::string, std::shared_ptr<const Bytes>> storages;
    for (const PickleValue* key : keys->root->items) {
        const auto found = key->kind == Kind::String ? declared.find(key->text) : declared.end();
        if (found == declared.end()) return bad(path, GRAFT_TEXT("a storage belongs to no tensor"));
        std::int64_t count = 0;
        if (rest.size() < sizeof(count)) return bad(path, GRAFT_TEXT("it ends too early"));
        std::memcpy(&count, rest.data(), sizeof(count));
        rest = rest.subspan(sizeof(count));
        const auto size = checkedByteSize({count}, bytesPerElement(found->second->dtype));
        if (!size || count != found->second->integer || *size > rest.size())
            return bad(path, GRAFT_TEXT("it ends inside a storage"));
        auto bytes = std::make_shared<Bytes>(*size);
        if (*size > 0) std::memcpy(bytes->data(), rest.data(), *size);
        storages[key->text] = std::move(bytes);
        rest = rest.subspan(*size);
    }
    auto choice = chooseStateDict(*document->root, path);
    if (!choice) return fail(choice.error());
    return collect(
        std::move(*choice),
        [&](const PickleValue& storage) -> Result<std::shared_ptr<const Bytes>> {
            const auto found = storages.find(storage.text);
            const auto wanted = checkedByteSize({storage.integer}, bytesPerElement(storage.dtype));
            if (found == storages.end() || !wanted || *wanted > found->second->size()) {
                return bad(path, GRAFT_TEXT("a storage is missing"));
            }
            return found->second;
        },
        path);
}

}  // namespace

Result<StateDict> readPth(const std::string& path) try {
    std::string head(kHeadBytes, '\0');
    std::ifstream start(path, std::ios::binary);
    start.read(head.data(), static_cast<std::streamsize>(head.size()));
    head.resize(static_cast<std::size_t>(start.gcount()));
    if (head.starts_with("PK")) return readZip(path);
    const std::size_t magicBytes = legacyMagicBytes(head);
    if (magicBytes > 0 || looksLikePickle(head)) {
        const auto file = data::readFileBytes(path, kMaxFileBytes);
        if (!file) return fail(file.error());
        const std::span<const std::uint8_t> bytes(*file);
        if (magicBytes > 0) return readLegacy(bytes.subspan(std::min(magicBytes, bytes.size())), path);
        // No weight file; but if it asks for something to be run, that is what has to be said.
        const auto document = readPickle(bytes, path);
        if (!document && document.error().code == ErrorCode::UnsafeFile) return fail(document.error());
    }
    return bad(path, GRAFT_TEXT("it is neither a zip archive nor a file of an older PyTorch"));
} catch (const std::bad_alloc&) {
    return fail(ErrorCode::OutOfMemory, GRAFT_TEXT("The weights do not fit into memory."), path);
}

}  // namespace graft::weights
