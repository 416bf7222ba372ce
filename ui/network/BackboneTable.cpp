// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/network/BackboneTable.h"

#include <QAction>
#include <QApplication>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QSortFilterProxyModel>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QVBoxLayout>
#include <utility>

#include "core/weights/WeightStore.h"
#include "ui/network/BackboneModel.h"
#include "ui/session/Background.h"
#include "ui/style/Icons.h"
#include "ui/style/Theme.h"
#include "ui/widgets/Pill.h"

namespace graft::ui {

namespace {

constexpr int kRowHeight = 32;

class WeightsDelegate : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        QStyleOptionViewItem cell = option;
        initStyleOption(&cell, index);
        const QString text = std::exchange(cell.text, QString());
        const QWidget* widget = option.widget;
        (widget ? widget->style() : QApplication::style())
            ->drawControl(QStyle::CE_ItemViewItem, &cell, painter, widget);
        QRect pill(QPoint(option.rect.left() + 6, 0), Pill::sizeFor(text));
        pill.moveTop(option.rect.center().y() - pill.height() / 2);
        Pill::draw(*painter, pill, text,
                   index.data(Qt::UserRole).toBool() ? PillKind::Accent : PillKind::Neutral);
    }
};

QHash<QString, QString> locateAll() {
    QHash<QString, QString> files;
    for (const backbones::CatalogueEntry& entry : backbones::catalogue()) {
        const QString name = QString::fromStdString(entry.name);
        if (files.contains(name)) continue;
        if (const auto file = weights::locateWeights(entry))
            files.insert(name, QString::fromStdString(*file));
    }
    return files;
}

}  // namespace

BackboneTable::BackboneTable(QWidget* parent)
    : QWidget(parent),
      m_model(new BackboneModel(this)),
      m_filtered(new QSortFilterProxyModel(this)),
      m_search(new QLineEdit(this)),
      m_view(new QTableView(this)),
      m_nothing(new QLabel(tr("No backbone has this in its name."), this)) {
    m_search->setObjectName(QStringLiteral("backboneSearch"));
    m_search->setPlaceholderText(tr("Search %1 backbones").arg(m_model->rowCount()));
    m_search->setClearButtonEnabled(true);
    QAction* lens = m_search->addAction(QIcon(), QLineEdit::LeadingPosition);
    const auto colour = [lens] {
        lens->setIcon(icon(QStringLiteral("search"), Theme::instance().colours().muted));
    };
    colour();
    connect(&Theme::instance(), &Theme::changed, lens, colour);

    m_filtered->setSourceModel(m_model);
    m_filtered->setFilterRole(Qt::UserRole + 1);
    m_filtered->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_view->setObjectName(QStringLiteral("backbones"));
    m_view->setAccessibleName(tr("Backbones"));
    m_view->setModel(m_filtered);
    m_view->setItemDelegateForColumn(BackboneModel::Weights, new WeightsDelegate(m_view));
    m_view->verticalHeader()->hide();
    m_view->verticalHeader()->setDefaultSectionSize(kRowHeight);
    m_view->horizontalHeader()->setHighlightSections(false);
    m_view->horizontalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_view->horizontalHeader()->setSectionResizeMode(BackboneModel::Title, QHeaderView::Stretch);
    m_view->setColumnWidth(BackboneModel::Parameters, 60);
    m_view->setColumnWidth(BackboneModel::Accuracy, 50);
    m_view->setColumnWidth(BackboneModel::Weights, 76);
    m_view->setShowGrid(false);
    m_view->setSelectionBehavior(QTableView::SelectRows);
    m_view->setSelectionMode(QTableView::SingleSelection);
    m_view->setTabKeyNavigation(false);
    m_view->setVerticalScrollMode(QTableView::ScrollPerPixel);
    m_view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_nothing->setObjectName(QStringLiteral("muted"));
    m_nothing->hide();

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_search);
    layout->addWidget(m_nothing);
    layout->addWidget(m_view, 1);

    connect(m_search, &QLineEdit::textChanged, this, [this](const QString& text) {
        const bool telling = std::exchange(m_telling, false);  // a filtered-out selection is no choice
        m_filtered->setFilterFixedString(text.trimmed());
        m_telling = telling;
        m_nothing->setVisible(m_filtered->rowCount() == 0);
    });
    connect(
        m_view->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
        [this](const QModelIndex& index) {
            if (!m_telling || !index.isValid()) return;
            emit chosen(QString::fromStdString(m_model->entry(m_filtered->mapToSource(index).row()).name));
        });
}

void BackboneTable::setCurrent(const QString& backbone) {
    const bool telling = std::exchange(m_telling, false);
    const QModelIndex index = m_filtered->mapFromSource(m_model->index(m_model->rowOf(backbone), 0));
    if (index.isValid()) {
        m_view->setCurrentIndex(index);
        m_view->scrollTo(index);
    } else {
        m_view->clearSelection();
    }
    m_telling = telling;
}

void BackboneTable::locateWeights() {
    runInBackground(this, locateAll, [this](const QHash<QString, QString>& files) {
        m_model->setLocated(files);
        emit located();
    });
}

}  // namespace graft::ui
