// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/SearchList.h"

#include <QCoreApplication>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QScreen>
#include <QSortFilterProxyModel>
#include <QStringListModel>
#include <QVBoxLayout>
#include <algorithm>

namespace graft::ui {

namespace {

constexpr int kWidth = 280;

// With each name's whole as its tooltip.
class NameModel : public QStringListModel {
  public:
    using QStringListModel::QStringListModel;
    QVariant data(const QModelIndex& index, int role) const override {
        return QStringListModel::data(index,
                                      role == Qt::ToolTipRole ? static_cast<int>(Qt::DisplayRole) : role);
    }
};

bool movesInList(int key) {
    return key == Qt::Key_Up || key == Qt::Key_Down || key == Qt::Key_PageUp || key == Qt::Key_PageDown;
}

}  // namespace

SearchList::SearchList(const QStringList& names, int current, QWidget* parent)
    : QFrame(parent, Qt::Popup),
      m_search(new QLineEdit(this)),
      m_list(new QListView(this)),
      m_nothing(new QLabel(tr("No name has that in it."), this)),
      m_found(new QSortFilterProxyModel(this)) {
    setObjectName(QStringLiteral("searchList"));
    setAttribute(Qt::WA_DeleteOnClose);
    setFixedWidth(kWidth);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 8, 8, 8);
    layout->setSpacing(6);
    m_search->setObjectName(QStringLiteral("search"));
    m_search->setPlaceholderText(tr("Search %1 names").arg(names.size()));
    m_search->setAccessibleName(tr("Search"));
    m_search->setClearButtonEnabled(true);
    m_nothing->setObjectName(QStringLiteral("muted"));
    m_nothing->hide();
    layout->addWidget(m_search);
    layout->addWidget(m_list);
    layout->addWidget(m_nothing);

    m_found->setSourceModel(new NameModel(names, this));
    m_found->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_list->setObjectName(QStringLiteral("names"));
    m_list->setAccessibleName(tr("Names"));
    m_list->setModel(m_found);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setUniformItemSizes(true);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setTextElideMode(Qt::ElideMiddle);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setFocusPolicy(Qt::NoFocus);  // the keys are the field's, which hands them on
    m_list->setMouseTracking(true);
    m_list->setCurrentIndex(m_found->index(std::max(0, current), 0));
    m_search->installEventFilter(this);
    setFocusProxy(m_search);
    connect(m_search, &QLineEdit::textChanged, this, &SearchList::search);
    connect(m_list, &QListView::clicked, this, &SearchList::take);
}

void SearchList::popUp(const QWidget& below) {
    ensurePolished();
    m_list->ensurePolished();  // its rows' height is the style's
    fitRows();
    adjustSize();
    QPoint place = below.mapToGlobal(QPoint(0, below.height() + 2));
    const QRect room = below.screen()->availableGeometry();
    if (place.y() + height() > room.bottom()) place.setY(below.mapToGlobal(QPoint()).y() - height() - 2);
    place.setX(std::clamp(place.x(), room.left(), std::max(room.left(), room.right() - width())));
    place.setY(std::max(place.y(), room.top()));
    move(place);
    show();
    m_search->setFocus(Qt::PopupFocusReason);
    m_list->scrollTo(m_list->currentIndex(), QAbstractItemView::PositionAtCenter);
}

int SearchList::rowCount() const {
    return m_found->rowCount();
}

int SearchList::current() const {
    return m_found->mapToSource(m_list->currentIndex()).row();
}

void SearchList::search(const QString& words) {
    m_found->setFilterFixedString(words.trimmed());
    m_list->setCurrentIndex(m_found->index(0, 0));
    const bool none = m_found->rowCount() == 0;
    m_list->setVisible(!none);
    m_nothing->setVisible(none);
}

// Once: what one looks at must not jump while one searches.
void SearchList::fitRows() {
    const int row = std::max(m_list->sizeHintForRow(0), fontMetrics().height() + 2);
    m_list->setFixedHeight(row * std::clamp(m_found->rowCount(), 1, kMostRows) + 2 * m_list->frameWidth());
}

void SearchList::take(const QModelIndex& index) {
    if (!index.isValid()) return;
    const int name = m_found->mapToSource(index).row();
    close();  // it is deleted later
    emit chosen(name);
}

bool SearchList::eventFilter(QObject* watched, QEvent* event) {
    if (watched != m_search || event->type() != QEvent::KeyPress) return QFrame::eventFilter(watched, event);
    const auto* key = static_cast<const QKeyEvent*>(event);
    if (movesInList(key->key())) {
        QCoreApplication::sendEvent(m_list, event);
        return true;
    }
    if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) {
        take(m_list->currentIndex());
        return true;
    }
    if (key->key() == Qt::Key_Escape) {
        close();
        return true;
    }
    return QFrame::eventFilter(watched, event);
}

}  // namespace graft::ui
