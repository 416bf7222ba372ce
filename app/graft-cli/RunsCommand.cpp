// SPDX-License-Identifier: GPL-3.0-or-later
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "app/graft-cli/Commands.h"
#include "app/graft-cli/Output.h"
#include "app/graft-cli/RunsReport.h"
#include "app/graft-cli/SignalStop.h"
#include "core/backbones/ModelSummary.h"
#include "core/training/RunUpkeep.h"

namespace graft::cli {

namespace {

namespace fs = std::filesystem;

struct Options {
    std::string root = training::defaultRunsFolder();
    bool isRootGiven = false;
    std::string sort = "time";
    std::string search;
    std::string run;
    std::vector<std::string> runs;  // of the commands that take several
    std::string text;
    std::string name;
    bool clear = false;
    bool off = false;
    bool yes = false;
};

bool isThere(const fs::path& path) {
    std::error_code error;
    return fs::exists(fs::symlink_status(path, error));
}

// A path, or a name as `runs list` prints it, below the runs' folder: "first", "many/seed-1". Where that
// folder was given, what is called so in there comes first.
std::string runAt(const Options& options, const std::string& given) {
    const fs::path path(given);
    const bool isPath = path.is_absolute() || given.starts_with("./") || given.starts_with("../") ||
                        given == "." || given == "..";
    const fs::path named = fs::path(options.root) / path;
    if (isPath || !isThere(named)) return given;
    return options.isRootGiven || !isThere(path) ? named.string() : given;
}

std::vector<std::string> allRuns(const Options& options) {
    std::vector<std::string> runs;
    for (const std::string& given : options.runs)
        runs.push_back(runAt(options, given));
    return runs;
}

std::string theRun(const Options& options) {
    return runAt(options, options.run);
}

int list(const Options& options, bool json) {
    auto found = training::listCatalogue(options.root, backbones::listUnits);
    if (!found) return reportError(found.error(), json);
    std::vector<training::CataloguedRun>& runs = found->runs;
    std::erase_if(
        runs, [&](const training::CataloguedRun& run) { return !training::matches(run, options.search); });
    using training::RunOrder;
    training::sortRuns(runs, options.sort == "best"   ? RunOrder::Best
                             : options.sort == "name" ? RunOrder::Name
                                                      : RunOrder::Time);
    if (json) {
        Json all = Json::array();
        for (const training::CataloguedRun& run : runs)
            all.push_back(asJson(run));
        Json others = Json::array();
        for (const Error& other : found->others)
            others.push_back({{"path", other.path}, {"message", other.message.english()}});
        printJson({{"root", options.root}, {"runs", all}, {"passed_over", others}});
        return kSuccess;
    }
    if (runs.empty()) {
        printText("{} {}.\n", options.search.empty() ? "There are no runs in" : "No run is found in",
                  options.root);
    } else {
        printRuns(runs);
    }
    sayOthers(found->others);
    return kSuccess;
}

int show(const Options& options, bool json) {
    SignalStop stop;
    const std::string run = theRun(options);
    auto table = training::compareRuns({run}, backbones::listUnits);
    if (!table) return reportError(table.error(), json);
    auto needs = training::needsOf(run, stop.control());
    if (!needs) return reportError(needs.error(), json);
    const ShownRun shown{std::move(*table), std::move(*needs)};
    if (json) {
        printJson(asJson(shown));
    } else {
        print(shown);
    }
    return kSuccess;
}

int compare(const Options& options, bool json) {
    if (options.runs.size() < 2) {
        return reportError({ErrorCode::InvalidArgument, GRAFT_TEXT("Give two runs or more to compare."), ""},
                           json);
    }
    const auto compared = training::compareRuns(allRuns(options), backbones::listUnits);
    if (!compared) return reportError(compared.error(), json);
    if (json) {
        printJson(asJson(*compared));
    } else {
        print(*compared);
    }
    return kSuccess;
}

// Changes what is said of the run, and nothing else of it.
int changeNote(const Options& options, bool json, const std::function<void(training::RunNote&)>& change) {
    const std::string run = theRun(options);
    const bool isAsked = !change;
    const auto note = training::changeNote(run, [&](training::RunNote& kept) {
        if (!isAsked) change(kept);
        return !isAsked;
    });
    if (!note) return reportError(note.error(), json);
    if (isAsked) {
        if (const auto there = training::openRun(run); !there) return reportError(there.error(), json);
    }
    if (json) {
        printJson({{"run", run}, {"note", note->text}, {"star", note->star}});
    } else if (isAsked && !note->text.empty()) {
        printText("{}\n", note->text);
    }
    return kSuccess;
}

int noteRun(const Options& options, bool json) {
    if (options.clear) return changeNote(options, json, [](training::RunNote& note) { note.text.clear(); });
    if (options.text.empty()) return changeNote(options, json, {});
    return changeNote(options, json, [&](training::RunNote& note) { note.text = options.text; });
}

int starRun(const Options& options, bool json) {
    return changeNote(options, json, [&](training::RunNote& note) { note.star = !options.off; });
}

// The same for every way to write a run's folder.
fs::path placeOf(const std::string& run) {
    std::error_code error;
    const fs::path folder = fs::weakly_canonical(fs::absolute(run, error), error);
    return folder.has_filename() ? folder : folder.parent_path();
}

// Which runs beside a run name it by its path as where they began. Each folder is read once.
class BegunFrom {
  public:
    const std::vector<std::string>& operator()(const std::string& run) {
        const std::string parent = placeOf(run).parent_path().string();
        auto at = m_folders.find(parent);
        if (at == m_folders.end()) {
            auto beside = training::listCatalogue(parent);
            at = m_folders.emplace(parent, beside ? std::move(beside->runs) : Runs()).first;
        }
        return m_found = training::runsBegunFrom(run, at->second);
    }

  private:
    using Runs = std::vector<training::CataloguedRun>;
    std::map<std::string, Runs> m_folders;
    std::vector<std::string> m_found;
};

void sayBegunFrom(const std::string& run, const std::vector<std::string>& begun) {
    for (const std::string& other : begun) {
        say("Note: {} began from the model of {} and names it by that path; it goes on all the same once it "
            "has a checkpoint.\n",
            oneLine(other), oneLine(run));
    }
}

int renameRun(const Options& options, bool json) {
    const std::string run = theRun(options);
    BegunFrom begunFrom;
    const std::vector<std::string> begun = begunFrom(run);
    const auto renamed = training::renameRun(run, options.name);  // without blanks at its ends
    if (!renamed) return reportError(renamed.error(), json);
    sayBegunFrom(run, begun);
    if (json) {
        printJson({{"run", *renamed}, {"renamed_from", run}, {"begun_from_it", begun}});
    } else {
        printText("The run is {} now.\n", *renamed);
    }
    return kSuccess;
}

// For a person who is asked about it: where it lies, whatever was typed.
std::string wholePath(const std::string& run) {
    std::error_code error;
    const fs::path whole = fs::absolute(run, error).lexically_normal();
    return oneLine(error ? run : whole.string());
}

// Errors: InvalidArgument, where nobody can be asked. False: the person says no.
Result<bool> isWanted(const Options& options, const std::vector<std::string>& runs) {
    if (options.yes) return true;
    if (isatty(STDIN_FILENO) == 0 || isatty(STDERR_FILENO) == 0) {
        return fail(ErrorCode::InvalidArgument,
                    GRAFT_TEXT("Runs are removed for good; give --yes where nobody can be asked."));
    }
    if (runs.size() == 1) {
        say("Remove the run in {} for good? [y/N] ", wholePath(runs.front()));
    } else {
        for (const std::string& run : runs)
            say("{}\n", wholePath(run));
        say("Remove these {} runs for good? [y/N] ", runs.size());
    }
    std::string answer;
    std::getline(std::cin, answer);
    return answer == "y" || answer == "Y" || answer == "yes";
}

int removeRuns(const Options& options, bool json) {
    std::vector<std::string> runs;
    std::set<fs::path> places;
    for (const std::string& run : allRuns(options))
        if (places.insert(placeOf(run)).second) runs.push_back(run);
    for (const std::string& run : runs) {  // all, before one is gone
        if (const auto good = training::checkRemovable(run); !good) return reportError(good.error(), json);
    }
    const auto wanted = isWanted(options, runs);
    if (!wanted) return reportError(wanted.error(), json);
    BegunFrom begunFrom;
    Json removed = Json::array();
    for (const std::string& run : *wanted ? runs : std::vector<std::string>()) {
        std::vector<std::string> begun = begunFrom(run);
        std::erase_if(begun, [&](const std::string& other) { return places.contains(placeOf(other)); });
        if (const auto gone = training::removeRun(run); !gone) {
            for (const Json& before : json ? removed : Json::array())
                say("Removed {} before that.\n", oneLine(before.get<std::string>()));
            return reportError(gone.error(), json);
        }
        sayBegunFrom(run, begun);
        removed.push_back(run);
        if (!json) printText("Removed {}.\n", run);
    }
    if (json) printJson({{"removed", removed}});
    if (!json && !*wanted) printText("Nothing was removed.\n");
    return kSuccess;
}

}  // namespace

void addRunsCommand(CLI::App& app, Invocation& invocation) {
    CLI::App* command =
        app.add_subcommand("runs", "List, show and compare runs; name, note, star and remove them");
    command->require_subcommand(1);
    const auto options = std::make_shared<Options>();
    const CLI::Option* root =
        command
            ->add_option("--root", options->root,
                         "The folder of the runs, also where RUN is a name alone (default: the window's)")
            ->type_name("DIR");
    const auto add = [&](const std::string& name, const std::string& help, int (*run)(const Options&, bool)) {
        CLI::App* single = command->add_subcommand(name, help);
        single->callback([&invocation, options, run, root] {
            invocation.action = [&invocation, options, run, root] {
                options->isRootGiven = root->count() > 0;
                return run(*options, invocation.json);
            };
        });
        return single;
    };
    const auto takesOne = [&](CLI::App* single) {
        single->add_option("run", options->run, "Folder of a run, or its name")->required();
    };

    CLI::App* listed = add("list", "All runs of the folder", list);
    listed->add_option("--sort", options->sort, "By time (newest first), best figure or name")
        ->check(CLI::IsMember({"time", "best", "name"}))
        ->capture_default_str();
    listed->add_option("--search", options->search,
                       "Those that have all these words in their name, backbone, data set, note or status");

    takesOne(add("show", "One run: its outcome, all that it was given, and what of it is missing", show));

    add("compare", "What two or more runs were given, line by line, first what differs", compare)
        ->add_option("runs", options->runs, "Folders of runs, or their names")
        ->required();

    CLI::App* noted = add("note", "Say something of a run, or read what is said", noteRun);
    takesOne(noted);
    CLI::Option* text = noted->add_option("text", options->text, "What is to be said; without it the note");
    noted->add_flag("--clear", options->clear, "Remove the note")->excludes(text);

    CLI::App* starred = add("star", "Mark a run", starRun);
    takesOne(starred);
    starred->add_flag("--off", options->off, "Take the mark away");

    CLI::App* renamed = add("rename", "Give the folder of a run another name", renameRun);
    takesOne(renamed);
    renamed->add_option("name", options->name, "The new name, without a path")->required();

    CLI::App* removed = add("remove", "Remove runs for good, with all of their files", removeRuns);
    removed->add_option("runs", options->runs, "Folders of runs, or their names")->required();
    removed->add_flag("--yes", options->yes, "Without asking");
}

}  // namespace graft::cli
