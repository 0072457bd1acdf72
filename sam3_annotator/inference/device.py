"""Which device and precision the model runs on, its memory, and its faults in words."""

from __future__ import annotations

import re
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import torch

from sam3_annotator.errors import DeviceTrouble, OutOfMemory
from sam3_annotator.inference.machine import (
    MemoryFigures,
    has_nvidia_gpu,
    machine_memory,
    nvidia_driver,
)
from sam3_annotator.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterator

AUTO = "auto"
PREFERENCE = ("cuda", "xpu", "mps", "cpu")
DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
_DTYPE_NAMES = {dtype: name for name, dtype in DTYPES.items()}

_BF16_CAPABILITY = 8  # Ampere: the first CUDA generation with bf16 matrix units
_PROBE_SIDE = 1024
_PROBE_ROUNDS = 3
_PROBE_GAIN = 1.3
"""bf16 on the CPU must be this much faster to be worth its rounding."""

_OUT_OF_MEMORY = re.compile(r"out of memory|can't allocate memory|not enough memory", re.IGNORECASE)
_GPU_FAULT = re.compile(
    r"(CUDA|HIP|XPU|MPS) error|device-side assert|illegal memory access|unspecified launch|"
    r"CUBLAS_STATUS|CUDNN_STATUS|cuDNN error|driver shutting down",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Device:
    """Where the model runs.

    Attributes:
        torch_device: for ``tensor.to``.
        dtype: precision of weights and activations.
        title: for people: "NVIDIA H200, 139.7 GB, bf16".
        warning: what is wrong with a choice made for the user (a GPU that cannot be used), or "".
    """

    torch_device: torch.device
    dtype: torch.dtype
    title: str
    warning: str = ""


def choose(device: str = AUTO, dtype: str = AUTO) -> Device:
    """Pick device and precision.

    Args:
        device: ``"auto"``, ``"cpu"``, ``"cuda"``, ``"cuda:1"``, ``"xpu"`` or ``"mps"``.
        dtype: ``"auto"``, ``"fp32"``, ``"bf16"`` or ``"fp16"``.

    Raises:
        DeviceTrouble: the device that was asked for by name cannot be used, or there is no such
            name. With ``"auto"`` the same fault becomes ``Device.warning``.
    """
    if device == AUTO:
        kind = next(kind for kind in PREFERENCE if _is_available(kind))
        chosen = torch.device(kind)
        warning = unusable_gpu() if kind == "cpu" else ""
    else:
        chosen, warning = _named(device), ""
    precision = _precision(chosen, dtype)
    return Device(chosen, precision, f"{_title(chosen)}, {_DTYPE_NAMES[precision]}", warning)


def unusable_gpu() -> str:
    """Why an NVIDIA GPU of this machine cannot be used; "" if there is none or all is well."""
    if torch.cuda.is_available() or not has_nvidia_gpu():
        return ""
    if torch.version.cuda is None and torch.version.hip is None:
        return Wording(
            "This machine has an NVIDIA GPU, but the installed torch was built without CUDA, "
            "so everything runs on the CPU. Install a CUDA build of torch."
        )
    version = nvidia_driver()
    return Wording(
        "This machine has an NVIDIA GPU, but its driver{driver} does not work with torch {torch} "
        "(CUDA {cuda}), so everything runs on the CPU. Update the driver, or restart after an "
        "update.",
        driver=f" ({version})" if version else "",
        torch=torch.__version__,
        cuda=torch.version.cuda,
    )


def memory(device: torch.device) -> MemoryFigures:
    """How much memory a device has, has free, and how much of it is ours."""
    if device.type == "cuda":
        free, total = torch.cuda.mem_get_info(device)
        return MemoryFigures(total, free, torch.cuda.memory_reserved(device))
    if device.type == "xpu":
        total = torch.xpu.get_device_properties(device).total_memory
        ours = torch.xpu.memory_reserved(device)
        return MemoryFigures(total, total - ours, ours)
    if device.type == "mps":
        total = torch.mps.recommended_max_memory()
        ours = torch.mps.driver_allocated_memory()
        return MemoryFigures(total, max(0, total - ours), ours)
    return machine_memory()


def release_cached(device: torch.device) -> None:
    """Give memory that torch keeps for later back to the device."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "xpu":
        torch.xpu.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()


def is_out_of_memory(error: BaseException) -> bool:
    """Whether torch or Python ran out of memory, on whatever device."""
    if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
        return True
    return isinstance(error, RuntimeError) and _OUT_OF_MEMORY.search(str(error)) is not None


def trouble_from(error: BaseException) -> DeviceTrouble | None:
    """A device fault in words; ``None`` when the error is something else (a bug of ours)."""
    if is_out_of_memory(error):
        return OutOfMemory(
            "The device is out of memory.",
            "Close other programs that use it, follow fewer objects at once, "
            "or choose the CPU in the settings.",
        )
    if isinstance(error, RuntimeError) and _GPU_FAULT.search(str(error)):
        reason = str(error).splitlines()[0]
        return DeviceTrouble(
            "The graphics device failed ({reason}).",
            "Your labels are saved. Restart the program; if it comes again, update the driver.",
            reason=reason,
        )
    return None


@contextmanager
def translated() -> Iterator[None]:
    """Turn torch's device errors in the block into ``DeviceTrouble``."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        trouble = trouble_from(error)
        if trouble is None:
            raise
        raise trouble from error


def _named(name: str) -> torch.device:
    try:
        chosen = torch.device(name)
    except RuntimeError as error:
        known = ", ".join((AUTO, *PREFERENCE))
        raise DeviceTrouble(
            "There is no device called {name}.", "Use {known}.", name=name, known=known
        ) from error
    if chosen.type not in PREFERENCE:
        raise DeviceTrouble(
            "{name} is not a device for models.",
            "Use {choices}.",
            name=name,
            choices=", ".join(PREFERENCE),
        )
    if not _is_available(chosen.type):
        reason = unusable_gpu() if chosen.type == "cuda" else ""
        raise DeviceTrouble("{name} cannot be used on this machine.", reason, name=name)
    count = _count(chosen.type)
    if (chosen.index or 0) >= count:
        raise DeviceTrouble(
            "There is no {name}: {count} device(s) of that kind were found.", name=name, count=count
        )
    return chosen


def _is_available(kind: str) -> bool:
    if kind == "cuda":
        return torch.cuda.is_available()
    if kind == "xpu":
        return torch.xpu.is_available()
    if kind == "mps":
        return torch.backends.mps.is_available()
    return kind == "cpu"


def _count(kind: str) -> int:
    if kind == "cuda":
        return torch.cuda.device_count()
    if kind == "xpu":
        return torch.xpu.device_count()
    return 1


def _precision(device: torch.device, name: str) -> torch.dtype:
    if name != AUTO:
        if name not in DTYPES:
            raise DeviceTrouble(
                "There is no precision called {name}.",
                "Use {choices}.",
                name=name,
                choices=", ".join(DTYPES),
            )
        return DTYPES[name]
    if device.type == "cuda":
        major, _ = torch.cuda.get_device_capability(device)
        return torch.bfloat16 if major >= _BF16_CAPABILITY else torch.float16
    if device.type == "xpu":
        return torch.bfloat16
    if device.type == "mps":
        return torch.float16
    return torch.bfloat16 if cpu_gain_of_bf16() >= _PROBE_GAIN else torch.float32


@cache
def cpu_gain_of_bf16() -> float:
    """How many times faster a bf16 matrix product is than an fp32 one on this CPU, timed once."""
    return _product_seconds(torch.float32) / _product_seconds(torch.bfloat16)


def _product_seconds(dtype: torch.dtype) -> float:
    left = torch.ones(_PROBE_SIDE, _PROBE_SIDE, dtype=dtype)
    weight = torch.ones(_PROBE_SIDE, _PROBE_SIDE, dtype=dtype)
    torch.nn.functional.linear(left, weight)
    best = float("inf")
    for _ in range(_PROBE_ROUNDS):
        start = time.perf_counter()
        torch.nn.functional.linear(left, weight)
        best = min(best, time.perf_counter() - start)
    return best


def _title(device: torch.device) -> str:
    figures = memory(device)
    size = f"{figures.total_bytes / 1e9:.1f} GB"
    if device.type == "cuda":
        return f"{torch.cuda.get_device_name(device)}, {size}"
    if device.type == "xpu":
        return f"{torch.xpu.get_device_name(device)}, {size}"
    if device.type == "mps":
        return f"Apple GPU, {size}"
    return f"CPU, {torch.get_num_threads()} threads, {size}"
