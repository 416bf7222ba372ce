// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/ThumbnailGrid.h"

#include <QHeaderView>
#include <QPainter>
#include <QPainterPath>
#include <QScrollBar>
#include <QSignalBlocker>
#include <QStyledItemDelegate>
#include <algorithm>

#include "ui/style/Theme.h"
#include "ui/widgets/RowTable.h"
#include "ui/widgets/ThumbnailModel.h"

namespace graft::ui {

namespace {

constexpr int kGap = 8;
constexpr int kCaptionHeight = 18;

class TileDelegate : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        const auto* model = static_cast<const ThumbnailModel*>(index.model());
        const std::optional<ThumbnailItem> item = model->item(index);
        if (!item) return;
        const Colours& colours = Theme::instance().colours();
        QRect tile = option.rect.adjusted(0, 0, -kGap, -kGap);
        QRect caption;
        if (model->hasCaptions()) {
            caption = QRect(tile.left(), tile.bottom() + 1 - kCaptionHeight, tile.width(), kCaptionHeight);
            tile.setBottom(tile.bottom() - kCaptionHeight);
        }

        painter->save();
        painter->setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
        QPainterPath shape;
        shape.addRoundedRect(tile, 5, 5);
        const QString failure = model->failure(index);
        if (const QPixmap* picture = model->picture(index)) {
            painter->setClipPath(shape);
            const QSize covering = picture->size().scaled(tile.size(), Qt::KeepAspectRatioByExpanding);
            QRect target(QPoint(), covering);
            target.moveCenter(tile.center());
            painter->drawPixmap(target, *picture);
            painter->setClipping(false);
        } else {
            painter->fillPath(shape, failure.isEmpty() ? colours.window : colours.wrongTint);
            if (!failure.isEmpty()) {
                painter->setPen(colours.wrong);
                painter->setFont(Theme::smallFont());
                painter->drawText(tile, Qt::AlignCenter | Qt::TextWordWrap, failure);
            }
        }
        if (!caption.isNull()) {
            painter->setFont(Theme::smallFont());
            painter->setPen(colours.muted);
            painter->drawText(
                caption, Qt::AlignCenter,
                painter->fontMetrics().elidedText(item->caption, Qt::ElideMiddle, caption.width()));
        }
        if (option.state & QStyle::State_Selected) {
            painter->setPen(QPen(colours.accent, 2));
            painter->setBrush(Qt::NoBrush);
            painter->drawRoundedRect(QRectF(tile).adjusted(1, 1, -1, -1), 5, 5);
        } else if (option.state & QStyle::State_HasFocus) {
            painter->setPen(QPen(colours.text, 1, Qt::DashLine));
            painter->setBrush(Qt::NoBrush);
            painter->drawRoundedRect(QRectF(tile).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5);
        }
        painter->restore();
    }
};

// A header tells of each of its sections, of which there may be a hundred thousand: whoever calls this looks
// at them once instead. Whether anything changed.
bool sizeSections(QHeaderView& header, int size) {
    if (header.defaultSectionSize() == size) return false;
    header.length();  // does what it has put off, of which it must tell
    const QSignalBlocker quiet(header);
    header.setDefaultSectionSize(size);
    return true;
}

}  // namespace

ThumbnailGrid::ThumbnailGrid(QWidget* parent) : QTableView(parent), m_model(new ThumbnailModel(this)) {
    setModel(m_model);
    setItemDelegate(new TileDelegate(this));
    horizontalHeader()->hide();
    verticalHeader()->hide();
    horizontalHeader()->setMinimumSectionSize(8);
    verticalHeader()->setMinimumSectionSize(8);
    setShowGrid(false);
    setSelectionMode(SingleSelection);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    // There with any picture, so that showing it cannot change the number of columns and hide it again.
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    // Nothing to scroll: its place stays, the bar itself is not drawn.
    connect(verticalScrollBar(), &QScrollBar::rangeChanged, this,
            [this](int low, int high) { verticalScrollBar()->setEnabled(high > low); });
    verticalScrollBar()->setEnabled(false);
    setEditTriggers(NoEditTriggers);
    setTabKeyNavigation(false);
    beginWithCurrent(*this);
    setAccessibleName(tr("Pictures"));
    connect(m_model, &ThumbnailModel::loadedCountChanged, this, &ThumbnailGrid::loadedCountChanged);
    connect(this, &QTableView::activated, this, [this](const QModelIndex& index) {
        if (const auto item = m_model->item(index)) emit activated(item->path);
    });
    connect(&Theme::instance(), &Theme::changed, viewport(), qOverload<>(&QWidget::update));
}

void ThumbnailGrid::setImages(std::vector<ThumbnailItem> items) {
    m_model->setItems(std::move(items));
    showFromTop();
}

void ThumbnailGrid::setImages(std::size_t count, ThumbnailSource source) {
    m_model->setSource(static_cast<int>(count), std::move(source));
    showFromTop();
}

void ThumbnailGrid::showFromTop() {
    setVerticalScrollBarPolicy(m_model->itemCount() > 0 ? Qt::ScrollBarAlwaysOn : Qt::ScrollBarAlwaysOff);
    layoutTiles();
    scrollToTop();
}

void ThumbnailGrid::setCaption(int index, const QString& caption, const QString& tooltip) {
    m_model->setCaption(index, caption, tooltip);
}

void ThumbnailGrid::setEmptyText(const QString& text) {
    m_emptyText = text;
    viewport()->update();
}

void ThumbnailGrid::setTileSize(int pixels) {
    m_wantedTile = pixels;
    layoutTiles();
}

int ThumbnailGrid::imageCount() const {
    return m_model->itemCount();
}
int ThumbnailGrid::loadedCount() const {
    return m_model->loadedCount();
}

QRect ThumbnailGrid::imageRect(int index) const {
    return visualRect(m_model->indexOf(index)).adjusted(0, 0, -kGap, -kGap);
}

QString ThumbnailGrid::imagePath(int index) const {
    const auto item = m_model->item(m_model->indexOf(index));
    return item ? item->path : QString();
}

void ThumbnailGrid::layoutTiles() {
    const int room = viewport()->width();
    const int columns = std::max(1, room / (m_wantedTile + kGap));
    const int tile = std::max(16, room / columns);
    const int chosen = currentIndex().isValid() ? m_model->itemAt(currentIndex()) : -1;
    m_model->setColumns(columns);
    if (chosen >= 0 && !currentIndex().isValid()) setCurrentIndex(m_model->indexOf(chosen));
    m_model->setDecodeSize(static_cast<int>(tile * 1.5 * devicePixelRatioF()));
    const bool isWider = sizeSections(*horizontalHeader(), tile);
    const int height = tile + (m_model->hasCaptions() ? kCaptionHeight : 0);
    if (sizeSections(*verticalHeader(), height) || isWider) updateGeometries();
    verticalScrollBar()->setSingleStep(tile / 2);
    viewport()->update();
}

void ThumbnailGrid::resizeEvent(QResizeEvent* event) {
    layoutTiles();
    QTableView::resizeEvent(event);
}

void ThumbnailGrid::paintEvent(QPaintEvent* event) {
    if (m_model->itemCount() == 0) {
        QPainter painter(viewport());
        painter.setPen(Theme::instance().colours().muted);
        painter.drawText(viewport()->rect().adjusted(16, 16, -16, -16), Qt::AlignCenter | Qt::TextWordWrap,
                         m_emptyText);
        return;
    }
    const int first = std::max(0, rowAt(0));
    const int last = rowAt(viewport()->height() - 1);
    std::vector<int> visible;
    const int end = last < 0 ? m_model->rowCount() : last + 1;
    for (int item = first * m_model->columnCount(); item < end * m_model->columnCount(); ++item) {
        visible.push_back(item);
    }
    m_model->request(visible);
    QTableView::paintEvent(event);
}

}  // namespace graft::ui
