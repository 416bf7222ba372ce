// SPDX-License-Identifier: GPL-3.0-or-later
// Core's sentences in the window, in another language: a translator that knows some of their text ids.
#include <QComboBox>
#include <QLineEdit>
#include <QMap>
#include <QTranslator>
#include <QtTest/QtTest>
#include <algorithm>

#include "tests/ui/support/PageFixture.h"
#include "ui/session/ErrorText.h"
#include "ui/session/MessageText.h"
#include "ui/train/TrainPage.h"
#include "ui/widgets/FormRow.h"

using namespace graft;
using namespace graft::ui;
using graft::ui::testing::PageFixture;

namespace {

// As long as it lives.
class Dictionary : public QTranslator {
  public:
    explicit Dictionary(const QMap<QByteArray, QString>& words) : m_words(words) {
        if (!QCoreApplication::installTranslator(this)) qFatal("the translator is refused");
    }
    // An id comes without a context; the window's own sentences have one.
    QString translate(const char* context, const char* sourceText, const char*, int) const override {
        const bool isId = context == nullptr || *context == '\0';
        return isId ? m_words.value(QByteArray(sourceText)) : QString();
    }
    bool isEmpty() const override { return false; }

  private:
    QMap<QByteArray, QString> m_words;
};

Message lostImages() {
    return {"{1} of the {2} images of \"{3}\" could not be read: {4}", 3, std::size_t{20}, "oak",
            Message("the disk is gone")};
}

const FormRow* rowOf(const QWidget& page, const char* setting) {
    return page.findChild<FormRow*>(QLatin1String(setting) + QStringLiteral("Row"));
}

// What stands beside a setting in which a person has typed that.
QString errorAfterTyping(const QWidget& page, const char* setting, const QString& typed) {
    auto* field = page.findChild<QLineEdit*>(QLatin1String(setting));
    field->setText(typed);
    Q_EMIT field->editingFinished();
    return rowOf(page, setting)->error();
}

}  // namespace

class TranslationTest : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() { PageFixture::prepareApplication(); }

    void withoutATranslatorItIsEnglish() {
        const QString english =
            QStringLiteral("3 of the 20 images of \"oak\" could not be read: the disk is gone");
        QCOMPARE(text(lostImages()), english);
        QCOMPARE(QString::fromStdString(lostImages().english()), english);
        QCOMPARE(text(Message()), QString());
        QCOMPARE(text(Message::words("{1} wörtlich")), QStringLiteral("{1} wörtlich"));
        QCOMPARE(textOf(""), QString());
        QCOMPARE(textOf("Weight decay"), QStringLiteral("Weight decay"));
    }

    // The gaps stand where the language wants them, and the sentence within is translated too.
    void aSentenceAndTheOneInItAreTranslated() {
        const Dictionary german({
            {"{1} of the {2} images of \"{3}\" could not be read: {4}",
             QStringLiteral("„{3}“: Von {2} Bildern sind {1} unlesbar ({4}, {4}).")},
            {"the disk is gone", QStringLiteral("die Platte ist weg")},
            {"oak", QStringLiteral("Eiche")},
        });
        // A name is nobody's to translate.
        QCOMPARE(text(lostImages()),
                 QStringLiteral(
                     "„oak“: Von 20 Bildern sind 3 unlesbar (die Platte ist weg, die Platte ist weg)."));
        QCOMPARE(text(Message::words("oak")), QStringLiteral("oak"));
        // What the command line prints does not change.
        QCOMPARE(lostImages().english(),
                 std::string("3 of the 20 images of \"oak\" could not be read: the disk is gone"));
    }

    void whatIsNotKnownStaysEnglish() {
        const Dictionary german({{"the disk is gone", QStringLiteral("die Platte ist weg")}});
        QCOMPARE(text(lostImages()),
                 QStringLiteral("3 of the 20 images of \"oak\" could not be read: die Platte ist weg"));
    }

    // Also where the translator has set other stops than the English has.
    void theRemedyDoesNotDependOnTheLanguage() {
        const Dictionary german({
            {"There is no run here; give the folder of a run.",
             QStringLiteral("Hier ist kein Lauf, nenne seinen Ordner!")},
            {"There is no such file.",
             QStringLiteral("Die Datei fehlt; es gibt sie nicht. Oder nicht mehr.")},
        });
        const auto described = [](const char* sentence) {
            return ErrorText::describe(Error{ErrorCode::NotFound, Message(sentence), "/home/me/run"});
        };
        QCOMPARE(described("There is no run here; give the folder of a run."),
                 QStringLiteral("run: Hier ist kein Lauf, nenne seinen Ordner!"));
        const QString missing = described("There is no such file.");
        QVERIFY2(
            missing.startsWith(QStringLiteral("run: Die Datei fehlt; es gibt sie nicht. Oder nicht mehr. ")),
            qPrintable(missing));
        QVERIFY2(missing.endsWith(ErrorText::remedy(ErrorCode::NotFound)), qPrintable(missing));
        QCOMPARE(ErrorText::sentence(Error{ErrorCode::NotFound, Message("There is no such file."), "/a/b"}),
                 QStringLiteral("/a/b: Die Datei fehlt; es gibt sie nicht. Oder nicht mehr."));
    }

    void theSettingsSpeakTheLanguage() {
        const Dictionary german({
            {"Epochs", QStringLiteral("Epochen")},
            {"How often every training image is seen", QStringLiteral("Wie oft jedes Bild gesehen wird")},
            {"Loss", QStringLiteral("Verlust")},
            {"cross-entropy", QStringLiteral("Kreuzentropie")},
            {"How improbable the model holds the right class",
             QStringLiteral("Wie unwahrscheinlich die richtige Klasse scheint")},
        });
        PageFixture fixture;
        const TrainPage page(fixture.project, fixture.controller, fixture.prompts);
        const FormRow* epochs = rowOf(page, "epochs");
        QCOMPARE(epochs->label(), QStringLiteral("Epochen"));
        QCOMPARE(epochs->help(), QStringLiteral("Wie oft jedes Bild gesehen wird"));
        QCOMPARE(epochs->editor()->accessibleName(), QStringLiteral("Epochen"));
        QCOMPARE(rowOf(page, "batch_size")->label(), QStringLiteral("Batch size"));
        const auto* loss = page.findChild<QComboBox*>(QStringLiteral("loss.kind"));
        const int entropy = loss->findText(QStringLiteral("Kreuzentropie"));
        QVERIFY(entropy >= 0);
        QCOMPARE(loss->itemData(entropy).toString(), QStringLiteral("cross_entropy"));
        QCOMPARE(loss->itemData(entropy, Qt::ToolTipRole).toString(),
                 QStringLiteral("Wie unwahrscheinlich die richtige Klasse scheint"));
        // The caption of the group, in whatever widget and case.
        const auto widgets = page.findChildren<QWidget*>();
        QVERIFY(std::ranges::any_of(widgets, [](const QWidget* widget) {
            return widget->property("text").toString().compare(QStringLiteral("Verlust"),
                                                               Qt::CaseInsensitive) == 0;
        }));
    }

    void anErrorOfCoreSpeaksTheLanguage() {
        const Dictionary german({
            {"\"{1}\" is {2}; it must be {3}.", QStringLiteral("{2} passt nicht für „{1}“, nötig ist {3}.")},
            {"Epochs", QStringLiteral("Epochen")},
            {"a whole number {1}", QStringLiteral("eine ganze Zahl {1}")},
            {"from {1} to {2}", QStringLiteral("von {1} bis {2}")},
        });
        PageFixture fixture;
        const TrainPage page(fixture.project, fixture.controller, fixture.prompts);
        QCOMPARE(errorAfterTyping(page, "epochs", QStringLiteral("0")),
                 QStringLiteral("0 passt nicht für „Epochen“, nötig ist eine ganze Zahl von 1 bis 100000."));
        QCOMPARE(
            errorAfterTyping(page, "batch_size", QStringLiteral("-3")),
            QStringLiteral("-3 passt nicht für „Batch size“, nötig ist eine ganze Zahl von 1 bis 65536."));
    }
};

QTEST_MAIN(TranslationTest)
#include "TranslationTest.moc"
