// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/weights/WeightFile.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <string_view>

namespace graft::weights {

Result<StateDict> readWeights(const std::string& path) {
    std::error_code error;
    if (!std::filesystem::exists(path, error))
        return fail(ErrorCode::NotFound, "There is no such weight file.", path);
    if (!std::filesystem::is_regular_file(path, error)) {
        return fail(ErrorCode::Unreadable, "This is no file; give a .safetensors or .pth file.", path);
    }
    std::ifstream file(path, std::ios::binary);
    if (!file)
        return fail(ErrorCode::Unreadable, "The weight file cannot be read; check its access rights.", path);
    std::array<char, 16> start{};
    file.read(start.data(), start.size());
    const std::string_view head(start.data(), static_cast<std::size_t>(file.gcount()));

    if (head.starts_with("PK\x03\x04") || head.starts_with("\x80\x02")) return readPth(path);
    if (head.size() > 8 && head[8] == '{') return readSafetensors(path);
    if (head.starts_with("\x89HDF")) {
        return fail(ErrorCode::BadFormat,
                    "This is a Keras (HDF5) file; Graft reads PyTorch's .pth and .safetensors.", path);
    }
    return fail(ErrorCode::BadFormat, "This is no weight file: Graft reads .safetensors and PyTorch's .pth.",
                path);
}

}  // namespace graft::weights
