// SPDX-License-Identifier: GPL-3.0-or-later
// One image and what a model says of it: the picture, its name, a remark, and probabilities as bars.
#pragma once

#include <QPixmap>
#include <QString>
#include <QWidget>
#include <vector>

#include "ui/widgets/ProbabilityBars.h"

class QLabel;

namespace graft::ui {

class ElidedLabel;

class PredictionView : public QWidget {
    Q_OBJECT

  public:
    explicit PredictionView(QWidget* parent = nullptr);

    // The picture is decoded on a worker thread.
    void showPrediction(const QString& imagePath, const QString& name, const QString& remark,
                        std::vector<ProbabilityEntry> entries);
    void clear();

    const ProbabilityBars& bars() const { return *m_bars; }
    QString remark() const;

  private:
    void loadPicture(const QString& path);

    QLabel* m_picture;
    ElidedLabel* m_name;
    QLabel* m_remark;
    ProbabilityBars* m_bars;
    QString m_path;
};

}  // namespace graft::ui
