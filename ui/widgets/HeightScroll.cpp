// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/HeightScroll.h"

#include <QScrollBar>

namespace graft::ui {

namespace {
constexpr int kLeastHeight = 80;
}

HeightScroll::HeightScroll(QWidget* content, QWidget* parent) : QScrollArea(parent) {
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::NoFocus);  // what lies in it has it
    // The page's ground is seen behind it.
    viewport()->setAutoFillBackground(false);
    setWidget(content);
    content->setAutoFillBackground(false);  // setWidget() has set it
}

QSize HeightScroll::minimumSizeHint() const {
    const int width = widget() != nullptr ? widget()->minimumSizeHint().width() : 0;
    return {width + verticalScrollBar()->sizeHint().width(), kLeastHeight};
}

}  // namespace graft::ui
