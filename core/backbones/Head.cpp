// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backbones/Head.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <utility>

#include "core/base/detail/Quoted.h"

namespace graft::backbones {

namespace heads {
#define GRAFT_HEAD(name) HeadKind name();
#include "core/backbones/heads/Heads.inc"
#undef GRAFT_HEAD
}  // namespace heads

namespace {

// The stage whose units read the last map as numbers, in every family that has some.
constexpr const char* kBehindMap = "classifier";
constexpr int kMostHidden = 65536;

std::vector<HeadKind>& list() {
    static std::vector<HeadKind> all{
#define GRAFT_HEAD(name) heads::name(),
#include "core/backbones/heads/Heads.inc"
#undef GRAFT_HEAD
    };
    return all;
}

}  // namespace

const std::vector<HeadKind>& headKinds() {
    return list();
}

void addHead(HeadKind kind) {
    list().push_back(std::move(kind));
}

const HeadKind* findHead(const std::string& name) {
    const auto found = std::ranges::find(headKinds(), name, &HeadKind::name);
    return found != headKinds().end() ? &*found : nullptr;
}

Result<void> validate(const HeadOptions& head) {
    const HeadKind* kind = findHead(head.kind);
    if (kind == nullptr) {
        return fail(ErrorCode::InvalidArgument,
                    {GRAFT_TEXT("Unknown head {1}; another version of Graft may know it."),
                     base::inQuotes(head.kind)});
    }
    // Of one without a hidden layer the sizes are not used; they have been in files since the first version.
    const int fewest = kind->hidden == HeadKind::Hidden::Always ? 1 : 0;
    if (head.hiddenUnits < fewest || head.hiddenUnits > kMostHidden ||
        !(head.dropout >= 0 && head.dropout < 1))
        return fail(ErrorCode::InvalidArgument, GRAFT_TEXT("The head's sizes make no sense."));
    return {};
}

bool isBelow(const HeadOptions& head, const std::string& stage) {
    const HeadKind* kind = findHead(head.kind);
    return kind == nullptr || !kind->isOnMap() || stage != kBehindMap;
}

std::vector<UnitSummary> unitsBelow(const HeadOptions& head, std::vector<UnitSummary> units) {
    std::erase_if(units, [&](const UnitSummary& unit) { return !isBelow(head, unit.stage); });
    return units;
}

std::int64_t headInputs(const HeadKind& kind, const std::vector<std::int64_t>& map, bool classToken) {
    if (kind.reads == HeadKind::Reads::Map)
        return std::accumulate(map.begin(), map.end(), std::int64_t{1}, std::multiplies<>());
    return kind.reads == HeadKind::Reads::ClassAndMean && classToken ? 2 * map.front() : map.front();
}

std::int64_t headParameters(const HeadKind& kind, std::int64_t inputs, const HeadOptions& head, int outputs) {
    if (kind.parameters != nullptr) return kind.parameters(inputs, head, outputs);
    const std::int64_t hidden = kind.hidden == HeadKind::Hidden::None ? 0 : head.hiddenUnits;
    if (hidden == 0) return (inputs + 1) * outputs;
    return (inputs + 1) * hidden + (hidden + 1) * outputs;
}

std::int64_t headParameters(const ModelSummary& summary, const HeadOptions& head, int outputs) {
    const HeadKind* kind = findHead(head.kind);
    if (kind == nullptr ||
        (kind->hidden == HeadKind::Hidden::None && kind->parameters == nullptr && !kind->isOnMap()))
        return summary.headParameters;
    std::int64_t inputs = summary.featureChannels;
    const std::vector<UnitSummary> units = unitsBelow(head, summary.units);
    if (kind->isOnMap() && !units.empty() && !units.back().outputShape.empty())
        inputs = headInputs(*kind, units.back().outputShape, summary.classToken);
    return headParameters(*kind, inputs, head, outputs);
}

}  // namespace graft::backbones
