// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/ThumbnailModel.h"

#include <QFileInfo>
#include <algorithm>

#include "core/data/ImageDecoder.h"
#include "ui/session/Background.h"

namespace graft::ui {

namespace {

constexpr int kCacheKilobytes = 128 * 1024;

}  // namespace

ThumbnailModel::Decoded ThumbnailModel::decode(const QString& path, int maxSide) {
    const auto image = data::decodeThumbnail(path.toStdString(), maxSide);
    if (!image || image->empty()) return {QImage(), QFileInfo::exists(path)};
    // The copy owns its pixels; the decoded buffer dies here.
    const QImage shown(image->pixels.data(), image->width, image->height,
                       static_cast<qsizetype>(image->stride()), QImage::Format_RGB888);
    return {shown.convertToFormat(QImage::Format_RGB32), true};
}

ThumbnailModel::ThumbnailModel(QObject* parent) : QAbstractTableModel(parent), m_pictures(kCacheKilobytes) {}

void ThumbnailModel::setItems(std::vector<ThumbnailItem> items) {
    beginResetModel();
    m_items = std::move(items);
    m_source = {};
    m_hasCaptions = std::any_of(m_items.begin(), m_items.end(),
                                [](const ThumbnailItem& item) { return !item.caption.isEmpty(); });
    reset(static_cast<int>(m_items.size()));
    endResetModel();
}

void ThumbnailModel::setSource(int count, ThumbnailSource source) {
    beginResetModel();
    m_items.clear();
    m_source = std::move(source);
    m_hasCaptions = false;
    reset(count);
    endResetModel();
}

void ThumbnailModel::reset(int count) {
    ++m_generation;
    m_count = count;
    m_queue.clear();
    m_running.clear();
    m_failed.clear();
    m_pictures.clear();
    m_loaded = 0;
}

ThumbnailItem ThumbnailModel::itemOf(int item) const {
    const auto at = static_cast<std::size_t>(item);
    return m_source ? m_source(at) : m_items[at];
}

void ThumbnailModel::setCaption(int item, const QString& caption, const QString& tooltip) {
    if (item < 0 || item >= static_cast<int>(m_items.size())) return;
    ThumbnailItem& changed = m_items[static_cast<std::size_t>(item)];
    changed.caption = caption;
    changed.tooltip = tooltip;
    const QModelIndex index = indexOf(item);
    emit dataChanged(index, index);
}

void ThumbnailModel::setColumns(int columns) {
    if (columns == m_columns) return;
    beginResetModel();
    m_columns = columns;
    endResetModel();
}

void ThumbnailModel::setDecodeSize(int pixels) {
    m_decodeSize = pixels;
}

std::optional<ThumbnailItem> ThumbnailModel::item(const QModelIndex& index) const {
    const int at = itemAt(index);
    if (!index.isValid() || at >= itemCount()) return std::nullopt;
    return itemOf(at);
}

const QPixmap* ThumbnailModel::picture(const QModelIndex& index) const {
    return m_pictures.object(itemAt(index));
}

QString ThumbnailModel::failure(const QModelIndex& index) const {
    const auto found = m_failed.constFind(itemAt(index));
    if (found == m_failed.constEnd()) return {};
    return *found ? ThumbnailGrid::tr("unreadable") : ThumbnailGrid::tr("not there");
}

void ThumbnailModel::request(const std::vector<int>& items) {
    m_queue.clear();
    for (auto item = items.rbegin(); item != items.rend(); ++item) {
        if (*item < itemCount() && !m_pictures.contains(*item) && !m_failed.contains(*item) &&
            !m_running.contains(*item)) {
            m_queue.push_back(*item);
        }
    }
    startNext();
}

void ThumbnailModel::startNext() {
    while (!m_queue.empty() && m_running.size() < 2 * thumbnailPool().maxThreadCount()) {
        const int item = m_queue.back();
        m_queue.pop_back();
        m_running.insert(item);
        runInBackground(
            thumbnailPool(), this,
            [path = itemOf(item).path, side = m_decodeSize] { return decode(path, side); },
            [this, item, generation = m_generation](const Decoded& decoded) {
                take(generation, item, decoded);
            });
    }
}

void ThumbnailModel::take(quint64 generation, int item, const Decoded& decoded) {
    const QImage& image = decoded.image;
    if (generation != m_generation) return;
    m_running.remove(item);
    if (image.isNull()) {
        m_failed.insert(item, decoded.isThere);
    } else {
        m_pictures.insert(item, new QPixmap(QPixmap::fromImage(image)),
                          static_cast<int>(image.sizeInBytes() / 1024) + 1);
        ++m_loaded;
    }
    emit dataChanged(indexOf(item), indexOf(item));
    emit loadedCountChanged(m_loaded);
    startNext();
}

int ThumbnailModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : (itemCount() + m_columns - 1) / m_columns;
}

int ThumbnailModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : m_columns;
}

QVariant ThumbnailModel::data(const QModelIndex& index, int role) const {
    if (role == Qt::AccessibleDescriptionRole) return failure(index);
    if (role != Qt::ToolTipRole && role != Qt::AccessibleTextRole) return {};
    const std::optional<ThumbnailItem> found = item(index);
    if (!found) return {};
    if (role == Qt::ToolTipRole) return found->tooltip;
    return found->caption.isEmpty() ? found->path.section(QLatin1Char('/'), -1) : found->caption;
}

Qt::ItemFlags ThumbnailModel::flags(const QModelIndex& index) const {
    return index.isValid() && itemAt(index) < itemCount() ? Qt::ItemIsEnabled | Qt::ItemIsSelectable
                                                          : Qt::NoItemFlags;
}

}  // namespace graft::ui
