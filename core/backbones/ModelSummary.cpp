// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backbones/ModelSummary.h"

namespace graft::backbones {

std::string wiringName(Wiring wiring) {
    switch (wiring) {
        case Wiring::Plain:
            return "plain";
        case Wiring::Residual:
            return "residual";
        case Wiring::Dense:
            return "dense";
        case Wiring::Branches:
            return "branches";
    }
    return {};
}

}  // namespace graft::backbones
