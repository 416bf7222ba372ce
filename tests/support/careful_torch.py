# SPDX-License-Identifier: GPL-3.0-or-later
"""Import this before torch: where a virtual machine hides an AMD processor's caches, oneDNN of torch 2 is wrong or ends
the program (see core/runtime/torch/CpuArithmetic.h), and a reference must not be."""
import os
import pathlib

if "AuthenticAMD" in pathlib.Path("/proc/cpuinfo").read_text() and not os.path.exists(
        "/sys/devices/system/cpu/cpu0/cache/index0"):
    os.environ.setdefault("ONEDNN_MAX_CPU_ISA", "SSE41")
