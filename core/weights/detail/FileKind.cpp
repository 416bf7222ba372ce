// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/weights/detail/FileKind.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace graft::weights {

namespace {

using namespace std::string_view_literals;

std::string lowerCase(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return lower;
}

// Without the byte order mark and the white space that servers like to send first.
std::string_view textOf(std::string_view head) {
    if (head.starts_with("\xEF\xBB\xBF"sv)) head.remove_prefix(3);
    const std::size_t start = head.find_first_not_of(" \t\r\n");
    return start == std::string_view::npos ? std::string_view() : head.substr(start);
}

bool has(std::string_view head, std::size_t position, std::string_view magic) {
    return head.size() >= position && head.substr(position).starts_with(magic);
}

// "c" MODULE newline NAME newline, the older way to name a function.
bool startsWithGlobal(std::string_view head) {
    if (!head.starts_with('c')) return false;
    head.remove_prefix(1);
    for (int line = 0; line < 2; ++line) {
        const std::size_t end = head.find('\n');
        if (end == std::string_view::npos || end == 0) return false;
        const bool isName = std::ranges::all_of(head.substr(0, end), [](unsigned char c) {
            return std::isalnum(c) != 0 || c == '_' || c == '.' || c >= 0x80;
        });
        if (!isName) return false;
        head.remove_prefix(end + 1);
    }
    return true;
}

// Protocol buffers: ONNX opens with field 1 (the IR version, 3 and up), then its producer, graph or opsets;
// TensorFlow's SavedModel with its schema version, which is 1.
bool isOnnx(std::string_view head) {
    return head.size() > 3 && head[0] == 8 && head[1] >= 3 && head[1] <= 30 &&
           (head[2] == 0x12 || head[2] == 0x3a || head[2] == 0x42);
}

struct Magic {
    std::size_t position;
    std::string_view bytes;
    const char* sentence;
};
constexpr const char* kHdf5 =
    GRAFT_TEXT("This is an HDF5 file, as Keras writes it; Graft reads PyTorch's .pth and .safetensors.");
constexpr const char* kPacked =
    GRAFT_TEXT("This is a packed archive; unpack it and choose the weight file in it.");
constexpr std::array kMagics{
    Magic{0, "\x89HDF"sv, kHdf5},
    Magic{4, "TFL3"sv,
          GRAFT_TEXT(
              "This is a TensorFlow Lite model; Graft reads weights as PyTorch's .pth and .safetensors.")},
    Magic{0, "\x08\x01\x12"sv,
          GRAFT_TEXT("This is a TensorFlow model; Graft reads weights as PyTorch's .pth and .safetensors.")},
    Magic{0, "GGUF"sv,
          GRAFT_TEXT("This is a GGUF file of a language model; Graft reads .safetensors and .pth.")},
    Magic{0, "\x93NUMPY"sv,
          GRAFT_TEXT("This is a numpy array; Graft reads .safetensors and PyTorch's .pth.")},
    Magic{257, "ustar"sv,
          GRAFT_TEXT("This is a tar archive, as PyTorch wrote it before 0.1.10, or one of files; unpack it, "
                     "or load it with PyTorch and save it anew with torch.save.")},
    Magic{0, "\x1f\x8b"sv, kPacked},
    Magic{0, "BZh"sv, kPacked},
    Magic{0,
          "\xfd"sv
          "7zXZ"sv,
          kPacked},
    Magic{0, "7z\xbc\xaf"sv, kPacked},
    Magic{0, "Rar!"sv, kPacked},
    Magic{0, "\x28\xb5\x2f\xfd"sv, kPacked},
};

}  // namespace

std::size_t legacyMagicBytes(std::string_view head) {
    // torch.serialization's MAGIC_NUMBER, 0x1950a86a20f9469cfc6c, as LONG1 and as text.
    constexpr auto kNumber = "\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."sv;
    constexpr auto kProtocol1 = "L119547037146038801333356L\n."sv;
    if (head.starts_with(kProtocol1)) return kProtocol1.size();
    if (head.size() < 3 || head[0] != '\x80' || head[1] < 2 || head[1] > 5) return 0;
    const std::size_t frame = head[2] == '\x95' ? 9 : 0;
    return has(head, 2 + frame, kNumber) ? 2 + frame + kNumber.size() : 0;
}

bool looksLikePickle(std::string_view head) {
    if (head.size() > 2 && head[0] == '\x80' && head[1] >= 0 && head[1] <= 5) return true;
    if (startsWithGlobal(head)) return true;
    return std::ranges::any_of(std::array{"(dp"sv, "(lp"sv, "(c"sv, "(i"sv, "(S'"sv, "(S\""sv, "(V"sv, "(X"sv,
                                          "]q"sv, "}q"sv, "(]"sv, "(}"sv},
                               [&](std::string_view start) { return head.starts_with(start); });
}

std::optional<Message> otherFileSentence(std::string_view head) {
    if (head.empty()) return GRAFT_TEXT("The file is empty; download or copy it again.");
    for (const Magic& magic : kMagics) {
        if (has(head, magic.position, magic.bytes)) return Message(magic.sentence);
    }
    if (isOnnx(head))
        return GRAFT_TEXT("This is an ONNX model; Graft reads weights as PyTorch's .pth and .safetensors.");

    const std::string text = lowerCase(textOf(head));
    if (text.starts_with("version https://git-lfs")) {
        return GRAFT_TEXT(
            "This is a Git LFS pointer, which stands for the weights and does not hold them; fetch them with "
            "\"git lfs pull\", or download the file itself.");
    }
    if (text.starts_with("<!doctype") || text.starts_with("<html") || text.starts_with("<head") ||
        text.starts_with("<!--") || text.starts_with("<?xml") || text.starts_with("<error")) {
        return GRAFT_TEXT(
            "This is a web page, not a weight file: the download brought the site's page or its error "
            "message; download the file itself again.");
    }
    if (text.starts_with("{\"") || text.starts_with("{ \"") || text.starts_with("{\n")) {
        return GRAFT_TEXT(
            "This is a JSON text, not a weight file; choose the .safetensors or .pth file that belongs to "
            "it.");
    }
    return std::nullopt;
}

}  // namespace graft::weights
