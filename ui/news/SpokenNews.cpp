// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/news/SpokenNews.h"

#include <QAccessible>
#include <QAccessibleWidget>
#include <QtGlobal>

#include "ui/news/EndedRunBar.h"
#include "ui/session/RunNews.h"
#include "ui/session/TrainingController.h"

namespace graft::ui {

namespace {

// Screen readers read a notification when it comes to be shown.
QAccessibleInterface* accessOf(const QString& className, QObject* object) {
    if (className != QLatin1String(SpokenNews::staticMetaObject.className())) return nullptr;
    auto* news = qobject_cast<SpokenNews*>(object);
    return news != nullptr ? new QAccessibleWidget(news, QAccessible::Notification) : nullptr;
}

}  // namespace

SpokenNews::SpokenNews(TrainingController& controller, QWidget* window) : QWidget(window) {
    QAccessible::installFactory(accessOf);
    setObjectName(QStringLiteral("spokenNews"));
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setAttribute(Qt::WA_NoSystemBackground);
    setFixedSize(1, 1);  // what has no size is not there for a screen reader
    hide();
    connect(&controller, &TrainingController::stateChanged, this, [this, &controller] {
        if (controller.isActive()) hide();
    });
    connect(&controller, &TrainingController::finished, this, &SpokenNews::tell);
}

void SpokenNews::tell(const TrainingResult& result) {
    const QString sentence = EndedRunBar::sentence({result.runFolder, result.outcome});
    setAccessibleName(sentence);
    hide();
    show();
#if QT_VERSION >= QT_VERSION_CHECK(6, 8, 0)
    QAccessibleAnnouncementEvent told(this, sentence);
#else
    QAccessibleEvent told(this, QAccessible::Alert);
#endif
    QAccessible::updateAccessibility(&told);
}

}  // namespace graft::ui
