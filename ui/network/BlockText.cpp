// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/network/BlockText.h"

#include <QFontMetrics>
#include <QLocale>
#include <algorithm>

#include "core/settings/LayerRates.h"
#include "core/settings/Mixing.h"
#include "core/settings/Settings.h"
#include "ui/session/FigureText.h"
#include "ui/style/Theme.h"

namespace graft::ui {

namespace {

constexpr const char* kLayerDecay = "optimizer.layer_decay";
constexpr int kBesideWords = 6;  // to the words of the next column
constexpr int kFoldIcon = 24;    // with its margins

std::int64_t workOf(const backbones::ModelSummary& summary) {
    std::int64_t total = 0;
    for (const backbones::UnitSummary& unit : summary.units)
        total += unit.multiplyAdds;
    return std::max<std::int64_t>(1, total);
}

QString millions(std::int64_t count) {
    return QLocale().toString(static_cast<double>(count) / 1e6, 'f', 1);
}

QString wiringText(backbones::Wiring wiring) {
    switch (wiring) {
        case backbones::Wiring::Plain:
            break;
        case backbones::Wiring::Residual:
            return BlockText::tr("Skip connection: its input is added to its output");
        case backbones::Wiring::Dense:
            return BlockText::tr("Dense connection: its input is handed on beside its output");
        case backbones::Wiring::Branches:
            return BlockText::tr("Branches side by side, joined at the end");
    }
    return {};
}

}  // namespace

NetworkFacts NetworkFacts::of(const backbones::ModelSummary& summary, const settings::TrainConfig& config,
                              const QStringList& classes) {
    NetworkFacts facts{classes, settings::mayKeepFeatures(config), {}};
    if (!settings::applies(*settings::find(kLayerDecay), config)) return facts;
    for (std::size_t n = 0; n < summary.units.size(); ++n)
        facts.rateFactors.push_back(settings::layerRateFactor(config, summary.units.size() - n));
    return facts;
}

int BlockLabel::width() const {
    const QFontMetrics small(Theme::smallFont());
    return kBesideWords + std::max({QFontMetrics(Theme::cardTitleFont()).horizontalAdvance(name),
                                    small.horizontalAdvance(shape), small.horizontalAdvance(share)});
}

QString BlockText::shape(const std::vector<std::int64_t>& shape, Length length) {
    // Put together by hand: QString::arg() takes the raised two for a digit of the place's number.
    const QString times = length == Length::Long ? QStringLiteral(" \u00d7 ") : QStringLiteral("\u00d7");
    QStringList parts;
    if (shape.size() == 3 && shape[1] == shape[2]) {
        parts << QString::number(shape[1]) + QStringLiteral("\u00b2") << QString::number(shape[0]);
    } else if (shape.size() == 3) {
        parts << QString::number(shape[1]) << QString::number(shape[2]) << QString::number(shape[0]);
    } else {
        for (const std::int64_t side : shape)
            parts << QString::number(side);
    }
    return parts.join(times);
}

QString BlockText::share(double share) {
    const int percent = qRound(share * 100);
    return percent == 0 ? tr("< 1 %") : tr("%1 %").arg(QLocale().toString(percent));
}

std::vector<BlockLabel> BlockText::labels(const backbones::ModelSummary& summary, const NetworkFacts& facts,
                                          bool hasPicture, Length length) {
    const auto total = static_cast<double>(workOf(summary));
    const bool isLong = length == Length::Long;
    std::vector<BlockLabel> labels;
    const QString side = QString::number(summary.inputSize) + QStringLiteral("\u00b2");
    labels.push_back({hasPicture && isLong ? tr("your picture") : tr("picture"), side, {}});
    for (std::size_t n = 0; n < summary.units.size();) {
        const std::string& stage = summary.units[n].stage;
        std::int64_t work = 0;
        std::size_t end = n;
        while (end < summary.units.size() && summary.units[end].stage == stage)
            work += summary.units[end++].multiplyAdds;
        const QString part = share(static_cast<double>(work) / total);
        labels.push_back({QString::fromStdString(stage), shape(summary.units[end - 1].outputShape, length),
                          isLong ? tr("%1 of the work").arg(part) : part});
        n = end;
    }
    const QString classes = facts.classes.isEmpty()     ? QString()
                            : facts.classes.size() == 1 ? tr("1 class")
                                                        : tr("%1 classes").arg(facts.classes.size());
    labels.push_back({tr("head"), classes, {}});
    return labels;
}

BlockWords BlockText::wordsOf(const std::vector<BlockLabel>& labels) {
    const QFontMetrics small(Theme::smallFont());
    BlockWords words;
    for (const BlockLabel& label : labels)
        words.labels.push_back(label.width());
    words.lineHeight = std::max(small.height(), QFontMetrics(Theme::cardTitleFont()).height());
    words.fold = small.horizontalAdvance(QStringLiteral("\u00d700")) + kFoldIcon;
    return words;
}

QString BlockText::unit(const backbones::ModelSummary& summary, std::size_t index,
                        const backbones::FreezePlan& plan, const NetworkFacts& facts) {
    const backbones::UnitSummary& unit = summary.units[index];
    const bool isFrozen = plan.isFrozen(unit.name);
    const bool isKept = isFrozen && facts.keepsFeatures && index < frozenPrefix(summary, plan);
    QStringList lines{tr("%1, %2").arg(QString::fromStdString(unit.name), isKept ? tr("frozen, computed once")
                                                                          : isFrozen ? tr("frozen")
                                                                                     : tr("trained"))};
    lines << tr("%1 parameters").arg(FigureText::count(static_cast<std::size_t>(unit.parameters)))
          << tr("%1 of the work: %2 million multiply-adds")
                 .arg(FigureText::percent(static_cast<double>(unit.multiplyAdds) /
                                          static_cast<double>(workOf(summary))),
                      millions(unit.multiplyAdds))
          << tr("Output %1").arg(shape(unit.outputShape));
    if (const QString wiring = wiringText(unit.wiring); !wiring.isEmpty()) lines << wiring;
    if (!isFrozen && !facts.rateFactors.empty()) {
        const double factor = facts.rateFactors[index];
        lines << (factor == 1
                      ? tr("Learning rate of the head")
                      : tr("Learning rate of the head \u00d7 %1").arg(QLocale().toString(factor, 'g', 3)));
    }
    return lines.join(QLatin1Char('\n'));
}

QString BlockText::stage(const backbones::ModelSummary& summary, const StageBody& stage,
                         const backbones::FreezePlan& plan) {
    std::int64_t parameters = 0;
    std::int64_t work = 0;
    std::size_t frozen = 0;
    for (std::size_t n = stage.firstUnit; n < stage.firstUnit + stage.unitCount; ++n) {
        const backbones::UnitSummary& unit = summary.units[n];
        parameters += unit.parameters;
        work += unit.multiplyAdds;
        frozen += plan.isFrozen(unit.name) ? 1 : 0;
    }
    const QString state = frozen == stage.unitCount ? tr("frozen")
                          : frozen == 0             ? tr("trained")
                                        : tr("%1 of %2 units frozen").arg(frozen).arg(stage.unitCount);
    const QString units = stage.unitCount == 1 ? tr("1 unit") : tr("%1 units").arg(stage.unitCount);
    return QStringList{
        tr("Stage %1, %2").arg(stage.name, state),
        tr("%1, %2 parameters").arg(units, FigureText::count(static_cast<std::size_t>(parameters))),
        tr("%1 of the work: %2 million multiply-adds")
            .arg(FigureText::percent(static_cast<double>(work) / static_cast<double>(workOf(summary))),
                 millions(work)),
        tr("Output %1").arg(shape(summary.units[stage.firstUnit + stage.unitCount - 1].outputShape))}
        .join(QLatin1Char('\n'));
}

QStringList BlockText::prefixWords(bool keepsFeatures) {
    if (keepsFeatures) return {tr("frozen: computed once, then kept"), tr("computed once"), tr("once")};
    return {tr("frozen: computed in every epoch"), tr("every epoch"), QString()};
}

std::size_t frozenPrefix(const backbones::ModelSummary& summary, const backbones::FreezePlan& plan) {
    std::size_t count = 0;
    while (count < summary.units.size() && plan.isFrozen(summary.units[count].name))
        ++count;
    return count;
}

}  // namespace graft::ui
