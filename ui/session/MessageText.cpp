// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/MessageText.h"

#include <QtGlobal>
#include <vector>

#include "ui/session/WindowWords.h"

namespace graft::ui {

QString textOf(const std::string& id) {
    return id.empty() ? QString() : qtTrId(windowWords(id).c_str());
}

QString text(const Message& message) {
    std::vector<std::string> texts;
    texts.reserve(message.arguments().size());
    for (const Message::Argument& argument : message.arguments()) {
        texts.push_back(argument.message.empty() ? withWindowWords(argument.text)
                                                 : text(argument.message.front()).toStdString());
    }
    if (message.id().empty()) return texts.empty() ? QString() : QString::fromStdString(texts.front());
    return QString::fromStdString(base::fillGaps(textOf(message.id()).toStdString(), texts));
}

}  // namespace graft::ui
