// SPDX-License-Identifier: GPL-3.0-or-later
// What the cache of frozen features holds, what it does for the run, and a button that empties it.
#pragma once

#include <QString>
#include <QWidget>

#include "core/training/TrainEvents.h"

class QLabel;
class QPushButton;

namespace graft::training {
struct CacheUsage;
}

namespace graft::ui {

class InlineError;

class CachePanel : public QWidget {
    Q_OBJECT
  public:
    explicit CachePanel(QWidget* parent = nullptr);

    void refresh();  // reads the folder, off the GUI thread
    void showState(const training::CacheState& state);
    // While a run goes on, which may use what is kept, nothing of it is removed.
    void setInUse(bool isInUse);
    // What was said of a run, and what went wrong with the cache, is not about what is shown now.
    void forget();

  private:
    void clear();
    void showUsage(const training::CacheUsage& usage);
    void showKept();
    void showErrors();
    void offerClear();

    QLabel* m_usage = nullptr;
    QLabel* m_state = nullptr;
    QPushButton* m_clear = nullptr;
    InlineError* m_error = nullptr;
    qint64 m_bytes = 0;
    bool m_hasFiles = true;  // until they are counted
    bool m_isInUse = false;
    bool m_isClearing = false;
    bool m_isUsed = false;  // by the run that is shown
    QString m_readError;    // until it could be read
    QString m_clearError;   // until it could be cleared
};

}  // namespace graft::ui
