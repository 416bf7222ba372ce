// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/results/PairList.h"

#include <QAbstractTableModel>
#include <QHeaderView>
#include <QMouseEvent>
#include <QPainter>
#include <QScopedValueRollback>

#include "ui/session/FigureText.h"
#include "ui/style/Theme.h"
#include "ui/widgets/RowTable.h"

namespace graft::ui {

namespace {
constexpr int kRowHeight = 28;
constexpr int kImagesWidth = 62;
constexpr int kShareWidth = 66;
}  // namespace

class PairModel : public QAbstractTableModel {
  public:
    using QAbstractTableModel::QAbstractTableModel;

    void setPairs(const QStringList& classes, const std::vector<ConfusedPair>& pairs) {
        beginResetModel();
        m_classes = classes;
        m_pairs = pairs;
        endResetModel();
    }

    const std::vector<ConfusedPair>& pairs() const { return m_pairs; }

    int rowCount(const QModelIndex& parent = {}) const override {
        return parent.isValid() ? 0 : static_cast<int>(m_pairs.size());
    }
    int columnCount(const QModelIndex& parent = {}) const override {
        return parent.isValid() ? 0 : static_cast<int>(PairList::ColumnCount);
    }

    QVariant data(const QModelIndex& index, int role) const override {
        if (!index.isValid()) return {};
        const ConfusedPair& pair = m_pairs[static_cast<std::size_t>(index.row())];
        if (role == Qt::TextAlignmentRole) return alignment(index.column());
        if (role == Qt::ToolTipRole) {
            return PairList::tr("%1 taken for %2: %3 (%4)")
                .arg(m_classes[pair.truth], m_classes[pair.predicted], FigureText::images(pair.images),
                     FigureText::percent(pair.share));
        }
        if (role != Qt::DisplayRole) return {};
        switch (index.column()) {
            case PairList::Truth:
                return m_classes[pair.truth];
            case PairList::Predicted:
                return m_classes[pair.predicted];
            case PairList::Images:
                return FigureText::count(pair.images);
            default:
                return FigureText::percentFigure(pair.share);
        }
    }

    QVariant headerData(int section, Qt::Orientation orientation, int role) const override {
        if (orientation != Qt::Horizontal) return {};
        if (role == Qt::TextAlignmentRole) return alignment(section);
        if (role == Qt::ToolTipRole && section == PairList::Share)
            return PairList::tr("Of the images of the true class, the share that was taken for the other, %");
        if (role != Qt::DisplayRole) return {};
        switch (section) {
            case PairList::Truth:
                return PairList::tr("class");
            case PairList::Predicted:
                return PairList::tr("taken for");
            case PairList::Images:
                return PairList::tr("images");
            default:
                return PairList::tr("share, %");
        }
    }

  private:
    static int alignment(int column) {
        const bool isName = column == PairList::Truth || column == PairList::Predicted;
        return int(Qt::AlignVCenter | (isName ? Qt::AlignLeft : Qt::AlignRight));
    }

    QStringList m_classes;
    std::vector<ConfusedPair> m_pairs;
};

PairList::PairList(QWidget* parent) : QTableView(parent), m_model(new PairModel(this)) {
    setModel(m_model);
    showAsRows(*this, kRowHeight);
    QHeaderView* header = horizontalHeader();
    header->setSectionResizeMode(Truth, QHeaderView::Stretch);
    header->setSectionResizeMode(Predicted, QHeaderView::Stretch);
    header->resizeSection(Images, kImagesWidth);
    header->resizeSection(Share, kShareWidth);
    setAccessibleName(tr("Classes that are taken for one another"));
}

void PairList::setPairs(const QStringList& classes, const std::vector<ConfusedPair>& pairs) {
    const QScopedValueRollback quiet(m_quiet, true);
    m_model->setPairs(classes, pairs);
    viewport()->update();
}

int PairList::pairCount() const {
    return m_model->rowCount();
}

void PairList::setSelected(std::optional<std::pair<int, int>> pair) {
    const QScopedValueRollback quiet(m_quiet, true);
    const std::vector<ConfusedPair>& pairs = m_model->pairs();
    for (std::size_t row = 0; pair && row < pairs.size(); ++row) {
        if (pairs[row].truth == pair->first && pairs[row].predicted == pair->second)
            return selectRow(static_cast<int>(row));
    }
    clearSelection();
    setCurrentIndex({});
}

void PairList::tell(const QModelIndex& index) {
    if (m_quiet || !index.isValid()) return;
    const ConfusedPair& pair = m_model->pairs()[static_cast<std::size_t>(index.row())];
    emit pairChosen(pair.truth, pair.predicted);
}

void PairList::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QTableView::currentChanged(current, previous);
    if (current.row() != previous.row()) tell(current);
}

// A click on the pair that is current already asks for its images again.
void PairList::mousePressEvent(QMouseEvent* event) {
    const int before = currentIndex().row();
    QTableView::mousePressEvent(event);
    const QModelIndex now = indexAt(event->position().toPoint());
    if (now.isValid() && now.row() == before) tell(now);
}

void PairList::paintEvent(QPaintEvent* event) {
    if (m_model->rowCount() > 0) return QTableView::paintEvent(event);
    QPainter painter(viewport());
    painter.setPen(Theme::instance().colours().muted);
    painter.drawText(viewport()->rect(), Qt::AlignCenter | Qt::TextWordWrap,
                     tr("No class was taken for another."));
}

}  // namespace graft::ui
