// SPDX-License-Identifier: GPL-3.0-or-later
// What tests/kill/run kills beside graft-cli.
//     graft_kill_helper window IMAGES RUN CONFIG     trains as the window does, with the settings of CONFIG
//     graft_kill_helper fetch URL TARGET SHA256      downloads as the window and graft-cli do, also over http
#include <QCoreApplication>
#include <cstdio>
#include <fstream>
#include <memory>
#include <sstream>

#include "core/data/FolderScanner.h"
#include "core/settings/Settings.h"
#include "core/weights/Downloader.h"
#include "ui/session/Project.h"
#include "ui/session/TrainingController.h"

namespace {

int complain(const graft::Error& error) {
    std::fprintf(stderr, "%s\n", error.sentence().c_str());
    return 1;
}

int trainInTheWindow(QCoreApplication& application, const std::string& images, const std::string& run,
                     const std::string& configFile) {
    std::ostringstream text;
    text << std::ifstream(configFile).rdbuf();
    auto config = graft::settings::configFromJson(text.str());
    if (!config) return complain(config.error());
    config->datasetFolder = images;
    config->runFolder = run;
    const auto dataset = graft::data::scanFolder(images, {config->validationShare, config->seed, 1});
    if (!dataset) return complain(dataset.error());
    graft::ui::Project project(QString{});
    graft::ui::TrainingController controller(project);
    int status = 1;
    QObject::connect(&controller, &graft::ui::TrainingController::finished, &application,
                     [&](const graft::ui::TrainingResult& result) {
                         if (result.error) complain(*result.error);
                         status = result.outcome == graft::training::RunEnded::Outcome::Completed ? 0 : 1;
                         QCoreApplication::quit();
                     });
    controller.start(*config, std::make_shared<const graft::data::DatasetIndex>(*dataset));
    QCoreApplication::exec();
    return status;
}

int fetch(const std::string& url, const std::string& target, const std::string& sha256) {
    graft::runtime::RunControl control;
    graft::weights::DownloadRequest request{
        .url = url, .target = target, .sha256Prefix = sha256, .maxBytes = 1LL << 30, .allowHttp = true};
    const auto fetched = graft::weights::download(request, control);
    return fetched ? 0 : complain(fetched.error());
}

}  // namespace

int main(int argc, char** argv) {
    QCoreApplication application(argc, argv);
    const QStringList words = QCoreApplication::arguments();
    if (words.size() != 5) return 2;
    const std::string first = words[2].toStdString();
    const std::string second = words[3].toStdString();
    const std::string third = words[4].toStdString();
    if (words[1] == QLatin1String("window")) return trainInTheWindow(application, first, second, third);
    if (words[1] == QLatin1String("fetch")) return fetch(first, second, third);
    return 2;
}
