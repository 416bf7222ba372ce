// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dataset/ProblemList.h"

#include <QAbstractListModel>
#include <QPainter>
#include <QStyledItemDelegate>
#include <algorithm>
#include <utility>

#include "ui/session/DatasetSummary.h"
#include "ui/session/FigureText.h"
#include "ui/session/MessageText.h"
#include "ui/style/Theme.h"
#include "ui/widgets/Pill.h"

namespace graft::ui {

namespace {

constexpr int kMessageRole = Qt::UserRole + 1;
constexpr int kKindRole = Qt::UserRole + 2;
constexpr int kTagRole = Qt::UserRole + 3;
constexpr int kPadding = 8;
constexpr int kLine = 20;
// Beyond this many a person reads the folder, not the list.
constexpr std::size_t kMostShown = 2000;

class ProblemDelegate : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        const Colours& colours = Theme::instance().colours();
        const QString tag = index.data(kTagRole).toString();
        const QSize pill = Pill::sizeFor(tag);
        QRect line(option.rect.left(), option.rect.top() + kPadding, option.rect.width(), kLine);
        Pill::draw(*painter, QRect(line.topLeft(), pill), tag,
                   static_cast<PillKind>(index.data(kKindRole).toInt()));

        painter->save();
        painter->setPen(colours.text);
        painter->setFont(Theme::bodyFont());
        line.setLeft(line.left() + pill.width() + 6);
        painter->drawText(
            line, Qt::AlignVCenter | Qt::AlignLeft,
            painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideMiddle, line.width()));
        painter->setPen(colours.muted);
        painter->setFont(Theme::smallFont());
        const QRect message = option.rect.adjusted(0, kPadding + kLine + 4, 0, -kPadding);
        painter->drawText(message, Qt::TextWordWrap | Qt::AlignLeft | Qt::AlignTop,
                          index.data(kMessageRole).toString());
        painter->setPen(colours.line);
        painter->drawLine(option.rect.bottomLeft(), option.rect.bottomRight());
        painter->restore();
    }

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex& index) const override {
        const auto* view = static_cast<const QListView*>(parent());
        const int width = view->viewport()->width();
        const QRect message =
            QFontMetrics(Theme::smallFont())
                .boundingRect(0, 0, width, 1000, Qt::TextWordWrap, index.data(kMessageRole).toString());
        return {width, 2 * kPadding + kLine + 4 + message.height() + 1};
    }
};

struct Entry {
    QString tag;
    PillKind kind;
    QString title;
    QString message;
};

Entry entryFor(const ProblemGroup& group) {
    const QString path = QString::fromStdString(group.firstPath);
    return {group.leftOut ? ProblemList::tr("left out") : ProblemList::tr("warning"),
            group.leftOut ? PillKind::Wrong : PillKind::Warning,
            group.count == 1
                ? path
                : ProblemList::tr("%1 and %2 more").arg(path, FigureText::count(group.count - 1)),
            text(group.message)};
}

Entry entryFor(const data::PassedOverGroup& group) {
    const QString path = QString::fromStdString(group.firstPath);
    const QString files =
        group.files == 1 ? ProblemList::tr("1 file") : ProblemList::tr("%L1 files").arg(group.files);
    QString title = path;
    if (group.entries > 1) {
        title = ProblemList::tr("%1: %2 and others").arg(files, path);
    } else if (group.files != 1) {
        title = ProblemList::tr("%1 (%2)").arg(path, files);
    }
    return {ProblemList::tr("not used"), PillKind::Neutral, title, text(group.message)};
}

Entry entryForRest(std::size_t problems) {
    return {ProblemList::tr("note"), PillKind::Neutral, ProblemList::tr("%L1 more").arg(problems),
            ProblemList::tr("Put the first ones right and choose the folder again.")};
}

}  // namespace

// Words an entry when it is looked at.
class ProblemModel : public QAbstractListModel {
  public:
    using QAbstractListModel::QAbstractListModel;

    void setSummary(std::shared_ptr<const DatasetSummary> summary) {
        beginResetModel();
        m_summary = std::move(summary);
        m_problems = static_cast<int>(std::min(m_summary->problems.size(), kMostShown));
        m_rest = m_summary->problems.size() > kMostShown ? 1 : 0;
        endResetModel();
    }

    int rowCount(const QModelIndex& parent = {}) const override {
        if (parent.isValid() || !m_summary) return 0;
        return m_problems + m_rest + static_cast<int>(m_summary->unused.size());
    }

    QVariant data(const QModelIndex& index, int role) const override {
        if (!index.isValid() || index.row() >= rowCount()) return {};
        const Entry entry = entryAt(index.row());
        switch (role) {
            case Qt::DisplayRole:
            case Qt::ToolTipRole:
                return entry.title;
            case Qt::AccessibleTextRole:
                return ProblemList::tr("%1: %2. %3").arg(entry.tag, entry.title, entry.message);
            case kMessageRole:
                return entry.message;
            case kKindRole:
                return static_cast<int>(entry.kind);
            case kTagRole:
                return entry.tag;
            default:
                return {};
        }
    }

  private:
    Entry entryAt(int row) const {
        if (row < m_problems) return entryFor(m_summary->problems[static_cast<std::size_t>(row)]);
        if (row < m_problems + m_rest) return entryForRest(m_summary->problems.size() - kMostShown);
        return entryFor(m_summary->unused[static_cast<std::size_t>(row - m_problems - m_rest)]);
    }

    std::shared_ptr<const DatasetSummary> m_summary;
    int m_problems = 0;
    int m_rest = 0;
};

ProblemList::ProblemList(QWidget* parent) : QListView(parent), m_model(new ProblemModel(this)) {
    setModel(m_model);
    setItemDelegate(new ProblemDelegate(this));
    setEditTriggers(NoEditTriggers);
    setSelectionMode(NoSelection);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setLayoutMode(Batched);
    setBatchSize(100);
    setAccessibleName(tr("Problems"));
    connect(&Theme::instance(), &Theme::changed, viewport(), qOverload<>(&QWidget::update));
}

void ProblemList::showDataset(std::shared_ptr<const DatasetSummary> summary) {
    m_hasImages = summary->all.train + summary->all.validation + summary->all.test > 0;
    m_model->setSummary(std::move(summary));
}

int ProblemList::problemCount() const {
    return m_model->rowCount();
}

QString ProblemList::emptyText() const {
    return m_hasImages ? tr("Nothing. Every image can be read, and none is in two classes or splits.")
                       : tr("There are no images in this folder.");
}

void ProblemList::paintEvent(QPaintEvent* event) {
    if (m_model->rowCount() > 0) return QListView::paintEvent(event);
    QPainter painter(viewport());
    painter.setPen(Theme::instance().colours().muted);
    painter.drawText(viewport()->rect(), Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, emptyText());
}

void ProblemList::resizeEvent(QResizeEvent* event) {
    QListView::resizeEvent(event);
    scheduleDelayedItemsLayout();  // messages wrap to the new width
}

}  // namespace graft::ui
