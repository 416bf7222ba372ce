// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/RunCatalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <map>
#include <sstream>
#include <utility>

#include "core/backbones/Catalogue.h"
#include "core/base/NaturalOrder.h"
#include "core/base/Percent.h"
#include "core/base/detail/XdgFolders.h"
#include "core/data/detail/NameLooks.h"
#include "core/settings/Settings.h"
#include "core/training/BestEpoch.h"
#include "core/training/detail/RunWriter.h"

namespace graft::training {

namespace {

namespace fs = std::filesystem;
using Units = std::vector<backbones::UnitSummary>;

// The choice that names a figure in the table of settings.
const settings::Choice* choiceOf(settings::Figure figure) {
    settings::TrainConfig config;
    config.stopping.bestBy = figure;
    const settings::Setting* setting = settings::find("stopping.best_by");
    const std::string name = settings::text(setting->field.get(config));
    const auto found = std::ranges::find(setting->field.choices, name, &settings::Choice::name);
    return found == setting->field.choices.end() ? nullptr : &*found;
}

// A backbone is asked for once: many runs have the same.
UnitsOf remembering(const UnitsOf& unitsOf) {
    return [unitsOf,
            known = std::map<std::string, Units>()](const std::string& backbone) mutable -> Result<Units> {
        const auto found = known.find(backbone);
        if (found != known.end()) return found->second;
        auto units = unitsOf(backbone);
        known[backbone] = units.value_or(Units());
        return units;
    };
}

// Of a folder's entry, with the folder that it is shown under ("" or "many/").
CataloguedRun runAt(const fs::path& path, const std::string& shownIn, const UnitsOf& unitsOf) {
    CataloguedRun run{
        path.string(), shownIn + path.filename().string(), {}, readCard(path.string(), unitsOf)};
    std::error_code error;
    if (fs::is_symlink(path, error)) run.linkTo = fs::read_symlink(path, error).string();
    return run;
}

CataloguedRun unreadable(const fs::path& path, const std::string& shownIn, ErrorCode code,
                         const Message& why) {
    CataloguedRun run{path.string(), shownIn + path.filename().string(), {}, fail(code, why, path.string())};
    std::error_code error;
    if (fs::is_symlink(path, error)) run.linkTo = fs::read_symlink(path, error).string();
    return run;
}

class Lister {
  public:
    explicit Lister(const UnitsOf& unitsOf) : m_unitsOf(unitsOf ? remembering(unitsOf) : UnitsOf()) {}

    // Errors: of the folder itself.
    std::error_code list(const fs::path& folder, const std::string& shownIn) {
        std::error_code error;
        fs::directory_iterator it(folder, error);
        for (const fs::directory_iterator end; !error && it != end; it.increment(error))
            look(it->path(), shownIn);
        return error;
    }

    Catalogue take() { return std::move(m_found); }

  private:
    void look(const fs::path& path, const std::string& shownIn) {
        std::error_code error;
        const fs::file_status config = fs::status(path / "config.json", error);
        if (fs::is_regular_file(config)) {
            m_found.runs.push_back(runAt(path, shownIn, m_unitsOf));
            return;
        }
        if (config.type() == fs::file_type::none) {  // a folder without access, a link in a circle
            m_found.runs.push_back(
                unreadable(path, shownIn, ErrorCode::Unreadable,
                           {GRAFT_TEXT("The folder cannot be looked into: {1}."), error.message()}));
            return;
        }
        if (fs::exists(config)) {
            m_found.runs.push_back(
                unreadable(path, shownIn, ErrorCode::BadFormat, GRAFT_TEXT("Its config.json is no file.")));
            return;
        }
        lookAtNoRun(path, shownIn);
    }

    void lookAtNoRun(const fs::path& path, const std::string& shownIn) {
        std::error_code error;
        const fs::file_status status = fs::status(path, error);
        const bool isLink = fs::is_symlink(fs::symlink_status(path, error));
        if (isLink && !fs::exists(status)) {
            m_found.runs.push_back(unreadable(
                path, shownIn, ErrorCode::NotFound,
                GRAFT_TEXT("This link leads nowhere; the run that it led to was moved or removed.")));
        } else if (fs::is_directory(status) && shownIn.empty()) {
            const std::size_t before = m_found.runs.size();
            const std::size_t othersBefore = m_found.others.size();
            const auto failed = list(path, path.filename().string() + "/");
            if (failed) {
                m_found.runs.push_back(
                    unreadable(path, shownIn, ErrorCode::Unreadable,
                               {GRAFT_TEXT("The folder cannot be looked into: {1}."), failed.message()}));
            } else if (m_found.runs.size() == before) {
                // One word for the folder and all that is in it.
                m_found.others.resize(othersBefore);
                addOther(path, GRAFT_TEXT("This folder holds no run (no config.json)."));
            }
        } else if (fs::is_directory(status)) {
            addOther(path, GRAFT_TEXT("This folder holds no run (no config.json)."));
        } else if (fs::is_regular_file(status)) {
            const bool isOfSeeds = !shownIn.empty() && path.filename() == "seeds.json";
            if (!isOfSeeds) addOther(path, GRAFT_TEXT("This is a file, and a run is a folder."));
        } else {
            addOther(path, GRAFT_TEXT("This is a device or pipe, and a run is a folder."));
        }
    }

    void addOther(const fs::path& path, const Message& why) {
        m_found.others.push_back({ErrorCode::NotFound, why, path.string()});
    }

    UnitsOf m_unitsOf;
    Catalogue m_found;
};

std::int64_t timeOf(const CataloguedRun& run) {
    constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::min();
    return run.card ? run.card->began.value_or(kNever) : kNever;
}

double accuracyOf(const CataloguedRun& run) {
    return run.card && run.card->best ? run.card->best->accuracy : -1.0;
}

}  // namespace

std::string figureName(settings::Figure figure) {
    const settings::Choice* choice = choiceOf(figure);
    return choice != nullptr ? choice->name : std::string();
}

Message figureLabel(settings::Figure figure) {
    const settings::Choice* choice = choiceOf(figure);
    return choice != nullptr ? Message(choice->label.c_str()) : Message();
}

std::string figureText(settings::Figure figure, double value) {
    if (figure == settings::Figure::Loss) return fmt::format("{:.4f}", value);
    return base::percentFigure(value) + " %";
}

std::optional<BestFigure> bestFigureOf(const RunSummary& run) {
    const EpochDone* kept = bestOf(run.epochs);
    if (kept == nullptr) return std::nullopt;
    BestFigure best;
    best.accuracy = kept->valAccuracy;
    best.epoch = kept->epoch;
    best.isLast = run.config.stopping.keep == settings::Keep::Last;
    if (!best.isLast && figureOf(*kept, run.config.stopping.bestBy)) best.figure = run.config.stopping.bestBy;
    best.value = figureOf(*kept, best.figure).value_or(kept->valAccuracy);
    return best;
}

Result<Catalogue> listCatalogue(const std::string& root, const UnitsOf& unitsOf) {
    std::error_code error;
    if (fs::symlink_status(root, error).type() == fs::file_type::not_found) return Catalogue{};
    if (fs::is_regular_file(fs::path(root) / "config.json", error)) {  // the folder of one run
        Catalogue one;
        const fs::path folder = fs::path(root).has_filename() ? fs::path(root) : fs::path(root).parent_path();
        one.runs.push_back(runAt(folder, "", unitsOf));
        return one;
    }
    Lister lister(unitsOf);
    if (const auto failed = lister.list(root, "")) {
        return fail(ErrorCode::Unreadable, {GRAFT_TEXT("The runs cannot be listed: {1}."), failed.message()},
                    root);
    }
    Catalogue found = lister.take();
    std::ranges::sort(found.others, {}, &Error::path);
    sortRuns(found.runs, RunOrder::Time);
    return found;
}

std::string defaultRunsFolder() {
    return (base::xdgFolder("XDG_DATA_HOME", ".local/share") / "graft" / "runs").string();
}

void sortRuns(std::vector<CataloguedRun>& runs, RunOrder order) {
    std::ranges::sort(runs, base::naturallyBefore, &CataloguedRun::name);
    if (order != RunOrder::Name) std::ranges::stable_sort(runs, std::ranges::greater{}, timeOf);
    if (order == RunOrder::Best) std::ranges::stable_sort(runs, std::ranges::greater{}, accuracyOf);
    std::stable_partition(runs.begin(), runs.end(),
                          [](const CataloguedRun& run) { return run.card.has_value(); });
}

bool matches(const CataloguedRun& run, const std::string& text) {
    std::vector<std::string> fields{run.name, run.linkTo};
    if (run.card) {
        const RunCard& card = *run.card;
        const settings::TrainConfig& config = card.run.config;
        fields.insert(fields.end(),
                      {config.backbone, backbones::titleOf(config.backbone), card.trained.english(),
                       config.datasetFolder, card.note.text, statusText(card.run.status).english(),
                       std::string(statusName(card.run.status))});
    } else {
        fields.push_back(run.card.error().message.english());
    }
    for (std::string& field : fields)
        field = data::looksOf(field);
    std::istringstream words(text);
    for (std::string word; words >> word;) {
        const std::string wanted = data::looksOf(word);
        if (std::ranges::none_of(
                fields, [&](const std::string& field) { return field.find(wanted) != std::string::npos; }))
            return false;
    }
    return true;
}

}  // namespace graft::training
