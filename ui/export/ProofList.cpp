// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/export/ProofList.h"

#include <QFileInfo>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/session/ErrorText.h"
#include "ui/session/FigureText.h"
#include "ui/style/Theme.h"
#include "ui/widgets/ElidedLabel.h"
#include "ui/widgets/Pill.h"

namespace graft::ui {

namespace {

QString unreadSentence(std::size_t unread) {
    if (unread == 1) {
        return ProofList::tr(
            "1 validation image can no longer be read and was not compared; put it back and export again to "
            "compare it too.");
    }
    return ProofList::tr(
               "%1 validation images can no longer be read and were not compared; put them back and export "
               "again to compare them too.")
        .arg(unread);
}

}  // namespace

ProofList::ProofList(QWidget* parent)
    : QWidget(parent), m_layout(new QVBoxLayout(this)), m_note(new QLabel(this)) {
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(12);
    m_note->setObjectName(QStringLiteral("muted"));
    m_note->setFont(Theme::smallFont());
    m_note->setWordWrap(true);
    m_layout->addWidget(m_note);
    m_layout->addStretch(1);
    clear();
}

void ProofList::clear() {
    for (const Entry& entry : m_entries)
        delete entry.widget;
    m_entries.clear();
    showNote();
}

// What is done with files whose answers differ is said while that may come, and where it came.
void ProofList::showNote() {
    const auto has = [this](Outcome outcome) {
        return std::ranges::any_of(m_entries, [&](const Entry& entry) { return entry.outcome == outcome; });
    };
    const bool isOtherwise = has(Outcome::Failed) || has(Outcome::Unproven);
    QString note;
    if (m_entries.empty()) {
        note =
            tr("Each file is opened again and asked about every validation image. "
               "Here it says whether it answers as the trained model does.");
    } else if (has(Outcome::AnswersDiffer) || !isOtherwise) {
        note = tr("A file whose answers differ is not kept.");
    }
    m_note->setText(note);
    m_note->setVisible(!note.isEmpty());
}

int ProofList::addFile(const QString& path) {
    Entry entry;
    entry.path = path;
    entry.widget = new QWidget(this);
    auto* column = new QVBoxLayout(entry.widget);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    auto* line = new QHBoxLayout;
    line->setSpacing(8);
    entry.pill = new Pill(tr("waiting"), PillKind::Neutral, entry.widget);
    entry.name = new ElidedLabel(QFileInfo(path).fileName(), entry.widget);
    QFont bold = Theme::bodyFont();
    bold.setBold(true);
    entry.name->setFont(bold);
    entry.name->setToolTip(path);
    line->addWidget(entry.pill);
    line->addWidget(entry.name, 1);
    column->addLayout(line);
    entry.text = new QLabel(tr("will be written and checked"), entry.widget);
    entry.text->setWordWrap(true);
    entry.text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    column->addWidget(entry.text);
    auto* rule = new QFrame(entry.widget);
    rule->setFixedHeight(1);
    rule->setObjectName(QStringLiteral("rule"));
    column->addWidget(rule);
    m_layout->insertWidget(static_cast<int>(m_entries.size()), entry.widget);
    m_entries.push_back(entry);
    showNote();
    return static_cast<int>(m_entries.size()) - 1;
}

void ProofList::showProgress(int index, qulonglong done, qulonglong total) {
    const Entry& entry = m_entries[static_cast<std::size_t>(index)];
    entry.pill->setText(tr("checking"));
    entry.text->setText(tr("%1 of %2 images").arg(FigureText::count(done), FigureText::count(total)));
}

void ProofList::showFailure(int index, const Error& error) {
    Entry& entry = m_entries[static_cast<std::size_t>(index)];
    const bool cancelled = error.code == ErrorCode::Cancelled;
    const bool differs = error.message.id() == exporting::kAnswersDiffer;
    entry.outcome = differs ? Outcome::AnswersDiffer : Outcome::Failed;
    entry.pill->setText(cancelled ? tr("cancelled") : differs ? tr("not kept") : tr("not written"));
    entry.pill->setKind(cancelled ? PillKind::Neutral : PillKind::Wrong);
    QString said = cancelled ? tr("No file was written.") : ErrorText::describe(error);
    // An export takes a name with its last step only.
    if (QFileInfo(entry.path).isFile()) said += '\n' + tr("The file that was there before is unchanged.");
    entry.text->setText(said);
    showNote();
}

void ProofList::showReport(int index, const exporting::ExportReport& report) {
    Entry& entry = m_entries[static_cast<std::size_t>(index)];
    const QString size =
        QLocale()
            .formattedDataSize(static_cast<qint64>(report.bytes), 1, QLocale::DataSizeSIFormat)
            .replace(' ', QChar::Nbsp);  // a number and its unit stay on one line
    if (report.verified && report.verified->passed()) {
        entry.outcome = Outcome::Proven;
        entry.pill->setText(tr("proven"));
        entry.pill->setKind(PillKind::Accent);
        QString text = tr("%1 of %2 the same class, largest difference %3 · %4")
                           .arg(FigureText::count(report.verified->sameClass),
                                FigureText::count(report.verified->images))
                           .arg(QString::number(report.verified->maxDifference, 'g', 2), size);
        if (report.verified->unread > 0) text += '\n' + unreadSentence(report.verified->unread);
        entry.text->setText(text);
    } else {
        entry.outcome = Outcome::Unproven;
        entry.pill->setText(tr("not proven"));
        entry.pill->setKind(PillKind::Warning);
        entry.text->setText(
            tr("Not compared: the run's images were not there to check it with · %1").arg(size));
    }
    showNote();
}

void ProofList::dropWaiting() {
    while (!m_entries.empty() && m_entries.back().outcome == Outcome::None) {
        delete m_entries.back().widget;
        m_entries.pop_back();
    }
    showNote();
}

int ProofList::provenCount() const {
    return static_cast<int>(std::ranges::count(m_entries, Outcome::Proven, &Entry::outcome));
}

QString ProofList::textOf(int index) const {
    const auto position = static_cast<std::size_t>(index);
    return position < m_entries.size() ? m_entries[position].text->text() : QString();
}

}  // namespace graft::ui
