// SPDX-License-Identifier: GPL-3.0-or-later
// PyTorch's two file formats (torch/serialization.py): since 1.6 a zip archive with data.pkl and one
// uncompressed entry per storage; before that a run of pickles followed by the storages.
#include <zip.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <new>

#include "core/data/ImageDecoder.h"
#include "core/weights/WeightFile.h"
#include "core/weights/detail/Limits.h"
#include "core/weights/detail/Pickle.h"

namespace graft::weights {

namespace {

using Kind = PickleValue::Kind;
using Bytes = std::vector<std::byte>;
// The storage's bytes, exactly elements x element size of them.
using StorageReader = std::function<Result<std::shared_ptr<const Bytes>>(const PickleValue& storage)>;

tl::unexpected<Error> bad(const std::string& path, const std::string& what) {
    return fail(ErrorCode::BadFormat, "This is no PyTorch state dict that Graft can read: " + what + ".",
                path);
}

std::string inQuotes(const std::string& name) {
    return "\"" + name.substr(0, 200) + "\"";
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
        return bad(path, "tensor " + inQuotes(name) + " reaches beyond its data");
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

bool holdsTensors(const PickleValue& dict) {
    return dict.kind == Kind::Dict && std::ranges::any_of(dict.entries, [](const auto& entry) {
               return entry.first->kind == Kind::String && entry.second->kind == Kind::Tensor;
           });
}

// The state dict itself, or the one inside a checkpoint.
const PickleValue* findStateDict(const PickleValue& root) {
    if (root.kind != Kind::Dict) return nullptr;
    if (holdsTensors(root)) return &root;
    for (const char* key : {"state_dict", "model", "model_ema"}) {
        for (const auto& [name, value] : root.entries) {
            if (name->kind == Kind::String && name->text == key && holdsTensors(*value)) return value;
        }
    }
    return nullptr;
}

Result<StateDict> collect(const PickleValue& root, const StorageReader& readStorage,
                          const std::string& path) {
    const PickleValue* dict = findStateDict(root);
    if (dict == nullptr) {
        return bad(path, "it holds no tensors by name (at the top or under state_dict, model or model_ema)");
    }
    if (dict->entries.size() > kMaxTensors) return bad(path, "it has too many tensors");
    // Tensors may share a storage, but not so often that a small file fills the memory.
    std::error_code error;
    const std::uint64_t fileBytes = std::filesystem::file_size(path, error);
    const std::uint64_t mostBytes = std::max(kMaxSharing * fileBytes, kAlwaysAllowedBytes);
    std::uint64_t totalBytes = 0;
    StateDict result;
    std::map<std::string, std::size_t> seen;
    for (const auto& [name, value] : dict->entries) {
        if (name->kind != Kind::String || value->kind != Kind::Tensor) continue;
        if (!seen.emplace(name->text, 0).second)
            return bad(path, "the name " + inQuotes(name->text) + " stands twice");
        auto tensor = readTensor(name->text, *value, readStorage, path);
        if (!tensor) return fail(tensor.error());
        totalBytes += tensor->bytes->size();
        if (totalBytes > mostBytes) return bad(path, "its tensors are far larger than the file");
        result.tensors.emplace_back(name->text, std::move(*tensor));
    }

    constexpr std::string_view kParallelPrefix = "module.";  // left by DataParallel
    const bool wrapped = std::ranges::all_of(
        result.tensors, [&](const auto& entry) { return entry.first.starts_with(kParallelPrefix); });
    if (wrapped) {
        for (auto& entry : result.tensors)
            entry.first.erase(0, kParallelPrefix.size());
    }
    return result;
}

// ---- zip

class Archive {
  public:
    explicit Archive(const std::string& path)
        : m_archive(zip_open(path.c_str(), ZIP_RDONLY, nullptr), zip_discard) {
        std::error_code error;
        m_fileBytes = std::filesystem::file_size(path, error);
        if (!m_archive) return;
        for (zip_int64_t i = 0; i < zip_get_num_entries(m_archive.get(), 0); ++i) {
            const char* name = zip_get_name(m_archive.get(), static_cast<zip_uint64_t>(i), ZIP_FL_ENC_RAW);
            if (name != nullptr) m_entries.emplace(name, static_cast<zip_uint64_t>(i));
        }
    }

    bool isOpen() const { return m_archive != nullptr; }
    const std::map<std::string, zip_uint64_t>& entries() const { return m_entries; }

    template <class Byte>
    Result<std::vector<Byte>> read(const std::string& entry, const std::string& path) {
        const auto found = m_entries.find(entry);
        zip_stat_t info;
        zip_stat_init(&info);
        if (found == m_entries.end() || zip_stat_index(m_archive.get(), found->second, 0, &info) != 0) {
            return bad(path, "its entry " + inQuotes(entry) + " is missing");
        }
        if ((info.valid & ZIP_STAT_COMP_METHOD) == 0 || info.comp_method != ZIP_CM_STORE) {
            return bad(path,
                       "its entry " + inQuotes(entry) + " is compressed; PyTorch itself never does that");
        }
        // Entries that lie over each other would multiply the file.
        if ((info.valid & ZIP_STAT_SIZE) == 0 || info.size > m_fileBytes - m_bytesRead)
            return bad(path, "its entry " + inQuotes(entry) + " claims more bytes than the file has");
        m_bytesRead += info.size;
        const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> file(
            zip_fopen_index(m_archive.get(), found->second, 0), zip_fclose);
        std::vector<Byte> bytes(info.size);
        char beyond = 0;  // libzip compares the checksum when it meets the end
        if (!file || zip_fread(file.get(), bytes.data(), info.size) != static_cast<zip_int64_t>(info.size) ||
            zip_fread(file.get(), &beyond, 1) != 0) {
            return bad(path, "its entry " + inQuotes(entry) + " is damaged");
        }
        return bytes;
    }

  private:
    std::unique_ptr<zip_t, void (*)(zip_t*)> m_archive;
    std::map<std::string, zip_uint64_t> m_entries;
    std::uint64_t m_fileBytes = 0;
    std::uint64_t m_bytesRead = 0;
};

Result<StateDict> readZip(const std::string& path) {
    Archive archive(path);
    if (!archive.isOpen()) return bad(path, "the zip archive is damaged or ends too early");
    std::string prefix;
    for (const auto& [name, index] : archive.entries()) {
        if (name.ends_with("/constants.pkl")) {
            return bad(path, "it is a TorchScript program; save model.state_dict() with torch.save instead");
        }
        if (name.ends_with("/data.pkl"))
            prefix = name.substr(0, name.size() - std::string_view("data.pkl").size());
    }
    if (prefix.empty()) return bad(path, "the zip archive holds no data.pkl");
    if (archive.entries().contains(prefix + "byteorder")) {
        const auto order = archive.read<char>(prefix + "byteorder", path);
        if (order && std::string(order->begin(), order->end()) != "little")
            return bad(path, "it is big endian");
    }

    const auto pickle = archive.read<std::uint8_t>(prefix + "data.pkl", path);
    if (!pickle) return fail(pickle.error());
    const auto document = readPickle(*pickle, path);
    if (!document) return fail(document.error());

    std::map<std::string, std::shared_ptr<const Bytes>> storages;  // tensors may share one
    return collect(
        *document->root,
        [&](const PickleValue& storage) -> Result<std::shared_ptr<const Bytes>> {
            auto& bytes = storages[storage.text];
            if (!bytes) {
                auto content = archive.read<std::byte>(prefix + "data/" + storage.text, path);
                if (!content) return fail(content.error());
                bytes = std::make_shared<const Bytes>(std::move(*content));
            }
            const auto wanted = checkedByteSize({storage.integer}, bytesPerElement(storage.dtype));
            if (!wanted || *wanted > bytes->size()) return bad(path, "a storage is shorter than its tensors");
            return bytes;
        },
        path);
}

// ---- legacy

// torch.serialization's MAGIC_NUMBER, pickled with protocol 2.
constexpr std::array<std::uint8_t, 15> kLegacyMagic{0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46,
                                                    0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e};

Result<StateDict> readLegacy(const std::vector<std::uint8_t>& file, const std::string& path) {
    std::span<const std::uint8_t> rest(file);
    rest = rest.subspan(kLegacyMagic.size());
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
    if (keys->root->kind != Kind::List) return bad(path, "its list of storages is missing");

    // Element sizes stand only in the pickle, by key.
    std::map<std::string, const PickleValue*> declared;
    for (const auto& value : document->values) {
        if (value->kind == Kind::Storage) declared[value->text] = value.get();
    }
    std::map<std::string, std::shared_ptr<const Bytes>> storages;
    for (const PickleValue* key : keys->root->items) {
        const auto found = key->kind == Kind::String ? declared.find(key->text) : declared.end();
        if (found == declared.end()) return bad(path, "a storage belongs to no tensor");
        std::int64_t count = 0;
        if (rest.size() < sizeof(count)) return bad(path, "it ends too early");
        std::memcpy(&count, rest.data(), sizeof(count));
        rest = rest.subspan(sizeof(count));
        const auto size = checkedByteSize({count}, bytesPerElement(found->second->dtype));
        if (!size || count != found->second->integer || *size > rest.size())
            return bad(path, "it ends inside a storage");
        auto bytes = std::make_shared<Bytes>(*size);
        if (*size > 0) std::memcpy(bytes->data(), rest.data(), *size);
        storages[key->text] = std::move(bytes);
        rest = rest.subspan(*size);
    }
    return collect(
        *document->root,
        [&](const PickleValue& storage) -> Result<std::shared_ptr<const Bytes>> {
            const auto found = storages.find(storage.text);
            const auto wanted = checkedByteSize({storage.integer}, bytesPerElement(storage.dtype));
            if (found == storages.end() || !wanted || *wanted > found->second->size()) {
                return bad(path, "a storage is missing");
            }
            return found->second;
        },
        path);
}

}  // namespace

Result<StateDict> readPth(const std::string& path) try {
    std::array<char, 15> start{};
    std::ifstream(path, std::ios::binary).read(start.data(), start.size());
    if (std::memcmp(start.data(), "PK\x03\x04", 4) == 0) return readZip(path);
    if (std::memcmp(start.data(), kLegacyMagic.data(), kLegacyMagic.size()) == 0) {
        const auto file = data::readFileBytes(path, kMaxFileBytes);
        if (!file) return fail(file.error());
        return readLegacy(*file, path);
    }
    return bad(path, "it is neither a zip archive nor a file of an older PyTorch");
} catch (const std::bad_alloc&) {
    return fail(ErrorCode::OutOfMemory, "The weights do not fit into memory.", path);
}

}  // namespace graft::weights
