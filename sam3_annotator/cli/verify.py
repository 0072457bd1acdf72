"""``sam3-annotator verify``: is this clip, frame by frame, the one an export was made on?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sam3_annotator.cli.program import COMMANDS, FAILED, OK

if TYPE_CHECKING:
    import argparse

    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - has no public name


def add_parser(subparsers: Subparsers) -> None:
    """Add ``verify``."""
    parser = subparsers.add_parser(
        "verify",
        help=COMMANDS["verify"],
        description="Decodes every frame and compares it with the list of frames that lies beside "
        "an export. Ends with 1 when anything differs.",
    )
    parser.add_argument("frames", type=Path, help="the NAME.frames.csv of an export")
    parser.add_argument("clip", type=Path, help="a clip, a folder of pictures, or a TIFF stack")


def run(arguments: argparse.Namespace) -> int:
    """Compare and say what differs."""
    from sam3_annotator.io.frames_csv import verify_export  # noqa: PLC0415 - imports OpenCV
    from sam3_annotator.io.opening import open_clip  # noqa: PLC0415

    clip = open_clip(arguments.clip)
    try:
        differences = verify_export(arguments.frames, clip)
        count = clip.frame_count
    finally:
        clip.close()
    for line in differences:
        print(line)
    if differences:
        return FAILED
    print(f"all {count} frames are those of the export")
    return OK
