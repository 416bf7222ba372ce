// SPDX-License-Identifier: GPL-3.0-or-later
// A small folder of images that a network can tell apart: each class has a colour of its own, each picture
// some noise of its own.
#pragma once

#include <QDir>
#include <QImage>
#include <QRandomGenerator>
#include <QString>
#include <QStringList>

namespace graft::ui::testing {

inline QImage sampleImage(int classIndex, quint32 seed, int side = 64) {
    QRandomGenerator random(seed * 7919U + static_cast<quint32>(classIndex) + 1U);
    QImage image(side, side, QImage::Format_RGB32);
    const QColor colour = QColor::fromHsv((classIndex * 97 + 10) % 360, 200, 210);
    for (int y = 0; y < side; ++y) {
        for (int x = 0; x < side; ++x) {
            const int noise = random.bounded(60) - 30;
            image.setPixel(x, y,
                           qRgb(qBound(0, colour.red() + noise, 255), qBound(0, colour.green() + noise, 255),
                                qBound(0, colour.blue() + noise, 255)));
        }
    }
    return image;
}

// FOLDER/CLASS/0.png ...; returns whether every file was written.
inline bool makeSampleFolder(const QString& folder, const QStringList& classes, int perClass, int side = 64) {
    bool written = true;
    for (int c = 0; c < classes.size(); ++c) {
        const QDir inside(folder + '/' + classes[c]);
        written = inside.mkpath(QStringLiteral(".")) && written;
        for (int i = 0; i < perClass; ++i) {
            const QString name = inside.filePath(QStringLiteral("%1.png").arg(i, 3, 10, QLatin1Char('0')));
            written = sampleImage(c, static_cast<quint32>(i), side).save(name) && written;
        }
    }
    return written;
}

}  // namespace graft::ui::testing
