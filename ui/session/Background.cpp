// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/Background.h"

#include <unistd.h>

#include <QCoreApplication>
#include <QDebug>
#include <QSemaphore>
#include <algorithm>
#include <exception>
#include <filesystem>
#include <new>
#include <string>
#include <system_error>

namespace graft::ui {

namespace {

constexpr int kStartMs = 30000;  // a bound for threads that never come
constexpr unsigned long kGoneUs = 100;
constexpr int kMostLooks = 20000;  // two seconds

// A child of the application, so that it waits for its last piece of work before that is gone.
WorkerPool* makePool(int threads, QThread::Priority priority) {
    return new WorkerPool(threads, priority, QCoreApplication::instance());
}

// All at once, before a training takes threads.
struct Pools {
    QPointer<WorkerPool> background;
    QPointer<WorkerPool> changes;
    QPointer<WorkerPool> thumbnails;
};

Pools& pools() {
    static Pools pools;
    if (!pools.background) {
        // Most of the work waits for the disk, and a long one must not hold up the others.
        pools.background = makePool(std::clamp(QThread::idealThreadCount(), 4, 8), QThread::InheritPriority);
        pools.changes = makePool(1, QThread::InheritPriority);
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

void EndedThreads::addThisThread() {
#ifdef Q_OS_LINUX
    const std::lock_guard lock(m_mutex);
    m_threads.insert(::gettid());
#endif
}

void EndedThreads::wait() const {
    for (const int thread : m_threads) {
        std::error_code error;
        const std::filesystem::path task = "/proc/self/task/" + std::to_string(thread);
        // No longer than a bound: a number may be another thread's by now.
        for (int look = 0; look < kMostLooks && std::filesystem::exists(task, error); ++look)
            QThread::usleep(kGoneUs);
    }
}

WorkerPool::WorkerPool(int threads, QThread::Priority priority, QObject* parent) : QThreadPool(parent) {
    setMaxThreadCount(threads);
    setThreadPriority(priority);
    setExpiryTimeout(-1);
    QSemaphore begun;
    QSemaphore go;
    for (int i = 0; i < threads; ++i) {
        start([&] {
            m_threads.addThisThread();
            begun.release();
            go.acquire();
        });
    }
    // The window cannot do without; nothing is open yet that could be lost.
    if (!begun.tryAcquire(threads, kStartMs))
        qFatal("graft: The system starts no threads; close other programs and try again.");
    go.release(threads);
    while (activeThreadCount() > 0)
        QThread::yieldCurrentThread();
}

WorkerPool::~WorkerPool() {
    waitForDone();  // ends its threads
    m_threads.wait();
}

WorkerPool& backgroundPool() {
    return *pools().background;
}

WorkerPool& changePool() {
    return *pools().changes;
}

WorkerPool& thumbnailPool() {
    return *pools().thumbnails;
}

}  // namespace graft::ui
