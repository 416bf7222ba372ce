// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/comparing/CompareBackbones.h"

#include "core/base/torch/TorchErrors.h"
#include "core/comparing/torch/Comparing.h"

namespace graft::comparing {

Result<Comparison> compareBackbones(const CompareConfig& config, const data::DatasetIndex& dataset,
                                    const CompareObserver& observer, runtime::RunControl& control) {
    return base::guardTorch([&]() -> Result<Comparison> {
        Comparing comparing(config, dataset, observer, control);
        if (const auto ready = comparing.prepare(); !ready) return fail(ready.error());
        return comparing.run();
    });
}

}  // namespace graft::comparing
