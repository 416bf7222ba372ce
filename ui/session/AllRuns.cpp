// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/AllRuns.h"

#include <QDir>
#include <QFileInfo>
#include <QScopedValueRollback>
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/backbones/ModelSummary.h"
#include "core/training/BestEpoch.h"
#include "ui/session/Background.h"
#include "ui/session/LastSession.h"
#include "ui/session/Project.h"
#include "ui/session/ProjectPart.h"
#include "ui/session/RunNews.h"
#include "ui/session/RunPlace.h"

namespace graft::ui {

namespace {

using training::Catalogue;
using training::CataloguedRun;

bool isListed(const Catalogue& catalogue, const std::string& folder) {
    const QString place = placeOf(folder);
    return std::ranges::any_of(catalogue.runs,
                               [&](const CataloguedRun& run) { return placeOf(run.folder) == place; });
}

CataloguedRun goneFrom(const std::string& folder) {
    return {
        folder,
        QFileInfo(QString::fromStdString(folder)).fileName().toStdString(),
        {},
        fail(ErrorCode::NotFound,
             GRAFT_TEXT("There is no run here any more (no config.json); it was moved or removed."), folder)};
}

Result<std::shared_ptr<const Catalogue>> readAll(const std::string& root,
                                                 const std::vector<std::string>& elsewhere) {
    auto all = training::listCatalogue(root, backbones::listUnits);
    if (!all) return fail(all.error());
    for (const std::string& folder : elsewhere) {
        auto opened = training::listCatalogue(folder, backbones::listUnits);
        const bool isGone = !opened || opened->runs.empty();
        if (isGone && !isListed(*all, folder)) {
            all->runs.push_back(goneFrom(folder));
            if (!opened && opened.error().code != ErrorCode::NotFound)
                all->runs.back().card = fail(opened.error());
        }
        if (isGone) continue;
        for (CataloguedRun& run : opened->runs)
            if (!isListed(*all, run.folder)) all->runs.push_back(std::move(run));
    }
    if (!elsewhere.empty()) training::sortRuns(all->runs, training::RunOrder::Time);
    return freedInBackground(std::move(*all));
}

// As far as a list of runs shows it.
bool isSame(const CataloguedRun& a, const CataloguedRun& b) {
    if (a.folder != b.folder || a.card.has_value() != b.card.has_value()) return false;
    return !a.card || (a.card->run.status == b.card->run.status &&
                       a.card->run.epochs.size() == b.card->run.epochs.size());
}

// As it is now. told: from some epoch on, which the disk may not have yet.
void takeTold(training::RunCard& card, const RunningRun& running) {
    std::vector<training::EpochDone>& epochs = card.run.epochs;
    if (running.epochs && !running.epochs->empty()) {
        const int first = running.epochs->front().epoch;
        std::erase_if(epochs, [first](const training::EpochDone& epoch) { return epoch.epoch >= first; });
        epochs.insert(epochs.end(), running.epochs->begin(), running.epochs->end());
    }
    if (running.config) card.run.config.epochs = running.config->epochs;
    card.run.isBeingTrained = true;
    card.run.completed = false;
    card.run.whyFailed = {};
    if (const training::EpochDone* best = training::bestOf(epochs)) {
        card.run.bestEpoch = best->epoch;
        card.run.valAccuracy = best->valAccuracy;
    }
    card.run.status = training::RunStatus::Running;
    card.best = training::bestFigureOf(card.run);
    card.seconds = 0;
    for (const training::EpochDone& epoch : epochs)
        card.seconds += epoch.seconds;
}

// Of the runs in a folder that a person opens.
Result<QStringList> runsIn(const std::string& folder) {
    const auto found = training::listCatalogue(folder);
    if (!found) return fail(found.error());
    QStringList folders;
    for (const CataloguedRun& run : found->runs)
        folders << placeOf(run.folder);
    if (!folders.isEmpty()) return folders;
    return fail(
        ErrorCode::NotFound,
        GRAFT_TEXT("There is no run in this folder, nor in the folders in it (no config.json); choose "
                   "the folder of a run."),
        folder);
}

}  // namespace

AllRuns::AllRuns(Project& project)
    : QObject(&project), m_project(project), m_elsewhere(LastSession::openedRuns()) {
    connect(&project, &Project::runsChanged, this, [this] {
        if (m_isTelling) return;
        m_isStale = true;
        if (m_isWatched) read();
    });
    connect(&projectPart<RunNews>(project), &RunNews::runningChanged, this, &AllRuns::followRunning);
}

void AllRuns::watch(bool isWatched) {
    // Whoever looks anew sees what others have done to the runs meanwhile.
    const bool isNew = isWatched && !std::exchange(m_isWatched, isWatched);
    m_isWatched = isWatched;
    if (isNew) return lookAgain();
    if (m_isWatched && m_isStale) read();
}

void AllRuns::lookAgain() {
    m_looksAgain = true;
    read();
}

void AllRuns::read() {
    m_isStale = false;
    std::vector<std::string> elsewhere;
    for (const QString& folder : std::as_const(m_elsewhere))
        elsewhere.push_back(folder.toStdString());
    runInBackground(
        this,
        [root = m_project.runsRoot().toStdString(), elsewhere = std::move(elsewhere)] {
            return readAll(root, elsewhere);
        },
        [this, number = ++m_number](const Result<std::shared_ptr<const Catalogue>>& found) {
            if (number == m_number) take(found);
        });
}

void AllRuns::take(const Result<std::shared_ptr<const Catalogue>>& found) {
    m_failure.reset();
    if (!found) m_failure = found.error();
    const bool isOther = std::exchange(m_looksAgain, false) && found && m_found &&
                         !std::ranges::equal((*found)->runs, m_found->runs, isSame);
    if (found) {
        m_found = *found;
        m_running.reset();
        m_told = {};
        followRunning();
    }
    emit changed();
    const QStringList announced = std::exchange(m_announced, {});
    if (found && !announced.isEmpty()) emit opened(announced);
    if (!isOther) return;
    const QScopedValueRollback<bool> telling(m_isTelling, true);
    m_project.notifyRunsChanged();
}

void AllRuns::open(const QString& folder) {
    const QString place = QDir::cleanPath(folder);
    forgetRefusal();
    runInBackground(
        this, [path = place.toStdString()] { return runsIn(path); },
        [this, place](const Result<QStringList>& runs) {
            if (!runs) {
                m_refusal = runs.error();
                emit changed();
                return;
            }
            // What lies in the runs' folder is listed as long as it is there.
            if (!isWithin(place, m_project.runsRoot()))
                changeElsewhere([&](QStringList& folders) {
                    if (!folders.contains(place)) folders << place;
                });
            m_announced = *runs;
            read();
        });
}

void AllRuns::forgetRefusal() {
    if (!m_refusal) return;
    m_refusal.reset();
    emit changed();
}

void AllRuns::followRunning() {
    const auto& running = projectPart<RunNews>(m_project).running();
    if (!m_found || !running || !running->hasBegun) return;
    Told told{running->folder, m_found, running->epochs};
    if (told == m_told) return;  // the news come with every batch
    m_told = std::move(told);
    m_running.reset();
    const CataloguedRun* listed = find(running->folder);
    if (listed != nullptr && listed->card) {
        m_running = *listed;
        takeTold(*m_running->card, *running);
    }
    emit runningChanged();
}

const training::CataloguedRun* AllRuns::find(const QString& folder) const {
    if (!m_found) return nullptr;
    const QString place = QDir::cleanPath(folder);
    const auto found = std::ranges::find_if(
        m_found->runs, [&](const CataloguedRun& run) { return placeOf(run.folder) == place; });
    return found == m_found->runs.end() ? nullptr : &*found;
}

void AllRuns::follow(const QString& before, const QString& now) {
    if (!m_elsewhere.contains(QDir::cleanPath(before))) return;
    changeElsewhere([&](QStringList& folders) {
        std::ranges::replace(folders, QDir::cleanPath(before), QDir::cleanPath(now));
    });
}

void AllRuns::forget(const QString& folder) {
    if (!m_elsewhere.contains(QDir::cleanPath(folder))) return;
    changeElsewhere([&](QStringList& folders) { folders.removeAll(QDir::cleanPath(folder)); });
}

// Another window may have opened others meanwhile.
void AllRuns::changeElsewhere(const std::function<void(QStringList&)>& change) {
    m_elsewhere = LastSession::openedRuns();
    change(m_elsewhere);
    LastSession::keepOpenedRuns(m_elsewhere);
}

bool AllRuns::isMissing(const QString& folder) const {
    const CataloguedRun* run = find(folder);
    return run != nullptr && !run->card && run->card.error().code == ErrorCode::NotFound &&
           m_elsewhere.contains(QDir::cleanPath(folder));
}

}  // namespace graft::ui
