// SPDX-License-Identifier: GPL-3.0-or-later
// A figure over the epochs of a run, and what is made of it without drawing it.
#pragma once

#include <QString>
#include <string>
#include <vector>

namespace graft::ui {

struct Curve {
    QString name;
    std::vector<int> epochs;  // ascending, from 1
    std::vector<double> values;

    // An epoch that is there already is done again: it and those after it are forgotten.
    void add(int epoch, double value);
    // The place of an epoch in both lists; -1 where it has no value.
    int indexOf(int epoch) const;
};

// The exponential moving average with which TensorBoard smooths its scalars, its bias towards the zero that
// it begins from corrected. weight: from 0 (as it is) to below 1. A value that is not finite stays as it is
// and changes no other.
std::vector<double> smoothed(const std::vector<double>& values, double weight);

// "epoch,NAME,NAME" and a line for each epoch that any of the curves has, empty where one has no value.
// Numbers in the shortest form that reads back as the same.
std::string toCsv(const std::vector<Curve>& curves);

}  // namespace graft::ui
