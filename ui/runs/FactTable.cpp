// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/FactTable.h"

#include <QAbstractTableModel>
#include <QFontMetrics>
#include <QHeaderView>
#include <algorithm>
#include <utility>

#include "ui/plots/NamesApart.h"
#include "ui/session/MessageText.h"
#include "ui/style/Theme.h"
#include "ui/widgets/RowTable.h"

namespace graft::ui {

namespace {
constexpr int kRowHeight = 26;
constexpr int kHeaderPadding = 12;
constexpr int kLabelWidth = 132;
constexpr int kNarrowestValue = 96;
}  // namespace

class FactModel : public QAbstractTableModel {
  public:
    using QAbstractTableModel::QAbstractTableModel;

    void setFacts(std::vector<Fact> facts, const QStringList& columns) {
        const bool isSame =
            columns == m_columns && std::ranges::equal(facts, m_facts, {}, &Fact::label, &Fact::label);
        if (!isSame) beginResetModel();
        m_facts = std::move(facts);
        m_columns = columns;
        if (!isSame) return endResetModel();
        // Other values of the same lines: whoever has scrolled to one stays there.
        if (!m_facts.empty()) emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
    }
    // As they are read in so much room: a header with a style sheet cuts them off instead.
    void shorten(const QFontMetrics& metrics, int width) {
        m_shown.clear();
        const bool haveRoom = std::ranges::all_of(
            m_columns, [&](const QString& column) { return metrics.horizontalAdvance(column) <= width; });
        for (const QString& column : haveRoom ? m_columns : namesApart(m_columns))
            m_shown << metrics.elidedText(column, Qt::ElideMiddle, width);
        if (!m_columns.isEmpty())
            emit headerDataChanged(Qt::Horizontal, 1, static_cast<int>(m_columns.size()));
    }
    const std::vector<Fact>& facts() const { return m_facts; }

    int rowCount(const QModelIndex& parent = {}) const override {
        return parent.isValid() ? 0 : static_cast<int>(m_facts.size());
    }
    int columnCount(const QModelIndex& parent = {}) const override {
        return parent.isValid() ? 0 : 1 + std::max(1, static_cast<int>(m_columns.size()));
    }

    QVariant data(const QModelIndex& index, int role) const override {
        if (!index.isValid()) return {};
        const Fact& fact = m_facts[static_cast<std::size_t>(index.row())];
        const int value = index.column() - 1;
        switch (role) {
            case Qt::DisplayRole:
                return value < 0 ? fact.label : fact.values.value(value);
            case Qt::ToolTipRole:
                if (value < 0) return fact.label;
                return fact.tips.value(value).isEmpty() ? fact.values.value(value) : fact.tips.value(value);
            case Qt::ForegroundRole:
                return value < 0 ? QVariant::fromValue(Theme::instance().colours().muted) : QVariant();
            case Qt::FontRole: {
                if (!fact.standsOut || value < 0) return {};
                QFont font = Theme::bodyFont();
                font.setBold(true);
                return font;
            }
            default:
                return {};
        }
    }

    QVariant headerData(int section, Qt::Orientation orientation, int role) const override {
        if (orientation != Qt::Horizontal || section == 0) return {};
        if (role == Qt::TextAlignmentRole) return int(Qt::AlignVCenter | Qt::AlignLeft);
        if (role != Qt::DisplayRole && role != Qt::ToolTipRole) return {};
        return (role == Qt::DisplayRole ? m_shown : m_columns).value(section - 1);
    }

  private:
    std::vector<Fact> m_facts;
    QStringList m_columns;
    QStringList m_shown;
};

Fact Fact::of(const training::ComparedRow& row) {
    Fact fact;
    fact.label = text(row.label);
    const bool isShortened = row.key == "classes" || row.key == "trained";
    for (const training::ComparedValue& value : row.values) {
        fact.values << text(value.text);
        fact.tips << (isShortened && value.value ? QString::fromStdString(*value.value) : QString());
    }
    return fact;
}

FactTable::FactTable(QWidget* parent) : QTableView(parent), m_model(new FactModel(this)) {
    setModel(m_model);
    showAsRows(*this, kRowHeight);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    setHorizontalScrollMode(ScrollPerPixel);
    horizontalHeader()->setSectionsClickable(false);
    horizontalHeader()->hide();
    setMinimumHeight(2 * kRowHeight);
}

void FactTable::setFacts(std::vector<Fact> facts, const QStringList& columns) {
    horizontalHeader()->setVisible(!columns.isEmpty());
    m_model->setFacts(std::move(facts), columns);
    fitColumns();
}

const std::vector<Fact>& FactTable::facts() const {
    return m_model->facts();
}

void FactTable::resizeEvent(QResizeEvent* event) {
    QTableView::resizeEvent(event);
    fitColumns();
}

// The values share what the names leave; of very many each keeps a width at which it can be read.
void FactTable::fitColumns() {
    const int values = m_model->columnCount() - 1;
    const int label = std::min(std::max(kLabelWidth, sizeHintForColumn(0)), viewport()->width() * 2 / 5);
    const int each = std::max(kNarrowestValue, (viewport()->width() - label) / std::max(1, values));
    horizontalHeader()->resizeSection(0, label);
    for (int column = 1; column <= values; ++column)
        horizontalHeader()->resizeSection(column, each);
    m_model->shorten(QFontMetrics(Theme::smallFont()), each - kHeaderPadding);
}

}  // namespace graft::ui
