// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dataset/DropPanel.h"

#include <QLabel>
#include <QLocale>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/style/Icons.h"
#include "ui/style/Theme.h"
#include "ui/widgets/InlineError.h"

namespace graft::ui {

namespace {
constexpr int kIcon = 48;
constexpr int kWidth = 440;
}  // namespace

DropPanel::DropPanel(QWidget* parent)
    : QWidget(parent),
      m_title(new QLabel(this)),
      m_text(new QLabel(this)),
      m_bar(new QProgressBar(this)),
      m_choose(new QPushButton(tr("Choose folder\u2026"), this)),
      m_cancel(new QPushButton(tr("Cancel"), this)),
      m_error(new InlineError(this)) {
    auto* outer = new QHBoxLayout(this);
    auto* column = new QVBoxLayout;
    column->setSpacing(16);
    outer->addStretch();
    outer->addLayout(column);
    outer->addStretch();
    column->addStretch();
    column->addSpacing(kIcon + 16);

    m_title->setFont(Theme::titleFont());
    m_title->setAlignment(Qt::AlignCenter);
    m_text->setObjectName(QStringLiteral("muted"));
    m_text->setAlignment(Qt::AlignCenter);
    m_text->setWordWrap(true);
    m_text->setFixedWidth(kWidth);
    m_bar->setAccessibleName(tr("Pictures read"));
    m_bar->setTextVisible(false);
    m_choose->setProperty("primary", true);
    m_choose->setObjectName(QStringLiteral("chooseInPanel"));
    m_cancel->setObjectName(QStringLiteral("cancelReading"));
    m_error->setAlignment(Qt::AlignCenter);
    m_error->setFixedWidth(kWidth);
    column->addWidget(m_title);
    column->addWidget(m_text);
    column->addWidget(m_bar);
    column->addWidget(m_choose, 0, Qt::AlignCenter);
    column->addWidget(m_cancel, 0, Qt::AlignCenter);
    column->addWidget(m_error, 0, Qt::AlignCenter);
    column->addStretch();
    connect(m_choose, &QPushButton::clicked, this, &DropPanel::chooseRequested);
    connect(m_cancel, &QPushButton::clicked, this, &DropPanel::cancelRequested);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
    showInvitation();
}

void DropPanel::showInvitation(const QString& error) {
    m_reading = false;
    m_title->setText(tr("Drop a folder of images here"));
    m_text->setText(
        tr("One folder for each class, named like it, with the images of that class inside. "
           "Folders for training, validation and test are kept as they are."));
    m_bar->hide();
    m_cancel->hide();
    m_choose->show();
    m_error->showError(error);
    update();
}

void DropPanel::showReading(const QString& folder) {
    m_reading = true;
    m_title->setText(tr("Reading the images"));
    m_text->setText(folder);
    m_bar->setRange(0, 0);
    m_bar->show();
    m_cancel->show();
    m_choose->hide();
    m_error->showError({});
    update();
}

void DropPanel::setProgress(qulonglong done, qulonglong total) {
    if (!m_reading || total == 0) return;
    m_bar->setRange(0, 1000);
    m_bar->setValue(static_cast<int>(done * 1000 / total));
    const QLocale locale;
    m_text->setText(tr("%1 of %2").arg(locale.toString(done), locale.toString(total)));
}

void DropPanel::setHighlighted(bool highlighted) {
    m_highlighted = highlighted;
    update();
}

void DropPanel::paintEvent(QPaintEvent*) {
    const Colours& colours = Theme::instance().colours();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(m_highlighted ? colours.accentTint : colours.surface);
    painter.setPen(QPen(m_highlighted ? colours.accent : colours.line, m_highlighted ? 2 : 1,
                        m_reading ? Qt::SolidLine : Qt::DashLine));
    painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 10, 10);
    painter.drawPixmap(width() / 2 - kIcon / 2, m_title->y() - kIcon - 16,
                       iconPixmap(QStringLiteral("folder"), kIcon, colours.accent, devicePixelRatioF()));
}

}  // namespace graft::ui
