// SPDX-License-Identifier: GPL-3.0-or-later
// What became of each exported file: being checked, proven with figures, or not kept and why.
#pragma once

#include <QString>
#include <QWidget>
#include <vector>

#include "core/base/Result.h"
#include "core/exporting/Exporter.h"

class QLabel;
class QVBoxLayout;

namespace graft::ui {

class ElidedLabel;
class Pill;

class ProofList : public QWidget {
    Q_OBJECT

  public:
    explicit ProofList(QWidget* parent = nullptr);

    void clear();
    // Gives the file's number: they are counted from 0.
    int addFile(const QString& path);
    void showProgress(int index, qulonglong done, qulonglong total);
    void showReport(int index, const exporting::ExportReport& report);
    void showFailure(int index, const Error& error);
    // The files that were not begun when the job was cancelled.
    void dropWaiting();

    int provenCount() const;
    QString textOf(int index) const;

  private:
    enum class Outcome { None, Proven, Unproven, AnswersDiffer, Failed };
    struct Entry {
        QString path;
        QWidget* widget = nullptr;
        Pill* pill = nullptr;
        ElidedLabel* name = nullptr;
        QLabel* text = nullptr;
        Outcome outcome = Outcome::None;
    };

    void showNote();

    QVBoxLayout* m_layout;
    QLabel* m_note;
    std::vector<Entry> m_entries;
};

}  // namespace graft::ui
