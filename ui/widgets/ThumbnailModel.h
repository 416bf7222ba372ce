// SPDX-License-Identifier: GPL-3.0-or-later
// The pictures behind a ThumbnailGrid: asked for by painting, decoded on worker threads, kept while there
// is room.
#pragma once

#include <QAbstractTableModel>
#include <QCache>
#include <QHash>
#include <QImage>
#include <QPixmap>
#include <QSet>
#include <optional>
#include <vector>

#include "ui/widgets/ThumbnailGrid.h"

namespace graft::ui {

class ThumbnailModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    explicit ThumbnailModel(QObject* parent = nullptr);

    void setItems(std::vector<ThumbnailItem> items);
    void setSource(int count, ThumbnailSource source);  // without captions
    // Of items that were given by setItems().
    void setCaption(int item, const QString& caption, const QString& tooltip);
    void setColumns(int columns);
    void setDecodeSize(int pixels);  // longer side to decode for

    int itemCount() const { return m_count; }
    bool hasCaptions() const { return m_hasCaptions; }
    int loadedCount() const { return m_loaded; }
    int itemAt(const QModelIndex& index) const { return index.row() * m_columns + index.column(); }
    QModelIndex indexOf(int item) const { return index(item / m_columns, item % m_columns); }
    std::optional<ThumbnailItem> item(const QModelIndex& index) const;

    // The picture; null while it is being decoded, and where that failed.
    const QPixmap* picture(const QModelIndex& index) const;
    // Why there will be no picture, in a word or two; empty: there is one, or may still be.
    QString failure(const QModelIndex& index) const;
    // Decodes these items next, and nothing that was asked for before and is not among them.
    void request(const std::vector<int>& items);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

  signals:
    void loadedCountChanged(int count);

  private:
    void reset(int count);
    ThumbnailItem itemOf(int item) const;
    void startNext();
    // A picture, or a null one: then isThere says whether there is a file at all.
    struct Decoded {
        QImage image;
        bool isThere = true;
    };
    static Decoded decode(const QString& path, int maxSide);
    void take(quint64 generation, int item, const Decoded& decoded);

    std::vector<ThumbnailItem> m_items;
    ThumbnailSource m_source;  // in place of m_items
    int m_count = 0;
    std::vector<int> m_queue;  // the next one last
    QSet<int> m_running;
    QHash<int, bool> m_failed;  // whether there is a file
    QCache<int, QPixmap> m_pictures;
    quint64 m_generation = 0;  // answers for an earlier set of files are dropped
    int m_columns = 1;
    int m_decodeSize = 160;
    int m_loaded = 0;
    bool m_hasCaptions = false;
};

}  // namespace graft::ui
