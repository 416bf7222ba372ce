// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/weights/detail/ZipArchive.h"

#include <zip.h>

#include <filesystem>

#include "core/base/detail/Quoted.h"

namespace graft::weights {

ZipArchive::ZipArchive(const std::string& path)
    : m_archive(zip_open(path.c_str(), ZIP_RDONLY, nullptr), zip_discard) {
    std::error_code error;
    m_fileBytes = std::filesystem::file_size(path, error);
    if (!m_archive) return;
    const zip_int64_t count = zip_get_num_entries(m_archive.get(), 0);
    for (zip_int64_t i = 0; i < count; ++i) {
        const auto index = static_cast<zip_uint64_t>(i);
        const char* name = zip_get_name(m_archive.get(), index, ZIP_FL_ENC_RAW);
        if (name != nullptr && !m_entries.emplace(name, index).second) m_repeated = name;
    }
}

Message ZipArchive::check(const std::string& entry, std::uint64_t& size) {
    const auto found = m_entries.find(entry);
    zip_stat_t info;
    zip_stat_init(&info);
    if (found == m_entries.end() || zip_stat_index(m_archive.get(), found->second, 0, &info) != 0)
        return {GRAFT_TEXT("its entry {1} is missing"), base::inQuotes(entry)};
    if ((info.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && info.encryption_method != ZIP_EM_NONE)
        return {GRAFT_TEXT("its entry {1} is encrypted"), base::inQuotes(entry)};
    if ((info.valid & ZIP_STAT_COMP_METHOD) == 0 || info.comp_method != ZIP_CM_STORE)
        return {GRAFT_TEXT("its entry {1} is compressed; PyTorch itself never does that"),
                base::inQuotes(entry)};
    // Entries that lie over each other would multiply the file.
    if ((info.valid & ZIP_STAT_SIZE) == 0 || info.size > m_fileBytes - m_bytesRead)
        return {GRAFT_TEXT("its entry {1} claims more bytes than the file has"), base::inQuotes(entry)};
    m_bytesRead += info.size;
    size = info.size;
    return {};
}

Message ZipArchive::readInto(const std::string& entry, void* target, std::uint64_t size) {
    const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> file(
        zip_fopen_index(m_archive.get(), m_entries.at(entry), 0), zip_fclose);
    char beyond = 0;  // libzip compares the checksum when it meets the end
    if (!file || zip_fread(file.get(), target, size) != static_cast<zip_int64_t>(size) ||
        zip_fread(file.get(), &beyond, 1) != 0) {
        return {GRAFT_TEXT("its entry {1} is damaged"), base::inQuotes(entry)};
    }
    return {};
}

}  // namespace graft::weights
