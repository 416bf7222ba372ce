// SPDX-License-Identifier: GPL-3.0-or-later
// What the picture of a network says in words.
#pragma once

#include <QCoreApplication>
#include <QString>
#include <QStringList>
#include <cstdint>
#include <vector>

#include "core/backbones/FreezePlan.h"
#include "core/backbones/ModelSummary.h"
#include "core/settings/TrainConfig.h"
#include "ui/network/BlockLayout.h"

namespace graft::ui {

// What is said of a network beside its block tree.
struct NetworkFacts {
    QStringList classes;              // empty while nobody knows them
    bool keepsFeatures = false;       // of the frozen prefix
    std::vector<double> rateFactors;  // by unit, on the head's learning rate; empty: there is no such setting

    bool operator==(const NetworkFacts&) const = default;
    static NetworkFacts of(const backbones::ModelSummary& summary, const settings::TrainConfig& config,
                           const QStringList& classes);
};

// Below the picture, a stage or the head.
struct BlockLabel {
    QString name;
    QString shape;
    QString share;
    int width() const;  // in pixels, of the widest
};

class BlockText {
    Q_DECLARE_TR_FUNCTIONS(graft::ui::BlockText)

  public:
    enum class Length { Long, Short };

    // "7² × 512"; of tokens "197 × 768", of plain numbers "4096".
    static QString shape(const std::vector<std::int64_t>& shape, Length length = Length::Long);
    // "23 %", "< 1 %"
    static QString share(double share);
    // Of the picture, each stage, the head. hasPicture: the first is a person's own.
    static std::vector<BlockLabel> labels(const backbones::ModelSummary& summary, const NetworkFacts& facts,
                                          bool hasPicture, Length length);
    static BlockWords wordsOf(const std::vector<BlockLabel>& labels);

    // All that there is to know of it, in lines, the first of which is its name and whether it is frozen.
    static QString unit(const backbones::ModelSummary& summary, std::size_t unit,
                        const backbones::FreezePlan& plan, const NetworkFacts& facts);
    static QString stage(const backbones::ModelSummary& summary, const StageBody& stage,
                         const backbones::FreezePlan& plan);

    // Over the frozen prefix; the shorter ones for where there is less room.
    static QStringList prefixWords(bool keepsFeatures);
};

// How many units there are before the first that is trained.
std::size_t frozenPrefix(const backbones::ModelSummary& summary, const backbones::FreezePlan& plan);

}  // namespace graft::ui
