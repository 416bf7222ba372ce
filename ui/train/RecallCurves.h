// SPDX-License-Identifier: GPL-3.0-or-later
// The recall of each class over the epochs, and which of the classes are drawn where they are too many to be
// told apart. No widgets.
#pragma once

#include <QCoreApplication>
#include <QString>
#include <optional>
#include <string>
#include <vector>

#include "ui/plots/Curve.h"

namespace graft::ui {

class RecallCurves {
    Q_DECLARE_TR_FUNCTIONS(graft::ui::RecallCurves)

  public:
    void clear();  // the names too
    // In the order of the data set; before or after the epochs.
    void setClasses(const std::vector<std::string>& names);
    // recall: by class; see training::EpochDone.
    void add(int epoch, const std::vector<std::optional<double>>& recall);

    std::vector<Curve> all() const;  // of the classes that have any value
    // All, or as many as can be told apart: those that are recognised worst at the last epoch, the worst
    // first.
    std::vector<Curve> drawn() const;
    QString remark() const;  // what is not drawn; empty where everything is

  private:
    Curve& curveOf(std::size_t index);

    std::vector<Curve> m_curves;  // by class
    int m_lastEpoch = 0;
};

}  // namespace graft::ui
