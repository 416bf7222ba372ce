// SPDX-License-Identifier: GPL-3.0-or-later
// Class probabilities of one image as bars, the most probable first. As many as fit are drawn.
#pragma once

#include <QString>
#include <QWidget>
#include <vector>

namespace graft::ui {

struct ProbabilityEntry {
    QString name;
    double probability = 0;  // 0..1
    bool wrong = false;      // said by the model, and not the truth
};

class ProbabilityBars : public QWidget {
    Q_OBJECT

  public:
    explicit ProbabilityBars(QWidget* parent = nullptr);

    void setEntries(std::vector<ProbabilityEntry> entries);
    const std::vector<ProbabilityEntry>& entries() const { return m_entries; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    bool event(QEvent* event) override;  // a name that has no room is said
    void paintEvent(QPaintEvent* event) override;

  private:
    std::vector<ProbabilityEntry> m_entries;
};

}  // namespace graft::ui
