// SPDX-License-Identifier: GPL-3.0-or-later
// Times the units of a network one by one, forwards and backwards, and books what they allocate.
#pragma once

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <optional>
#include <vector>

#include "core/backbones/torch/Network.h"
#include "core/base/Result.h"
#include "core/runtime/RunControl.h"
#include "core/training/NetworkTimes.h"

namespace graft::training {

inline tl::unexpected<Error> measureStopped() {
    return fail(ErrorCode::Cancelled, GRAFT_TEXT("Stopped."));
}

// Seconds since it was made, or since the last take(), with all that the device was given to do. On a CPU
// those of this thread, which has a part in everything and spins where it waits for the others: on a machine
// that does nothing else they are those of the wall clock, and on another one the program next door is not
// counted.
class DeviceClock {
  public:
    explicit DeviceClock(c10::Device device);
    double take();

  private:
    double now() const;

    c10::Device m_device;
    double m_last;
};

struct UnitsMeasured {
    std::vector<UnitTimes> units;
    double firstBatch = 0;  // see NetworkTimes
};

// network: on the device; all of it is trained afterwards, with gradients left undefined. batch: images at
// once. mixedType: of mixed precision in what is trained. LibTorch's exceptions pass. Errors: Cancelled.
Result<UnitsMeasured> measureUnits(backbones::Network& network, int inputSize, int batch, c10::Device device,
                                   const std::optional<c10::ScalarType>& mixedType,
                                   runtime::RunControl& control);

}  // namespace graft::training
