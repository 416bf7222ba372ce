// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/Background.h"

#include <QCoreApplication>
#include <QDebug>
#include <QSemaphore>
#include <algorithm>
#include <exception>
#include <new>
#include <string>
#include <system_error>

namespace graft::ui {

namespace {

constexpr int kStartMs = 30000;  // a bound for threads that never come

// A child of the application, so that it waits for its last piece of work before that is gone.
// All of its threads are started now, and stay: a QThreadPool loses the work for which the system starts it
// no thread, and would wait for that in the end.
QThreadPool* makePool(int threads, QThread::Priority priority) {
    auto* pool = new QThreadPool(QCoreApplication::instance());
    pool->setMaxThreadCount(threads);
    pool->setThreadPriority(priority);
    pool->setExpiryTimeout(-1);
    QSemaphore begun;
    QSemaphore go;
    for (int i = 0; i < threads; ++i) {
        pool->start([&] {
            begun.release();
            go.acquire();
        });
    }
    // The window cannot do without; nothing is open yet that could be lost.
    if (!begun.tryAcquire(threads, kStartMs))
        qFatal("graft: The system starts no threads; close other programs and try again.");
    go.release(threads);
    while (pool->activeThreadCount() > 0)
        QThread::yieldCurrentThread();
    return pool;
}

// Both at once, before a training takes threads.
struct Pools {
    QPointer<QThreadPool> background;
    QPointer<QThreadPool> thumbnails;
};

Pools& pools() {
    static Pools pools;
    if (!pools.background) {
        // Most of the work waits for the disk, and a long one must not hold up the others.
        pools.background = makePool(std::clamp(QThread::idealThreadCount(), 4, 8), QThread::InheritPriority);
        pools.thumbnails = makePool(std::clamp(QThread::idealThreadCount() / 2, 1, 4), QThread::LowPriority);
    }
    return pools;
}

Error outOfMemory() {
    return {ErrorCode::OutOfMemory,
            GRAFT_TEXT("The memory does not suffice; close other programs and try again."),
            {}};
}

Error errorSaying(const std::exception& exception) {
    const std::string what = exception.what();
    // OpenCV's own exception, which ui/ does not know by its type (cv::Error::StsNoMem).
    if (what.find("(-4:Insufficient memory)") != std::string::npos) return outOfMemory();
    return {
        ErrorCode::Internal, {GRAFT_TEXT("Unexpected failure: {1}"), what.substr(0, what.find('\n'))}, {}};
}

Error meaningOfException() {
    try {
        throw;
    } catch (const std::bad_alloc&) {
        return outOfMemory();
    } catch (const std::system_error& exception) {
        if (exception.code() != std::errc::resource_unavailable_try_again) return errorSaying(exception);
        return {
            ErrorCode::OutOfMemory,
            GRAFT_TEXT("The system starts no more threads for Graft; close other programs and try again."),
            {}};
    } catch (const std::exception& exception) {
        return errorSaying(exception);
    } catch (...) {
        return {ErrorCode::Internal, GRAFT_TEXT("Unexpected failure."), {}};
    }
}

}  // namespace

Error errorOfException() {
    Error error = meaningOfException();
    qWarning("graft: %s", error.sentence().c_str());
    return error;
}

QThreadPool& backgroundPool() {
    return *pools().background;
}

QThreadPool& thumbnailPool() {
    return *pools().thumbnails;
}

}  // namespace graft::ui
