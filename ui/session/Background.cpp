// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/Background.h"

#include <QCoreApplication>
#include <algorithm>

namespace graft::ui {

namespace {

// Children of the application, so that they wait for their last piece of work before it is gone.
QThreadPool* makePool(int threads, QThread::Priority priority) {
    auto* pool = new QThreadPool(QCoreApplication::instance());
    pool->setMaxThreadCount(threads);
    pool->setThreadPriority(priority);
    return pool;
}

}  // namespace

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
