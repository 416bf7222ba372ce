// SPDX-License-Identifier: GPL-3.0-or-later
// New pictures, and what a run's model says of them: asked one after another on a worker thread. This object
// belongs to the GUI thread.
#pragma once

#include <QDateTime>
#include <QObject>
#include <QString>
#include <QStringList>
#include <memory>
#include <optional>
#include <vector>

#include "core/base/Result.h"
#include "core/data/ImageListing.h"
#include "core/inference/Predictor.h"
#include "core/runtime/RunControl.h"

namespace graft::ui {

class Project;

class ModelTrial : public QObject {
    Q_OBJECT

  public:
    // A folder of any size may be given; this many pictures are enough to get an impression.
    static constexpr int kMostImages = 500;

    struct Answer {
        std::vector<inference::ClassProbability> classes;
        double milliseconds = 0;
    };
    // What there is to say of the files and folders that were given last.
    struct Remark {
        std::optional<Error> failure;  // why they could not be looked through
        bool isEmpty = false;          // there is no picture among them
        bool isCut = false;            // there are more than kMostImages
        std::vector<data::PassedOverGroup> passedOver;
    };

    explicit ModelTrial(Project& project);
    ~ModelTrial() override;

    // Another run's model, or one that was written at another time, forgets the pictures. Without a folder
    // there is no model.
    void setModel(const QString& runFolder, const QDateTime& written);
    const QString& runFolder() const { return m_runFolder; }
    // Files or folders. Their pictures take the place of those before.
    void tryPaths(const QStringList& paths);
    void clear();
    const QString& lastFolder() const { return m_lastFolder; }

    const QStringList& images() const { return m_images; }
    // Null while it is not asked yet. index: of images().
    std::shared_ptr<const Result<Answer>> answer(int index) const;
    const Remark& remark() const { return m_remark; }
    int chosen() const { return m_chosen; }  // the picture that is looked at
    void choose(int index) { m_chosen = index; }

  signals:
    void imagesChanged();
    void remarkChanged();
    void answered(int index);

  private:
    struct Model;
    struct Found {
        QStringList images;
        Remark remark;
    };

    static Found find(const QStringList& paths, runtime::RunControl& control);
    void take(const Result<Found>& found);
    void askNext();

    QString m_runFolder;
    QDateTime m_written;
    quint64 m_asked = 0;  // how often pictures were given
    std::shared_ptr<runtime::RunControl>
        m_listing;                   // stops the look through a folder; empty before the first
    std::shared_ptr<Model> m_model;  // shared with the worker that is asking it
    QStringList m_images;
    std::vector<std::shared_ptr<const Result<Answer>>> m_answers;  // null: not asked yet
    Remark m_remark;
    int m_chosen = 0;
    bool m_asking = false;
    QString m_lastFolder;
};

}  // namespace graft::ui
