// SPDX-License-Identifier: GPL-3.0-or-later
// Work beside the window: what it throws is said, and never ends the program.
#include <dlfcn.h>
#include <pthread.h>

#include <QRegularExpression>
#include <QScopeGuard>
#include <QSemaphore>
#include <QThread>
#include <QThreadPool>
#include <QtTest/QtTest>
#include <atomic>
#include <cerrno>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <vector>

#include "ui/session/Background.h"
#include "ui/session/ErrorText.h"
#include "ui/session/Project.h"
#include "ui/session/TrainingController.h"
#include "ui/session/TrainingWorker.h"

using namespace graft;
using namespace graft::ui;

namespace {

constexpr int kPatienceMs = 120000;  // a bound for a hung test, never waited for

using Throw = std::function<void()>;

// OpenCV's own words, of cv::OutOfMemoryError in its alloc.cpp.
constexpr const char* kOpenCvsWords =
    "OpenCV(4.6.0) ./modules/core/src/alloc.cpp:73: error: (-4:Insufficient memory) Failed to allocate "
    "99999 bytes in function 'OutOfMemoryError'\n";

std::atomic<bool> noMoreThreads = false;

}  // namespace

// Stands before the C library's, which a limit on processes does not bind where root runs the test.
extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*start)(void*),
                              void* argument) noexcept {
    static auto* const next = reinterpret_cast<decltype(&pthread_create)>(dlsym(RTLD_NEXT, "pthread_create"));
    return noMoreThreads ? EAGAIN : next(thread, attributes, start, argument);
}

Q_DECLARE_METATYPE(Throw)

class BackgroundTest : public QObject {
    Q_OBJECT

  private:
    static void expectLogged() {
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("^graft: .+")));
    }

  private slots:
    void anExceptionBecomesTheResultsError_data() {
        QTest::addColumn<Throw>("throws");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("words");
        const auto row = [](const char* name, const Throw& throws, ErrorCode code, const char* words) {
            QTest::newRow(name) << throws << static_cast<int>(code) << QString::fromUtf8(words);
        };
        row(
            "memory", [] { throw std::bad_alloc(); }, ErrorCode::OutOfMemory, "memory does not suffice");
        row(
            "OpenCV's memory", [] { throw std::runtime_error(kOpenCvsWords); }, ErrorCode::OutOfMemory,
            "memory does not suffice");
        row(
            "threads",
            [] { throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again)); },
            ErrorCode::OutOfMemory, "no more threads");
        row(
            "a fault", [] { throw std::logic_error("the wheel is square"); }, ErrorCode::Internal,
            "the wheel is square");
        row(
            "no exception's class", [] { throw 7; }, ErrorCode::Internal, "Unexpected failure");
    }

    void anExceptionBecomesTheResultsError() {
        QFETCH(Throw, throws);
        QFETCH(int, code);
        QFETCH(QString, words);
        expectLogged();
        std::optional<Result<int>> answer;
        runInBackground(
            this,
            [throws]() -> Result<int> {
                throws();
                return 1;
            },
            [&answer](Result<int> result) { answer = std::move(result); });
        QTRY_VERIFY_WITH_TIMEOUT(answer.has_value(), kPatienceMs);
        QVERIFY(!answer->has_value());
        QCOMPARE(static_cast<int>(answer->error().code), code);
        const QString said = ErrorText::describe(answer->error());
        QVERIFY2(said.contains(words), qPrintable(said));
        // What helps against it is not what helps a training.
        QVERIFY2(!said.contains(QStringLiteral("batch size")), qPrintable(said));
    }

    void workWithoutAResultGivesNothing() {
        expectLogged();
        std::optional<std::vector<int>> answer;
        runInBackground(
            thumbnailPool(), this, []() -> std::vector<int> { throw std::bad_alloc(); },
            [&answer](std::vector<int> result) { answer = std::move(result); });
        QTRY_VERIFY_WITH_TIMEOUT(answer.has_value(), kPatienceMs);
        QVERIFY(answer->empty());
    }

    void whatATrainingThrowsIsItsReport() {
        expectLogged();
        TrainingWorker worker(
            [](const training::TrainObserver&, runtime::RunControl&) -> Result<training::TrainReport> {
                throw std::bad_alloc();
            });
        worker.start();
        QVERIFY(worker.wait(kPatienceMs));
        QVERIFY(!worker.report().has_value());
        QVERIFY(worker.report().error().code == ErrorCode::OutOfMemory);
    }

    void workIsDoneWhereTheSystemStartsNoMoreThreads() {
        const int jobs = 3 * backgroundPool().maxThreadCount();  // as many at once as there can be, and more
        const auto threadsAgain = qScopeGuard([] { noMoreThreads = false; });
        noMoreThreads = true;
        const auto go = std::make_shared<QSemaphore>();
        int answers = 0;
        for (int i = 0; i < jobs; ++i) {
            runInBackground(
                this,
                [go] {
                    go->acquire();
                    return 1;
                },
                [&answers](int answer) { answers += answer; });
        }
        bool thumbnail = false;
        runInBackground(
            thumbnailPool(), this, [] { return true; }, [&thumbnail](bool made) { thumbnail = made; });
        go->release(jobs);
        QTRY_COMPARE_WITH_TIMEOUT(answers, jobs, kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(thumbnail, kPatienceMs);
    }

    // A data set of a million images is freed by whoever lets it go last: mostly the window.
    void whatIsLargeIsFreedBesideTheWindow() {
        struct Large {
            std::vector<std::atomic<QThread*>*> freedBy;
            explicit Large(std::atomic<QThread*>* by) : freedBy{by} {}
            Large(Large&&) = default;
            ~Large() {
                for (auto* by : freedBy)
                    *by = QThread::currentThread();
            }
        };
        std::atomic<QThread*> freedBy = nullptr;
        auto shown = freedInBackground(Large(&freedBy));
        auto alsoShown = shown;
        shown.reset();
        QVERIFY(backgroundPool().waitForDone());
        QVERIFY(freedBy == nullptr);
        alsoShown.reset();
        QVERIFY(backgroundPool().waitForDone());
        QVERIFY(freedBy != nullptr);
        QVERIFY(freedBy != QThread::currentThread());
    }

    // What libraries keep for each thread is freed as it ends, and at the program's end by them.
    void withItsPoolAThreadIsGoneToItsLastByte() {
        static std::atomic<int> freed = 0;
        pthread_key_t key{};
        QCOMPARE(pthread_key_create(&key,
                                    [](void*) {
                                        QThread::msleep(200);
                                        ++freed;
                                    }),
                 0);
        {
            WorkerPool pool(2, QThread::InheritPriority, nullptr);
            QSemaphore both;
            for (int i = 0; i < 2; ++i) {
                pool.start([&both, key] {
                    pthread_setspecific(key, &freed);
                    both.release();
                    both.acquire(2);
                    both.release(2);
                });
            }
        }
        QCOMPARE(freed.load(), 2);
        pthread_key_delete(key);
    }

    void aTrainingThatGetsNoThreadHasFailed() {
        Project project(QStringLiteral("/runs"));
        TrainingController controller(project);
        std::optional<TrainingResult> result;
        connect(&controller, &TrainingController::finished, this,
                [&result](const TrainingResult& ended) { result = ended; });
        noMoreThreads = true;  // which Qt warns of
        controller.start({}, std::make_shared<const data::DatasetIndex>());
        noMoreThreads = false;
        QVERIFY(!controller.isActive());  // the window can be closed
        QVERIFY(result && result->outcome == training::RunEnded::Outcome::Failed && result->error);
        const QString said = ErrorText::describe(*result->error);
        QVERIFY2(said.contains(QStringLiteral("no more threads")), qPrintable(said));
        QVERIFY2(!said.contains(QStringLiteral("batch size")), qPrintable(said));

        result.reset();
        controller.start({}, std::make_shared<const data::DatasetIndex>());  // which names no folder
        QTRY_VERIFY_WITH_TIMEOUT(result.has_value(), kPatienceMs);
        QVERIFY(result->error && result->error->code != ErrorCode::OutOfMemory);
    }
};

QTEST_GUILESS_MAIN(BackgroundTest)
#include "BackgroundTest.moc"
