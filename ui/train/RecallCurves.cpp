// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/RecallCurves.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "ui/plots/CurvePen.h"

namespace graft::ui {

void RecallCurves::clear() {
    m_curves.clear();
    m_lastEpoch = 0;
}

Curve& RecallCurves::curveOf(std::size_t index) {
    while (m_curves.size() <= index) {
        const std::size_t number = m_curves.size() + 1;
        m_curves.emplace_back().name = tr("class %1").arg(number);  // until its name is known
    }
    return m_curves[index];
}

void RecallCurves::setClasses(const std::vector<std::string>& names) {
    for (std::size_t i = 0; i < names.size(); ++i)
        curveOf(i).name = QString::fromStdString(names[i]);
}

void RecallCurves::add(int epoch, const std::vector<std::optional<double>>& recall) {
    if (recall.empty()) return;
    m_lastEpoch = epoch;
    for (std::size_t i = 0; i < recall.size(); ++i) {
        if (recall[i] && std::isfinite(*recall[i])) curveOf(i).add(epoch, *recall[i]);
    }
}

std::vector<Curve> RecallCurves::all() const {
    std::vector<Curve> curves;
    std::copy_if(m_curves.begin(), m_curves.end(), std::back_inserter(curves),
                 [](const Curve& curve) { return !curve.values.empty(); });
    return curves;
}

std::vector<Curve> RecallCurves::drawn() const {
    std::vector<const Curve*> candidates;
    for (const Curve& curve : m_curves) {
        if (!curve.values.empty()) candidates.push_back(&curve);
    }
    if (candidates.size() > kCurvesToTellApart) {
        // One without a value at the last epoch had no readable image there: it comes last.
        const auto last = [this](const Curve* curve) {
            return curve->epochs.back() == m_lastEpoch ? curve->values.back() : 2.0;
        };
        std::stable_sort(candidates.begin(), candidates.end(),
                         [&last](const Curve* a, const Curve* b) { return last(a) < last(b); });
        candidates.resize(kCurvesToTellApart);
    }
    std::vector<Curve> curves;
    for (const Curve* curve : candidates)
        curves.push_back(*curve);
    return curves;
}

QString RecallCurves::remark() const {
    const auto count = std::count_if(m_curves.begin(), m_curves.end(),
                                     [](const Curve& curve) { return !curve.values.empty(); });
    if (count <= static_cast<std::ptrdiff_t>(kCurvesToTellApart)) return {};
    return tr("the worst %1 of %2 classes at epoch %3").arg(kCurvesToTellApart).arg(count).arg(m_lastEpoch);
}

}  // namespace graft::ui
