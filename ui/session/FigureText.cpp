// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/FigureText.h"

#include <QLocale>

namespace graft::ui {

QString FigureText::percent(double share) {
    return tr("%1 %").arg(percentFigure(share));
}

QString FigureText::percentFigure(double share) {
    return QLocale().toString(share * 100.0, 'f', 1);
}

QString FigureText::count(std::size_t number) {
    QLocale locale;
    locale.setNumberOptions(locale.numberOptions() & ~QLocale::NumberOptions(QLocale::OmitGroupSeparator));
    return locale.toString(static_cast<qulonglong>(number));
}

QString FigureText::images(std::size_t number) {
    return number == 1 ? tr("1 image") : tr("%1 images").arg(count(number));
}

QString FigureText::validationImages(std::size_t number) {
    return number == 1 ? tr("1 validation image") : tr("%1 validation images").arg(count(number));
}

QString FigureText::basis(const training::EpochDone& epoch) {
    if (epoch.validationImages == 0) return {};
    return validationImages(epoch.validationImages) + learnt(epoch.validationLearnt);
}

QString FigureText::learnt(std::optional<std::size_t> learnt) {
    if (!learnt) return tr(", which may have been trained on before");
    if (*learnt == 0) return {};
    if (*learnt == 1) return tr(", 1 of which was trained on");
    return tr(", %1 of which were trained on").arg(count(*learnt));
}

}  // namespace graft::ui
