// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/SessionStart.h"

#include <filesystem>
#include <string>
#include <utility>

#include "core/training/DefaultConfig.h"
#include "core/training/RunFolder.h"
#include "ui/session/Background.h"
#include "ui/session/LastSession.h"
#include "ui/session/Project.h"

namespace graft::ui {

namespace {

constexpr int kKeepAfterMs = 500;

// What was asked for, and what is taken where that cannot be.
struct Found {
    Result<settings::TrainConfig> asked;
    Result<settings::TrainConfig> otherwise;
};

Result<settings::TrainConfig> defaultsAsLeft(const std::string& backbone, const std::string& weightsFile) {
    std::error_code ignored;
    if (!weightsFile.empty() && !std::filesystem::exists(weightsFile, ignored))
        return fail(ErrorCode::NotFound,
                    GRAFT_TEXT("The weights that were used last are not there any more; choose others."),
                    weightsFile);
    return training::defaultConfig(backbone, weightsFile);
}

}  // namespace

SessionStart::SessionStart(Project& project, Wanted wanted, QObject* parent)
    : QObject(parent), m_project(project), m_wanted(std::move(wanted)) {
    if (const auto last = LastSession::read()) {
        project.restore(last->config, last->defaults);
        m_ignored = last->ignored;
        m_isRestored = true;
    }
    if (!m_wanted.folder.isEmpty()) project.setFolder(m_wanted.folder);

    m_delay.setSingleShot(true);
    m_delay.setInterval(kKeepAfterMs);
    connect(&m_delay, &QTimer::timeout, this, &SessionStart::keep);
    connect(&project, &Project::configChanged, this, [this] { m_delay.start(); });
    connect(&project, &Project::currentRunChanged, this,
            [this] { LastSession::keepRun(m_project.currentRun()); });
    connect(&project, &Project::backboneChanged, this, [this] { m_isChosen = m_isChosen || !m_takes; });
}

SessionStart::~SessionStart() {
    if (m_delay.isActive()) keep();
}

// Before there is a backbone the settings are nobody's.
void SessionStart::keep() {
    m_delay.stop();
    if (m_project.hasBackbone()) LastSession::keep(m_project.config(), m_project.defaults());
}

void SessionStart::lookUp() {
    if (m_wanted.folder.isEmpty()) lookUpRun();
    const bool isAsLeft = m_isRestored && m_wanted.backbone.isEmpty() && m_wanted.weightsFile.isEmpty();
    if (isAsLeft) return lookUpAsLeft();
    lookUpWanted();
}

// One that is gone, or that another was chosen before, stays away without a word.
void SessionStart::lookUpRun() {
    const QString run = LastSession::run();
    if (run.isEmpty()) return;
    runInBackground(
        this, [folder = run.toStdString()] { return training::openRun(folder); },
        [this, run](const Result<training::RunSummary>& found) {
            if (found && m_project.currentRun().isEmpty()) m_project.setCurrentRun(run);
        });
}

// Only the defaults: another version may have others, and they are not kept as if a person had set them.
void SessionStart::lookUpAsLeft() {
    const settings::TrainConfig& config = m_project.config();
    runInBackground(
        this,
        [backbone = config.backbone, file = config.weightsFile]() -> Result<Found> {
            auto asked = defaultsAsLeft(backbone, file);
            auto otherwise =
                asked ? asked : Project::findDefaultBackbone(QString::fromStdString(backbone), {});
            if (!otherwise) otherwise = Project::findDefaultBackbone({}, {});  // of another version
            return Found{std::move(asked), std::move(otherwise)};
        },
        [this](const Result<Found>& found) {
            if (m_isChosen) return;
            m_takes = true;
            if (!found) {
                m_project.takeBackbone(fail(found.error()));
            } else if (found->asked) {
                m_project.renewDefaults(*found->asked);
            } else {
                m_project.takeBackbone(found->otherwise);
                m_project.takeBackbone(found->asked);  // says why not
            }
            m_takes = false;
        });
}

void SessionStart::lookUpWanted() {
    // The engine is loaded for it, and a weight file may have to be read.
    runInBackground(
        this,
        [name = m_wanted.backbone, file = m_wanted.weightsFile]() -> Result<Found> {
            auto asked = Project::findDefaultBackbone(name, file);
            auto otherwise = asked ? asked : Project::findDefaultBackbone(name, {});
            return Found{std::move(asked), std::move(otherwise)};
        },
        [this](const Result<Found>& found) {
            if (m_isChosen) return;
            m_takes = true;
            if (!found) {
                m_project.takeBackbone(fail(found.error()));
            } else {
                if (!found->asked) m_project.takeBackbone(found->otherwise);
                m_project.takeBackbone(found->asked);  // or says why not
            }
            m_takes = false;
        });
}

}  // namespace graft::ui
