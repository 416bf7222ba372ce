// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/style/Theme.h"

#include <QApplication>
#include <QFile>
#include <QImageReader>
#include <QPalette>
#include <QStyle>
#include <QStyleFactory>
#include <utility>

// The resources lie in a static library: without this call the linker leaves them out. The macro has to
// stand outside every namespace.
static void registerResources() {
    Q_INIT_RESOURCE(graft);
}

namespace graft::ui {

namespace {

Colours lightColours() {
    return {.window = "#f5f6f4",
            .surface = "#ffffff",
            .line = "#dfe3dd",
            .text = "#1d2722",
            .muted = "#66716b",
            .accent = "#2f7d4f",
            .accentTint = "#e4f0e8",
            .frozen = "#4f86b5",
            .frozenTint = "#e3edf6",
            .trainable = "#d07a24",
            .trainableTint = "#fbeddc",
            .wrong = "#b8402f",
            .wrongTint = "#f9e6e2",
            .onAccent = "#ffffff",
            .field = "#f5f6f4"};
}

Colours darkColours() {
    return {.window = "#171b19",
            .surface = "#202623",
            .line = "#343c38",
            .text = "#e7ece9",
            .muted = "#98a59e",
            .accent = "#5fb685",
            .accentTint = "#24352b",
            .frozen = "#7fb0da",
            .frozenTint = "#22303b",
            .trainable = "#e79a4c",
            .trainableTint = "#3a2c1c",
            .wrong = "#e58474",
            .wrongTint = "#3b2521",
            .onAccent = "#10201a",
            .field = "#171b19"};
}

QPalette paletteFor(const Colours& c) {
    QPalette palette;
    palette.setColor(QPalette::Window, c.window);
    palette.setColor(QPalette::WindowText, c.text);
    palette.setColor(QPalette::Base, c.surface);
    palette.setColor(QPalette::AlternateBase, c.window);
    palette.setColor(QPalette::Text, c.text);
    palette.setColor(QPalette::PlaceholderText, c.muted);
    palette.setColor(QPalette::Button, c.surface);
    palette.setColor(QPalette::ButtonText, c.text);
    palette.setColor(QPalette::BrightText, c.wrong);
    palette.setColor(QPalette::Highlight, c.accent);
    palette.setColor(QPalette::HighlightedText, c.onAccent);
    palette.setColor(QPalette::ToolTipBase, c.surface);
    palette.setColor(QPalette::ToolTipText, c.text);
    palette.setColor(QPalette::Link, c.accent);
    palette.setColor(QPalette::LinkVisited, c.accent);
    palette.setColor(QPalette::Light, c.surface);
    palette.setColor(QPalette::Midlight, c.line);
    palette.setColor(QPalette::Mid, c.line);
    palette.setColor(QPalette::Dark, c.line);
    palette.setColor(QPalette::Shadow, c.line);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
        palette.setColor(QPalette::Disabled, role, c.muted);
    }
    palette.setColor(QPalette::Disabled, QPalette::Highlight, c.line);
    return palette;
}

QString styleSheetFor(const Colours& c, bool dark) {
    QFile file(QStringLiteral(":/graft/style.qss"));
    if (!file.open(QIODevice::ReadOnly)) return {};
    QString sheet = QString::fromUtf8(file.readAll());
    const std::pair<const char*, QColor> names[] = {
        {"@window", c.window},
        {"@surface", c.surface},
        {"@line", c.line},
        {"@text", c.text},
        {"@muted", c.muted},
        {"@accentTint", c.accentTint},
        {"@accentHover", dark ? c.accent.lighter(112) : c.accent.darker(112)},
        {"@onAccent", c.onAccent},
        {"@accent", c.accent},
        {"@field", c.field},
        {"@wrong", c.wrong},
    };
    sheet.replace(QLatin1String("@mode"), QLatin1String(dark ? "dark" : "light"));
    for (const auto& [name, colour] : names) {
        sheet.replace(QLatin1String(name), colour.name());
    }
    return sheet;
}

// The style sheet's icons are read by a plugin, which some systems have in a package of its own.
void warnWhereIconsAreNotDrawn() {
    if (!QImageReader::supportedImageFormats().contains("svg"))
        qWarning(
            "Arrows and check marks are not drawn: Qt's plugin for SVG pictures is not installed "
            "(Debian: qt6-svg-plugins).");
}

QFont pixelFont(int pixels, bool bold) {
    QFont font = QApplication::font();
    font.setPixelSize(pixels);
    font.setBold(bold);
    return font;
}

}  // namespace

Theme& Theme::instance() {
    static Theme theme;
    return theme;
}

void Theme::apply(QApplication& application, bool dark) {
    registerResources();
    m_dark = dark;
    m_colours = dark ? darkColours() : lightColours();
    QFont font = QApplication::font();
    font.setPixelSize(13);
    QApplication::setFont(font);
    if (!m_styled) {
        QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
        warnWhereIconsAreNotDrawn();
    }
    m_styled = true;
    QApplication::setPalette(paletteFor(m_colours));
    application.setStyleSheet(styleSheetFor(m_colours, dark));
    emit changed();
}

Theme::Paper::Paper() : m_before(std::exchange(instance().m_colours, lightColours())) {}

Theme::Paper::~Paper() {
    instance().m_colours = m_before;
}

bool Theme::systemIsDark() {
    const QPalette palette = QApplication::palette();
    return palette.color(QPalette::Window).lightness() < palette.color(QPalette::WindowText).lightness();
}

QFont Theme::bodyFont() {
    return pixelFont(13, false);
}
QFont Theme::smallFont() {
    return pixelFont(11, false);
}
QFont Theme::cardTitleFont() {
    return pixelFont(12, true);
}
QFont Theme::titleFont() {
    return pixelFont(20, true);
}
QFont Theme::figureFont() {
    return pixelFont(26, true);
}

}  // namespace graft::ui
