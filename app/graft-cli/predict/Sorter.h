// SPDX-License-Identifier: GPL-3.0-or-later
// Copies or links pictures into one folder a class. Nothing is ever moved, changed or replaced.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/Result.h"

namespace graft::cli {

class Sorter {
  public:
    // link: symbolic links to the pictures rather than copies.
    Sorter(std::string folder, bool link) : m_folder(std::move(folder)), m_link(link) {}

    // Into FOLDER/CLASS under the picture's own name, or NAME-2, NAME-3, where another picture has it. A
    // picture that lies there already is left alone. Errors: Unwritable.
    Result<void> put(const std::string& picture, const std::string& className);

    // A class's name may be anything; a folder's may not.
    static std::string folderName(std::string className);

    // Two classes whose pictures would lie mixed up in one folder; nothing where each has its own.
    struct Clash {
        std::string first;
        std::string second;
        std::string folder;
    };
    static std::optional<Clash> findClash(const std::vector<std::string>& classes);

    std::size_t alreadyThere() const { return m_alreadyThere; }

  private:
    std::string m_folder;
    bool m_link;
    std::size_t m_alreadyThere = 0;
};

}  // namespace graft::cli
