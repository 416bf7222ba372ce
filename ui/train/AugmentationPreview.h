// SPDX-License-Identifier: GPL-3.0-or-later
// A training image as it is, and eight random variants of it as the network would see them: what the
// augmentations do. It follows every change of the settings while it is open; what is drawn is drawn on a
// worker thread, one job at a time, the latest settings last.
#pragma once

#include <QImage>
#include <QString>
#include <QWidget>
#include <memory>
#include <vector>

#include "core/base/Result.h"
#include "core/data/DatasetIndex.h"
#include "core/data/Preprocess.h"

class QLabel;
class QPushButton;

namespace graft::ui {

class ElidedLabel;
class FoldHeader;
class InlineError;
class PictureGrid;
class Project;

class AugmentationPreview : public QWidget {
    Q_OBJECT
  public:
    static constexpr int kVariants = 8;

    explicit AugmentationPreview(Project& project, QWidget* parent = nullptr);
    ~AugmentationPreview() override;

    // The image, then its variants; empty before the first are there and without a data set.
    const std::vector<QImage>& pictures() const { return m_pictures; }
    // Nothing is being drawn, and the pictures are those of the settings.
    bool isSettled() const { return !m_drawing && !m_outdated; }
    QString sentence() const;  // why there are no pictures, or not these settings'

  protected:
    void showEvent(QShowEvent* event) override;

  private:
    // What pictures are made of, and what there is to draw.
    struct Request {
        std::shared_ptr<const data::DatasetIndex> dataset;
        data::PreprocessOptions preprocess;
        data::AugmentOptions augment;
        int number = 0;  // of the image
        int side = 0;    // of a picture on the screen, pixels

        bool operator==(const Request&) const = default;
    };
    struct Drawn {
        QString name;  // of the file, within the folder
        std::vector<QImage> pictures;
    };
    static Result<Drawn> draw(const Request& request);

    Request wanted() const;
    void follow();
    void startDrawing();
    void take(const Result<Drawn>& drawn);
    void say();

    Project& m_project;
    FoldHeader* m_header;
    QWidget* m_body;
    ElidedLabel* m_name;
    QPushButton* m_another;
    PictureGrid* m_grid;
    QLabel* m_note;
    InlineError* m_error;

    Request m_drawnFor;
    std::vector<QImage> m_pictures;
    QString m_problem;  // of the latest drawing
    int m_number = 0;
    bool m_drawing = false;
    bool m_outdated = true;
};

}  // namespace graft::ui
