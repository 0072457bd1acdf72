"""``sam3-annotator demo``: the main job on the sample pictures."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sam3_annotator.cli.program import COMMANDS, FAILED, OK

if TYPE_CHECKING:
    import argparse

    from sam3_annotator.demo import DemoReport

    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - has no public name


def add_parser(subparsers: Subparsers) -> None:
    """Add ``demo``."""
    parser = subparsers.add_parser(
        "demo",
        help=COMMANDS["demo"],
        description="With a display the window opens on the sample. Without one (or with "
        "--headless) a scripted user clicks, boxes, paints, undoes and exports; screenshots and a "
        "COCO file are written.",
    )
    parser.add_argument("--output", type=Path, default=Path("demo"), help="default: demo")
    parser.add_argument("--headless", action="store_true", help="scripted, display or not")
    parser.add_argument("--weights", default="mini", help="default: the bundled model")


def run(arguments: argparse.Namespace) -> int:
    """Open the window, or work through the script."""
    from sam3_annotator import app  # noqa: PLC0415 - imports Qt
    from sam3_annotator.io.atomic import make_folder  # noqa: PLC0415

    if has_display() and not arguments.headless:
        return app.main(["--sample", "--weights", arguments.weights])
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    make_folder(arguments.output)
    report = app.run_demo(arguments.output.absolute(), arguments.weights)
    return told(report)


def has_display() -> bool:
    """Whether a window can be seen by anybody."""
    if platform.system() != "Linux":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def told(report: DemoReport) -> int:
    """Print what was done and where it lies."""
    for line in report.lines:
        print(line)
    for path in report.pictures:
        print(f"screenshot: {path}")
    if report.export is not None:
        for path in report.export.paths:
            print(f"COCO: {path}")
        equal = not report.export.differences
        print("read back: " + ("equal, pixel by pixel" if equal else "DIFFERENT"))
    if report.trouble:
        print(f"stopped early: {report.trouble}", file=sys.stderr)
    is_good = report.export is not None and not report.export.differences and not report.trouble
    return OK if is_good else FAILED
