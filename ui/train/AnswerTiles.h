// SPDX-License-Identifier: GPL-3.0-or-later
// Validation images with what the model says of them: a small picture each, and beside it the class that it
// was given, green where that is right and red where it is wrong. The pictures stay while the answers change.
#pragma once

#include <QString>
#include <QWidget>
#include <vector>

#include "core/training/TrainEvents.h"

namespace graft::ui {

class ThumbnailModel;

class AnswerTiles : public QWidget {
    Q_OBJECT

  public:
    explicit AnswerTiles(QWidget* parent = nullptr);

    void setAnswers(std::vector<training::ValidationAnswer> answers);
    const std::vector<training::ValidationAnswer>& answers() const { return m_answers; }
    int rightCount() const;
    int loadedCount() const;  // pictures

    static bool isRight(const training::ValidationAnswer& answer) { return answer.truth == answer.predicted; }
    QString describe(std::size_t index) const;  // one line
    QRect tileRect(std::size_t index) const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {0, sizeHint().height()}; }

  protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    int columns() const;
    int rows() const;

    ThumbnailModel* m_pictures;
    std::vector<training::ValidationAnswer> m_answers;
};

}  // namespace graft::ui
