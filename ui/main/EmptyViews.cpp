// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main/EmptyViews.h"

#include <QAbstractItemModel>
#include <QAbstractItemView>
#include <QMainWindow>

namespace graft::ui {

namespace {
constexpr char kKnown[] = "passedOverWhileEmpty";
}

void passOverWhileEmpty(QAbstractItemView& view) {
    // Those of Qt's own dialogs and of what drops down are not the window's.
    const bool isWindows = qobject_cast<const QMainWindow*>(view.window()) != nullptr;
    const QAbstractItemModel* model = view.model();
    const bool isStop = (view.focusPolicy() & Qt::TabFocus) != 0;
    if (!isWindows || !isStop || model == nullptr || view.property(kKnown).toBool()) return;
    view.setProperty(kKnown, true);
    // A widget's own model is emptied as it goes, when the view is none any more.
    const auto count = [object = static_cast<QObject*>(&view)] {
        auto* there = qobject_cast<QAbstractItemView*>(object);
        if (there == nullptr) return;
        const bool isEmpty = there->model() == nullptr || there->model()->rowCount(there->rootIndex()) == 0;
        there->setFocusPolicy(isEmpty ? Qt::NoFocus : Qt::StrongFocus);
    };
    QObject::connect(model, &QAbstractItemModel::modelReset, &view, count);
    QObject::connect(model, &QAbstractItemModel::rowsInserted, &view, count);
    QObject::connect(model, &QAbstractItemModel::rowsRemoved, &view, count);
    QObject::connect(model, &QAbstractItemModel::layoutChanged, &view, count);
    count();
}

}  // namespace graft::ui
