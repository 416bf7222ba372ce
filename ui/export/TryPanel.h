// SPDX-License-Identifier: GPL-3.0-or-later
// Asks the chosen run's model about new images: drop pictures or a folder, see the classes it gives.
#pragma once

#include <QHash>
#include <QString>
#include <QStringList>
#include <QWidget>
#include <memory>
#include <vector>

#include "core/base/Result.h"
#include "core/inference/Predictor.h"
#include "core/runtime/RunControl.h"

namespace graft::ui {

class Card;
class DropZone;
class InlineError;
class Pill;
class PredictionView;
class ThumbnailGrid;
class UserPrompts;

class TryPanel : public QWidget {
    Q_OBJECT

  public:
    explicit TryPanel(UserPrompts& prompts, QWidget* parent = nullptr);
    ~TryPanel() override;

    // Answers for an earlier run are forgotten. An empty folder means that there is no model.
    void setRun(const QString& runFolder);

    // Files or folders.
    void tryPaths(const QStringList& paths);

  protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;

  private:
    struct Answer {
        std::vector<inference::ClassProbability> classes;
        double milliseconds = 0;
    };
    struct Model;

    void choose();
    // note: what is not shown, and why; may be empty.
    void addImages(const QStringList& images, const QString& note);
    void predictNext();
    void take(int index, Result<Answer> answer);
    void showImage(int index);
    void clear();

    UserPrompts& m_prompts;
    Card* m_card = nullptr;
    Pill* m_clear = nullptr;
    DropZone* m_drop = nullptr;
    ThumbnailGrid* m_images = nullptr;
    PredictionView* m_detail = nullptr;
    InlineError* m_error = nullptr;

    QString m_runFolder;
    quint64 m_asked = 0;  // how often pictures were given
    std::shared_ptr<runtime::RunControl>
        m_listing;                   // stops the look through a folder; empty before the first
    std::shared_ptr<Model> m_model;  // shared with the worker that is asking it
    QStringList m_paths;
    std::vector<std::shared_ptr<const Result<Answer>>> m_answers;  // null: not asked yet
    bool m_asking = false;
    QString m_lastFolder;
};

}  // namespace graft::ui
