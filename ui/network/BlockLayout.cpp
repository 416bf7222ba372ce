// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/network/BlockLayout.h"

#include <algorithm>

namespace graft::ui {

namespace {
constexpr int kGap = 6;      // between stages, and between units
constexpr int kPadding = 6;  // between a stage's frame and its units
constexpr int kUnitHeight = 32;
constexpr int kSmallestUnit = 28;  // width
constexpr int kLargestUnit = 84;
constexpr int kSmallestStage = 54;  // so that labels can be read
constexpr int kTallest = 6;         // units on top of each other; longer stages get more stacks
constexpr int kLabelHeight = 38;
constexpr int kRowGap = 18;

struct Shape {
    int stacks = 1;
    int rows = 1;
    int smallest = 0;  // width of the whole stage
    int largest = 0;
};

Shape shapeOf(std::size_t units) {
    const int count = std::max<int>(1, static_cast<int>(units));
    Shape shape;
    shape.stacks = (count + kTallest - 1) / kTallest;
    shape.rows = (count + shape.stacks - 1) / shape.stacks;
    const int between = (shape.stacks - 1) * kGap + 2 * kPadding;
    shape.smallest = std::max(kSmallestStage, shape.stacks * kSmallestUnit + between);
    shape.largest = std::max(shape.smallest, shape.stacks * kLargestUnit + between);
    return shape;
}
}  // namespace

BlockLayout BlockLayout::make(const backbones::ModelSummary& summary, int width) {
    BlockLayout layout;
    layout.units.resize(summary.units.size());
    for (std::size_t n = 0; n < summary.units.size(); ++n) {
        const QString stage = QString::fromStdString(summary.units[n].stage);
        if (layout.stages.empty() || layout.stages.back().name != stage) {
            layout.stages.push_back({stage, {}, {}, n, 0});
        }
        ++layout.stages.back().unitCount;
    }
    layout.stages.push_back({QString(), {}, {}, summary.units.size(), 0});

    std::vector<Shape> shapes;
    int total = -kGap;
    for (const StageBox& stage : layout.stages) {
        shapes.push_back(shapeOf(stage.unitCount));
        total += shapes.back().smallest + kGap;
    }
    // As few rows as hold the narrowest stages, about equally full.
    const int rows = std::max(1, (total + width - 1) / std::max(1, width));
    const int perRow = std::min(width, total / rows + kSmallestStage);

    int top = 0;
    for (std::size_t first = 0; first < layout.stages.size();) {
        std::size_t end = first;
        int narrow = -kGap;
        int wide = -kGap;
        int tallest = 0;
        while (end < layout.stages.size() &&
               (end == first || narrow + kGap + shapes[end].smallest <= perRow)) {
            narrow += shapes[end].smallest + kGap;
            wide += shapes[end].largest + kGap;
            tallest = std::max(tallest, shapes[end].rows);
            ++end;
        }
        // What is left of the width goes to the stages that can use it.
        const double share =
            wide > narrow ? std::clamp(double(width - narrow) / (wide - narrow), 0.0, 1.0) : 0.0;
        int x = 0;
        int bottom = top;
        for (std::size_t n = first; n < end; ++n) {
            StageBox& stage = layout.stages[n];
            const Shape& shape = shapes[n];
            const int stageWidth =
                shape.smallest + static_cast<int>(share * (shape.largest - shape.smallest));
            const int frameHeight = shape.rows * (kUnitHeight + kGap) - kGap + 2 * kPadding;
            stage.frame = QRect(x, top, stageWidth, frameHeight);
            stage.label = QRect(x - kGap / 2, stage.frame.bottom() + 3, stageWidth + kGap, kLabelHeight);
            const int inner = stageWidth - 2 * kPadding - (shape.stacks - 1) * kGap;
            const int unitWidth = inner / shape.stacks;
            const std::size_t boxes = std::max<std::size_t>(1, stage.unitCount);
            for (std::size_t k = 0; k < boxes; ++k) {
                const int stack = static_cast<int>(k) / shape.rows;
                const int row = static_cast<int>(k) % shape.rows;
                const QRect box(x + kPadding + stack * (unitWidth + kGap),
                                top + kPadding + row * (kUnitHeight + kGap), unitWidth, kUnitHeight);
                (stage.unitCount == 0 ? layout.head : layout.units[stage.firstUnit + k]) = box;
            }
            bottom = std::max(bottom, stage.label.bottom());
            x += stageWidth + kGap;
        }
        top = bottom + kRowGap;
        first = end;
    }
    layout.height = top - kRowGap + 1;
    return layout;
}

}  // namespace graft::ui
