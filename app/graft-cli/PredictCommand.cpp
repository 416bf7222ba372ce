// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>

#include "app/graft-cli/Commands.h"
#include "app/graft-cli/Output.h"
#include "core/base/Csv.h"
#include "core/data/ImageDecoder.h"
#include "core/inference/Predictor.h"
#include "core/runtime/ThreadBudget.h"

namespace graft::cli {

namespace {

namespace fs = std::filesystem;

struct Options {
    std::string model;
    std::vector<std::string> inputs;
    std::string device = "auto";
    std::size_t top = 0;
};

std::vector<std::string> imagesBelow(const std::string& folder) {
    std::vector<std::string> images;
    std::error_code error;
    for (fs::recursive_directory_iterator it(folder, fs::directory_options::skip_permission_denied, error),
         end;
         !error && it != end; it.increment(error)) {
        std::error_code ignored;
        if (it->is_regular_file(ignored) && data::hasImageExtension(it->path().string()))
            images.push_back(it->path().string());
    }
    std::ranges::sort(images);
    return images;
}

int run(const Options& options, bool json) {
    runtime::setComputeThreads(0);
    auto predictor = inference::Predictor::open(options.model, options.device);
    if (!predictor) return reportError(predictor.error(), json);

    Json document = Json::array();
    std::optional<Error> firstError;
    std::size_t answered = 0;
    const auto predict = [&](const std::string& path) {
        auto answer = predictor->predict(path);
        if (!answer) {
            if (!firstError) firstError = answer.error();
            fmt::print(stderr, "graft-cli: {}\n", answer.error().sentence());
            return;
        }
        ++answered;
        if (options.top > 0 && answer->size() > options.top) answer->resize(options.top);
        if (!json) {
            fmt::print("{},{},{:.6f}\n", base::csvField(path), base::csvField(answer->front().name),
                       answer->front().probability);
            return;
        }
        Json predictions = Json::array();
        for (const auto& one : *answer)
            predictions.push_back({{"class", one.name}, {"probability", one.probability}});
        document.push_back({{"path", path}, {"predictions", predictions}});
    };

    if (!json) fmt::print("path,class,probability\n");
    for (const std::string& input : options.inputs) {
        std::error_code error;
        if (!fs::is_directory(input, error)) {
            predict(input);
            continue;
        }
        const auto images = imagesBelow(input);
        if (images.empty() && !firstError)
            firstError = Error{ErrorCode::NotFound, "The folder has no images.", input};
        for (const std::string& image : images)
            predict(image);
    }
    if (answered == 0 && firstError) {
        if (json) return reportError(*firstError, true);
        return kFailure;
    }
    if (json) printJson(document);
    return firstError ? kFailure : kSuccess;
}

}  // namespace

void addPredictCommand(CLI::App& app, Invocation& invocation) {
    CLI::App* command = app.add_subcommand("predict", "Name the class of new images with a trained model");
    const auto options = std::make_shared<Options>();
    command->add_option("model", options->model, "An exported model (with its .json) or a run folder")
        ->required();
    command->add_option("images", options->inputs, "Images or folders of images")->required();
    command->add_option("--top", options->top, "With --json: only the most probable classes (0: all)")
        ->capture_default_str();
    command->add_option("--device", options->device, "auto, cpu, cuda or cuda:N")->capture_default_str();
    command->callback([&invocation, options] {
        invocation.action = [&invocation, options] { return run(*options, invocation.json); };
    });
}

}  // namespace graft::cli
