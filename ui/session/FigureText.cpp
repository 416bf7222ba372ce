// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/FigureText.h"

namespace graft::ui {

QString FigureText::basis(const training::EpochDone& epoch) {
    if (epoch.validationImages == 0) return {};
    return tr("%1 validation images").arg(epoch.validationImages) + learnt(epoch.validationLearnt);
}

QString FigureText::learnt(std::optional<std::size_t> learnt) {
    if (!learnt) return tr(", which may have been trained on before");
    if (*learnt == 0) return {};
    return tr(", %1 of which were trained on").arg(*learnt);
}

}  // namespace graft::ui
