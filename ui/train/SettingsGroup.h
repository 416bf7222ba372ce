// SPDX-License-Identifier: GPL-3.0-or-later
// The rows of one group of the settings table, under a head that opens and closes them and says how many
// differ from the backbone's defaults. Whether it is open is remembered.
#pragma once

#include <QString>
#include <QWidget>
#include <vector>

#include "core/settings/Setting.h"

class QPushButton;
class QVBoxLayout;

namespace graft::ui {

class FoldHeader;
class SettingRow;

class SettingsGroup : public QWidget {
    Q_OBJECT
  public:
    explicit SettingsGroup(settings::Group group, QWidget* parent = nullptr);

    settings::Group group() const { return m_group; }
    void addRow(SettingRow* row);
    void addWidget(QWidget* widget);  // that belongs to the group's subject, behind its rows

    bool isOpen() const;
    // For something beside the row that has to be read, where it is one of this group. It is not remembered.
    void openFor(const SettingRow& row);
    // After the rows were loaded, shown and hidden. A group is not there where no row applies, unless it has
    // a widget of its own.
    void refresh();

  signals:
    void toggled(bool open);
    void putBackRequested();  // all rows

  private:
    void remember(bool open);

    settings::Group m_group;
    std::vector<SettingRow*> m_rows;
    bool m_remembers = true;
    bool m_hasWidget = false;
    FoldHeader* m_header;
    QWidget* m_body;
    QVBoxLayout* m_layout;
    QPushButton* m_putBack;
};

}  // namespace graft::ui
