"""``sam3-annotator doctor``: what works on this machine, on one page to copy into a report.

Every fact is asked for on its own, so that a broken part (a torch that cannot be imported, a
missing system library) is a line on the page and not the end of it.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import os
import platform
import shutil
import sys
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sam3_annotator import __version__, paths
from sam3_annotator.cli.layout import gigabytes, table
from sam3_annotator.cli.program import COMMANDS, FAILED, OK
from sam3_annotator.inference.machine import has_nvidia_gpu, machine_memory, nvidia_driver

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from sam3_annotator.inference.weights import KnownWeights

    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - has no public name

_LOW_DISK_BYTES = 5_000_000_000
_BREAKS = (ImportError, OSError, RuntimeError, AttributeError, ValueError, TypeError, KeyError)
"""What importing or asking a broken installation raises."""

# Shown name -> (module to import, distribution for its version).
_PARTS = {
    "torch": ("torch", "torch"),
    "Qt": ("PySide6.QtWidgets", "PySide6-Essentials"),
    "PyAV": ("av", "av"),
    "OpenCV": ("cv2", "opencv-python-headless"),
    "Pillow": ("PIL.Image", "pillow"),
    "NumPy": ("numpy", "numpy"),
    "pycocotools": ("pycocotools.mask", "pycocotools"),
    "SQLAlchemy": ("sqlalchemy", "sqlalchemy"),
    "safetensors": ("safetensors", "safetensors"),
    "tokenizers": ("tokenizers", "tokenizers"),
    "model hub": ("huggingface_hub", "huggingface-hub"),
}
_DECODERS = ("h264", "hevc", "vp9", "av1", "mpeg4", "prores", "mjpeg")


@dataclass(slots=True)
class Report:
    """Facts by section, and what is wrong.

    Attributes:
        sections: title -> rows of name and value.
        problems: sentences for people.
    """

    sections: dict[str, dict[str, str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def add(self, section: str, name: str, ask: Callable[[], str]) -> None:
        """Ask for one fact; a failure becomes the fact, and a problem."""
        try:
            value = ask()
        except _BREAKS as error:
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
            value = f"BROKEN: {reason}"
            self.problems.append(f"{name} is broken: {reason}")
        self.sections.setdefault(section, {})[name] = value


def add_parser(subparsers: Subparsers) -> None:
    """Add ``doctor``."""
    parser = subparsers.add_parser("doctor", help=COMMANDS["doctor"])
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print the page; the exit code is 1 when something is wrong."""
    report = examine()
    if arguments.json:
        document: dict[str, Any] = {**report.sections, "problems": report.problems}
        print(json.dumps(document, indent=1))
    else:
        print(page(report))
    return FAILED if report.problems else OK


def examine() -> Report:
    """Ask for everything."""
    report = Report()
    _ask_system(report)
    for name, (module, distribution) in _PARTS.items():
        report.add("libraries", name, partial(_part, module, distribution))
    report.add("libraries", "SQLite", _sqlite)
    report.add("video", "decoders", _decoders)
    _ask_graphics(report)
    _ask_weights(report)
    _ask_disk(report)
    return report


def page(report: Report) -> str:
    """The report as text; the home folder is written as ``~``."""
    blocks = [f"SAM 3 Annotator {__version__}"]
    for title, rows in report.sections.items():
        blocks.append(f"{title}\n{table(list(rows.items()))}")
    wrong = "\n".join(f"  - {problem}" for problem in report.problems)
    blocks.append(f"what is wrong\n{wrong}" if wrong else "what is wrong\n  nothing")
    return "\n\n".join(blocks).replace(str(Path.home()), "~")


def _ask_system(report: Report) -> None:
    memory = machine_memory()
    report.add("system", "system", platform.platform)
    report.add("system", "Python", lambda: f"{platform.python_version()} ({sys.executable})")
    report.add("system", "processor", lambda: f"{platform.machine()}, {os.cpu_count()} threads")
    report.add(
        "system",
        "memory",
        lambda: f"{gigabytes(memory.total_bytes)}, {gigabytes(memory.free_bytes)} free",
    )
    report.add("system", "display", _display)


def _display() -> str:
    names = ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "DISPLAY")
    found = [f"{name}={os.environ[name]}" for name in names if os.environ.get(name)]
    if found or sys.platform in {"win32", "darwin"}:
        return ", ".join(found) or "native"
    return "none (the window cannot open; commands work)"


def _part(module: str, distribution: str) -> str:
    importlib.import_module(module)
    return importlib.metadata.version(distribution)


def _sqlite() -> str:
    return str(importlib.import_module("sqlite3").sqlite_version)


def _decoders() -> str:
    codec = importlib.import_module("av.codec")
    available = codec.codecs_available
    absent = [name for name in _DECODERS if name not in available]
    found = ", ".join(name for name in _DECODERS if name in available)
    return f"{found}; missing: {', '.join(absent)}" if absent else found


def _ask_graphics(report: Report) -> None:
    driver = nvidia_driver() if has_nvidia_gpu() else ""
    report.add("graphics", "NVIDIA driver", lambda: driver or "none found")
    report.add("graphics", "CUDA of torch", _cuda_of_torch)

    def device() -> str:
        devices = importlib.import_module("sam3_annotator.inference.device")
        chosen = devices.choose()
        if chosen.warning:
            report.problems.append(chosen.warning)
        return str(chosen.title)

    report.add("graphics", "models run on", device)


def _cuda_of_torch() -> str:
    torch = importlib.import_module("torch")
    built = torch.version.cuda or torch.version.hip or "none (CPU build)"
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    names = [torch.cuda.get_device_name(index) for index in range(count)]
    return f"{built}; devices: {', '.join(names) or 'none'}"


def _ask_weights(report: Report) -> None:
    known: list[KnownWeights] = []

    def listed() -> str:
        weights = importlib.import_module("sam3_annotator.inference.weights")
        known.extend(weights.known_weights())
        if all(one.trouble for one in known):
            report.problems.append("There are no usable weights on this machine.")
        return f"{len(known)}"

    report.add("weights", "found", listed)
    for number, one in enumerate(known, start=1):
        can = one.trouble or one.abilities.words()
        text = f"{one.name}, {one.origin.value}, {one.path}: {can}"
        report.add("weights", f"{number}", partial(str, text))


def _ask_disk(report: Report) -> None:
    for name, folder in (
        ("weights", paths.weights_dir),
        ("settings", paths.config_dir),
        ("log", paths.log_dir),
        ("cache", paths.cache_dir),
    ):
        report.add("disk", name, partial(_folder, folder, report))


def _folder(place: Callable[[], Path], report: Report) -> str:
    folder = place()
    free = shutil.disk_usage(folder).free
    writable = os.access(folder, os.W_OK)
    if not writable:
        report.problems.append(f"The folder {folder} cannot be written.")
    elif free < _LOW_DISK_BYTES:
        report.problems.append(f"Only {gigabytes(free)} are free in {folder}.")
    return f"{folder}, {gigabytes(free)} free{'' if writable else ', NOT WRITABLE'}"
