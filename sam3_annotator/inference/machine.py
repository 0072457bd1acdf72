"""Facts about this machine that need no torch: memory, and whether an NVIDIA GPU is there."""

from __future__ import annotations

import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

_NVIDIA_SIGNS = (Path("/proc/driver/nvidia/version"), Path("/dev/nvidia0"))


@dataclass(frozen=True, slots=True)
class MemoryFigures:
    """Memory of a device in bytes; for the CPU that of the machine.

    Attributes:
        total_bytes: what there is.
        free_bytes: what nobody uses.
        ours_bytes: what this process holds; on a GPU including what torch keeps for later.
    """

    total_bytes: int
    free_bytes: int
    ours_bytes: int


def machine_memory() -> MemoryFigures:
    """Main memory of the machine and our share; zeros where the system does not tell."""
    info = _meminfo(Path("/proc/meminfo"))
    status = _meminfo(Path("/proc/self/status"))
    return MemoryFigures(
        info.get("MemTotal", _sysconf_bytes("SC_PHYS_PAGES")),
        info.get("MemAvailable", _sysconf_bytes("SC_AVPHYS_PAGES")),
        status.get("VmRSS", 0),
    )


def has_nvidia_gpu() -> bool:
    """Whether the system shows an NVIDIA GPU, usable or not."""
    if any(sign.exists() for sign in _NVIDIA_SIGNS):
        return True
    return sys.platform == "win32" and shutil.which("nvidia-smi") is not None


def nvidia_driver() -> str:
    """Version of the NVIDIA kernel driver; "" where the system does not tell."""
    try:
        text = _NVIDIA_SIGNS[0].read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    match = re.search(r"(\d+\.\d+(?:\.\d+)?)", text)
    return match[1] if match else ""


def _meminfo(path: Path) -> dict[str, int]:
    """Lines like ``MemTotal:  123 kB`` -> bytes."""
    try:
        lines = path.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return {}
    matches = (re.match(r"(\w+):\s+(\d+) kB", line) for line in lines)
    return {match[1]: int(match[2]) * 1024 for match in matches if match}


def _sysconf_bytes(name: str) -> int:
    if sys.platform == "win32" or name not in os.sysconf_names:
        return 0
    return os.sysconf(name) * os.sysconf("SC_PAGE_SIZE")
