// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/detail/Hash.h"

#include <openssl/evp.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>
#include <vector>

namespace graft::base {

namespace {

using Digest = std::array<unsigned char, EVP_MAX_MD_SIZE>;

std::string toHex(std::span<const unsigned char> bytes) {
    static constexpr char kHex[] = "0123456789abcdef";
    std::string text;
    for (const unsigned char byte : bytes) {
        text += kHex[byte >> 4];
        text += kHex[byte & 15];
    }
    return text;
}

}  // namespace

std::string sha256Hex(std::span<const std::uint8_t> bytes) {
    Digest digest{};
    unsigned int length = 0;
    EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr);
    return toHex(std::span(digest).first(length));
}

Hasher::Hasher() : m_context(EVP_MD_CTX_new()) {
    EVP_DigestInit_ex(static_cast<EVP_MD_CTX*>(m_context), EVP_blake2b512(), nullptr);
}

Hasher::~Hasher() {
    EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(m_context));
}

void Hasher::add(std::span<const std::uint8_t> bytes) {
    EVP_DigestUpdate(static_cast<EVP_MD_CTX*>(m_context), bytes.data(), bytes.size());
}

void Hasher::add(const std::string& text) {
    add({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

std::string Hasher::hex() {
    Digest digest{};
    EVP_DigestFinal_ex(static_cast<EVP_MD_CTX*>(m_context), digest.data(), nullptr);
    return toHex(std::span(digest).first(32));
}

Result<std::string> sha256OfFile(const std::string& path) {
    std::error_code error;
    const std::filesystem::file_status status = std::filesystem::status(path, error);
    const bool isDevice = std::filesystem::exists(status) && !std::filesystem::is_regular_file(status) &&
                          !std::filesystem::is_directory(status);
    if (isDevice) {  // it may never end
        return fail(ErrorCode::Unreadable,
                    GRAFT_TEXT("This is no file, so it cannot be read; put the file in its place."), path);
    }
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"), &std::fclose);
    if (!file) {
        return fail(ErrorCode::Unreadable,
                    {GRAFT_TEXT("The file cannot be read: {1}."), std::strerror(errno)}, path);
    }
    const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr);
    std::vector<unsigned char> piece(1U << 18);
    while (const std::size_t count = std::fread(piece.data(), 1, piece.size(), file.get()))
        EVP_DigestUpdate(context.get(), piece.data(), count);
    if (std::ferror(file.get()) != 0) {
        return fail(ErrorCode::Unreadable,
                    {GRAFT_TEXT("The file cannot be read: {1}."), std::strerror(errno)}, path);
    }
    Digest digest{};
    unsigned int length = 0;
    EVP_DigestFinal_ex(context.get(), digest.data(), &length);
    return toHex(std::span(digest).first(length));
}

}  // namespace graft::base
