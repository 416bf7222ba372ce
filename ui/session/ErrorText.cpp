// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/ErrorText.h"

#include <QFileInfo>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include "ui/session/MessageText.h"

namespace graft::ui {

namespace {

// Whether the system's word for its failure is among what the sentence is made of.
bool isBecauseOf(const Message& message, int systemError) {
    const std::string word = std::strerror(systemError);
    return std::ranges::any_of(message.arguments(), [&](const Message::Argument& argument) {
        return argument.message.empty() ? argument.text == word
                                        : isBecauseOf(argument.message.front(), systemError);
    });
}

}  // namespace

QString ErrorText::remedy(ErrorCode code) {
    switch (code) {
        case ErrorCode::InvalidArgument:
            return {};  // core's sentence names the setting and what it may be
        case ErrorCode::NotFound:
            return tr("Check that it is still there, or choose another.");
        case ErrorCode::Unreadable:
            return tr("Check that you may read it and that the disk is there.");
        case ErrorCode::Unwritable:
            return tr("Check the free space and your rights there, or choose another folder.");
        case ErrorCode::BadFormat:
            return tr("Choose another file; this one is damaged or of another kind.");
        case ErrorCode::UnsafeFile:
            return tr(
                "The file asks for code to be run, so it was not opened. Use a safetensors file or a plain "
                "state dict.");
        case ErrorCode::WeightsMismatch:
            return tr(
                "Choose the weights of this backbone, or the backbone of these weights, on the Network "
                "page.");
        case ErrorCode::TooFewClasses:
            return tr("Put the images of each class into a folder of its own and choose the folder above.");
        case ErrorCode::NoValidation:
            return tr("Raise the validation share on the Data page, or add images.");
        case ErrorCode::Diverged:
            return tr("Lower the learning rate, or add warm-up epochs, and start again.");
        case ErrorCode::DeviceUnavailable:
            return tr("Set the device to automatic.");
        case ErrorCode::OutOfMemory:
            return tr("Lower the batch size or the crop size, and start again.");
        case ErrorCode::Cancelled:
            return {};
        case ErrorCode::Unreachable:
            return {};  // core's sentence says what to check
        case ErrorCode::Internal:
            return tr(
                "This is a fault of Graft's own; if a run was going on, log.txt in its folder says more.");
    }
    return {};
}

QString ErrorText::describe(const Error& error) {
    // What a sentence is made of is looked for in the English one: every other is a translator's.
    const QString english = QString::fromStdString(error.message.english()).trimmed();
    QString said = text(error.message).trimmed();
    // The whole path is too long for a line beside a control; its last part says which file is meant.
    const QString name = QFileInfo(QString::fromStdString(error.path)).fileName();
    if (!name.isEmpty()) said = tr("%1: %2").arg(name, said);
    const bool ends = english.isEmpty() ? name.isEmpty() : english.endsWith('.') || english.endsWith('?');
    if (!ends) said += '.';
    // Core's sentences say what helps behind a semicolon or in a sentence of its own; an internal failure's
    // are a library's words.
    const bool saysWhatHelps = error.code != ErrorCode::Internal && (english.contains(QLatin1String("; ")) ||
                                                                     english.contains(QLatin1String(". ")));
    QString help = saysWhatHelps ? QString() : remedy(error.code);
    if (isBecauseOf(error.message, ENAMETOOLONG)) help = tr("The name is too long; give a shorter one.");
    return help.isEmpty() ? said : said + ' ' + help;
}

QString ErrorText::sentence(const Error& error) {
    return text(error.text());
}

}  // namespace graft::ui
