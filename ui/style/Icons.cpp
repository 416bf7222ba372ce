// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/style/Icons.h"

#include <QFile>
#include <QPainter>
#include <QPixmapCache>
#include <QSvgRenderer>

namespace graft::ui {

QPixmap iconPixmap(const QString& name, int size, const QColor& colour, qreal pixelRatio) {
    const QString key =
        QStringLiteral("graft/%1/%2/%3/%4").arg(name).arg(size).arg(colour.rgba()).arg(pixelRatio);
    QPixmap pixmap;
    if (QPixmapCache::find(key, &pixmap)) return pixmap;

    QFile file(QStringLiteral(":/graft/icons/%1.svg").arg(name));
    if (!file.open(QIODevice::ReadOnly)) return pixmap;
    QByteArray svg = file.readAll();
    // Qt's SVG module does not know currentColor from outside; the files are drawn in plain black.
    if (colour.isValid()) svg.replace("#000", colour.name().toLatin1());

    pixmap = QPixmap(QSize(size, size) * pixelRatio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    QSvgRenderer(svg).render(&painter);
    painter.end();
    pixmap.setDevicePixelRatio(pixelRatio);
    QPixmapCache::insert(key, pixmap);
    return pixmap;
}

QIcon icon(const QString& name, const QColor& colour) {
    QIcon result;
    for (const int size : {16, 24, 32, 48}) {
        result.addPixmap(iconPixmap(name, size, colour));
    }
    return result;
}

}  // namespace graft::ui
