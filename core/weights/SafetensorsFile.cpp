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
#include "core/base/detail/Quoted.h"
#include "core/weights/WeightFile.h"
#include "core/weights/detail/Limits.h"

namespace graft::weights {

static_assert(std::endian::native == std::endian::little, "tensor bytes are used as they lie in the file");

namespace {

using Json = nlohmann::json;

constexpr const char* kMetadata = "__metadata__";

std::optional<DType> dtypeFromName(const std::string& name) {
    for (const DType type :
         {DType::Float64, DType::Float32, DType::Float16, DType::BFloat16, DType::Float8E4M3,
          DType::Float8E5M2, DType::Int64, DType::Int32, DType::Int16, DType::Int8, DType::UInt64,
          DType::UInt32, DType::UInt16, DType::UInt8, DType::Bool}) {
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
Message readEntry(const std::string& name, const Json& json, std::uint64_t dataBytes, Entry& entry) {
    entry.name = name;
    if (!json.is_object() || !json.contains("dtype") || !json.contains("shape") ||
        !json.contains("data_offsets")) {
        return GRAFT_TEXT("its entry is incomplete");
    }
    if (!json["dtype"].is_string()) return GRAFT_TEXT("its dtype is no text");
    const auto dtype = dtypeFromName(json["dtype"].get<std::string>());
    if (!dtype)
        return {GRAFT_TEXT("its dtype {1} is not supported"),
                base::inQuotes(json["dtype"].get<std::string>().substr(0, 32))};
    entry.dtype = *dtype;

    const Json& shape = json["shape"];
    if (!shape.is_array() || shape.size() > kMaxDimensions) return GRAFT_TEXT("its shape is no short list");
    for (const Json& side : shape) {
        if (!side.is_number_unsigned() || side.get<std::uint64_t>() > (1ULL << 48))
            return GRAFT_TEXT("its shape has a wrong number");
        entry.shape.push_back(side.get<std::int64_t>());
    }
    const Json& offsets = json["data_offsets"];
    if (!offsets.is_array() || offsets.size() != 2) return GRAFT_TEXT("its offsets are no pair");
    const auto begin = asOffset(offsets[0]);
    const auto end = asOffset(offsets[1]);
    if (!begin || !end || *begin > *end || *end > dataBytes)
        return GRAFT_TEXT("its data lies outside the file");
    const auto wanted = checkedByteSize(entry.shape, bytesPerElement(entry.dtype));
    if (!wanted || *wanted != *end - *begin) return GRAFT_TEXT("its shape does not agree with its size");
    entry.begin = *begin;
    entry.end = *end;
    return {};
}

// What stands in the header, seen before anything is kept: the names in the file's order, and whether it is
// within the bounds. (nlohmann's own callback while parsing takes a time that grows with the square of the
// number of tensors.)
class HeaderKeys : public nlohmann::json_sax<Json> {
  public:
    std::vector<std::string> names;  // of the tensors
    std::vector<std::string> metadataKeys;
    bool duplicate = false;
    bool tooLarge = false;

    bool null() override { return value(); }
    bool boolean(bool) override { return value(); }
    bool number_integer(number_integer_t) override { return value(); }
    bool number_unsigned(number_unsigned_t) override { return value(); }
    bool number_float(number_float_t, const string_t&) override { return value(); }
    bool string(string_t&) override { return value(); }
    bool binary(binary_t&) override { return value(); }
    bool start_object(std::size_t) override { return open(); }
    bool start_array(std::size_t) override { return open(); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }
    bool key(string_t& name) override {
        if (m_depth == 1) {
            duplicate |= !m_seen.insert(name).second;
            m_seenBelow.clear();
            m_valuesBelow = 0;
            m_inMetadata = name == kMetadata;
            if (!m_inMetadata) names.push_back(name);
        } else if (m_depth == 2) {
            duplicate |= !m_seenBelow.insert(name).second;
            if (m_inMetadata) metadataKeys.push_back(name);
        }
        return within(m_seen.size() <= kMaxTensors);
    }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
        return false;
    }

  private:
    bool within(bool bounds) {
        tooLarge |= !bounds;
        return bounds;
    }
    bool value() { return within(++m_valuesBelow <= kMaxHeaderValues); }
    bool open() { return value() && within(++m_depth <= kMaxHeaderDepth); }
    bool close() {
        --m_depth;
        return true;
    }

    int m_depth = 0;
    bool m_inMetadata = false;
    std::size_t m_valuesBelow = 0;
    std::set<std::string> m_seen;
    std::set<std::string> m_seenBelow;
};

struct Header {
    Json json;
    HeaderKeys keys;
};

// Or what is wrong with it. A name that stands twice would hide one of its tensors, a key that does would
// mean two things.
tl::expected<Header, Message> parseHeader(const std::string& text) {
    using Bad = tl::unexpected<Message>;
    Header header;
    const bool parsed = Json::sax_parse(text, &header.keys);
    if (header.keys.tooLarge) return Bad(GRAFT_TEXT("its header is unreasonably large"));
    if (parsed) header.json = Json::parse(text, nullptr, false);
    if (!parsed || !header.json.is_object()) return Bad(GRAFT_TEXT("its header is no JSON object"));
    if (header.keys.duplicate) return Bad(GRAFT_TEXT("a name stands twice in its header"));
    if (const auto metadata = header.json.find(kMetadata);
        metadata != header.json.end() && !metadata->is_object())
        return Bad(GRAFT_TEXT("its metadata is no object"));
    return header;
}

// The file's beginning up to its tensors; leaves the file there.
struct Opening {
    Header header;
    Metadata metadata;
    std::uint64_t bytes = 0;
};

tl::expected<Opening, Message> readOpening(std::ifstream& file, std::uint64_t fileBytes) {
    using Bad = tl::unexpected<Message>;
    std::uint64_t headerBytes = 0;
    file.read(reinterpret_cast<char*>(&headerBytes), sizeof(headerBytes));
    if (!file) return Bad(GRAFT_TEXT("it is shorter than its header"));
    if (headerBytes > kMaxHeaderBytes || headerBytes > fileBytes - sizeof(headerBytes)) {
        return Bad(
            Message(GRAFT_TEXT("its header claims {1} bytes, which the file does not have"), headerBytes));
    }
    std::string text(headerBytes, '\0');
    file.read(text.data(), static_cast<std::streamsize>(headerBytes));
    if (!file) return Bad(GRAFT_TEXT("it ends inside its header"));

    auto header = parseHeader(text);
    if (!header) return Bad(header.error());
    Opening opening{std::move(*header), {}, sizeof(headerBytes) + headerBytes};
    for (const std::string& key : opening.header.keys.metadataKeys) {
        const Json& content = opening.header.json[kMetadata][key];
        if (!content.is_string()) return Bad(GRAFT_TEXT("its metadata holds something other than text"));
        opening.metadata.emplace_back(key, content.get<std::string>());
    }
    return opening;
}

tl::unexpected<Error> invalid(const Message& what, const std::string& path) {
    return fail(ErrorCode::BadFormat,
                {GRAFT_TEXT("This is no valid safetensors file: {1}. Copy or download it again; where it is "
                            "a run's own, put it back or start the run anew."),
                 what},
                path);
}

Result<StateDict> readFrom(std::ifstream& file, std::uint64_t fileBytes, const std::string& path) {
    const auto bad = [&](const Message& what) { return invalid(what, path); };
    auto opening = readOpening(file, fileBytes);
    if (!opening) return bad(opening.error());
    Header& header = opening->header;
    StateDict dict;
    dict.metadata = std::move(opening->metadata);
    std::vector<Entry> entries;
    const std::uint64_t dataBytes = fileBytes - opening->bytes;
    for (const std::string& name : header.keys.names) {
        Entry entry;
        if (const Message problem = readEntry(name, header.json[name], dataBytes, entry); !problem.empty())
            return bad({GRAFT_TEXT("tensor {1}: {2}"), base::inQuotes(name), problem});
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
            return bad({entry->begin < covered ? GRAFT_TEXT("tensor {1} overlaps another one")
                                               : GRAFT_TEXT("tensor {1} leaves a hole before it"),
                        base::inQuotes(entry->name)});
        }
        covered = entry->end;
    }
    if (covered != dataBytes) return bad(GRAFT_TEXT("it has bytes that belong to no tensor"));

    for (const Entry& entry : entries) {
        TensorData tensor{entry.dtype, entry.shape,
                          std::make_shared<std::vector<std::byte>>(entry.end - entry.begin)};
        file.seekg(static_cast<std::streamoff>(opening->bytes + entry.begin));
        file.read(reinterpret_cast<char*>(tensor.bytes->data()),
                  static_cast<std::streamsize>(tensor.bytes->size()));
        if (!file) return bad({GRAFT_TEXT("it ends inside tensor {1}"), base::inQuotes(entry.name)});
        dict.tensors.emplace_back(entry.name, std::move(tensor));
    }
    return dict;
}

template <class T, class Read>
Result<T> reading(const std::string& path, const Read& read) try {
    std::error_code error;
    const std::uint64_t size = std::filesystem::file_size(path, error);
    std::ifstream file;
    if (!error) file.open(path, std::ios::binary);  // a pipe, which has no size, would be waited for
    if (error || !file)
        return fail(ErrorCode::Unreadable,
                    GRAFT_TEXT("The weight file cannot be read; check its access rights."), path);
    if (size < 8) return invalid(GRAFT_TEXT("it is too short"), path);
    return read(file, size);
} catch (const std::bad_alloc&) {
    return fail(ErrorCode::OutOfMemory, GRAFT_TEXT("The weights do not fit into memory."), path);
} catch (const Json::exception& exception) {
    return invalid(Message::words(exception.what()), path);
}

}  // namespace

Result<StateDict> readSafetensors(const std::string& path) {
    return reading<StateDict>(
        path, [&](std::ifstream& file, std::uint64_t fileBytes) { return readFrom(file, fileBytes, path); });
}

Result<Metadata> readSafetensorsMetadata(const std::string& path) {
    return reading<Metadata>(path, [&](std::ifstream& file, std::uint64_t fileBytes) -> Result<Metadata> {
        auto opening = readOpening(file, fileBytes);
        if (!opening) return invalid(opening.error(), path);
        return std::move(opening->metadata);
    });
}

Result<void> writeSafetensors(const std::string& path, const StateDict& dict) {
    auto header = nlohmann::ordered_json::object();
    if (!dict.metadata.empty()) {
        for (const auto& [key, value] : dict.metadata)
            header[kMetadata][key] = value;
    }
    std::uint64_t offset = 0;
    for (const auto& [name, tensor] : dict.tensors) {
        const std::uint64_t end = offset + tensor.bytes->size();
        header[name] = {
            {"dtype", dtypeName(tensor.dtype)}, {"shape", tensor.shape}, {"data_offsets", {offset, end}}};
        offset = end;
    }
    std::string text = header.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
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
