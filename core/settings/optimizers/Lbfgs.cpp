// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/HeadSolving.h"
#include "core/settings/Method.h"

namespace graft::settings::optimizers {

Method lbfgs() {
    return {
        .name = kSolver,
        .label = GRAFT_TEXT("L-BFGS"),
        .help = GRAFT_TEXT("Solves a linear head on frozen blocks at once: no rate, no epochs to choose"),
        .settings = {{
            .key = kSolverL2,
            .option = "--l2",
            .label = GRAFT_TEXT("L2 penalty"),
            .help = GRAFT_TEXT("On the weights of the head, of standardised features"),
            .field = ownNumber(kSolverL2, 0, from(0, 1000, GRAFT_TEXT("chosen by cross-validation"))),
            .whenAbsent = 0.0,
        }},
    };
}

}  // namespace graft::settings::optimizers
