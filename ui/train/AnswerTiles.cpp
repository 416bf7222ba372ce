// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/AnswerTiles.h"

#include <QFileInfo>
#include <QHelpEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>
#include <algorithm>
#include <utility>

#include "ui/session/FigureText.h"
#include "ui/style/Theme.h"
#include "ui/widgets/ThumbnailModel.h"
#include "ui/widgets/ToolTipText.h"

namespace graft::ui {

namespace {

constexpr int kPicture = 36;
constexpr int kGap = 8;
constexpr int kNarrowestTile = 104;
constexpr int kMostColumns = 6;
constexpr int kMostAnswers = 12;  // there is room for so many from the start

}  // namespace

AnswerTiles::AnswerTiles(QWidget* parent) : QWidget(parent), m_pictures(new ThumbnailModel(this)) {
    setFont(Theme::smallFont());
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(m_pictures, &ThumbnailModel::dataChanged, this, [this] { update(); });
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void AnswerTiles::setAnswers(std::vector<training::ValidationAnswer> answers) {
    const bool areSame = std::equal(answers.begin(), answers.end(), m_answers.begin(), m_answers.end(),
                                    [](const auto& a, const auto& b) { return a.path == b.path; });
    m_answers = std::move(answers);
    if (!areSame) {
        std::vector<ThumbnailItem> items;
        for (const training::ValidationAnswer& answer : m_answers)
            items.push_back({QString::fromStdString(answer.path), {}, {}});
        m_pictures->setItems(std::move(items));
        m_pictures->setDecodeSize(static_cast<int>(2 * kPicture * devicePixelRatioF()));
    }
    QStringList lines;
    for (std::size_t i = 0; i < m_answers.size(); ++i)
        lines.append(describe(i));
    setAccessibleDescription(lines.join(QLatin1Char('\n')));
    updateGeometry();
    update();
}

int AnswerTiles::rightCount() const {
    return static_cast<int>(std::count_if(m_answers.begin(), m_answers.end(), isRight));
}

int AnswerTiles::loadedCount() const {
    return m_pictures->loadedCount();
}

QString AnswerTiles::describe(std::size_t index) const {
    const training::ValidationAnswer& answer = m_answers[index];
    const QString name = QFileInfo(QString::fromStdString(answer.path)).fileName();
    const QString predicted = QString::fromStdString(answer.predicted);
    const QString percent = FigureText::percent(answer.probability);
    if (isRight(answer)) return tr("%1: %2 with %3, right").arg(name, predicted, percent);
    return tr("%1: %2 with %3, in truth %4")
        .arg(name, predicted, percent, QString::fromStdString(answer.truth));
}

int AnswerTiles::columns() const {
    return std::clamp((width() + kGap) / (kNarrowestTile + kGap), 2, kMostColumns);
}

int AnswerTiles::rows() const {
    const int count = m_answers.empty() ? kMostAnswers : static_cast<int>(m_answers.size());
    return (count + columns() - 1) / columns();
}

QRect AnswerTiles::tileRect(std::size_t index) const {
    const int at = static_cast<int>(index);
    const int step = (width() + kGap) / columns();
    return {at % columns() * step, at / columns() * (kPicture + kGap), step - kGap, kPicture};
}

QSize AnswerTiles::sizeHint() const {
    return {kMostColumns * (kNarrowestTile + kGap) - kGap, rows() * (kPicture + kGap) - kGap};
}

void AnswerTiles::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    if (event->oldSize().width() != width()) updateGeometry();  // other columns, other rows
}

bool AnswerTiles::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    for (std::size_t i = 0; i < m_answers.size(); ++i) {
        if (!tileRect(i).contains(help->pos())) continue;
        QToolTip::showText(help->globalPos(), wrappedToolTip(describe(i)), this, tileRect(i));
        return true;
    }
    QToolTip::hideText();
    return true;
}

void AnswerTiles::paintEvent(QPaintEvent* /*event*/) {
    const Colours& colours = Theme::instance().colours();
    QPainter painter(this);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    std::vector<int> wanted;
    for (std::size_t i = 0; i < m_answers.size(); ++i) {
        const training::ValidationAnswer& answer = m_answers[i];
        const int item = static_cast<int>(i);
        wanted.push_back(item);
        const QRect tile = tileRect(i);
        const QRect picture(tile.topLeft(), QSize(kPicture, kPicture));
        const QColor verdict = isRight(answer) ? colours.accent : colours.wrong;

        QPainterPath shape;
        shape.addRoundedRect(picture, 5, 5);
        const QModelIndex index = m_pictures->indexOf(item);
        if (const QPixmap* pixmap = m_pictures->picture(index)) {
            painter.setClipPath(shape);
            QRect target(QPoint(), pixmap->size().scaled(picture.size(), Qt::KeepAspectRatioByExpanding));
            target.moveCenter(picture.center());
            painter.drawPixmap(target, *pixmap);
            painter.setClipping(false);
        } else {
            painter.fillPath(shape,
                             m_pictures->failure(index).isEmpty() ? colours.window : colours.wrongTint);
        }
        painter.setPen(QPen(verdict, 1.5));
        painter.drawPath(shape);

        const int line = fontMetrics().height();
        QRect words = tile.adjusted(kPicture + 6, (kPicture - 2 * line) / 2, 0, 0);
        words.setHeight(line);
        const auto write = [&](const QString& text, const QColor& colour) {
            painter.setPen(colour);
            painter.drawText(words, Qt::AlignVCenter | Qt::AlignLeft,
                             fontMetrics().elidedText(text, Qt::ElideMiddle, words.width()));
            words.translate(0, line);
        };
        write(QString::fromStdString(answer.predicted), verdict);
        const QString percent = FigureText::percent(answer.probability);
        // Said in words too, for whoever does not tell red from green; what is not read there is in the tip.
        const QString truth = QString::fromStdString(answer.truth);
        QString verdictText = isRight(answer) ? percent : tr("%1, is %2").arg(percent, truth);
        if (!isRight(answer) && fontMetrics().horizontalAdvance(verdictText) > words.width())
            verdictText = tr("is %1").arg(truth);
        write(verdictText, colours.muted);
    }
    m_pictures->request(wanted);
}

}  // namespace graft::ui
