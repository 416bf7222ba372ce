// SPDX-License-Identifier: GPL-3.0-or-later
// What every page test needs: temporary folders and settings, the theme, a project with a quick network.
#pragma once

#include <QApplication>
#include <QDir>
#include <QFile>
#include <QSettings>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QtTest/QtTest>
#include <memory>
#include <variant>

#include "core/data/FolderScanner.h"
#include "core/training/DefaultConfig.h"
#include "core/training/Trainer.h"
#include "tests/ui/support/SampleImages.h"
#include "tests/ui/support/ScriptedPrompts.h"
#include "ui/main/FocusKeeper.h"
#include "ui/main/InputManners.h"
#include "ui/session/DatasetSummary.h"
#include "ui/session/Project.h"
#include "ui/session/TrainingController.h"
#include "ui/style/Theme.h"
#include "ui/widgets/PlainLabels.h"

namespace graft::ui::testing {

constexpr int kPatienceMs = 120000;  // a bound for a hung test, never waited for

class PageFixture {
  public:
    // Once, before the first widget.
    static void prepareApplication() {
        QStandardPaths::setTestModeEnabled(true);
        QLocale::setDefault(QLocale::c());
        QCoreApplication::setOrganizationName(QStringLiteral("graft-test"));
        QCoreApplication::setApplicationName(QStringLiteral("graft-test"));
        static const QTemporaryDir settings;
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, settings.path());
        qputenv("XDG_CONFIG_HOME", settings.path().toUtf8());  // recipes of whoever runs the test, too
        Theme::instance().apply(*qApp, false);
        // As the whole window has them.
        InputManners::install();
        FocusKeeper::install();
        PlainLabels::install();
    }

    // The weights of whoever runs the test must not change what it sees.
    static void keepWeightsIn(const QTemporaryDir& folder) {
        qputenv("XDG_DATA_HOME", folder.path().toUtf8());
        qputenv("TORCH_HOME", folder.filePath(QStringLiteral("torch")).toUtf8());
    }

    explicit PageFixture(const QStringList& classes = {"amber", "blue", "cyan"}, int perClass = 10)
        : images(directory.filePath(QStringLiteral("pictures"))), project(directory.filePath("runs")) {
        if (!makeSampleFolder(images, classes, perClass)) qFatal("cannot write the sample images");
        choose(QStringLiteral("squeezenet1_1"));
        project.setConfig(quickConfig());
        project.setFolder(images);
    }

    // The smallest network at the smallest size: an epoch takes a fraction of a second.
    static settings::TrainConfig quickConfig() {
        auto config = training::defaultConfig("squeezenet1_1", "");
        if (!config) qFatal("%s", config.error().message.english().c_str());
        config->preprocess.resizeSize = 72;
        config->preprocess.cropSize = 64;
        config->epochs = 2;
        config->batchSize = 8;
        config->threads = 1;
        config->optimizer.learningRate = 0.001;
        config->device = "cpu";
        return *config;
    }

    // As the window does it, without waiting for a worker thread.
    void choose(const QString& backbone, const QString& weightsFile = {}) {
        const auto defaults = training::defaultConfig(backbone.toStdString(), weightsFile.toStdString());
        if (!project.takeBackbone(defaults)) qFatal("%s", defaults.error().message.english().c_str());
    }

    void scan() {
        const auto found = data::scanFolder(images.toStdString(),
                                            {project.config().validationShare, project.config().seed, 1});
        if (!found) qFatal("%s", found.error().message.english().c_str());
        project.setDataset(std::make_shared<const data::DatasetIndex>(*found), DatasetSummary::of(*found));
    }

    // As when the program starts: nothing is kept of the pages before, of which none may be there.
    void forgetPages() { qDeleteAll(project.findChildren<QObject*>(QString(), Qt::FindDirectChildrenOnly)); }

    // A validation image that scan() has found is gone.
    void loseValidationImage() {
        const data::DatasetIndex& dataset = *project.dataset();
        const auto& lost = dataset.samples[dataset.indicesOf(data::Split::Validation).front()];
        if (!QFile::remove(QString::fromStdString(dataset.absolutePath(lost))))
            qFatal("cannot remove %s", lost.path.c_str());
    }

    // A finished run, made without the window.
    QString trainRun(int epochs = 2) {
        scan();
        return trainScanned(epochs);
    }
    // Of the images as they were scanned, whatever has become of them.
    QString trainScanned(int epochs) {
        settings::TrainConfig config = project.config();
        config.epochs = epochs;
        config.runFolder = project.newRunFolder().toStdString();
        runtime::RunControl control;
        const auto report = training::train(
            config, *project.dataset(), [](const auto&) {}, control);
        if (!report) qFatal("%s", report.error().message.english().c_str());
        return QString::fromStdString(report->runFolder);
    }

    // Stopped after its first epoch of two, without the window. folder: as the run is told it; empty: images.
    QString stoppedRun(const QString& folder = {}) {
        scan();
        settings::TrainConfig config = project.config();
        if (!folder.isEmpty()) config.datasetFolder = folder.toStdString();
        config.runFolder = project.newRunFolder().toStdString();
        runtime::RunControl control;
        const auto report = training::train(
            config, *project.dataset(),
            [&control](const training::TrainEvent& event) {
                if (std::holds_alternative<training::EpochDone>(event)) control.stop();
            },
            control);
        if (!report || report->completed) qFatal("the run was not stopped");
        return QString::fromStdString(report->runFolder);
    }

    // All of them, to the folder that it gives.
    QString moveImages() {
        const QString moved = images + QStringLiteral(" moved");
        if (!QDir().rename(images, moved)) qFatal("cannot move the images");
        return moved;
    }

    QTemporaryDir directory;
    QString images;
    Project project;
    TrainingController controller{project};
    ScriptedPrompts prompts;
};

}  // namespace graft::ui::testing
