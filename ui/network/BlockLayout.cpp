// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/network/BlockLayout.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace graft::ui {

namespace {

constexpr int kTopHeight = 20;
constexpr int kTopGap = 4;
constexpr int kWiringHeight = 20;
constexpr int kLabelGap = 8;
constexpr int kLabelLines = 3;
constexpr int kBetweenLabels = 8;  // rows of them
constexpr int kBesideLabel = 4;
constexpr int kDeepest = BlockLayout::kDeepest;
constexpr int kFlattest = 2;
constexpr int kBetweenUnits = 3;   // behind the depth of the left one
constexpr int kNarrowestUnit = 6;  // of its own
constexpr int kBetweenOpen = 2;    // the same two in a stage that was opened
constexpr int kNarrowestOpen = 4;
constexpr int kNarrowestFold = 40;   // of a stage whose units are stripes
constexpr int kNarrowestOther = 14;  // the same beside a stage that was opened
constexpr int kLowestBody = 26;
constexpr int kLowestOfAll = 12;
constexpr int kLowestHead = 56;
// A map of one pixel is drawn as if it had this many doublings more than none.
constexpr double kDoublingsOfOne = 1.2;

// What the widths are made of.
struct Column {
    std::size_t firstUnit = 0;
    std::size_t unitCount = 0;
    bool folded = false;
    double share = 0;  // of the work
    int label = 0;     // that its words need; 0: they may be cut off
};

struct Sizes {
    int depth = kDeepest;
    int gap = 14;      // between columns
    int picture = 48;  // its side, and the least width of its column
    int head = 52;
    int fold = kNarrowestFold;
    bool staggered = false;  // labels in two rows
    bool open = false;       // a stage was opened
    int unit() const { return std::max(open ? kNarrowestOpen : kNarrowestUnit, 2 * depth); }
    int between() const { return open ? kBetweenOpen : kBetweenUnits; }
    int pitch() const { return unit() + depth + between(); }
};

Sizes tightest(bool open) {
    return {open ? 1 : kFlattest, 6, 36, 40, 34, !open, open};
}

int narrowest(const Column& column, const Sizes& sizes) {
    const int count = static_cast<int>(column.unitCount);
    if (!column.folded) return count * sizes.pitch() - sizes.between();
    return std::max(sizes.open ? kNarrowestOther : sizes.fold, count * (sizes.open ? 1 : 2)) + sizes.depth;
}

class Arranger {
  public:
    Arranger(const backbones::ModelSummary& summary, const QSize& size, const BlockWords& words,
             std::optional<std::size_t> open)
        : m_summary(summary), m_size(size), m_words(words), m_open(open) {}

    BlockLayout arrange();

  private:
    void findColumns();
    void chooseSizes();
    bool trySizes(const std::vector<bool>& folded);
    int needed() const;
    std::vector<int> widths() const;
    std::vector<int> widthsAt(double scale) const;
    void placeAcross();
    void placeUnits(std::size_t stage, int left, int width);
    void placeDown();
    void placeLabels();
    void placeFolds();

    const backbones::ModelSummary& m_summary;
    const QSize m_size;
    const BlockWords& m_words;
    const std::optional<std::size_t> m_open;
    std::vector<Column> m_columns;
    std::vector<bool> m_foldable;  // without m_open they would be folded
    std::vector<double> m_shares;  // by unit
    Sizes m_sizes;
    BlockLayout m_layout;
    std::vector<QRect> m_slots;  // columns as they stand side by side: picture, stages, head
};

void Arranger::findColumns() {
    std::int64_t total = 0;
    for (const backbones::UnitSummary& unit : m_summary.units)
        total += unit.multiplyAdds;
    for (std::size_t n = 0; n < m_summary.units.size(); ++n) {
        const QString stage = QString::fromStdString(m_summary.units[n].stage);
        if (m_layout.stages.empty() || m_layout.stages.back().name != stage) {
            m_layout.stages.push_back({.name = stage, .firstUnit = n});
            m_columns.push_back({.firstUnit = n});
        }
        m_shares.push_back(total > 0 ? double(m_summary.units[n].multiplyAdds) / double(total) : 0.0);
        ++m_layout.stages.back().unitCount;
        ++m_columns.back().unitCount;
        m_columns.back().share += m_shares.back();
    }
}

// Of all columns, with the gaps between them.
int Arranger::needed() const {
    int sum = (static_cast<int>(m_columns.size()) + 1) * m_sizes.gap;
    const bool fits = !m_sizes.staggered && !m_open;
    sum += std::max(m_sizes.picture, fits ? m_words.labels.front() : 0);
    sum += std::max(m_sizes.head, fits ? m_words.labels.back() : 0);
    for (const Column& column : m_columns)
        sum += std::max(narrowest(column, m_sizes), column.label);
    return sum;
}

// The deepest bodies that there is room for; better in two rows of labels than without a unit's own body.
bool Arranger::trySizes(const std::vector<bool>& folded) {
    for (std::size_t n = 0; n < m_columns.size(); ++n)
        m_columns[n].folded = folded[n];
    const int width = m_size.width();
    m_sizes = {.open = m_open.has_value()};
    m_sizes.picture = std::clamp(width / 11, m_open ? 36 : 44, 112);
    m_sizes.head = std::clamp(width / 10, m_open ? 40 : 52, 128);
    for (const bool staggered : {false, true}) {
        m_sizes.staggered = staggered;
        for (std::size_t n = 0; n < m_columns.size(); ++n)
            m_columns[n].label = staggered || m_open ? 0 : m_words.labels[n + 1];
        for (m_sizes.depth = kDeepest; m_sizes.depth >= (m_open ? 1 : kFlattest); --m_sizes.depth) {
            m_sizes.gap = m_open ? 6 : std::clamp(width / 60, 10, 24);
            if (needed() <= width) return true;
        }
        if (m_open) break;
    }
    m_sizes = tightest(m_open.has_value());
    return false;
}

void Arranger::chooseSizes() {
    std::vector<bool> folded(m_columns.size(), false);
    const bool fits = trySizes(folded);
    m_foldable.assign(m_columns.size(), false);
    if (fits && !m_open) return;
    // The longest first. Folding makes none wider than its units are.
    std::vector<std::size_t> order(m_columns.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::ranges::stable_sort(order, std::greater<>(), [&](std::size_t n) { return m_columns[n].unitCount; });
    for (const std::size_t n : order) {
        const bool shrinks = static_cast<int>(m_columns[n].unitCount) * Sizes{.depth = kFlattest}.pitch() >
                             kNarrowestFold + kFlattest;
        if (m_open ? m_open == n || m_columns[n].unitCount < 2 : !shrinks) continue;
        folded[n] = true;
        if (!m_open && trySizes(folded)) break;
    }
    if (m_open) trySizes(folded);
    m_foldable = folded;
    if (m_open) m_foldable[*m_open] = true;
}

std::vector<int> Arranger::widthsAt(double scale) const {
    std::vector<int> widths;
    for (const Column& column : m_columns) {
        widths.push_back(std::max(narrowest(column, m_sizes), static_cast<int>(scale * column.share)));
    }
    return widths;
}

// Of the bodies: as wide as their work, such that everything is as wide as there is room.
std::vector<int> Arranger::widths() const {
    const auto total = [this](const std::vector<int>& widths) {
        int sum = needed();
        for (std::size_t n = 0; n < widths.size(); ++n) {
            const int least = std::max(narrowest(m_columns[n], m_sizes), m_columns[n].label);
            sum += std::max(widths[n], least) - least;
        }
        return sum;
    };
    double low = 0;
    double high = 2.0 * m_size.width();
    for (int step = 0; step < 40; ++step) {
        const double middle = (low + high) / 2;
        (total(widthsAt(middle)) <= m_size.width() ? low : high) = middle;
    }
    return widthsAt(low);
}

void Arranger::placeAcross() {
    const std::vector<int> bodies = widths();
    std::vector<int> columns{m_sizes.picture};
    const bool hasLabels = !m_sizes.staggered && !m_open;
    if (hasLabels) columns.front() = std::max(columns.front(), m_words.labels.front());
    for (std::size_t n = 0; n < bodies.size(); ++n)
        columns.push_back(std::max(bodies[n], m_columns[n].label));
    columns.push_back(std::max(m_sizes.head, hasLabels ? m_words.labels.back() : 0));
    const int sum = std::accumulate(columns.begin(), columns.end(), 0);
    const double spare =
        std::max(0.0, double(m_size.width() - sum) / static_cast<double>(columns.size() - 1));
    double x = 0;
    for (std::size_t n = 0; n < columns.size(); ++n) {
        m_slots.emplace_back(static_cast<int>(x), 0, columns[n], m_size.height());
        x += columns[n] + spare;
    }
    m_layout.units.resize(m_summary.units.size());
    for (std::size_t n = 0; n < bodies.size(); ++n) {
        const QRect& slot = m_slots[n + 1];
        placeUnits(n, slot.left() + (slot.width() - bodies[n]) / 2, bodies[n]);
    }
}

// Within a stage the same rule holds: as wide as their work, with a minimum.
void Arranger::placeUnits(std::size_t stage, int left, int width) {
    const Column& column = m_columns[stage];
    StageBody& body = m_layout.stages[stage];
    body.folded = column.folded;
    body.body = QRect(left, 0, width, 0);
    const int between = column.folded ? 0 : m_sizes.depth + m_sizes.between();
    const int count = static_cast<int>(column.unitCount);
    const double room = width - m_sizes.depth - between * (count - 1);
    const double least = std::min(room / count, column.folded ? 2.0 : double(m_sizes.unit()));
    const auto widthOf = [&](std::size_t n, double scale) {
        return std::max(least, scale * m_shares[column.firstUnit + n]);
    };
    double low = 0;
    double high = 1e6;
    for (int step = 0; step < 60; ++step) {
        const double middle = (low + high) / 2;
        double sum = 0;
        for (std::size_t n = 0; n < column.unitCount; ++n)
            sum += widthOf(n, middle);
        (sum <= room ? low : high) = middle;
    }
    double used = 0;
    for (std::size_t n = 0; n < column.unitCount; ++n)
        used += widthOf(n, low);
    const double more = (room - used) / count;  // where no unit works at all
    double x = left;
    for (std::size_t n = 0; n < column.unitCount; ++n) {
        const double end = x + widthOf(n, low) + more;
        m_layout.units[column.firstUnit + n] =
            QRect(static_cast<int>(std::lround(x)), 0,
                  std::max(1, static_cast<int>(std::lround(end)) - static_cast<int>(std::lround(x))), 0);
        x = end + between;
    }
}

void Arranger::placeDown() {
    m_layout.depth = m_sizes.depth;
    m_layout.staggered = m_sizes.staggered;
    const int labels = kLabelGap + kLabelLines * m_words.lineHeight * (m_sizes.staggered ? 2 : 1) +
                       (m_sizes.staggered ? kBetweenLabels : 0);
    m_layout.top = QRect(0, 0, m_size.width(), kTopHeight);
    const int above = kTopHeight + kTopGap + kWiringHeight + m_sizes.depth;
    const int tallest = std::max(kLowestOfAll, m_size.height() - above - labels);
    m_layout.axis = above + tallest / 2;

    double largest = 1;
    for (const backbones::UnitSummary& unit : m_summary.units)
        largest = std::max(largest, mapSide(unit.outputShape));
    for (std::size_t n = 0; n < m_layout.units.size(); ++n) {
        const double side = mapSide(m_summary.units[n].outputShape);
        const double share = (std::log2(side) + kDoublingsOfOne) / (std::log2(largest) + kDoublingsOfOne);
        const int height = std::max(std::min(kLowestBody, tallest), static_cast<int>(share * tallest));
        QRect& unit = m_layout.units[n];
        unit.setTop(m_layout.axis - height / 2);
        unit.setHeight(height);
    }
    for (StageBody& stage : m_layout.stages) {
        QRect around;
        for (std::size_t n = 0; n < stage.unitCount; ++n)
            around |= m_layout.areaOf(stage.firstUnit + n);
        stage.body = around;
        stage.wiring = QRect(around.left(), around.top() - kWiringHeight, around.width(), kWiringHeight);
    }
    const int picture = std::min(m_sizes.picture, tallest);
    const QRect& first = m_slots.front();
    m_layout.picture =
        QRect(first.left() + (first.width() - picture) / 2, m_layout.axis - picture / 2, picture, picture);
    const int head = std::min(tallest, std::max(kLowestHead, tallest * 3 / 5));
    const QRect& last = m_slots.back();
    m_layout.head =
        QRect(last.left() + (last.width() - m_sizes.head) / 2, m_layout.axis - head / 2, m_sizes.head, head);
    for (std::size_t n = 0; n < m_layout.units.size(); ++n) {
        const int before = n == 0 ? m_layout.picture.right() : m_layout.areaOf(n - 1).right();
        const bool isStripe = n > 0 && m_layout.stageOf(n) == m_layout.stageOf(n - 1) &&
                              m_layout.stages[m_layout.stageOf(n)].folded;
        const int left = m_layout.units[n].left();
        m_layout.cuts.push_back(isStripe ? left : (before + left + 1) / 2);
    }
    if (!m_layout.units.empty()) {
        m_layout.cuts.push_back(
            (m_layout.areaOf(m_layout.units.size() - 1).right() + m_layout.head.left() + 1) / 2);
    }
}

// In the middle below their columns; beside it where the labels of the same row would be cut off otherwise.
void Arranger::placeLabels() {
    const int height = kLabelLines * m_words.lineHeight;
    const int rows = m_sizes.staggered ? 2 : 1;
    const int top = m_size.height() - rows * height - (rows - 1) * kBetweenLabels;
    std::vector<QRect*> labels{&m_layout.pictureLabel};
    std::vector<int> middles{m_layout.picture.center().x()};
    for (StageBody& stage : m_layout.stages) {
        labels.push_back(&stage.label);
        middles.push_back(stage.body.center().x());
    }
    labels.push_back(&m_layout.headLabel);
    middles.push_back(m_layout.head.center().x());
    for (int row = 0; row < rows; ++row) {
        std::vector<std::size_t> inRow;
        for (auto n = static_cast<std::size_t>(row); n < labels.size(); n += static_cast<std::size_t>(rows))
            inRow.push_back(n);
        int sum = kBesideLabel * (static_cast<int>(inRow.size()) - 1);
        for (const std::size_t n : inRow)
            sum += m_words.labels[n];
        const bool haveRoom = sum <= m_size.width();
        int from = 0;
        for (std::size_t k = 0; k < inRow.size(); ++k) {
            const std::size_t n = inRow[k];
            int width = m_words.labels[n];
            int right = m_size.width();  // that the ones behind it leave
            if (haveRoom) {
                for (std::size_t later = k + 1; later < inRow.size(); ++later)
                    right -= m_words.labels[inRow[later]] + kBesideLabel;
            } else if (k + 1 < inRow.size()) {
                right = (middles[n] + middles[inRow[k + 1]]) / 2 - kBesideLabel / 2;
            }
            width = std::min(width, right - from);
            const int x = std::clamp(middles[n] - width / 2, from, std::max(from, right - width));
            *labels[n] = QRect(x, top + row * (height + kBetweenLabels), std::max(0, width), height);
            from = haveRoom ? x + width + kBesideLabel : right + kBesideLabel;
        }
    }
}

void Arranger::placeFolds() {
    int end = -1;  // of the one before
    for (std::size_t n = 0; n < m_foldable.size(); ++n) {
        StageBody& stage = m_layout.stages[n];
        if (!m_foldable[n] || stage.unitCount < 2 || (m_open && n != *m_open)) continue;
        const int most = std::min(m_words.fold, stage.body.width() + m_sizes.gap - 2);
        if (n > 0) end = std::max(end, m_layout.stages[n - 1].body.right());
        const int width = std::min(most, 2 * (stage.body.center().x() - end - 1));
        end = stage.body.center().x() + (width + 1) / 2;
        stage.fold =
            QRect(stage.body.center().x() - width / 2, stage.wiring.top() + 2, width, kWiringHeight - 4);
    }
}

BlockLayout Arranger::arrange() {
    findColumns();
    if (m_columns.empty()) return {};
    chooseSizes();
    placeAcross();
    placeDown();
    placeLabels();
    placeFolds();
    return std::move(m_layout);
}

}  // namespace

double mapSide(const std::vector<std::int64_t>& shape) {
    if (shape.size() == 3) return std::sqrt(std::max(1.0, double(shape[1]) * double(shape[2])));
    if (shape.size() == 2) return std::sqrt(std::max(1.0, double(shape[0])));
    return 1;
}

BlockLayout BlockLayout::make(const backbones::ModelSummary& summary, const QSize& size,
                              const BlockWords& words, std::optional<std::size_t> open) {
    return Arranger(summary, size, words, open).arrange();
}

bool BlockLayout::isFolded() const {
    return std::ranges::any_of(stages, &StageBody::folded);
}

std::size_t BlockLayout::stageOf(std::size_t unit) const {
    const auto behind = std::ranges::upper_bound(stages, unit, {}, &StageBody::firstUnit);
    return static_cast<std::size_t>(behind - stages.begin()) - 1;
}

std::size_t BlockLayout::nearestCut(int x) const {
    const auto nearest = std::ranges::min_element(cuts, {}, [x](int cut) { return std::abs(cut - x); });
    return static_cast<std::size_t>(nearest - cuts.begin());
}

QRect BlockLayout::areaOf(std::size_t unit) const {
    return units[unit].adjusted(0, -depth, depth, 0);
}

}  // namespace graft::ui
