// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dataset/ProblemList.h"

#include <QPainter>
#include <QStandardItemModel>
#include <QStyledItemDelegate>
#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

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

// Problems of one kind in the same words.
struct ProblemGroup {
    bool leftOut = false;
    std::string message;
    std::string firstPath;
    std::size_t count = 0;
};

std::vector<ProblemGroup> groupProblems(const std::vector<data::Problem>& problems) {
    std::vector<ProblemGroup> groups;
    std::map<std::pair<data::ProblemCode, std::string>, std::size_t> known;
    for (const data::Problem& problem : problems) {
        const auto [at, isNew] = known.try_emplace({problem.code, problem.message}, groups.size());
        if (isNew) groups.push_back({problem.leftOut, problem.message, problem.path, 0});
        ++groups[at->second].count;
    }
    return groups;
}

}  // namespace

ProblemList::ProblemList(QWidget* parent) : QListView(parent), m_model(new QStandardItemModel(this)) {
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

void ProblemList::showDataset(const data::DatasetIndex& dataset) {
    m_model->clear();
    const auto add = [this](const QString& tag, PillKind kind, const QString& title, const QString& message) {
        auto* item = new QStandardItem(title);
        item->setData(message, kMessageRole);
        item->setData(static_cast<int>(kind), kKindRole);
        item->setData(tag, kTagRole);
        item->setToolTip(title);
        item->setData(tr("%1: %2. %3").arg(tag, title, message), Qt::AccessibleTextRole);
        m_model->appendRow(item);
    };
    m_hasImages = !dataset.samples.empty();

    // What concerns the whole comes before single files, and what is alike is said once.
    std::vector<ProblemGroup> groups = groupProblems(dataset.problems);
    std::ranges::stable_partition(groups, [](const ProblemGroup& group) { return !group.leftOut; });
    for (std::size_t n = 0; n < groups.size() && n < kMostShown; ++n) {
        const ProblemGroup& group = groups[n];
        const QString path = QString::fromStdString(group.firstPath);
        add(group.leftOut ? tr("left out") : tr("warning"),
            group.leftOut ? PillKind::Wrong : PillKind::Warning,
            group.count == 1 ? path : tr("%1 and %L2 more").arg(path).arg(group.count - 1),
            QString::fromStdString(group.message));
    }
    if (groups.size() > kMostShown) {
        add(tr("note"), PillKind::Neutral, tr("%L1 more").arg(groups.size() - kMostShown),
            tr("Put the first ones right and choose the folder again."));
    }
    for (const data::PassedOverGroup& group : data::groupPassedOver(dataset.unused)) {
        const QString path = QString::fromStdString(group.firstPath);
        const QString files = group.files == 1 ? tr("1 file") : tr("%L1 files").arg(group.files);
        QString title = path;
        if (group.entries > 1) {
            title = tr("%1: %2 and others").arg(files, path);
        } else if (group.files != 1) {
            title = tr("%1 (%2)").arg(path, files);
        }
        add(tr("not used"), PillKind::Neutral, title, QString::fromStdString(group.message));
    }
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
