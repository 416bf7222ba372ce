// SPDX-License-Identifier: GPL-3.0-or-later
// Colours and fonts of the window, light and dark. Widgets that paint themselves read colours() when they
// paint and repaint on changed(); everything else follows the palette and the application's style sheet.
#pragma once

#include <QColor>
#include <QFont>
#include <QObject>

class QApplication;

namespace graft::ui {

struct Colours {
    QColor window, surface, line;
    QColor text, muted;
    QColor accent, accentTint;        // done, chosen, training curve
    QColor frozen, frozenTint;        // ice blue
    QColor trainable, trainableTint;  // orange; also the validation curve
    QColor wrong, wrongTint;
    QColor onAccent;  // text on an accent surface
    QColor field;     // a place to type in
};

class Theme : public QObject {
    Q_OBJECT
  public:
    static Theme& instance();

    const Colours& colours() const { return m_colours; }
    bool isDark() const { return m_dark; }
    void apply(QApplication& application, bool dark);

    // While it lives colours() are the light ones, for what is drawn to be put on paper. Nobody is told, so
    // let nothing else be drawn meanwhile.
    class Paper {
      public:
        Paper();
        ~Paper();
        Paper(const Paper&) = delete;
        Paper& operator=(const Paper&) = delete;

      private:
        Colours m_before;
    };

    // Whether the desktop uses a dark palette; ask before the first apply().
    static bool systemIsDark();

    static QFont bodyFont();       // 13 px
    static QFont smallFont();      // 11 px
    static QFont cardTitleFont();  // 12 px bold
    static QFont titleFont();      // 20 px bold
    static QFont figureFont();     // 26 px bold

  signals:
    void changed();

  private:
    Theme() = default;

    Colours m_colours;
    bool m_dark = false;
    bool m_styled = false;
};

}  // namespace graft::ui
