// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures of a set of files, as many columns as fit. Only what can be seen is decoded, on worker threads;
// a set of any size is shown at once.
#pragma once

#include <QString>
#include <QTableView>
#include <cstddef>
#include <functional>
#include <vector>

namespace graft::ui {

struct ThumbnailItem {
    QString path;     // absolute
    QString caption;  // below the picture; the line is left out where no item has one
    QString tooltip;
};

// Gives the item of an index below the count: called for what is looked at, whenever it is.
using ThumbnailSource = std::function<ThumbnailItem(std::size_t index)>;

class ThumbnailModel;

class ThumbnailGrid : public QTableView {
    Q_OBJECT
  public:
    explicit ThumbnailGrid(QWidget* parent = nullptr);

    void setImages(std::vector<ThumbnailItem> items);
    // Without captions; for sets that may be so large that to make an item for each takes longer than a
    // frame.
    void setImages(std::size_t count, ThumbnailSource source);
    // Of images that were given as items. Changes the words of one picture; the picture itself is kept.
    void setCaption(int index, const QString& caption, const QString& tooltip);
    void setEmptyText(const QString& text);  // what to do next, shown while there are no pictures
    const QString& emptyText() const { return m_emptyText; }
    void setTileSize(int pixels);  // about how wide one picture is; 76 by default

    int imageCount() const;
    int loadedCount() const;           // pictures decoded so far
    QRect imageRect(int index) const;  // in the viewport
    QString imagePath(int index) const;

  signals:
    void activated(const QString& path);  // double click or Return
    void loadedCountChanged(int count);

  protected:
    void resizeEvent(QResizeEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

  private:
    void showFromTop();
    void layoutTiles();

    ThumbnailModel* m_model;
    QString m_emptyText;
    int m_wantedTile = 76;
};

}  // namespace graft::ui
