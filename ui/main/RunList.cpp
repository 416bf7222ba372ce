// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main/RunList.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QKeyEvent>
#include <QLocale>
#include <QPainter>
#include <QStandardItemModel>
#include <QStyledItemDelegate>

#include "core/training/BestEpoch.h"
#include "core/training/RunCatalogue.h"
#include "core/training/RunFolder.h"
#include "ui/main/RunLine.h"
#include "ui/session/Background.h"
#include "ui/session/ErrorText.h"
#include "ui/session/FigureText.h"
#include "ui/session/MessageText.h"
#include "ui/session/NetworkText.h"
#include "ui/session/RunNews.h"
#include "ui/style/Theme.h"

namespace graft::ui {

namespace {

constexpr int kFolderRole = Qt::UserRole + 1;
constexpr int kScoreRole = Qt::UserRole + 2;
constexpr int kLineRole = Qt::UserRole + 3;
constexpr int kNewRole = Qt::UserRole + 4;  // it has ended, and nobody has looked at it
constexpr int kDot = 7;
constexpr int kRowHeight = 38;

class RunDelegate : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        const Colours& colours = Theme::instance().colours();
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const bool selected = option.state & QStyle::State_Selected;
        if (selected || option.state & QStyle::State_MouseOver) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(selected ? colours.accentTint : colours.window);
            painter->drawRoundedRect(option.rect.adjusted(0, 1, 0, -1), 6, 6);
        }
        if (option.state & QStyle::State_HasFocus) {
            painter->setPen(colours.accent);
            painter->setBrush(Qt::NoBrush);
            painter->drawRoundedRect(QRectF(option.rect).adjusted(0.5, 1.5, -0.5, -1.5), 6, 6);
        }
        QRect text = option.rect.adjusted(8, 3, -8, -3);
        if (index.data(kNewRole).toBool()) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(colours.accent);
            painter->drawEllipse(QRect(text.left(), text.top() + 5, kDot, kDot));
            text.setLeft(text.left() + kDot + 5);
        }
        const QString score = index.data(kScoreRole).toString();
        painter->setFont(Theme::bodyFont());
        painter->setPen(colours.text);
        const int scoreWidth = painter->fontMetrics().horizontalAdvance(score) + 8;
        painter->drawText(text, Qt::AlignRight | Qt::AlignTop, score);
        painter->drawText(text, Qt::AlignLeft | Qt::AlignTop,
                          painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight,
                                                            text.width() - scoreWidth));
        painter->setFont(Theme::smallFont());
        painter->setPen(colours.muted);
        painter->drawText(text, Qt::AlignLeft | Qt::AlignBottom,
                          index.data(kLineRole).value<RunLine>().shown(painter->fontMetrics(), text.width()));
        painter->restore();
    }

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
        return {100, kRowHeight};
    }
};

// "21 Nov 14:30", from the name that the window gives its runs, else the folder's own name.
RunLine lineOf(const QString& name, const QString& state) {
    const QDateTime when = QDateTime::fromString(name.left(17), QStringLiteral("yyyy-MM-dd-HHmmss"));
    if (!when.isValid()) return {name, {}, state};
    const QLocale locale;
    return {locale.toString(when, QStringLiteral("d MMM HH:mm")),
            locale.toString(when, QStringLiteral("d MMM")), state};
}

void fill(QStandardItem* item, const std::string& folder, const QString& score, const RunLine& line,
          const QString& tip) {
    item->setData(QString::fromStdString(folder), kFolderRole);
    item->setData(score, kScoreRole);
    item->setData(QVariant::fromValue(line), kLineRole);
    item->setToolTip(tip);
    item->setData(tip, Qt::AccessibleTextRole);
}

QString stateOf(const training::RunSummary& run) {
    const auto epochs = static_cast<int>(run.epochs.size());
    switch (run.status) {
        case training::RunStatus::Running:
        case training::RunStatus::NotBegun:
            return text(training::statusText(run.status));
        case training::RunStatus::Failed:
            return epochs == 1 ? RunList::tr("failed after 1 epoch")
                               : RunList::tr("failed after %1 epochs").arg(epochs);
        case training::RunStatus::Stopped:
            return epochs == 1 ? RunList::tr("stopped after 1 epoch")
                               : RunList::tr("stopped after %1 epochs").arg(epochs);
        case training::RunStatus::Completed:
            break;
    }
    return epochs == 1 ? RunList::tr("1 epoch") : RunList::tr("%1 epochs").arg(epochs);
}

QStandardItem* itemFor(const training::RunSummary& run) {
    auto* item = new QStandardItem(backboneTitle(run.config.backbone));
    const QString name = QString::fromStdString(run.name);
    const RunLine line = lineOf(name, stateOf(run));
    const QString note = line.whole();
    const QString score =
        run.hasModel ? FigureText::percentFigure(run.valAccuracy) : QStringLiteral("\u2013");
    QString tip = RunList::tr("%1\n%2\nBest validation accuracy: %3 %").arg(name, note, score);
    if (const training::EpochDone* best = training::bestOf(run.epochs)) {
        const settings::StoppingOptions& by = run.config.stopping;
        if (by.keep == settings::Keep::Last || by.bestBy != settings::Figure::Accuracy)
            tip =
                name + QLatin1Char('\n') + note + QLatin1Char('\n') + text(training::keptSentence(*best, by));
        const QString basis = FigureText::basis(*best);
        if (!basis.isEmpty()) tip += QStringLiteral(" (") + basis + QLatin1Char(')');
    }
    if (!run.whyFailed.empty()) tip += QLatin1Char('\n') + text(run.whyFailed);
    // A completed run has nothing to continue, and needs no reason.
    if (run.status != training::RunStatus::Completed && !run.resumable)
        tip += QLatin1Char('\n') + text(run.whyNotResumable);
    fill(item, run.folder, score, line, tip);
    return item;
}

// As far as it is.
void fillRunning(QStandardItem* item, const RunningRun& run) {
    using State = TrainingController::State;
    const QString percent = RunList::tr("%1 %").arg(static_cast<int>(100 * run.progress));
    RunLine line{run.position + QStringLiteral(" \u00b7 ") + percent, percent, {}};
    if (run.state == State::Paused) line.state = RunList::tr("paused");
    if (run.state == State::Stopping) line.state = RunList::tr("stopping");
    const QString score =
        run.valAccuracy ? FigureText::percentFigure(*run.valAccuracy) : QStringLiteral("\u2013");
    QString tip = QFileInfo(run.folder).fileName() + QLatin1Char('\n') + line.whole();
    if (!run.best.isEmpty()) tip += QLatin1Char('\n') + run.best;
    fill(item, run.folder.toStdString(), score, line, tip);
}

// It stays in the list, with the reason: who looks for a run must not find it gone.
QStandardItem* itemForDamaged(const training::ListedRun& listed) {
    const QString name = QFileInfo(QString::fromStdString(listed.folder)).fileName();
    auto* item = new QStandardItem(lineOf(name, {}).begin);
    fill(item, listed.folder, QStringLiteral("\u2013"), {{}, {}, RunList::tr("cannot be read")},
         name + QLatin1Char('\n') + ErrorText::describe(listed.run.error()));
    return item;
}

}  // namespace

RunList::RunList(QWidget* parent) : QListView(parent), m_model(new QStandardItemModel(this)) {
    setObjectName(QStringLiteral("runs"));
    setAccessibleName(tr("Runs"));
    setAccessibleDescription(
        tr("The arrow keys go through the runs; Return shows the one that they are at."));
    setModel(m_model);
    setItemDelegate(new RunDelegate(this));
    setEditTriggers(NoEditTriggers);
    setMouseTracking(true);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setUniformItemSizes(true);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    const auto choose = [this](const QModelIndex& index) {
        emit runChosen(index.data(kFolderRole).toString());
    };
    connect(this, &QListView::clicked, this, choose);
    connect(this, &QListView::activated, this, choose);
    connect(&Theme::instance(), &Theme::changed, viewport(), qOverload<>(&QWidget::update));
}

void RunList::readFolder(const QString& runsRoot) {
    const quint64 generation = ++m_generation;
    const std::string root = runsRoot.toStdString();
    runInBackground(
        this, [root] { return training::listRuns(root); },
        [this, generation, root](const Result<std::vector<training::ListedRun>>& runs) {
            if (generation != m_generation) return;
            if (!runs && m_model->rowCount() > 0) return;  // what is listed stays
            const QString at = currentIndex().data(kFolderRole).toString();
            m_model->clear();
            if (!runs) {
                m_model->appendRow(itemForDamaged({root, fail(runs.error())}));
            } else {
                for (const training::ListedRun& listed : *runs)
                    m_model->appendRow(listed.run ? itemFor(*listed.run) : itemForDamaged(listed));
            }
            showTold();
            select();
            if (hasFocus()) goTo(at);
            updateGeometry();
            emit runCountChanged(runCount());
        });
}

void RunList::showRunning(const std::optional<RunningRun>& run) {
    m_running = run && run->hasBegun ? std::make_shared<const RunningRun>(*run) : nullptr;
    const int before = runCount();
    showTold();
    if (runCount() == before) return;
    select();
    updateGeometry();
    emit runCountChanged(runCount());
}

void RunList::markEnded(const QString& folder) {
    m_ended = folder;
    showTold();
}

// What the disk does not say, or not yet.
void RunList::showTold() {
    if (m_running) {
        QStandardItem* item = itemIn(m_running->folder);
        if (item == nullptr) {
            item = new QStandardItem(m_running->config
                                         ? backboneTitle(m_running->config->backbone)
                                         : lineOf(QFileInfo(m_running->folder).fileName(), {}).begin);
            m_model->insertRow(0, item);
        }
        fillRunning(item, *m_running);
    }
    const QStandardItem* ended = m_ended.isEmpty() ? nullptr : itemIn(m_ended);
    for (int row = 0; row < m_model->rowCount(); ++row) {
        QStandardItem* item = m_model->item(row);
        const bool isNew = item == ended;
        if (item->data(kNewRole).toBool() == isNew) continue;
        item->setData(isNew, kNewRole);
        const QString tip = item->toolTip();
        item->setData(isNew ? tr("%1, has just ended").arg(tip) : tip, Qt::AccessibleTextRole);
    }
}

QStandardItem* RunList::itemIn(const QString& folder) const {
    const QString wanted = QDir::cleanPath(folder);
    for (int row = 0; row < m_model->rowCount(); ++row) {
        QStandardItem* item = m_model->item(row);
        if (QDir::cleanPath(item->data(kFolderRole).toString()) == wanted) return item;
    }
    return nullptr;
}

void RunList::setCurrentRun(const QString& folder) {
    m_current = folder;
    select();
}

void RunList::select() {
    clearSelection();
    if (m_current.isEmpty()) return;
    const QString current = QDir::cleanPath(m_current);  // asks no disk, which may be far away
    for (int row = 0; row < m_model->rowCount(); ++row) {
        const QModelIndex index = m_model->index(row, 0);
        if (QDir::cleanPath(index.data(kFolderRole).toString()) == current)
            selectionModel()->setCurrentIndex(index, QItemSelectionModel::ClearAndSelect);
    }
}

// Where the arrow keys were.
void RunList::goTo(const QString& folder) {
    const QStandardItem* item = folder.isEmpty() ? nullptr : itemIn(folder);
    if (item != nullptr) selectionModel()->setCurrentIndex(item->index(), QItemSelectionModel::NoUpdate);
}

// What is selected is the run that is shown: neither a key nor a click selects another, until it is.
QItemSelectionModel::SelectionFlags RunList::selectionCommand(const QModelIndex&, const QEvent*) const {
    return QItemSelectionModel::NoUpdate;
}

// Whatever the style thinks of a mark that goes on alone.
void RunList::keyPressEvent(QKeyEvent* event) {
    const auto movement = movementOf(event->key());
    if (movement) {
        const QModelIndex next = moveCursor(*movement, Qt::NoModifier);
        if (next.isValid()) selectionModel()->setCurrentIndex(next, QItemSelectionModel::NoUpdate);
    } else if (event->key() == Qt::Key_Space && currentIndex().isValid()) {
        emit activated(currentIndex());
    } else {
        QListView::keyPressEvent(event);
    }
}

std::optional<QAbstractItemView::CursorAction> RunList::movementOf(int key) {
    switch (key) {
        case Qt::Key_Up:
            return MoveUp;
        case Qt::Key_Down:
            return MoveDown;
        case Qt::Key_Home:
            return MoveHome;
        case Qt::Key_End:
            return MoveEnd;
        case Qt::Key_PageUp:
            return MovePageUp;
        case Qt::Key_PageDown:
            return MovePageDown;
        default:
            return std::nullopt;
    }
}

int RunList::runCount() const {
    return m_model->rowCount();
}

QSize RunList::sizeHint() const {
    return {160, kRowHeight * std::clamp(runCount(), 0, 8) + 2};
}

QSize RunList::minimumSizeHint() const {
    return {100, kRowHeight * std::clamp(runCount(), 0, 2) + 2};
}

}  // namespace graft::ui
