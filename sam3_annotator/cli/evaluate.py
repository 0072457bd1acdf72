"""``sam3-annotator eval``: measure the bundled model on your pictures and clips."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from sam3_annotator.cli.program import COMMANDS, OK
from sam3_annotator.errors import Rejected

if TYPE_CHECKING:
    import argparse

    from sam3_annotator.training.evaluate import Model

    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - has no public name


def add_parser(subparsers: Subparsers) -> None:
    """Add ``eval``."""
    parser = subparsers.add_parser(
        "eval",
        help=COMMANDS["eval"],
        description="Clicks and boxes on pictures, similar things where they have names, following "
        "on clips. Writes report.json and sheets of pictures to look at into the folder OUTPUT.",
    )
    parser.add_argument("--pictures", type=Path, help="COCO file or folder, or LabelMe folder")
    parser.add_argument("--clips", type=Path, help="folder in the layout of DAVIS")
    parser.add_argument("--material", type=Path, help="training material: held-out synthetic sets")
    parser.add_argument("--output", type=Path, required=True, help="folder for report and sheets")
    parser.add_argument("--side", type=int, default=1024, help="model input for clicks, pixels")
    parser.add_argument("--most-pictures", type=int, default=0, help="0 for all")
    parser.add_argument("--most-frames", type=int, default=0, help="per clip, 0 for all")
    parser.add_argument("--synthetic-clips", type=int, default=12)
    parser.add_argument("--synthetic-frames", type=int, default=16)
    parser.add_argument("--synthetic-pairs", type=int, default=20)
    parser.add_argument("--tracker", type=Path, help="other memory weights than the bundled ones")
    parser.add_argument("--finder", type=Path, help="other finder weights than the bundled ones")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    """Measure what was asked for and print it."""
    from sam3_annotator.training.evaluate import (  # noqa: PLC0415 - loads torch
        Plan,
        run_plan,
        table,
        without_nan,
    )

    if not (arguments.pictures or arguments.clips or arguments.material):
        raise Rejected("Give --pictures, --clips or --material: there is nothing to measure.")
    plan = Plan(
        pictures=arguments.pictures,
        clips=arguments.clips,
        material=arguments.material,
        synthetic_clips=arguments.synthetic_clips,
        synthetic_frames=arguments.synthetic_frames,
        synthetic_pairs=arguments.synthetic_pairs,
        side=arguments.side,
        most_pictures=arguments.most_pictures,
        most_frames=arguments.most_frames,
    )
    report = run_plan(_model(arguments), plan, arguments.output)
    print(json.dumps(without_nan(report), indent=1) if arguments.json else table(report))
    return OK


def _model(arguments: argparse.Namespace) -> Model:
    from sam3_annotator.training.evaluate import open_model  # noqa: PLC0415 - loads torch

    return open_model(arguments.tracker, arguments.finder)
