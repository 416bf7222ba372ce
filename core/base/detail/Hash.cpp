// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/detail/Hash.h"

#include <openssl/evp.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

namespace graft::base {

namespace {

using Digest = std::array<unsigned char, EVP_MAX_MD_SIZE>;

std::string hexOf(const Digest& digest, unsigned int length) {
    static constexpr char kHex[] = "0123456789abcdef";
    std::string text;
    for (unsigned int i = 0; i < length; ++i) {
        text += kHex[digest[i] >> 4];
        text += kHex[digest[i] & 15];
    }
    return text;
}

}  // namespace

std::string sha256Hex(std::span<const std::uint8_t> bytes) {
    Digest digest{};
    unsigned int length = 0;
    EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr);
    return hexOf(digest, length);
}

Result<std::string> sha256OfFile(const std::string& path) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"), &std::fclose);
    if (!file) {
        return fail(ErrorCode::Unreadable,
                    std::string("The file cannot be read: ") + std::strerror(errno) + ".", path);
    }
    const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr);
    std::vector<unsigned char> piece(1U << 18);
    while (const std::size_t count = std::fread(piece.data(), 1, piece.size(), file.get()))
        EVP_DigestUpdate(context.get(), piece.data(), count);
    if (std::ferror(file.get()) != 0) {
        return fail(ErrorCode::Unreadable,
                    std::string("The file cannot be read: ") + std::strerror(errno) + ".", path);
    }
    Digest digest{};
    unsigned int length = 0;
    EVP_DigestFinal_ex(context.get(), digest.data(), &length);
    return hexOf(digest, length);
}

}  // namespace graft::base
