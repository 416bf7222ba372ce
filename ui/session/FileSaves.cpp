// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/FileSaves.h"

#include <utility>

#include "core/base/WriteFile.h"
#include "ui/session/Background.h"
#include "ui/session/Project.h"

namespace graft::ui {

FileSaves::FileSaves(Project& project) : QObject(&project) {}

void FileSaves::save(const QString& place, const QString& path, std::function<QByteArray()> make) {
    State& state = m_states[place];
    state.paths.append(path);
    state.failure.reset();
    emit changed(place);
    runInBackground(
        this,
        [file = path.toStdString(), make = std::move(make)] {
            return base::writeFile(file, make().toStdString());
        },
        [this, place, path](const Result<void>& written) {
            State& after = m_states[place];
            after.paths.removeOne(path);
            if (!written) after.failure = written.error();
            emit changed(place);
        });
}

QStringList FileSaves::onTheirWay(const QString& place) const {
    const auto found = m_states.find(place);
    return found == m_states.end() ? QStringList() : found->second.paths;
}

std::optional<Error> FileSaves::failure(const QString& place) const {
    const auto found = m_states.find(place);
    return found == m_states.end() ? std::nullopt : found->second.failure;
}

}  // namespace graft::ui
