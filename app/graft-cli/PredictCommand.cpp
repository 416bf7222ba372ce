// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <unordered_set>

#include "app/graft-cli/Commands.h"
#include "app/graft-cli/Output.h"
#include "app/graft-cli/Places.h"
#include "app/graft-cli/SignalStop.h"
#include "app/graft-cli/predict/AnswerWriter.h"
#include "app/graft-cli/predict/Inputs.h"
#include "app/graft-cli/predict/Sorter.h"
#include "core/inference/Predictor.h"
#include "core/runtime/ThreadBudget.h"

namespace graft::cli {

namespace {

namespace fs = std::filesystem;

struct Options {
    std::string model;
    std::vector<std::string> inputs;
    std::string device = "auto";
    std::optional<std::size_t> top;  // 0: all, as without
    std::string format;
    std::string output;
    bool goOn = false;
    std::string sortInto;
    bool link = false;
    double threshold = 0;
    std::size_t views = 1;
};

// A copy that lies among the pictures would be a picture the next time.
Result<void> checkSortFolder(const Options& options) {
    std::error_code error;
    for (const std::string& input : options.inputs) {
        if (fs::is_directory(input, error) && isWithin(options.sortInto, input)) {
            return fail(
                ErrorCode::InvalidArgument,
                GRAFT_TEXT("The folder to sort into lies in a folder of pictures; choose one outside."),
                options.sortInto);
        }
    }
    return {};
}

// Copies of an earlier call, to which a pattern, a list or a link has led: they lie in DIR/CLASS. A folder
// that is given is meant.
Result<void> checkNotSorted(const Options& options, const std::vector<std::string>& images,
                            const std::vector<std::string>& classes) {
    std::unordered_set<std::string> sorted{kUncertain};
    for (const std::string& name : classes)
        sorted.insert(Sorter::folderName(name));
    std::error_code error;
    const std::string target = placeOf(options.sortInto);
    std::vector<std::string> meant;
    for (const std::string& input : options.inputs) {
        if (input != "-" && fs::is_directory(input, error)) meant.push_back(placeOf(input));
    }
    std::unordered_set<std::string> known;
    for (const std::string& image : images) {
        const fs::path folder = fs::absolute(image, error).parent_path();
        if (!known.insert(folder.string()).second) continue;
        const std::string place = placeOf(folder);
        if (!place.starts_with(target) || place == target) continue;
        if (!sorted.contains(place.substr(target.size(), place.find('/', target.size()) - target.size())))
            continue;
        if (std::ranges::any_of(meant, [&](const std::string& one) { return place.starts_with(one); }))
            continue;
        return fail(
            ErrorCode::InvalidArgument,
            GRAFT_TEXT(
                "This picture lies in the folder to sort into, as the copies of an earlier call do; leave "
                "it out, or give its folder itself if you mean it."),
            image);
    }
    return {};
}

// Where one word would stand for two things.
Result<void> checkUncertain(const Options& options, AnswerFormat format,
                            const std::vector<std::string>& classes) {
    const bool oneWord = format == AnswerFormat::Csv || !options.sortInto.empty();
    if (options.threshold == 0 || !oneWord || std::ranges::find(classes, kUncertain) == classes.end())
        return {};
    return fail(
        ErrorCode::InvalidArgument,
        GRAFT_TEXT(
            "The model has a class called \"uncertain\", which --threshold would be mixed up with; use "
            "--format jsonl without --sort-into, or leave --threshold out."),
        options.model);
}

// A folder is to hold the pictures of one class.
Result<void> checkFolderOfEach(const Options& options, const std::vector<std::string>& classes) {
    const auto clash = Sorter::findClash(classes);
    if (options.sortInto.empty() || !clash) return {};
    return fail(
        ErrorCode::InvalidArgument,
        {GRAFT_TEXT("The pictures of the classes \"{1}\" and \"{2}\" would lie in one folder, \"{3}\"; "
                    "leave --sort-into out, or give one of the two another name in the .json beside the "
                    "model."),
         oneLine(clash->first), oneLine(clash->second), oneLine(clash->folder)},
        options.model);
}

Result<AnswerFormat> formatOf(const Options& options, bool json) {
    if (options.format.empty()) return json ? AnswerFormat::Document : AnswerFormat::Csv;
    if (json && options.format != "json")
        return fail(ErrorCode::InvalidArgument,
                    {GRAFT_TEXT("--json and --format {1} exclude each other."), options.format});
    return parseAnswerFormat(options.format);
}

// What an unfinished file of answers was made with.
std::string madeWith(const Options& options, AnswerFormat format, const std::string& modelSha256,
                     const inference::Predictor& predictor) {
    Json json{{"model_sha256", modelSha256},
              {"classes", predictor.classes()},
              {"format", format == AnswerFormat::Csv ? "csv" : "jsonl"},
              {"top", options.top.value_or(0)},
              {"threshold", options.threshold},
              {"sort_into", options.sortInto},
              {"link", options.link}};
    if (options.views > 1) json["tta"] = options.views;
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

// What was asked about and gets no answer, said before the answers. Gives the first.
std::optional<Error> sayWhatIsMissing(const Inputs& inputs) {
    std::optional<Error> first;
    for (const Error& error : inputs.errors) {
        if (!first) first = error;
        say("graft-cli: {}\n", error.sentence());
    }
    const auto missed = std::ranges::find_if(inputs.passedOver, isMissed);
    if (missed != inputs.passedOver.end() && (!first || first->code == ErrorCode::NotFound))
        first = Error{ErrorCode::BadFormat, missed->message, missed->path};
    for (const data::PassedOverGroup& group : data::groupPassedOver(inputs.passedOver)) {
        say("graft-cli: passed over {} {}: {} ({}{})\n", group.files, group.files == 1 ? "file" : "files",
            group.message.english(), group.firstPath, group.entries > 1 ? " and others" : "");
    }
    return first;
}

// What an earlier call has answered, and what of it no longer holds.
void sayWhatIsAnswered(const AnswerWriter& answers, std::size_t before, const Options& options, bool isAll) {
    if (before > 0)
        say("Going on: {} {} answered already.\n", before, before == 1 ? "picture is" : "pictures are");
    for (const std::string& picture : answers.changed())
        say("graft-cli: {}: The picture has another size or time than when it was answered.\n", picture);
    if (const std::size_t count = answers.changed().size(); count > 0) {
        say("graft-cli: {}: {} of its answers {} changed since. To have {}, take {} out of the file and give "
            "--continue again.\n",
            options.output, count, count == 1 ? "is of a picture that has" : "are of pictures that have",
            count == 1 ? "a new one" : "new ones", count == 1 ? "its line" : "their lines");
    }
    if (answers.isOfUnknownModel() && !isAll) {
        say("graft-cli: {}: Which model gave the answers that it holds is not known any more; from here on "
            "they are of {}.\n",
            options.output, options.model);
    }
}

int run(const Options& options, bool json) {
    SignalStop stop;
    const auto format = formatOf(options, json);
    if (!format) return reportError(format.error(), json);
    if (options.top && *format == AnswerFormat::Csv) {
        return reportError(
            {ErrorCode::InvalidArgument,
             GRAFT_TEXT("--top goes with JSON; a line of CSV names the most probable class. Add "
                        "--format jsonl, or leave it out."),
             ""},
            json);
    }
    if (!options.sortInto.empty()) {
        if (const auto apart = checkSortFolder(options); !apart) return reportError(apart.error(), json);
    } else if (options.link) {
        return reportError({ErrorCode::InvalidArgument, GRAFT_TEXT("--link goes with --sort-into."), ""},
                           json);
    }
    runtime::setComputeThreads(0);
    auto predictor = inference::Predictor::open(options.model, options.device, options.views);
    if (!predictor) return reportError(predictor.error(), json);

    if (const auto apart = checkUncertain(options, *format, predictor->classes()); !apart)
        return reportError(apart.error(), json);
    if (const auto apart = checkFolderOfEach(options, predictor->classes()); !apart)
        return reportError(apart.error(), json);
    Inputs inputs = gatherInputs(
        options.inputs, [&] { return readToItsEnd(STDIN_FILENO, stop.control()); }, stop.control());
    if (!stop.control().checkpoint()) {
        say("Stopped before the first picture.\n");
        if (*format == AnswerFormat::Document && options.output.empty()) fmt::print("[]\n");
        return kFailure;
    }
    if (!options.sortInto.empty()) {
        if (const auto others = checkNotSorted(options, inputs.images, predictor->classes()); !others)
            return reportError(others.error(), json);
    }
    std::optional<Error> firstError = sayWhatIsMissing(inputs);
    if (inputs.images.empty() && firstError) {
        return json ? printError(*firstError) : kFailure;
    }

    std::string with;
    if (!options.output.empty() && *format != AnswerFormat::Document) {
        const auto sha256 = predictor->modelSha256();
        if (!sha256) return reportError(sha256.error(), json);
        with = madeWith(options, *format, *sha256, *predictor);
    }
    auto writer = AnswerWriter::open({*format, options.output, options.goOn, with, options.threshold});
    if (!writer) return reportError(writer.error(), json);
    AnswerWriter& answers = **writer;
    const std::size_t asked = inputs.images.size();
    std::erase_if(inputs.images, [&](const std::string& path) { return answers.takeAnswered(path); });
    sayWhatIsAnswered(answers, asked - inputs.images.size(), options, inputs.images.empty());
    for (const data::PassedOver& passed : inputs.passedOver) {
        if (!isMissed(passed)) continue;
        const auto written =
            answers.addError(passed.path, {ErrorCode::BadFormat, passed.message, passed.path});
        if (!written) return reportError(written.error(), false);
    }

    Sorter sorter(options.sortInto, options.link);
    const auto start = std::chrono::steady_clock::now();
    std::size_t done = 0;
    Result<void> written;
    const auto whole = predictor->predictAll(
        inputs.images,
        [&](std::size_t image, const inference::Probabilities& answer) {
            const std::string& path = inputs.images[image];
            if (!answer) {
                if (!firstError) firstError = answer.error();
                say("graft-cli: {}\n", answer.error().sentence());
                written = answers.addError(path, answer.error());
            } else {
                const auto ranked =
                    predictor->ranked(*answer, *format == AnswerFormat::Csv ? 1 : options.top.value_or(0));
                const bool uncertain = ranked.front().probability < options.threshold;
                // the copy before the line: a line means that everything about the picture is done
                if (!options.sortInto.empty())
                    written = sorter.put(path, uncertain ? kUncertain : ranked.front().name);
                if (written) written = answers.add(path, ranked);
                ++done;
            }
            return written.has_value();
        },
        stop.control());
    if (!whole || !written) {
        const Error& error = whole ? written.error() : whole.error();
        if (whole && options.output.empty() && isReaderGone()) return kFailure;
        const bool isDocument = *format == AnswerFormat::Document;
        if (isDocument && (!options.output.empty() || answers.isEmpty())) return reportError(error, json);
        // What has begun is at least a whole document.
        if (isDocument) static_cast<void>(answers.finish());
        return reportError(error, false);
    }
    if (!*whole) {
        const bool goesOn = !options.output.empty() && *format != AnswerFormat::Document;
        say("Stopped after {} of {} pictures{}.\n", done, inputs.images.size(),
            goesOn ? "; --continue goes on" : "");
        // A document must be whole; lines wait for --continue.
        if (*format == AnswerFormat::Document) {
            if (const auto closed = answers.finish(); !closed) return reportError(closed.error(), false);
        }
        return kFailure;
    }
    if (json && done == 0 && firstError && options.output.empty()) return printError(*firstError);
    if (const auto finished = answers.finish(); !finished) return reportError(finished.error(), false);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (done > 1) {
        say("{} pictures in {:.1f} s, {:.0f} a second. {}\n", done, seconds,
            static_cast<double>(done) / seconds, predictor->method().english());
    }
    if (sorter.alreadyThere() > 0) {
        say("{} of them lay in {} already, with the same name and content.\n", sorter.alreadyThere(),
            options.sortInto);
    }
    return firstError ? kFailure : kSuccess;
}

}  // namespace

void addPredictCommand(CLI::App& app, Invocation& invocation) {
    CLI::App* command = app.add_subcommand("predict", "Name the class of new images with a trained model");
    const auto options = std::make_shared<Options>();
    command->add_option("model", options->model, "An exported model (with its .json) or a run folder")
        ->required();
    command
        ->add_option("images", options->inputs,
                     "Images, folders of images, patterns in quotes; - reads a list from standard input")
        ->required();
    command->add_option("--top", options->top,
                        "With JSON: only the most probable classes (0, the default: all)");
    command->add_option("--format", options->format,
                        "csv (the default), json or jsonl (a JSON object a line)");
    command
        ->add_option("--threshold", options->threshold,
                     "Call a picture \"uncertain\" whose most probable class is less probable than this")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str();
    command
        ->add_option("--tta", options->views,
                     "Test-time augmentation of a run: the mean of the probabilities over so many views of "
                     "each picture, as in evaluate")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    command->add_option("--output", options->output, "Write to this file rather than standard output");
    command->add_flag("--continue", options->goOn, "Go on with the file of --output where it ended");
    command->add_option("--sort-into", options->sortInto,
                        "Copy each picture into DIR/CLASS (nothing is ever moved)");
    command->add_flag("--link", options->link, "With --sort-into: symbolic links rather than copies");
    command->add_option("--device", options->device, "auto, cpu, cuda or cuda:N")->capture_default_str();
    command->callback([&invocation, options] {
        invocation.action = [&invocation, options] { return run(*options, invocation.json); };
    });
}

}  // namespace graft::cli
