// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/PlotPicture.h"

#include <QBuffer>
#include <QImage>
#include <QPageSize>
#include <QPainter>
#include <QPdfWriter>
#include <QPicture>
#include <QSvgGenerator>
#include <new>

#include "ui/plots/QCustomPlotInclude.h"
#include "ui/style/Theme.h"

namespace graft::ui {

namespace {

// A card in a small window is no picture for a report.
constexpr QSize kSmallest(640, 400);
constexpr int kPixelsPerPixel = 2;
constexpr int kPointsPerInch = 72;

// The plot with what stands beside it in the window, as long as this is there.
class Dressed {
  public:
    Dressed(QCustomPlot& plot, const QString& title, const std::vector<QCPGraph*>& graphs, bool lower)
        : m_plot(plot) {
        const Colours& colours = Theme::instance().colours();
        m_plot.plotLayout()->insertRow(0);
        m_title = new QCPTextElement(&m_plot, title, Theme::cardTitleFont());
        m_title->setTextColor(colours.text);
        m_plot.plotLayout()->addElement(0, 0, m_title);
        m_plot.xAxis->setLabel(QCoreApplication::translate("graft::ui::PlotPicture", "epoch"));
        for (QCPGraph* graph : graphs)
            graph->addToLegend();
        QColor behind = colours.surface;
        behind.setAlphaF(0.85F);
        m_plot.legend->setBrush(behind);
        m_plot.legend->setBorderPen(QPen(colours.line));
        m_plot.legend->setFont(Theme::smallFont());
        m_plot.legend->setTextColor(colours.text);
        m_plot.axisRect()->insetLayout()->setInsetAlignment(
            0, Qt::AlignRight | (lower ? Qt::AlignBottom : Qt::AlignTop));
        m_plot.legend->setVisible(true);
    }
    ~Dressed() {
        m_plot.legend->setVisible(false);
        m_plot.legend->clearItems();
        m_plot.xAxis->setLabel({});
        m_plot.plotLayout()->remove(m_title);
        m_plot.plotLayout()->simplify();
        m_plot.replot(QCustomPlot::rpQueuedReplot);
    }
    Dressed(const Dressed&) = delete;
    Dressed& operator=(const Dressed&) = delete;

  private:
    QCustomPlot& m_plot;
    QCPTextElement* m_title;
};

// What is to be drawn, as QPicture writes it down: plain bytes, for any thread.
QByteArray noteOf(QCustomPlot& plot, const QSize& size, QCPPainter::PainterMode mode) {
    QPicture picture;
    {
        QCPPainter painter(&picture);
        painter.setMode(mode);
        plot.toPainter(&painter, size.width(), size.height());
    }
    return {picture.data(), static_cast<qsizetype>(picture.size())};
}

// size: of what was noted, which is to fill the device.
void draw(const QByteArray& note, QPaintDevice& device, const QSize& size) {
    QPicture picture;
    picture.setData(note.constData(), static_cast<uint>(note.size()));
    QPainter painter(&device);
    painter.setWindow(QRect(QPoint(0, 0), size));
    // A picture makes itself larger where the dots are finer; the window has seen to that.
    painter.scale(double(picture.logicalDpiX()) / device.logicalDpiX(),
                  double(picture.logicalDpiY()) / device.logicalDpiY());
    painter.drawPicture(QPointF(0, 0), picture);
}

QByteArray pngOf(const QByteArray& note, const QSize& size) {
    QImage image(size * kPixelsPerPixel, QImage::Format_RGB32);
    if (image.isNull()) throw std::bad_alloc();
    image.fill(Qt::white);
    draw(note, image, size);
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG");
    return bytes;
}

QByteArray pdfOf(const QByteArray& note, const QString& title, const QSize& size) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    {
        QPdfWriter writer(&buffer);
        writer.setTitle(title);
        writer.setResolution(kPointsPerInch);
        writer.setPageSize(QPageSize(QSizeF(size), QPageSize::Point, QString(), QPageSize::ExactMatch));
        writer.setPageMargins(QMarginsF(0, 0, 0, 0));
        draw(note, writer, size);
    }
    return bytes;
}

QByteArray svgOf(const QByteArray& note, const QString& title, const QSize& size) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    {
        QSvgGenerator generator;
        generator.setOutputDevice(&buffer);
        generator.setTitle(title);
        generator.setSize(size);
        generator.setViewBox(QRect(QPoint(0, 0), size));
        draw(note, generator, size);
    }
    return bytes;
}

}  // namespace

FileMaker pictureOf(QCustomPlot& plot, PictureFormat format, const QString& title,
                    const std::vector<QCPGraph*>& graphs, bool lower) {
    const QSize size = plot.size().expandedTo(kSmallest);
    const Dressed dressed(plot, title, graphs, lower);
    // Dots and lines have other places on a grid of pixels.
    const QByteArray note = noteOf(
        plot, size, format == PictureFormat::Png ? QCPPainter::pmNonCosmetic : QCPPainter::pmVectorized);
    switch (format) {
        case PictureFormat::Png:
            return [note, size] { return pngOf(note, size); };
        case PictureFormat::Pdf:
            return [note, title, size] { return pdfOf(note, title, size); };
        case PictureFormat::Svg:
            return [note, title, size] { return svgOf(note, title, size); };
    }
    return [] { return QByteArray(); };
}

}  // namespace graft::ui
