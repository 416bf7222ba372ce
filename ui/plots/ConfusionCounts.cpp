// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/ConfusionCounts.h"

#include <algorithm>
#include <cmath>

#include "ui/session/FigureText.h"
#include "ui/style/Theme.h"

namespace graft::ui {

namespace {

QColor blend(const QColor& from, const QColor& to, double share) {
    const auto mix = [share](int a, int b) { return static_cast<int>(std::lround(a + (b - a) * share)); };
    return {mix(from.red(), to.red()), mix(from.green(), to.green()), mix(from.blue(), to.blue())};
}

QColor emptyColour() {
    const Colours& colours = Theme::instance().colours();
    return blend(colours.surface, colours.line, 0.45);
}

}  // namespace

ConfusionCounts::ConfusionCounts(const QStringList& classes,
                                 const std::vector<std::vector<std::size_t>>& counts)
    : m_classes(classes), m_counts(counts) {
    m_counts.resize(static_cast<std::size_t>(classes.size()));
    m_rowTotals.assign(m_counts.size(), 0);
    for (std::size_t row = 0; row < m_counts.size(); ++row) {
        m_counts[row].resize(m_counts.size(), 0);
        for (const std::size_t count : m_counts[row])
            m_rowTotals[row] += count;
    }
}

double ConfusionCounts::share(int truth, int predicted) const {
    const std::size_t total = m_rowTotals[static_cast<std::size_t>(truth)];
    return total == 0 ? 0.0 : double(count(truth, predicted)) / double(total);
}

// A share of a quarter already reads as much confusion.
QColor ConfusionCounts::colour(int truth, int predicted) const {
    const double part = share(truth, predicted);
    if (part <= 0.0) return emptyColour();
    const Colours& colours = Theme::instance().colours();
    const bool isRight = truth == predicted;
    const double strength = isRight ? part : std::min(1.0, std::sqrt(part) * 1.15);
    return blend(emptyColour(), isRight ? colours.accent : colours.wrong, 0.12 + 0.76 * strength);
}

QString ConfusionCounts::sentence(int truth, int predicted) const {
    const std::size_t total = m_rowTotals[static_cast<std::size_t>(truth)];
    QString figures =
        tr("%1 of %2").arg(FigureText::count(count(truth, predicted)), FigureText::count(total));
    if (total > 0) figures = tr("%1 (%2)").arg(figures, FigureText::percent(share(truth, predicted)));
    if (truth == predicted) return tr("%1 recognised: %2").arg(m_classes[truth], figures);
    return tr("%1 taken for %2: %3").arg(m_classes[truth], m_classes[predicted], figures);
}

QImage ConfusionCounts::overview(const QSize& pixels) const {
    const int columns = std::clamp(pixels.width(), 1, std::max(1, classCount()));
    const int rows = std::clamp(pixels.height(), 1, std::max(1, classCount()));
    QImage image(columns, rows, QImage::Format_RGB32);
    image.fill(emptyColour());
    std::vector<double> shown(static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows), 0.0);
    for (int truth = 0; truth < classCount(); ++truth) {
        const int y = truth * rows / classCount();
        for (int predicted = 0; predicted < classCount(); ++predicted) {
            if (count(truth, predicted) == 0) continue;
            const int x = predicted * columns / classCount();
            const double weight = share(truth, predicted) + (truth == predicted ? 0.0 : 1.0);
            double& before = shown[static_cast<std::size_t>(y) * static_cast<std::size_t>(columns) +
                                   static_cast<std::size_t>(x)];
            if (weight <= before) continue;
            before = weight;
            image.setPixelColor(x, y, colour(truth, predicted));
        }
    }
    return image;
}

}  // namespace graft::ui
