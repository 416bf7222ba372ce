// SPDX-License-Identifier: GPL-3.0-or-later
// A picture of the data set as the network is fed it, and what each stage of the network makes of it. Both
// are made on worker threads of low priority, one job at a time; what is not wanted any more is given up.
// What the stages see is looked for only while somebody wants to see it.
#pragma once

#include <QObject>
#include <QString>
#include <memory>
#include <optional>
#include <vector>

#include "core/base/Image.h"
#include "core/base/Result.h"
#include "core/data/DatasetIndex.h"
#include "core/data/Preprocess.h"
#include "core/inference/StageViews.h"
#include "core/runtime/RunControl.h"

namespace graft::ui {

class Project;

class NetworkPicture : public QObject {
    Q_OBJECT

  public:
    explicit NetworkPicture(Project& project);
    ~NetworkPicture() override;

    // Null: there is no data set, or the picture is not there yet.
    std::shared_ptr<const base::Image> picture() const { return m_picture; }
    QString file() const { return m_file; }  // within the folder
    void takeAnother();

    // The stage that is looked at; empty: none. Until its view is there view() is null.
    QString stage() const { return m_stage; }
    void lookAt(const QString& stage);
    // Whether anybody wants to see what stages see; at first nobody does.
    void setWanted(bool wanted);
    bool isWanted() const { return m_isWanted; }
    const inference::StageView* view() const;
    bool isLooking() const { return m_control != nullptr; }
    // Why there is no picture, or no view.
    const std::optional<Error>& failure() const { return m_failure; }

  signals:
    void changed();  // any of these

  private:
    // What a picture is made of.
    struct Source {
        std::shared_ptr<const data::DatasetIndex> dataset;
        data::PreprocessOptions preprocess;
        int number = 0;
        bool operator==(const Source&) const = default;
    };
    struct Fed {
        std::shared_ptr<const base::Image> image;
        std::string path;  // of the file
    };

    void follow();
    void feed();
    void look();
    void giveUp();
    std::optional<inference::StageViewRequest> request() const;
    static Result<Fed> fedOf(const Source& source);

    Project& m_project;
    Source m_source;  // of m_picture, or of what is being made
    bool m_isFeeding = false;
    int m_number = 0;
    std::shared_ptr<const base::Image> m_picture;
    QString m_file;
    std::string m_path;
    QString m_stage;
    bool m_isWanted = false;
    std::shared_ptr<runtime::RunControl> m_control;  // of the looking that goes on; null: none does
    inference::StageViewRequest m_lookedFor;         // of m_views, or of what is looked for
    std::optional<std::vector<inference::StageView>> m_views;
    std::optional<Error> m_failure;
};

}  // namespace graft::ui
