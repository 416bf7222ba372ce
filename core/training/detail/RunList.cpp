// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/detail/RunList.h"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <random>
#include <utility>

#include "core/base/detail/Hash.h"
#include "core/base/detail/TextFile.h"
#include "core/training/detail/RunJson.h"

namespace graft::training {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kRun = "run";
constexpr const char* kDigest = "digest";

std::string digestOf(Json list) {
    list.erase("root");
    list.erase(kDigest);
    base::Hasher hasher;
    hasher.add(list.dump(-1, ' ', false, Json::error_handler_t::replace));
    return hasher.hex();
}

std::string textAt(const Json& list, const char* key) {
    const auto found = list.find(key);
    return found != list.end() && found->is_string() ? found->get<std::string>() : std::string();
}

tl::unexpected<Error> notTheRuns(const RunPaths& paths) {
    return fail(
        ErrorCode::BadFormat,
        GRAFT_TEXT("The list of files is not the one that this run wrote: it was edited or is another run's. "
                   "Put it back, or start another run."),
        paths.dataset);
}

}  // namespace

std::string newRunId() {
    std::random_device random;
    return fmt::format("{:08x}{:08x}{:08x}{:08x}", random(), random(), random(), random());
}

std::string listText(const data::DatasetIndex& dataset, const std::string& run) {
    Json list = Json::parse(toJson(dataset));
    if (!run.empty()) list[kRun] = run;
    list[kDigest] = digestOf(list);
    return list.dump(1) + "\n";
}

Result<RunList> readRunList(const RunPaths& paths, const std::optional<Decisions>& decided) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(paths.dataset, error)) {
        return fail(ErrorCode::NotFound,
                    GRAFT_TEXT("The run's list of files is missing; start the run anew."), paths.dataset);
    }
    const auto text = base::readText(paths.dataset);
    if (!text) return fail(text.error());
    auto dataset = datasetFromJson(*text, paths.dataset);
    if (!dataset) return fail(dataset.error());
    const Json list = Json::parse(*text);  // which has just been read
    RunList read{std::move(*dataset), textAt(list, kRun)};
    const bool isSealed = list.contains(kDigest);  // not in lists of older versions
    if (isSealed && textAt(list, kDigest) != digestOf(list)) return notTheRuns(paths);
    if (!isSealed && !read.run.empty()) return notTheRuns(paths);
    if (!decided) return read;
    if (read.run != decided->run) return notTheRuns(paths);
    return checkClassesAndSplit(*decided, read.dataset, paths).map([&] { return std::move(read); });
}

}  // namespace graft::training
