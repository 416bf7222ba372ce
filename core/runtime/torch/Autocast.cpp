// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/torch/Autocast.h"

#include <ATen/autocast_mode.h>
#include <torch/version.h>

namespace graft::runtime {

namespace {

// LibTorch 2.4 gave these functions a device where they had a name for each.
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
c10::DeviceType deviceType(bool cuda) {
    return cuda ? c10::kCUDA : c10::kCPU;
}
bool isEnabled(bool cuda) {
    return at::autocast::is_autocast_enabled(deviceType(cuda));
}
c10::ScalarType currentType(bool cuda) {
    return at::autocast::get_autocast_dtype(deviceType(cuda));
}
void set(bool cuda, bool enabled, c10::ScalarType type) {
    at::autocast::set_autocast_enabled(deviceType(cuda), enabled);
    at::autocast::set_autocast_dtype(deviceType(cuda), type);
}
#else
bool isEnabled(bool cuda) {
    return cuda ? at::autocast::is_enabled() : at::autocast::is_cpu_enabled();
}
c10::ScalarType currentType(bool cuda) {
    return cuda ? at::autocast::get_autocast_gpu_dtype() : at::autocast::get_autocast_cpu_dtype();
}
void set(bool cuda, bool enabled, c10::ScalarType type) {
    if (cuda) {
        at::autocast::set_enabled(enabled);
        at::autocast::set_autocast_gpu_dtype(type);
    } else {
        at::autocast::set_cpu_enabled(enabled);
        at::autocast::set_autocast_cpu_dtype(type);
    }
}
#endif

}  // namespace

Autocast::Autocast(c10::Device device, std::optional<c10::ScalarType> type)
    : m_active(type.has_value()), m_cuda(device.is_cuda()) {
    if (!m_active) return;
    m_wasEnabled = isEnabled(m_cuda);
    m_typeBefore = currentType(m_cuda);
    m_cached = at::autocast::is_autocast_cache_enabled();
    set(m_cuda, true, *type);
    at::autocast::set_autocast_cache_enabled(false);
}

Autocast::~Autocast() {
    if (!m_active) return;
    at::autocast::set_autocast_cache_enabled(m_cached);
    set(m_cuda, m_wasEnabled, m_typeBefore);
}

}  // namespace graft::runtime
