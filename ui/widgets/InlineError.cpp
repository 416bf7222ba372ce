// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/InlineError.h"

#include "ui/style/Theme.h"

namespace graft::ui {

InlineError::InlineError(QWidget* parent) : QLabel(parent) {
    setObjectName(QStringLiteral("wrong"));
    setWordWrap(true);
    setTextFormat(Qt::PlainText);
    setTextInteractionFlags(Qt::TextSelectableByMouse);
    setFont(Theme::smallFont());
    hide();
}

void InlineError::showError(const QString& sentence) {
    setText(sentence);
    setVisible(!sentence.isEmpty());
}

}  // namespace graft::ui
