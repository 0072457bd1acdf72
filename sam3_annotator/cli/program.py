"""Choose the command and run it; only the chosen command's module is imported.

A command is a module of this package with ``add_parser(subparsers)``, which adds its parser, and
``run(arguments) -> int``, which does the work and returns the exit code. To add one, write the
module and put a line into ``COMMANDS``.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sam3_annotator import __version__
from sam3_annotator.errors import AnnotatorError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

PROGRAM = "sam3-annotator"

COMMANDS: dict[str, str] = {
    "demo": "the main job on the sample: a window, or without a display files and screenshots",
    "predict": "segment one picture and write COCO",
    "track": "follow objects or concepts through a clip and write their masks",
    "export": "write a project's labels in another program's format",
    "import": "bring labels from another program's files into a project",
    "verify": "compare a clip, frame by frame, with the list of frames beside an export",
    "weights": "inspect, convert, download and list model weights",
    "train": "train a part of the bundled model",
    "eval": "measure the bundled model on pictures and clips",
    "eval-video": "score masks of clips against the truth: J, F, J&F, HOTA, IDF1",
    "doctor": "say what works on this machine, on one page to copy",
    "bench": "say how fast a model is on this machine, as one table to copy",
}
"""Name of the command -> what it does, in one line."""

_MODULES = {"import": "import_labels", "eval": "evaluate", "eval-video": "evaluate_clips"}
"""Modules of this package that are not called like their command."""

_OWN_OPTIONS = ("-h", "--help", "--version")
"""Options of the program itself; every other one in the first place belongs to the window."""

OK, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: arguments after the program's name; ``None`` for those of this process.

    Returns:
        The exit code: 0, 1 for a failure that was told on stderr, 2 for wrong usage, 130 when
        the user interrupted it.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    _let_threads_sleep()
    try:
        if opens_window(words):
            return _window(words)
        return _command(words)
    except SystemExit as ending:  # argparse ends this way, after --help (0) and wrong usage (2)
        return ending.code if isinstance(ending.code, int) else FAILED
    except BrokenPipeError:  # the reader of our output (head, less) has seen enough
        sys.stdout = None  # keeps the interpreter from flushing into the closed pipe at exit
        return OK
    except (AnnotatorError, OSError) as error:  # the system's refusals are nobody's bug either
        print(f"{PROGRAM}: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print(f"{PROGRAM}: interrupted", file=sys.stderr)
        return INTERRUPTED


def _let_threads_sleep() -> None:
    """Make torch's threads wait for each other asleep instead of spinning.

    On a busy machine the spinning steals the time that the awaited thread needs: a click then takes
    eight times as long (docs/benchmarks.md). Read when torch is first imported.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def opens_window(words: Sequence[str]) -> bool:
    """True for no arguments, for a path and for an option of the window in the first place.

    ``sam3-annotator photos/ --theme dark`` and ``sam3-annotator --sample`` open it; a word that is
    neither path nor command is left to the parser of commands, which says what there is.
    """
    if not words:
        return True
    first = words[0]
    if first.startswith("-"):
        return first not in _OWN_OPTIONS
    return first not in COMMANDS and Path(first).exists()


def build_parser(chosen: str | None) -> argparse.ArgumentParser:
    """The whole parser; commands other than ``chosen`` stand in it by name and help only."""
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        description="Label pictures and clips with SAM 3.",
        epilog="Without a command the window opens, on the files named: "
        f"{PROGRAM} [FILES] [--sample] [--weights WEIGHTS] [--theme light|dark|system] "
        "[--verbose].",
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, summary in COMMANDS.items():
        if name == chosen:
            module_of(name).add_parser(subparsers)
        else:
            subparsers.add_parser(name, help=summary)
    return parser


def module_of(command: str) -> ModuleType:
    """The module behind a command."""
    return importlib.import_module(f"sam3_annotator.cli.{_MODULES.get(command, command)}")


def _command(words: list[str]) -> int:
    chosen = next((word for word in words if not word.startswith("-")), None)
    arguments = build_parser(chosen).parse_args(words)
    code: int = module_of(arguments.command).run(arguments)
    return code


def _window(words: list[str]) -> int:
    app = importlib.import_module("sam3_annotator.app")
    code: int = app.main(words)
    return code
