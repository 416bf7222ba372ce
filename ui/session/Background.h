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
#include <QThread>
#include <QThreadPool>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <type_traits>
#include <utility>

#include "core/base/Result.h"

namespace graft::ui {

// A QThread that has "finished" is still at work for a moment: it frees what libraries keep for each thread.
// At the program's end they free it as well, so whoever ends the program waits for the threads to be gone.
class EndedThreads {
  public:
    void addThisThread();
    void wait() const;  // until those that were added are gone, two seconds each at most; they are to end

  private:
    std::mutex m_mutex;
    std::set<int> m_threads;  // the system's numbers of them
};

// All of its threads are started at once, and stay: a QThreadPool loses the work for which the system starts
// it no thread, and would wait for that in the end. With the pool they are gone.
class WorkerPool : public QThreadPool {
  public:
    WorkerPool(int threads, QThread::Priority priority, QObject* parent);
    ~WorkerPool() override;

    // By its work: waitForDone() ends threads, and others come in their place.
    void noteThread() { m_threads.addThisThread(); }

  private:
    EndedThreads m_threads;
};

// Their threads are started with the first call, in the GUI thread.
WorkerPool& backgroundPool();  // for whatever takes longer than a frame
WorkerPool& changePool();      // one thing after another, in the order in which it was begun
WorkerPool& thumbnailPool();   // decoding pictures, at low priority, so that it never delays the others

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
void runInBackground(WorkerPool& pool, QObject* context, Work work, Done done) {
    using T = std::invoke_result_t<Work>;
    // The answer goes by way of the application, which outlives the pools: the context may be dying while the
    // worker posts, and an object of its own per job would be deleted ahead of its answer wherever deferred
    // deletions are flushed first.
    QCoreApplication* relay = QCoreApplication::instance();
    const QPointer<QObject> guard(context);
    pool.start([&pool, relay, guard, work = std::move(work), done = std::move(done)]() mutable {
        pool.noteThread();
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
