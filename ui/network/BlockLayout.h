// SPDX-License-Identifier: GPL-3.0-or-later
// Where a network's parts lie in a picture of a given size, from left to right as a picture flows through it:
// the picture, the stages with their units as bodies, the head. A body's height follows the side of the map
// that the unit gives, on a logarithmic scale; its width the unit's share of the multiply-adds, with a
// minimum. Where there is no room for every unit of its own, those of the longest stages become stripes of
// one body: the stage is folded. Plain geometry, so that drawing, mouse and keyboard agree.
#pragma once

#include <QPoint>
#include <QRect>
#include <QSize>
#include <QString>
#include <optional>
#include <vector>

#include "core/backbones/ModelSummary.h"

namespace graft::ui {

struct StageBody {
    QString name = {};  // "layer4"
    std::size_t firstUnit = 0;
    std::size_t unitCount = 0;
    bool folded = false;
    QRect body = {};    // all of its units, with their depth
    QRect wiring = {};  // above it: where connections past its units are hinted at
    QRect fold = {};    // to unfold it, or to fold it again; empty: there is room for its units
    QRect label = {};   // below it; may be too narrow for its words
};

// What a hand may take of it: a unit, or with no unit a whole stage.
struct BlockTarget {
    std::size_t stage = 0;
    std::optional<std::size_t> unit = {};
    bool operator==(const BlockTarget&) const = default;
};

// Room that the words need, in pixels.
struct BlockWords {
    std::vector<int> labels;  // of the picture, each stage, the head
    int lineHeight = 15;
    int fold = 30;
};

struct BlockLayout {
    static constexpr int kDeepest = 8;  // pixels

    std::vector<StageBody> stages;
    std::vector<QRect> units;  // front faces, in the order of the forward pass; stripes where folded
    std::vector<int> cuts;     // x of a line before each unit; the last one before the head
    QRect picture, pictureLabel;
    QRect head, headLabel;
    QRect top;               // a strip above all bodies
    int depth = 0;           // how far a body goes back, to the right and up
    bool staggered = false;  // labels stand in two rows
    int axis = 0;            // y of the line on which all bodies are centred

    // open: a stage that is not to be folded, at the cost of the others.
    static BlockLayout make(const backbones::ModelSummary& summary, const QSize& size,
                            const BlockWords& words, std::optional<std::size_t> open = {});

    bool isFolded() const;  // any of the stages
    std::size_t stageOf(std::size_t unit) const;
    std::size_t nearestCut(int x) const;   // a unit's index; as many as there are units: the head
    QRect areaOf(std::size_t unit) const;  // with its depth
};

// The side of the map in this shape (C x H x W, or tokens x C), as of a square one; 1 for plain numbers.
double mapSide(const std::vector<std::int64_t>& shape);

}  // namespace graft::ui
