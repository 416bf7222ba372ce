// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/network/BackboneFilter.h"

#include <QCollator>
#include <QRegularExpression>
#include <algorithm>

#include "ui/network/BackboneModel.h"

namespace graft::ui {

BackboneFilter::BackboneFilter(QObject* parent) : QSortFilterProxyModel(parent) {
    setSortRole(BackboneModel::SortRole);
}

void BackboneFilter::setSearch(const QString& text) {
    m_words = text.split(QRegularExpression(QStringLiteral("\\s+")), Qt::SkipEmptyParts);
    invalidateFilter();
}

void BackboneFilter::setHereOnly(bool hereOnly) {
    m_hereOnly = hereOnly;
    invalidateFilter();
}

bool BackboneFilter::filterAcceptsRow(int row, const QModelIndex& parent) const {
    const QModelIndex index = sourceModel()->index(row, 0, parent);
    if (m_hereOnly && !index.data(BackboneModel::HereRole).toBool()) return false;
    const QString text = index.data(BackboneModel::SearchRole).toString();
    return std::ranges::all_of(m_words,
                               [&](const QString& word) { return text.contains(word, Qt::CaseInsensitive); });
}

bool BackboneFilter::lessThan(const QModelIndex& left, const QModelIndex& right) const {
    const QVariant a = left.data(sortRole());
    const QVariant b = right.data(sortRole());
    // Sorted the other way the base class asks with left and right exchanged.
    if (a.isValid() != b.isValid()) return sortOrder() == Qt::AscendingOrder ? a.isValid() : b.isValid();
    if (a.typeId() != QMetaType::QString) return a.toDouble() < b.toDouble();
    // ResNet-18, -34, -101: by the number. In English, since the C locale's collator knows no numbers.
    static const QCollator byNumber = [] {
        QCollator collator(QLocale(QLocale::English));
        collator.setNumericMode(true);
        collator.setCaseSensitivity(Qt::CaseInsensitive);
        return collator;
    }();
    return byNumber.compare(a.toString(), b.toString()) < 0;
}

}  // namespace graft::ui
