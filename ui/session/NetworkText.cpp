// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/NetworkText.h"

#include <QDir>
#include <QFileInfo>

#include "core/backbones/Catalogue.h"

namespace graft::ui {

QString backboneTitle(const std::string& name) {
    return QString::fromStdString(backbones::titleOf(name));
}

bool isModelOfRun(const QString& file) {
    return QFileInfo(file).fileName() == QLatin1String("model.safetensors");
}

QString weightsName(const std::string& file) {
    const QFileInfo weights(QString::fromStdString(file));
    return isModelOfRun(weights.filePath()) ? weights.dir().dirName() : weights.fileName();
}

}  // namespace graft::ui
