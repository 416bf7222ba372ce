// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/LostImages.h"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <system_error>
#include <vector>

namespace graft::ui {

namespace {
constexpr std::size_t kLookedAt = 1000;  // of a split, spread over it
}  // namespace

QString placeOfLostImages(const data::DatasetIndex& dataset) {
    namespace fs = std::filesystem;
    for (const data::Split split : {data::Split::Validation, data::Split::Train}) {
        const std::vector<std::size_t> images = dataset.indicesOf(split);
        const std::size_t step = std::max<std::size_t>(1, images.size() / kLookedAt);
        std::size_t looked = 0;
        std::size_t gone = 0;
        for (std::size_t n = 0; n < images.size(); n += step) {
            std::error_code error;
            ++looked;
            if (!fs::is_regular_file(dataset.absolutePath(dataset.samples[images[n]]), error)) ++gone;
        }
        if (gone * 4 > looked) return QString::fromStdString(dataset.root);
    }
    return {};
}

}  // namespace graft::ui
