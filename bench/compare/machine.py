# SPDX-License-Identifier: GPL-3.0-or-later
"""The machine and the versions, for the report."""
import json
import os
import subprocess

WIDE_UNITS = ["avx2", "avx512f", "avx512_bf16", "amx_bf16"]


def output_of(command, cwd=None):
    outcome = subprocess.run(command, capture_output=True, text=True, cwd=cwd)
    return outcome.stdout.strip() if outcome.returncode == 0 else ""


def processors():
    return len(os.sched_getaffinity(0))


def cpu_information():
    """The first processor's entries of /proc/cpuinfo."""
    entries = {}
    with open("/proc/cpuinfo") as file:
        for line in file:
            key, _, value = line.partition(":")
            if not key.strip():
                break
            entries[key.strip()] = value.strip()
    return entries


def physical_cores():
    """Cores without their second threads, of those this process may run on."""
    cores = set()
    for processor in os.sched_getaffinity(0):
        try:
            with open(f"/sys/devices/system/cpu/cpu{processor}/topology/thread_siblings_list") as file:
                cores.add(file.read().strip())
        except OSError:
            cores.add(str(processor))
    return len(cores)


def memory_gigabytes():
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def distribution():
    try:
        with open("/etc/os-release") as file:
            entries = dict(line.rstrip().split("=", 1) for line in file if "=" in line)
        return entries.get("PRETTY_NAME", "").strip('"')
    except OSError:
        return "unknown"


def reduced_precision():
    """What this processor is fast in: PyTorch's name."""
    return "bfloat16" if "avx512_bf16" in cpu_information().get("flags", "").split() else "float32"


def describe(settings, python_script):
    cpu = cpu_information()
    flags = cpu.get("flags", "").split()
    return {"cpu": cpu.get("model name", os.uname().machine),
            "units": [unit for unit in WIDE_UNITS if unit in flags],
            "processors": processors(), "cores": physical_cores(), "memory": round(memory_gigabytes()),
            "system": distribution(),
            "graft": output_of([settings.graft, "--version"]) + settings.revision,
            "python": json.loads(output_of([*python_script, "describe"]) or "{}")}
