// SPDX-License-Identifier: GPL-3.0-or-later
// Graft's own icons, drawn from SVG in any colour. Names are those of resources/icons without ".svg".
#pragma once

#include <QColor>
#include <QIcon>
#include <QPixmap>
#include <QString>

namespace graft::ui {

// size: side of the square in device-independent pixels. An invalid colour leaves the file's own colours.
QPixmap iconPixmap(const QString& name, int size, const QColor& colour, qreal pixelRatio = 1.0);
QIcon icon(const QString& name, const QColor& colour);

}  // namespace graft::ui
