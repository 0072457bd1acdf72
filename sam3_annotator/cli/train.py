"""``sam3-annotator train``: train a part of the bundled model from a configuration file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sam3_annotator.cli.program import COMMANDS, OK

if TYPE_CHECKING:
    import argparse

    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - has no public name


def add_parser(subparsers: Subparsers) -> None:
    """Add ``train``."""
    parser = subparsers.add_parser(
        "train",
        help=COMMANDS["train"],
        description="Train the memory or the finder of the bundled model. An interrupted run goes "
        "on where it was saved; what it writes is used with --weights FILE. "
        "See packaging/weights/*.json for configurations.",
    )
    parser.add_argument("config", type=Path, help="JSON file, see docs/model_card.md")


def run(arguments: argparse.Namespace) -> int:
    """Train to the end; progress goes to stderr, the written file to stdout."""
    from sam3_annotator.training import stages  # noqa: PLC0415 - torch loads only here

    written = stages.run(
        stages.read_config(arguments.config), lambda line: print(line, file=sys.stderr, flush=True)
    )
    if written is not None:
        print(written)
    return OK
