// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/PredictionView.h"

#include <QHBoxLayout>
#include <QImage>
#include <QLabel>
#include <QPainter>
#include <QPainterPath>
#include <QVBoxLayout>
#include <utility>

#include "core/data/ImageDecoder.h"
#include "ui/session/Background.h"
#include "ui/session/ErrorText.h"
#include "ui/style/Theme.h"
#include "ui/widgets/ElidedLabel.h"

namespace graft::ui {

namespace {

constexpr int kPicture = 150;
constexpr double kRadius = 6.0;

// The middle square of the picture with round corners. Runs on a worker thread, so a QImage.
Result<QImage> decodeSquare(const QString& path, int side) {
    const auto decoded = data::decodeThumbnail(path.toStdString(), side * 2);
    if (!decoded) return fail(decoded.error());
    if (decoded->empty()) return QImage();
    const QImage whole(decoded->pixels.data(), decoded->width, decoded->height,
                       static_cast<qsizetype>(decoded->stride()), QImage::Format_RGB888);
    const QImage scaled = whole.scaled(side, side, Qt::KeepAspectRatioByExpanding, Qt::SmoothTransformation);
    QImage square(side, side, QImage::Format_ARGB32_Premultiplied);
    square.fill(Qt::transparent);
    QPainter painter(&square);
    painter.setRenderHint(QPainter::Antialiasing);
    QPainterPath outline;
    outline.addRoundedRect(QRectF(0, 0, side, side), kRadius, kRadius);
    painter.setClipPath(outline);
    painter.drawImage((side - scaled.width()) / 2, (side - scaled.height()) / 2, scaled);
    return square;
}

}  // namespace

PredictionView::PredictionView(QWidget* parent) : QWidget(parent) {
    // Its place stays while there is nothing to show, so that what stands beside it does not jump.
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Preferred);
    policy.setRetainSizeWhenHidden(true);
    setSizePolicy(policy);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(16);
    m_picture = new QLabel(this);
    m_picture->setObjectName(QStringLiteral("predictionPicture"));
    m_picture->setFixedSize(kPicture, kPicture);
    m_picture->setFont(Theme::smallFont());
    m_picture->setForegroundRole(QPalette::PlaceholderText);
    m_picture->setTextFormat(Qt::PlainText);
    m_picture->setWordWrap(true);
    layout->addWidget(m_picture, 0, Qt::AlignTop);

    auto* column = new QVBoxLayout;
    column->setSpacing(4);
    m_name = new ElidedLabel({}, this);
    QFont bold = Theme::bodyFont();
    bold.setBold(true);
    m_name->setFont(bold);
    m_name->setElideMode(Qt::ElideMiddle);
    m_remark = new QLabel(this);
    m_remark->setFont(Theme::smallFont());
    m_remark->setForegroundRole(QPalette::PlaceholderText);
    m_remark->setWordWrap(true);
    m_bars = new ProbabilityBars(this);
    column->addWidget(m_name);
    column->addWidget(m_remark);
    column->addSpacing(4);
    column->addWidget(m_bars, 1);
    layout->addLayout(column, 1);
    clear();
}

void PredictionView::showPrediction(const QString& imagePath, const QString& name, const QString& remark,
                                    std::vector<ProbabilityEntry> entries) {
    m_name->setText(name);
    m_remark->setText(remark);
    m_bars->setEntries(std::move(entries));
    loadPicture(imagePath);
    show();
}

void PredictionView::clear() {
    m_path.clear();
    m_picture->clear();
    m_name->setText({});
    m_remark->clear();
    m_bars->setEntries({});
    hide();
}

QString PredictionView::remark() const {
    return m_remark->text();
}

void PredictionView::loadPicture(const QString& path) {
    if (path == m_path) return;
    m_path = path;
    m_picture->clear();
    const double ratio = devicePixelRatioF();
    runInBackground(
        this, [path, side = static_cast<int>(kPicture * ratio)] { return decodeSquare(path, side); },
        [this, path, ratio](const Result<QImage>& image) {
            if (path != m_path) return;
            if (!image) return m_picture->setText(ErrorText::describe(image.error()));
            if (image->isNull()) return;
            QPixmap pixmap = QPixmap::fromImage(*image);
            pixmap.setDevicePixelRatio(ratio);
            m_picture->setPixmap(pixmap);
        });
}

}  // namespace graft::ui
