// SPDX-License-Identifier: GPL-3.0-or-later
// Work beside the window: what it throws is said, and never ends the program.
#include <QRegularExpression>
#include <QThreadPool>
#include <QtTest/QtTest>
#include <functional>
#include <new>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <vector>

#include "ui/session/Background.h"
#include "ui/session/ErrorText.h"
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

}  // namespace

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
};

QTEST_GUILESS_MAIN(BackgroundTest)
#include "BackgroundTest.moc"
