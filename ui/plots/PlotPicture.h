// SPDX-License-Identifier: GPL-3.0-or-later
// A plot as a file: a picture with the title and the legend that the window shows beside it, in the colours
// that the theme has at that moment. The window's thread only notes how it is drawn.
#pragma once

#include <QByteArray>
#include <QString>
#include <functional>
#include <vector>

class QCPGraph;
class QCustomPlot;

namespace graft::ui {

enum class PictureFormat { Png, Pdf, Svg };

// The bytes of a file, made by calling it; on any thread.
using FileMaker = std::function<QByteArray()>;

// Notes at once what is to be drawn; drawing it and making the file of it is left to the maker, which knows
// nothing of the plot any more and throws std::bad_alloc where the memory does not suffice. graphs: those
// that the legend names, by their names. lower: the legend has its place at the bottom. The plot is as it was
// afterwards, to be drawn again.
FileMaker pictureOf(QCustomPlot& plot, PictureFormat format, const QString& title,
                    const std::vector<QCPGraph*>& graphs, bool lower);

}  // namespace graft::ui
