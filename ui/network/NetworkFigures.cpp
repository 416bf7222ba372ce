// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/network/NetworkFigures.h"

#include <QLocale>
#include <cstdint>
#include <utility>

#include "core/backbones/Head.h"

namespace graft::ui {

namespace {

// "1.69 M", "12.3 k", "299 M": three figures are enough to compare networks by.
std::pair<QString, QString> shortCount(std::int64_t count) {
    const QLocale locale;
    if (count < 1000) return {locale.toString(static_cast<qlonglong>(count)), QString()};
    const std::pair<double, QString> scales[] = {
        {1e9, NetworkFigures::tr("G")}, {1e6, NetworkFigures::tr("M")}, {1e3, NetworkFigures::tr("k")}};
    const auto* scale = scales;
    while (static_cast<double>(count) < scale->first) {
        ++scale;
    }
    const double value = static_cast<double>(count) / scale->first;
    return {locale.toString(value, 'f', value < 10 ? 2 : value < 100 ? 1 : 0), scale->second};
}

}  // namespace

void NetworkFigures::showNetwork(const backbones::ModelSummary* summary, const settings::TrainConfig& config,
                                 int outputs) {
    if (!summary) {
        const QString none = QStringLiteral("\u2013");
        showFigures({{tr("Trainable"), none, {}, {}},
                     {tr("Frozen"), none, {}, {}},
                     {tr("Multiply-adds"), none, {}, {}}},
                    false);
        return;
    }
    std::int64_t trainable = backbones::headParameters(*summary, config.head, outputs);
    std::int64_t frozen = 0;
    std::int64_t multiplyAdds = 0;
    for (const backbones::UnitSummary& unit : backbones::unitsBelow(config.head, summary->units)) {
        (config.freeze.isFrozen(unit.name) ? frozen : trainable) += unit.parameters;
        multiplyAdds += unit.multiplyAdds;
    }
    const auto [trainableValue, trainableUnit] = shortCount(trainable);
    const auto [frozenValue, frozenUnit] = shortCount(frozen);
    const auto [allValue, allUnit] = shortCount(trainable + frozen);
    const auto [costValue, costUnit] = shortCount(multiplyAdds);
    const QLocale locale;
    showFigures(
        {{tr("Trainable"), trainableValue, tr("%1 of %2 %3").arg(trainableUnit, allValue, allUnit).trimmed(),
          tr("%1 parameters are trained").arg(locale.toString(static_cast<qlonglong>(trainable)))},
         {tr("Frozen"), frozenValue, frozenUnit,
          tr("%1 parameters stay as they are").arg(locale.toString(static_cast<qlonglong>(frozen)))},
         {tr("Multiply-adds"), costValue, costUnit,
          tr("%1 multiplications and additions for one image of %2 pixels")
              .arg(locale.toString(static_cast<qlonglong>(multiplyAdds)))
              .arg(summary->inputSize)}},
        true);
}

void NetworkFigures::showFigures(const std::vector<Figure>& network, bool /*isKnown*/) {
    setFigures(network);
}

}  // namespace graft::ui
