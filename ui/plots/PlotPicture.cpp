// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/PlotPicture.h"

#include <QBuffer>
#include <QImage>
#include <QPageSize>
#include <QPdfWriter>
#include <QSvgGenerator>
#include <algorithm>

#include "ui/plots/QCustomPlotInclude.h"
#include "ui/style/Theme.h"

namespace graft::ui {

namespace {

// A card in a small window is no picture for a report.
constexpr QSize kSmallest(640, 400);
constexpr double kPixelsPerPixel = 2.0;
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

QByteArray pngOf(const QImage& image) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG");
    return bytes;
}

void draw(QCustomPlot& plot, QPaintDevice& device, const QSize& size) {
    QCPPainter painter(&device);
    painter.setMode(QCPPainter::pmVectorized);
    painter.setWindow(QRect(QPoint(0, 0), size));
    plot.toPainter(&painter, size.width(), size.height());
}

QByteArray pdfOf(QCustomPlot& plot, const QString& title, const QSize& size) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    {
        QPdfWriter writer(&buffer);
        writer.setTitle(title);
        writer.setResolution(kPointsPerInch);
        writer.setPageSize(QPageSize(QSizeF(size), QPageSize::Point, QString(), QPageSize::ExactMatch));
        writer.setPageMargins(QMarginsF(0, 0, 0, 0));
        draw(plot, writer, size);
    }
    return bytes;
}

QByteArray svgOf(QCustomPlot& plot, const QString& title, const QSize& size) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    {
        QSvgGenerator generator;
        generator.setOutputDevice(&buffer);
        generator.setTitle(title);
        generator.setSize(size);
        generator.setViewBox(QRect(QPoint(0, 0), size));
        draw(plot, generator, size);
    }
    return bytes;
}

}  // namespace

FileMaker pictureOf(QCustomPlot& plot, PictureFormat format, const QString& title,
                    const std::vector<QCPGraph*>& graphs, bool lower) {
    const QSize size = plot.size().expandedTo(kSmallest);
    const Dressed dressed(plot, title, graphs, lower);
    switch (format) {
        case PictureFormat::Png:
            return [image = plot.toPixmap(size.width(), size.height(), kPixelsPerPixel).toImage()] {
                return pngOf(image);
            };
        case PictureFormat::Pdf:
            return [bytes = pdfOf(plot, title, size)] { return bytes; };
        case PictureFormat::Svg:
            return [bytes = svgOf(plot, title, size)] { return bytes; };
    }
    return [] { return QByteArray(); };
}

}  // namespace graft::ui
