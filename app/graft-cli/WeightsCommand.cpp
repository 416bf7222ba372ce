// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "app/graft-cli/Commands.h"
#include "app/graft-cli/Output.h"
#include "app/graft-cli/SignalStop.h"
#include "core/backbones/WeightStore.h"
#include "core/weights/WeightFile.h"

namespace graft::cli {

namespace {

struct Options {
    std::string name;
    std::string tag;
    std::string file;
};

double megabytes(std::int64_t bytes) {
    return static_cast<double>(bytes) / 1e6;
}

// In place on a terminal; elsewhere a line for every tenth, since a log is read later.
std::function<void(const weights::DownloadProgress&)> fetchPrinter(const std::string& name) {
    return [name, terminal = isatty(STDERR_FILENO) != 0,
            tenth = std::int64_t{0}](const weights::DownloadProgress& p) mutable {
        if (!terminal) {
            if (p.total <= 0 || p.received * 10 / p.total <= tenth) return;
            tenth = p.received * 10 / p.total;
        }
        std::string line = fmt::format("fetching {}  {:.1f}", name, megabytes(p.received));
        if (p.total > 0)
            line += fmt::format("/{:.1f} MB  {} %", megabytes(p.total), p.received * 100 / p.total);
        if (p.total <= 0) line += " MB";
        if (p.bytesPerSecond > 0) line += fmt::format("  {:.1f} MB/s", p.bytesPerSecond / 1e6);
        if (p.bytesPerSecond > 0 && p.total > p.received) {
            line += "  " + duration(static_cast<double>(p.total - p.received) / p.bytesPerSecond) + " left";
        }
        rewriteLine();
        say("{}{}", line, terminal ? "" : "\n");
        if (terminal && p.received == p.total) say("\n");
        std::fflush(stderr);
    };
}

Json storedJson(const std::string& name, const std::string& tag, const std::string& file) {
    std::error_code error;
    const auto bytes = std::filesystem::file_size(file, error);
    return {{"name", name},
            {"tag", tag.empty() ? Json() : Json(tag)},
            {"file", file},
            {"bytes", error ? 0 : bytes}};
}

// Another file of this backbone may come first.
void noteWhatIsUsed(const backbones::CatalogueEntry& entry, const std::string& file) {
    const auto used = backbones::locateWeights(entry);
    if (used && *used != file) {
        say("Note: graft-cli train uses {} for {} unless told otherwise by --weights.\n", *used, entry.name);
    }
}

// What was looked at in place of a checksum, and what the licence does not allow.
void noteWhatWasChecked(const backbones::CatalogueEntry& entry, const std::string& file) {
    if (const std::string kept = backbones::keptSha256(file); !kept.empty()) {
        say("No checksum is published for these weights. What was checked instead: the file is whole, it "
            "holds "
            "every tensor of {} with its shape, and their numbers are finite. Its SHA-256 is kept beside it "
            "({}..), so that a later change is noticed.\n",
            entry.name, kept.substr(0, 8));
    }
    if (entry.isNonCommercial()) say("Licence: {}, not for commercial use.\n", entry.licence);
}

// What a model of Graft's has beside it, which the copy has not.
void noteWhatStaysBehind(const Options& options) {
    const std::string file = weights::weightFileAt(options.file);
    std::error_code error;
    if (!std::filesystem::exists(file + ".json", error)) return;
    say("Note: {}.json is not taken along, which names the classes and the preprocessing of the model beside "
        "it. A training from the copy begins its classifier anew, with the preprocessing of the published "
        "weights; to go on from the model as it is, give graft-cli train --backbone {} --weights {}\n",
        file, options.name, file);
}

int fetch(const Options& options, bool json) {
    const auto entry = backbones::findWeights(options.name, options.tag);
    if (!entry) return reportError(entry.error(), json);
    SignalStop stop;
    const auto file = backbones::fetchWeights(*entry, stop.control(), fetchPrinter(entry->name));
    if (!file) return reportError(file.error(), json);
    if (json) {
        const std::string kept = backbones::keptSha256(*file);
        Json document = storedJson(entry->name, entry->tag, *file);
        document["checked_by"] =
            entry->builtIn ? Json() : Json(entry->hasChecksum() ? "checksum" : "content");
        document["kept_sha256"] = kept.empty() ? Json() : Json(kept);
        document["licence"] = entry->licence;
        printJson(document);
    } else {
        printText("The weights of {} ({}) are in {}.\n", entry->name, entry->tag, *file);
        noteWhatWasChecked(*entry, *file);
        noteWhatIsUsed(*entry, *file);
    }
    return kSuccess;
}

int add(const Options& options, bool json) {
    const auto added = backbones::addWeights(options.name, options.file, options.tag);
    if (!added) return reportError(added.error(), json);
    for (const Message& note : added->notes)
        say("{}\n", note.english());
    noteWhatStaysBehind(options);
    const std::string& file = added->file;
    std::string tag;
    for (const auto& stored : backbones::listWeights()) {
        if (stored.file == file) tag = stored.tag;
    }
    if (json) {
        printJson(storedJson(options.name, tag, file));
        return kSuccess;
    }
    printText("The weights fit {}{} and are in {}.\n", options.name, tag.empty() ? "" : " (" + tag + ")",
              file);
    if (const auto entry = backbones::findWeights(options.name, tag)) noteWhatIsUsed(*entry, file);
    return kSuccess;
}

int list(bool json) {
    const auto stored = backbones::listWeights();
    if (json) {
        Json document = Json::array();
        for (const auto& one : stored) {
            Json row = storedJson(one.name, one.tag, one.file);
            row["place"] = one.builtIn ? "built-in" : one.inGraftsFolder ? "graft" : "pytorch";
            document.push_back(row);
        }
        printJson(document);
        return kSuccess;
    }
    if (stored.empty()) {
        say("There are no weights on this machine yet; graft-cli weights fetch NAME gets some, "
            "graft-cli backbones lists the names.\n");
        return kSuccess;
    }
    printText("{:<20}{:<18}{:>9}  {:<9}{}\n", "name", "weights", "MB", "place", "file");
    for (const auto& one : stored) {
        printText("{:<20}{:<18}{:>9.1f}  {:<9}{}\n", one.name, one.tag.empty() ? "added" : one.tag,
                  megabytes(static_cast<std::int64_t>(one.bytes)),
                  one.builtIn          ? "built-in"
                  : one.inGraftsFolder ? "Graft"
                                       : "PyTorch",
                  one.file);
    }
    return kSuccess;
}

int removeStored(const Options& options, bool json) {
    const auto removed = backbones::removeWeights(options.name, options.tag);
    if (!removed) return reportError(removed.error(), json);
    if (json) {
        printJson({{"name", options.name}, {"removed", *removed}});
        return kSuccess;
    }
    for (const std::string& file : *removed)
        printText("Removed {}\n", file);
    return kSuccess;
}

}  // namespace

void addWeightsCommand(CLI::App& app, Invocation& invocation) {
    CLI::App* command = app.add_subcommand("weights", "Get, add, list and remove pretrained weights");
    command->require_subcommand(1);
    const auto options = std::make_shared<Options>();
    const auto run = [&invocation](CLI::App* sub, std::function<int(bool)> action) {
        sub->callback([&invocation, action = std::move(action)] {
            invocation.action = [&invocation, action] { return action(invocation.json); };
        });
    };
    const auto nameAndTag = [options](CLI::App* sub, const std::string& withoutTag) {
        sub->add_option("name", options->name, "As in graft-cli backbones")->required();
        sub->add_option("--tag", options->tag,
                        "Which weights, such as IMAGENET1K_V1 (without: " + withoutTag + ")");
    };
    CLI::App* fetching = command->add_subcommand("fetch", "Download the published weights, or go on with it");
    nameAndTag(fetching, "the default ones");
    run(fetching, [options](bool json) { return fetch(*options, json); });
    CLI::App* adding = command->add_subcommand("add", "Take a weight file that you have, if it fits");
    nameAndTag(adding, "told by the file, if it is an official one");
    adding->add_option("file", options->file, "A .safetensors or .pth file; it is copied")->required();
    run(adding, [options](bool json) { return add(*options, json); });
    run(command->add_subcommand("list", "The weights on this machine"), [](bool json) { return list(json); });
    CLI::App* removing = command->add_subcommand("remove", "Remove weights from Graft's folder");
    nameAndTag(removing, "all of this backbone");
    run(removing, [options](bool json) { return removeStored(*options, json); });
}

}  // namespace graft::cli
