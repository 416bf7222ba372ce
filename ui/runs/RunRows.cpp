// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/RunRows.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QLocale>
#include <QSet>
#include <algorithm>
#include <optional>

#include "core/training/BestEpoch.h"
#include "core/training/RunComparison.h"
#include "ui/session/ErrorText.h"
#include "ui/session/FigureText.h"
#include "ui/session/MessageText.h"
#include "ui/session/NetworkText.h"
#include "ui/session/RunPlace.h"

namespace graft::ui {

namespace {

using training::CataloguedRun;
using training::RunCard;

const QString kNone = QStringLiteral("\u2013");

QString fromCore(const std::string& words) {
    return QString::fromStdString(words);
}

QString oneLine(const QString& note) {
    return note.simplified();
}

QString epochsText(const training::RunSummary& run) {
    const auto done = static_cast<int>(run.epochs.size());
    if (done == run.config.epochs) return QString::number(done);
    return RunRows::tr("%1 of %2").arg(done).arg(run.config.epochs);
}

QString whenText(const RunCard& card, const QString& format) {
    if (!card.began) return kNone;
    return QLocale().toString(QDateTime::fromSecsSinceEpoch(*card.began), format);
}

QString cellOf(const RunCard& card, int column) {
    switch (column) {
        case RunRows::Star:
            return card.note.star ? QStringLiteral("\u2605") : QStringLiteral("\u2606");
        case RunRows::Backbone:
            return backboneTitle(card.run.config.backbone);
        case RunRows::Trained:
            return text(card.trained);
        case RunRows::Dataset:
            return QFileInfo(QDir::cleanPath(fromCore(card.run.config.datasetFolder))).fileName();
        case RunRows::Best:
            return card.best ? RunRows::bestText(*card.best) : kNone;
        case RunRows::Epochs:
            return epochsText(card.run);
        case RunRows::Time:
            return card.run.epochs.empty() ? kNone : RunRows::duration(card.seconds);
        case RunRows::When:
            return whenText(card, QStringLiteral("d MMM HH:mm"));
        case RunRows::Status:
            return text(training::statusText(card.run.status));
        case RunRows::Note:
            return oneLine(fromCore(card.note.text));
        default:
            return {};
    }
}

QString statusTip(const RunCard& card) {
    QString said = text(training::statusText(card.run.status));
    if (!card.run.whyFailed.empty()) said += QLatin1Char('\n') + text(card.run.whyFailed);
    if (card.run.status != training::RunStatus::Completed && !card.run.resumable &&
        !card.run.whyNotResumable.empty())
        said += QLatin1Char('\n') + text(card.run.whyNotResumable);
    return said;
}

QString tipOf(const CataloguedRun& run, int column) {
    const RunCard& card = *run.card;
    switch (column) {
        case RunRows::Star:
            return card.note.star ? RunRows::tr("Starred; a click takes the star away")
                                  : RunRows::tr("A click gives it a star");
        case RunRows::Name:
            if (!run.linkTo.empty())
                return RunRows::tr("%1\nA link to %2").arg(fromCore(run.folder), fromCore(run.linkTo));
            return fromCore(run.folder);
        case RunRows::Dataset:
            if (!card.hasDataset)
                return RunRows::tr("%1\nThe folder is not there now")
                    .arg(fromCore(card.run.config.datasetFolder));
            return fromCore(card.run.config.datasetFolder);
        case RunRows::Best:
            if (const training::EpochDone* best = training::bestOf(card.run.epochs)) {
                const QString said = text(training::keptSentence(*best, card.run.config.stopping));
                const QString basis = FigureText::basis(*best);
                return basis.isEmpty() ? said : RunRows::tr("%1\n%2").arg(said, basis);
            }
            return RunRows::tr("No epoch is over");
        case RunRows::When:
            return whenText(card, QStringLiteral("d MMMM yyyy HH:mm:ss"));
        case RunRows::Status:
            return statusTip(card);
        case RunRows::Note:
            if (card.noteProblem) return ErrorText::describe(*card.noteProblem);
            return fromCore(card.note.text);
        default:
            return cellOf(card, column);
    }
}

// What a number column is sorted by.
std::optional<double> numberOf(const RunCard& card, int column) {
    switch (column) {
        case RunRows::Star:
            return card.note.star ? 0 : 1;  // those that have one first
        case RunRows::Best:
            return card.best ? std::optional(card.best->accuracy) : std::nullopt;
        case RunRows::Epochs:
            return double(card.run.epochs.size());
        case RunRows::Time:
            return card.run.epochs.empty() ? std::nullopt : std::optional(card.seconds);
        case RunRows::When:
            return card.began ? std::optional(double(*card.began)) : std::nullopt;
        default:
            return std::nullopt;
    }
}

struct Key {
    std::size_t index = 0;
    std::optional<double> number;
    QString words;
    bool isReadable = false;
    bool hasValue = false;
};

Key keyOf(const CataloguedRun& run, std::size_t index, int column) {
    Key key;
    key.index = index;
    key.isReadable = run.card.has_value();
    if (RunRows::isNumber(column) || column == RunRows::Star) {
        if (run.card) key.number = numberOf(*run.card, column);
        key.hasValue = key.number.has_value();
    } else {
        key.words = RunRows::cell(run, column).toCaseFolded();
        key.hasValue = !key.words.isEmpty();
    }
    return key;
}

bool isBefore(const Key& a, const Key& b, Qt::SortOrder order) {
    if (a.isReadable != b.isReadable) return a.isReadable;
    if (a.hasValue != b.hasValue) return a.hasValue;
    if (!a.hasValue) return false;
    const Key& first = order == Qt::AscendingOrder ? a : b;
    const Key& second = order == Qt::AscendingOrder ? b : a;
    if (a.number && b.number) return *first.number < *second.number;
    return QString::localeAwareCompare(first.words, second.words) < 0;
}

}  // namespace

std::vector<std::size_t> RunRows::inOrder(const training::Catalogue& catalogue, const Query& query) {
    const std::string words = query.words.toStdString();
    const QSet<QString> staying(query.staying.begin(), query.staying.end());
    std::vector<Key> keys;
    for (std::size_t i = 0; i < catalogue.runs.size(); ++i) {
        const CataloguedRun& run = catalogue.runs[i];
        if (training::matches(run, words) || staying.contains(placeOf(run.folder)))
            keys.push_back(keyOf(run, i, query.column));
    }
    if (query.column >= 0 && query.column < ColumnCount)
        std::ranges::stable_sort(keys,
                                 [&](const Key& a, const Key& b) { return isBefore(a, b, query.order); });
    std::vector<std::size_t> rows;
    rows.reserve(keys.size());
    for (const Key& key : keys)
        rows.push_back(key.index);
    return rows;
}

QString RunRows::cell(const CataloguedRun& run, int column) {
    if (column == Name) return fromCore(run.name);
    if (run.card) return cellOf(*run.card, column);
    if (column != Status) return {};
    return run.card.error().code == ErrorCode::NotFound ? tr("missing") : tr("cannot be read");
}

QString RunRows::tip(const CataloguedRun& run, int column) {
    if (run.card) return tipOf(run, column);
    return tr("%1\n%2").arg(fromCore(run.folder), ErrorText::describe(run.card.error()));
}

QString RunRows::title(int column) {
    switch (column) {
        case Name:
            return tr("run");
        case Backbone:
            return tr("backbone");
        case Trained:
            return tr("trained");
        case Dataset:
            return tr("data set");
        case Best:
            return tr("best");
        case Epochs:
            return tr("epochs");
        case Time:
            return tr("time");
        case When:
            return tr("when");
        case Status:
            return tr("status");
        case Note:
            return tr("note");
        default:
            return {};
    }
}

bool RunRows::isNumber(int column) {
    return column == Best || column == Epochs || column == Time || column == When;
}

bool RunRows::isWhole(int column) {
    return isNumber(column) || column == Status;
}

RunRows::Shapes RunRows::shapes(const training::Catalogue& catalogue) {
    std::array<QSet<QString>, ColumnCount> found;
    Shapes shapes;
    for (const CataloguedRun& run : catalogue.runs) {
        for (int column = 0; column < ColumnCount; ++column)
            if (isWhole(column)) found[static_cast<std::size_t>(column)].insert(shapeOf(cell(run, column)));
    }
    for (std::size_t column = 0; column < found.size(); ++column)
        shapes[column] = QStringList(found[column].begin(), found[column].end());
    return shapes;
}

QString RunRows::shapeOf(QString text) {
    for (QChar& letter : text)
        if (letter >= QLatin1Char('0') && letter <= QLatin1Char('9')) letter = QLatin1Char('0');
    return text;
}

QString RunRows::duration(double seconds) {
    return text(training::durationText(seconds));
}

QString RunRows::bestText(const training::BestFigure& best) {
    if (best.figure == settings::Figure::Loss)
        return tr("loss %1").arg(QLocale().toString(best.value, 'f', 4));
    return FigureText::percent(best.value);
}

}  // namespace graft::ui
