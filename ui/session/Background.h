// SPDX-License-Identifier: GPL-3.0-or-later
// Runs a piece of work on a thread pool and brings its result back to the GUI thread, from where it is to be
// called. Example:
//     runInBackground(this, [folder] { return scanFolder(folder); },
//                     [this](Result<DatasetIndex> found) { show(std::move(found)); });
// The work must not touch widgets; the result is dropped if the context died meanwhile. What the work throws
// becomes its Result's Error. Work that gives no Result gives an empty T then: let it give one wherever empty
// would say something (no mistakes, no runs).
#pragma once

#include <QCoreApplication>
#include <QMetaObject>
#include <QObject>
#include <QPointer>
#include <QThreadPool>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

#include "core/base/Result.h"

namespace graft::ui {

// Their threads are started with the first call, in the GUI thread.
QThreadPool& backgroundPool();  // for whatever takes longer than a frame
QThreadPool& thumbnailPool();   // decoding pictures, at low priority, so that it never delays the other

// What the exception in hand means; for a catch block. It is logged as well.
Error errorOfException();

template <class T>
constexpr bool isResult = false;
template <class T>
constexpr bool isResult<Result<T>> = true;

// Calls work(). An exception that left a thread would end the program, and an unfinished training with it.
template <class Work>
auto guarded(Work&& work) -> std::invoke_result_t<Work&> {
    using T = std::invoke_result_t<Work&>;
    try {
        return work();
    } catch (...) {
        Error error = errorOfException();
        if constexpr (isResult<T>) {
            return fail(std::move(error));
        } else {
            return T();
        }
    }
}

template <class Work, class Done>
void runInBackground(QThreadPool& pool, QObject* context, Work work, Done done) {
    using T = std::invoke_result_t<Work>;
    // The answer goes by way of the application, which outlives the pools: the context may be dying while the
    // worker posts, and an object of its own per job would be deleted ahead of its answer wherever deferred
    // deletions are flushed first.
    QCoreApplication* relay = QCoreApplication::instance();
    const QPointer<QObject> guard(context);
    pool.start([relay, guard, work = std::move(work), done = std::move(done)]() mutable {
        auto result = std::make_shared<T>(guarded(work));
        QMetaObject::invokeMethod(
            relay,
            [guard, result, done = std::move(done)]() mutable {
                if (guard) done(std::move(*result));
            },
            Qt::QueuedConnection);
    });
}

template <class Work, class Done>
void runInBackground(QObject* context, Work work, Done done) {
    runInBackground(backgroundPool(), context, std::move(work), std::move(done));
}

// Shared by whoever shows it, and freed on the pool: to free a million small strings takes longer than a
// frame.
template <class T>
std::shared_ptr<const T> freedInBackground(T value) {
    return {new T(std::move(value)), [](const T* large) {
                // At the program's end there is no pool any more, and nobody who waits.
                if (!QCoreApplication::instance()) return delete large;
                backgroundPool().start([large] { delete large; });
            }};
}

}  // namespace graft::ui
