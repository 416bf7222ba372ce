// SPDX-License-Identifier: GPL-3.0-or-later
// https://github.com/huggingface/safetensors: 8 bytes with the header's length, a JSON header, the data.
#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <new>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "core/base/detail/AtomicFile.h"
#include "core/weights/WeightFile.h"
#include "core/weights/detail/Limits.h"

namespace graft::weights {

static_assert(std::endian::native == std::endian::little, "tensor bytes are used as they lie in the file");

namespace {

using Json = nlohmann::ordered_json;

std::optional<DType> dtypeFromName(const std::string& name) {
    for (const DType type : {DType::Float64, DType::Float32, DType::Float16, DType::BFloat16, DType::Int64,
                             DType::Int32, DType::Int16, DType::Int8, DType::UInt8, DType::Bool}) {
        if (dtypeName(type) == name) return type;
    }
    return std::nullopt;
}

struct Entry {
    std::string name;
    DType dtype = DType::Float32;
    std::vector<std::int64_t> shape;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

std::optional<std::uint64_t> asOffset(const Json& value) {
    if (!value.is_number_unsigned()) return std::nullopt;
    return value.get<std::uint64_t>();
}

// Empty on success, else what is wrong with the entry.
std::string readEntry(const std::string& name, const Json& json, std::uint64_t dataBytes, Entry& entry) {
    entry.name = name;
    if (!json.is_object() || !json.contains("dtype") || !json.contains("shape") ||
        !json.contains("data_offsets")) {
        return "its entry is incomplete";
    }
    if (!json["dtype"].is_string()) return "its dtype is no text";
    const auto dtype = dtypeFromName(json["dtype"].get<std::string>());
    if (!dtype) return "its dtype " + json["dtype"].get<std::string>().substr(0, 32) + " is not supported";
    entry.dtype = *dtype;

    const Json& shape = json["shape"];
    if (!shape.is_array() || shape.size() > kMaxDimensions) return "its shape is no short list";
    for (const Json& side : shape) {
        if (!side.is_number_unsigned() || side.get<std::uint64_t>() > (1ULL << 48))
            return "its shape has a wrong number";
        entry.shape.push_back(side.get<std::int64_t>());
    }
    const Json& offsets = json["data_offsets"];
    if (!offsets.is_array() || offsets.size() != 2) return "its offsets are no pair";
    const auto begin = asOffset(offsets[0]);
    const auto end = asOffset(offsets[1]);
    if (!begin || !end || *begin > *end || *end > dataBytes) return "its data lies outside the file";
    const auto wanted = checkedByteSize(entry.shape, bytesPerElement(entry.dtype));
    if (!wanted || *wanted != *end - *begin) return "its shape does not agree with its size";
    entry.begin = *begin;
    entry.end = *end;
    return {};
}

Result<StateDict> readFrom(std::ifstream& file, std::uint64_t fileBytes, const std::string& path) {
    const auto bad = [&](const std::string& what) {
        return fail(ErrorCode::BadFormat, "This is no valid safetensors file: " + what + ".", path);
    };
    std::uint64_t headerBytes = 0;
    file.read(reinterpret_cast<char*>(&headerBytes), sizeof(headerBytes));
    if (!file) return bad("it is shorter than its header");
    if (headerBytes > kMaxHeaderBytes || headerBytes > fileBytes - sizeof(headerBytes)) {
        return bad("its header claims " + std::to_string(headerBytes) +
                   " bytes, which the file does not have");
    }
    std::string text(headerBytes, '\0');
    file.read(text.data(), static_cast<std::streamsize>(headerBytes));
    if (!file) return bad("it ends inside its header");

    // A name that stands twice would hide one of its tensors. What is deeper or longer than any honest header
    // is not even kept.
    std::set<std::string> seen;
    bool duplicate = false;
    bool tooLarge = false;
    std::size_t keysBelow = 0;
    const Json header = Json::parse(
        text,
        [&](int depth, Json::parse_event_t event, Json& value) {
            if (event == Json::parse_event_t::key) {
                if (depth == 1) {
                    duplicate |= !seen.insert(value.get<std::string>()).second;
                    keysBelow = 0;
                } else {
                    ++keysBelow;
                }
            }
            tooLarge |= depth > kMaxHeaderDepth || seen.size() > kMaxTensors || keysBelow > kMaxHeaderKeys;
            return !tooLarge;
        },
        false);
    if (tooLarge) return bad("its header is unreasonably large");
    if (header.is_discarded() || !header.is_object()) return bad("its header is no JSON object");
    if (duplicate) return bad("a name stands twice in its header");

    StateDict dict;
    std::vector<Entry> entries;
    const std::uint64_t dataBytes = fileBytes - sizeof(headerBytes) - headerBytes;
    for (const auto& [name, value] : header.items()) {
        if (name == "__metadata__") {
            if (!value.is_object()) return bad("its metadata is no object");
            for (const auto& [key, content] : value.items()) {
                if (!content.is_string()) return bad("its metadata holds something other than text");
                dict.metadata.emplace_back(key, content.get<std::string>());
            }
            continue;
        }
        Entry entry;
        if (const std::string problem = readEntry(name, value, dataBytes, entry); !problem.empty()) {
            return bad("tensor \"" + name.substr(0, 200) + "\": " + problem);
        }
        entries.push_back(std::move(entry));
    }

    // The data must be covered exactly once: neither overlaps nor holes.
    std::vector<const Entry*> byOffset;
    for (const Entry& entry : entries)
        byOffset.push_back(&entry);
    std::ranges::sort(byOffset, {}, [](const Entry* entry) { return std::pair(entry->begin, entry->end); });
    std::uint64_t covered = 0;
    for (const Entry* entry : byOffset) {
        if (entry->begin != covered) {
            return bad("tensor \"" + entry->name.substr(0, 200) +
                       (entry->begin < covered ? "\" overlaps another one" : "\" leaves a hole before it"));
        }
        covered = entry->end;
    }
    if (covered != dataBytes) return bad("it has bytes that belong to no tensor");

    for (const Entry& entry : entries) {
        TensorData tensor{entry.dtype, entry.shape,
                          std::make_shared<std::vector<std::byte>>(entry.end - entry.begin)};
        file.seekg(static_cast<std::streamoff>(sizeof(headerBytes) + headerBytes + entry.begin));
        file.read(reinterpret_cast<char*>(tensor.bytes->data()),
                  static_cast<std::streamsize>(tensor.bytes->size()));
        if (!file) return bad("it ends inside tensor \"" + entry.name + "\"");
        dict.tensors.emplace_back(entry.name, std::move(tensor));
    }
    return dict;
}

}  // namespace

Result<StateDict> readSafetensors(const std::string& path) try {
    std::error_code error;
    const std::uint64_t size = std::filesystem::file_size(path, error);
    std::ifstream file(path, std::ios::binary);
    if (error || !file)
        return fail(ErrorCode::Unreadable, "The weight file cannot be read; check its access rights.", path);
    if (size < 8)
        return fail(ErrorCode::BadFormat, "This is no valid safetensors file: it is too short.", path);
    return readFrom(file, size, path);
} catch (const std::bad_alloc&) {
    return fail(ErrorCode::OutOfMemory, "The weights do not fit into memory.", path);
} catch (const Json::exception& exception) {
    return fail(ErrorCode::BadFormat,
                std::string("This is no valid safetensors file: ") + exception.what() + ".", path);
}

Result<void> writeSafetensors(const std::string& path, const StateDict& dict) {
    Json header = Json::object();
    if (!dict.metadata.empty()) {
        for (const auto& [key, value] : dict.metadata)
            header["__metadata__"][key] = value;
    }
    std::uint64_t offset = 0;
    for (const auto& [name, tensor] : dict.tensors) {
        const std::uint64_t end = offset + tensor.bytes->size();
        header[name] = {
            {"dtype", dtypeName(tensor.dtype)}, {"shape", tensor.shape}, {"data_offsets", {offset, end}}};
        offset = end;
    }
    std::string text = header.dump(-1, ' ', false, Json::error_handler_t::replace);
    text.append((8 - text.size() % 8) % 8, ' ');  // keeps the tensors aligned
    const std::uint64_t headerBytes = text.size();
    return base::writeFileAtomically(path, [&](std::ostream& out) {
        out.write(reinterpret_cast<const char*>(&headerBytes), sizeof(headerBytes));
        out << text;
        for (const auto& [name, tensor] : dict.tensors) {
            out.write(reinterpret_cast<const char*>(tensor.bytes->data()),
                      static_cast<std::streamsize>(tensor.bytes->size()));
        }
    });
}

}  // namespace graft::weights
