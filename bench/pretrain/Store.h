// SPDX-License-Identifier: GPL-3.0-or-later
// What teach writes and distill reads: a folder with one row for each augmented picture.
//   pixels.u8    rows x side x side x 3
//   answers.f16  rows x 5 x channels: the teacher's features, averaged over the whole map and over its four
//                quarters (upper left, upper right, lower left, lower right)
//   labels.i32   rows x 2: the class among the teacher's, or -1; the number of the file it was cut from
//   store.json   the sizes;  done: how many rows are there
// The files have their full size from the start, so that distill can begin while teach goes on.
#pragma once

#include <torch/types.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "core/base/Result.h"

namespace graft::pretrain {

constexpr std::int64_t kCells = 5;  // of answers.f16

struct StoreSizes {
    std::int64_t side = 0;      // pixels
    std::int64_t channels = 0;  // of the teacher's features
    std::int64_t rows = 0;      // when it is complete
};

class Store {
  public:
    // Makes the folder's files, or opens them where they are of these sizes and settings (how the rows are
    // made). Errors: Unwritable; InvalidArgument, if the folder was made with others.
    static Result<Store> create(const std::string& folder, const StoreSizes& sizes,
                                const std::string& settings) {
        namespace fs = std::filesystem;
        const nlohmann::json json{
            {"side", sizes.side}, {"channels", sizes.channels}, {"rows", sizes.rows}, {"settings", settings}};
        std::error_code error;
        fs::create_directories(folder, error);
        const std::string description = folder + "/store.json";
        if (fs::exists(description)) {
            if (nlohmann::json::parse(std::ifstream(description), nullptr, false) != json) {
                return fail(ErrorCode::InvalidArgument,
                            "The folder was made with other settings; remove it, or choose another.", folder);
            }
            return open(folder);
        }
        for (const auto& [name, bytes] : {std::pair{"pixels.u8", sizes.side * sizes.side * 3},
                                          std::pair{"answers.f16", kCells * sizes.channels * 2},
                                          std::pair{"labels.i32", std::int64_t{8}}}) {
            const std::string path = folder + "/" + name;
            std::ofstream(path).close();
            fs::resize_file(path, static_cast<std::uintmax_t>(bytes * sizes.rows), error);
            if (error) return fail(ErrorCode::Unwritable, Message::words(error.message() + "."), path);
        }
        std::ofstream(description) << json.dump() << '\n';
        return open(folder);
    }

    // Errors: NotFound, if there is no store in the folder.
    static Result<Store> open(const std::string& folder) {
        const auto json = nlohmann::json::parse(std::ifstream(folder + "/store.json"), nullptr, false);
        if (!json.is_object())
            return fail(ErrorCode::NotFound, "There is no store here; make one with teach.", folder);
        Store store;
        store.m_folder = folder;
        store.sizes = {json.at("side"), json.at("channels"), json.at("rows")};
        const auto map = [&](const char* name, std::vector<std::int64_t> shape, at::ScalarType type) {
            const std::int64_t count = c10::multiply_integers(shape);
            return torch::from_file(folder + "/" + name, true, count, type).view(shape);
        };
        const StoreSizes& sizes = store.sizes;
        store.pixels = map("pixels.u8", {sizes.rows, sizes.side, sizes.side, 3}, torch::kByte);
        store.answers = map("answers.f16", {sizes.rows, kCells, sizes.channels}, torch::kHalf);
        store.labels = map("labels.i32", {sizes.rows, 2}, torch::kInt);
        return store;
    }

    std::int64_t done() const {
        std::int64_t rows = 0;
        std::ifstream(m_folder + "/done") >> rows;
        return rows;
    }
    void setDone(std::int64_t rows) const {
        std::ofstream(m_folder + "/done.new") << rows << '\n';
        std::filesystem::rename(m_folder + "/done.new", m_folder + "/done");
    }

    StoreSizes sizes;
    at::Tensor pixels, answers, labels;  // mapped files

  private:
    std::string m_folder;
};

}  // namespace graft::pretrain
