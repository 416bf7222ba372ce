// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/LastSession.h"

#include <QSettings>
#include <QString>
#include <string>
#include <utility>

#include "core/settings/Settings.h"

namespace graft::ui {

namespace {

const QString kConfigKey = QStringLiteral("last/settings");
const QString kDefaultsKey = QStringLiteral("last/defaults");
const QString kRunKey = QStringLiteral("last/run");
const QString kPageKey = QStringLiteral("last/page");
const QString kOpenedRunsKey = QStringLiteral("runs/opened");
const QString kRunsSplitKey = QStringLiteral("runs/split");

}  // namespace

std::optional<LastSession> LastSession::read() {
    const QSettings kept;
    auto config = settings::keptConfigFromJson(kept.value(kConfigKey).toString().toStdString());
    if (!config) return std::nullopt;
    LastSession last;
    last.config = std::move(config->config);
    for (const std::string& key : config->ignored)
        last.ignored << QString::fromStdString(key);
    // Without them everything counts as changed by a person, and stays as it was left.
    const auto defaults = settings::keptConfigFromJson(kept.value(kDefaultsKey).toString().toStdString());
    if (defaults) last.defaults = defaults->config;
    return last;
}

void LastSession::keep(const settings::TrainConfig& config, const settings::TrainConfig& defaults) {
    QSettings kept;
    kept.setValue(kConfigKey, QString::fromStdString(settings::toJson(config)));
    kept.setValue(kDefaultsKey, QString::fromStdString(settings::toJson(defaults)));
}

QString LastSession::run() {
    return QSettings().value(kRunKey).toString();
}

void LastSession::keepRun(const QString& folder) {
    QSettings().setValue(kRunKey, folder);
}

int LastSession::page() {
    return QSettings().value(kPageKey, 0).toInt();
}

void LastSession::keepPage(int page) {
    QSettings().setValue(kPageKey, page);
}

QStringList LastSession::openedRuns() {
    return QSettings().value(kOpenedRunsKey).toStringList();
}

void LastSession::keepOpenedRuns(const QStringList& folders) {
    QSettings().setValue(kOpenedRunsKey, folders);
}

QByteArray LastSession::runsSplit() {
    return QSettings().value(kRunsSplitKey).toByteArray();
}

void LastSession::keepRunsSplit(const QByteArray& state) {
    QSettings().setValue(kRunsSplitKey, state);
}

}  // namespace graft::ui
