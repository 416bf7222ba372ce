// SPDX-License-Identifier: GPL-3.0-or-later
// The data set that the Data page shows: it stays while the same folder is read again for another split. And
// the class whose images are looked at.
#pragma once

#include <QObject>
#include <memory>

#include "core/data/DatasetIndex.h"

namespace graft::ui {

class Project;
struct DatasetSummary;

class ShownDataset : public QObject {
    Q_OBJECT

  public:
    explicit ShownDataset(Project& project);

    // Both null, or neither.
    const std::shared_ptr<const data::DatasetIndex>& dataset() const { return m_dataset; }
    const std::shared_ptr<const DatasetSummary>& summary() const { return m_summary; }

    int chosenClass() const { return m_class; }  // -1: all
    void chooseClass(int classIndex) { m_class = classIndex; }

  private:
    void take();
    void leaveFolder();

    Project& m_project;
    std::shared_ptr<const data::DatasetIndex> m_dataset;
    std::shared_ptr<const DatasetSummary> m_summary;
    int m_class = -1;
};

}  // namespace graft::ui
