// SPDX-License-Identifier: GPL-3.0-or-later
// How the window was left: the folder of images, the backbone with its weights, all settings, and the page.
// Kept in the program's own settings. For the GUI thread.
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>
#include <optional>

#include "core/settings/TrainConfig.h"

namespace graft::ui {

struct LastSession {
    settings::TrainConfig config;    // with the folder
    settings::TrainConfig defaults;  // what its backbone came with, to tell what a person changed
    QStringList ignored;             // settings of another version, or damaged: they have their defaults

    // None where nothing is kept, or nothing that can be read.
    static std::optional<LastSession> read();
    static void keep(const settings::TrainConfig& config, const settings::TrainConfig& defaults);

    static QString run();  // the one that was shown; empty where there was none
    static void keepRun(const QString& folder);
    static int page();  // the one that was shown; 0 where none is kept
    static void keepPage(int page);
    static QStringList openedRuns();  // folders that were opened from elsewhere, which may be gone
    static void keepOpenedRuns(const QStringList& folders);
    // How the height of the Runs page is parted (QSplitter::saveState()); empty: as it is by default.
    static QByteArray runsSplit();
    static void keepRunsSplit(const QByteArray& state);
};

}  // namespace graft::ui
