// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/RunReuse.h"

#include <QDir>
#include <QFileInfo>
#include <filesystem>
#include <string>
#include <utility>

#include "core/settings/Settings.h"
#include "ui/session/Background.h"
#include "ui/session/Project.h"
#include "ui/session/ProjectPart.h"
#include "ui/session/RunNews.h"
#include "ui/session/SettingsTaker.h"

namespace graft::ui {

namespace {

// What was taken: of a repetition everything, else the network.
std::string takenOf(RunReuse::Way way, const settings::TrainConfig& config) {
    if (way == RunReuse::Way::StartedFrom) return config.backbone + '\n' + config.weightsFile;
    return settings::toJson(config);
}

using Like = std::shared_ptr<const training::LikeRun>;

Result<Like> readLike(const std::string& folder) {
    auto like = training::configLike(folder);
    if (!like) return fail(like.error());
    settings::TrainConfig& config = like->config;
    if (!like->hasWeights) {
        return fail(ErrorCode::NotFound,
                    GRAFT_TEXT("The weights that the run began from are not on this machine any more; put "
                               "them back, or choose others on the Network page."),
                    config.weightsFile);
    }
    std::error_code error;
    if (!std::filesystem::is_directory(config.datasetFolder, error)) {
        like->notices.emplace_back(
            GRAFT_TEXT("Its images are not in {1} any more: the new run takes those that are open."),
            config.datasetFolder);
        config.datasetFolder.clear();
    }
    return Like(std::make_shared<training::LikeRun>(std::move(*like)));
}

}  // namespace

RunReuse::RunReuse(Project& project) : QObject(&project), m_project(project) {
    projectPart<SettingsTaker>(project);  // it hears of the choice before this does
    connect(&project, &Project::backboneRefused, this, [this](const Error& error) {
        if (std::exchange(m_isTaking, false)) say(error);
    });
    connect(&project, &Project::choosingChanged, this, &RunReuse::finish);
    connect(&project, &Project::configChanged, this, &RunReuse::followSettings);
    RunNews& news = projectPart<RunNews>(project);
    connect(&news, &RunNews::runningChanged, this, [this, &news] {
        const bool begins = !std::exchange(m_isTraining, news.running().has_value()) && m_isTraining;
        if (begins && m_origin) setOrigin(std::nullopt);  // what comes of them is seen now
    });
}

void RunReuse::say(const std::optional<Error>& failure) {
    m_failure = failure;
    emit changed();
}

void RunReuse::forgetFailure() {
    if (m_failure) say(std::nullopt);
}

void RunReuse::lookUp(const QString& runFolder) {
    m_isLooking = true;
    m_lookedUp = runFolder;
    say(std::nullopt);
    runInBackground(
        this, [folder = runFolder.toStdString()] { return readLike(folder); },
        [this, number = ++m_number](const Result<Like>& like) {
            if (number != m_number) return;
            m_isLooking = false;
            say(like ? std::nullopt : std::optional<Error>(like.error()));
            if (like) emit found(*like);
        });
}

void RunReuse::take(const training::LikeRun& like) {
    begin(m_lookedUp, Way::Repeated);
    m_wantedBackbone = QString::fromStdString(like.config.backbone);
    m_wantedWeights = QString::fromStdString(like.config.weightsFile);
    if (!like.config.datasetFolder.empty())
        m_project.setFolder(QString::fromStdString(like.config.datasetFolder));
    projectPart<SettingsTaker>(m_project).take(like.config);
    finish();
}

void RunReuse::startFrom(const training::RunSummary& run) {
    const QString folder = QString::fromStdString(run.folder);
    begin(folder, Way::StartedFrom);
    m_wantedBackbone = QString::fromStdString(run.config.backbone);
    m_wantedWeights = folder;
    m_project.chooseModel(m_wantedBackbone, m_wantedWeights);
}

void RunReuse::begin(const QString& runFolder, Way way) {
    m_wanted = {QFileInfo(QDir::cleanPath(runFolder)).fileName(), way};
    ++m_number;
    m_project.dropChoice();  // a later one overtakes it
    m_isLooking = false;
    m_isTaking = true;
    say(std::nullopt);
}

// At once where the network is the same.
void RunReuse::finish() {
    if (!m_isTaking) return;
    const bool isWanted =
        m_project.wantedBackbone() == m_wantedBackbone && isSameModel(m_project.wantedWeights());
    if (isWanted && m_project.isChoosing()) return;
    m_isTaking = false;
    if (!isWanted) return emit changed();  // it was given up, or something else was chosen
    m_taken = takenOf(m_wanted.way, m_project.config());
    setOrigin(m_wanted);
    emit changed();
    emit taken();
}

// A run's folder stands for the model in it.
bool RunReuse::isSameModel(const QString& weights) const {
    return weights == m_wantedWeights || QFileInfo(weights).path() == QDir::cleanPath(m_wantedWeights);
}

void RunReuse::followSettings() {
    if (m_origin && takenOf(m_origin->way, m_project.config()) != m_taken) setOrigin(std::nullopt);
}

void RunReuse::setOrigin(const std::optional<Origin>& origin) {
    m_origin = origin;
    emit originChanged();
}

}  // namespace graft::ui
