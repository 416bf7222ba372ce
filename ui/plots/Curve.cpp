// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/Curve.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "core/base/Csv.h"
#include "core/base/Message.h"

namespace graft::ui {

void Curve::add(int epoch, double value) {
    while (!epochs.empty() && epochs.back() >= epoch) {
        epochs.pop_back();
        values.pop_back();
    }
    epochs.push_back(epoch);
    values.push_back(value);
}

int Curve::indexOf(int epoch) const {
    const auto found = std::lower_bound(epochs.begin(), epochs.end(), epoch);
    return found == epochs.end() || *found != epoch ? -1 : static_cast<int>(found - epochs.begin());
}

std::vector<double> smoothed(const std::vector<double>& values, double weight) {
    std::vector<double> result;
    result.reserve(values.size());
    double average = 0;
    double bias = 1;  // the share that the zero at the beginning still has
    for (const double value : values) {
        if (!std::isfinite(value)) {
            result.push_back(value);
            continue;
        }
        average = weight * average + (1 - weight) * value;
        bias *= weight;
        result.push_back(average / (1 - bias));
    }
    return result;
}

std::string toCsv(const std::vector<Curve>& curves) {
    std::vector<std::string> fields{"epoch"};
    std::set<int> epochs;
    for (const Curve& curve : curves) {
        fields.push_back(curve.name.toStdString());
        epochs.insert(curve.epochs.begin(), curve.epochs.end());
    }
    std::string text = base::csvLine(fields);
    for (const int epoch : epochs) {
        fields.assign(1, std::to_string(epoch));
        for (const Curve& curve : curves) {
            const int index = curve.indexOf(epoch);
            fields.push_back(index < 0 ? std::string()
                                       : base::numberText(curve.values[static_cast<std::size_t>(index)]));
        }
        text += base::csvLine(fields);
    }
    return text;
}

}  // namespace graft::ui
