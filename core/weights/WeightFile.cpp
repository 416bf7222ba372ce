// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/weights/WeightFile.h"

#include <filesystem>
#include <fstream>

#include "core/weights/detail/FileKind.h"

namespace graft::weights {

std::string weightFileAt(const std::string& path) {
    std::error_code error;
    const std::filesystem::path model = std::filesystem::path(path) / "model.safetensors";
    const bool isRun = std::filesystem::is_regular_file(std::filesystem::path(path) / "config.json", error) &&
                       std::filesystem::is_regular_file(model, error);
    return isRun ? model.string() : path;
}

Result<StateDict> readWeights(const std::string& given) {
    const std::string path = weightFileAt(given);
    std::error_code error;
    if (!std::filesystem::exists(path, error))
        return fail(ErrorCode::NotFound, GRAFT_TEXT("There is no such weight file."), path);
    if (!std::filesystem::is_regular_file(path, error)) {
        return fail(
            ErrorCode::Unreadable,
            GRAFT_TEXT("This is no file; give a .safetensors or .pth file, or a run that has a model."),
            path);
    }
    std::ifstream file(path, std::ios::binary);
    if (!file)
        return fail(ErrorCode::Unreadable,
                    GRAFT_TEXT("The weight file cannot be read; check its access rights."), path);
    std::string head(kHeadBytes, '\0');
    file.read(head.data(), static_cast<std::streamsize>(head.size()));
    head.resize(static_cast<std::size_t>(file.gcount()));

    // First, because the length of a safetensors header may look like the start of a pickle: 640 is 80 02.
    const bool maybeSafetensors = head.size() > 8 && head[8] == '{';
    if (maybeSafetensors && head.substr(4, 4) == std::string(4, '\0')) return readSafetensors(path);
    if (head.starts_with("PK") || legacyMagicBytes(head) > 0) return readPth(path);
    if (const auto sentence = otherFileSentence(head)) return fail(ErrorCode::BadFormat, *sentence, path);
    if (maybeSafetensors) return readSafetensors(path);
    if (head.starts_with('\x80')) return readPth(path);
    if (looksLikePickle(head)) {
        auto answer = readPth(path);
        if (!answer && answer.error().code == ErrorCode::UnsafeFile) return answer;
    }
    return fail(ErrorCode::BadFormat,
                GRAFT_TEXT("This is no weight file: Graft reads .safetensors and PyTorch's .pth."), path);
}

}  // namespace graft::weights
