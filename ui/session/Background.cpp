// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/Background.h"

#include <QCoreApplication>
#include <QDebug>
#include <algorithm>
#include <exception>
#include <new>
#include <string>
#include <system_error>

namespace graft::ui {

namespace {

// Children of the application, so that they wait for their last piece of work before it is gone.
QThreadPool* makePool(int threads, QThread::Priority priority) {
    auto* pool = new QThreadPool(QCoreApplication::instance());
    pool->setMaxThreadCount(threads);
    pool->setThreadPriority(priority);
    return pool;
}

Error outOfMemory() {
    return {ErrorCode::OutOfMemory, "The memory does not suffice; close other programs and try again.", {}};
}

Error errorSaying(const std::exception& exception) {
    const std::string what = exception.what();
    // OpenCV's own exception, which ui/ does not know by its type (cv::Error::StsNoMem).
    if (what.find("(-4:Insufficient memory)") != std::string::npos) return outOfMemory();
    return {ErrorCode::Internal, "Unexpected failure: " + what.substr(0, what.find('\n')), {}};
}

Error meaningOfException() {
    try {
        throw;
    } catch (const std::bad_alloc&) {
        return outOfMemory();
    } catch (const std::system_error& exception) {
        if (exception.code() != std::errc::resource_unavailable_try_again) return errorSaying(exception);
        return {ErrorCode::OutOfMemory,
                "The system starts no more threads for Graft; close other programs and try again.",
                {}};
    } catch (const std::exception& exception) {
        return errorSaying(exception);
    } catch (...) {
        return {ErrorCode::Internal, "Unexpected failure.", {}};
    }
}

}  // namespace

Error errorOfException() {
    Error error = meaningOfException();
    qWarning("graft: %s", error.sentence().c_str());
    return error;
}

QThreadPool& backgroundPool() {
    // More threads than processors: most of the work waits for the disk, and a long one must not hold up
    // the others.
    static QPointer<QThreadPool> pool;
    if (!pool) pool = makePool(std::max(4, QThread::idealThreadCount()), QThread::InheritPriority);
    return *pool;
}

QThreadPool& thumbnailPool() {
    static QPointer<QThreadPool> pool;
    if (!pool) pool = makePool(std::clamp(QThread::idealThreadCount() / 2, 1, 4), QThread::LowPriority);
    return *pool;
}

}  // namespace graft::ui
