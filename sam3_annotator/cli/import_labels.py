"""``sam3-annotator import``: another program's files into a project, new or existing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sam3_annotator.cli.program import COMMANDS, FAILED, OK

if TYPE_CHECKING:
    import argparse

    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - has no public name

_SHOWN = 20


def add_parser(subparsers: Subparsers) -> None:
    """Add ``import``."""
    parser = subparsers.add_parser(
        "import",
        help=COMMANDS["import"],
        description="The import is one step of the project's history and can be undone. Ends with "
        "1 when nothing came in because no picture was found.",
    )
    parser.add_argument("project", type=Path, help="a project file; made when it is not there")
    parser.add_argument("files", type=Path, nargs="+", help="files or folders of one format")
    parser.add_argument("--format", default="coco", help="default: coco")
    parser.add_argument(
        "--pictures", type=Path, help="folder of the pictures (default: beside the first file)"
    )
    parser.add_argument("--author", default="", help="who imports; kept with every object")


def run(arguments: argparse.Namespace) -> int:
    """Read the files, find their pictures, add everything as one step."""
    from sam3_annotator.io.registry import import_labels  # noqa: PLC0415 - imports OpenCV
    from sam3_annotator.workflow.document import Document  # noqa: PLC0415 - imports SQLAlchemy
    from sam3_annotator.workflow.exchanging import finished  # noqa: PLC0415
    from sam3_annotator.workflow.importing import bring_in, known_media  # noqa: PLC0415
    from sam3_annotator.workflow.media_search import row_of  # noqa: PLC0415

    data = import_labels(arguments.format, arguments.files)
    exists = arguments.project.exists()
    opened = Document.open if exists else Document.create
    document = opened(arguments.project, arguments.author)
    try:
        first = arguments.files[0].absolute()
        root = document.path.parent
        folders = [f for f in (arguments.pictures, first.parent, root) if f is not None]
        present = known_media(document.project, data.labels)
        rows = {}
        for entry in data.labels.media:
            row = None if entry.key in present else row_of(entry, folders, root)
            if row is not None:
                rows[entry.key] = row
        summary = finished(bring_in(document, data, rows, f"Import {first.name}"))
    finally:
        document.close()
    print(
        f"{summary.objects} objects, {summary.media} new media, "
        f"{summary.categories} new categories: {arguments.project}"
    )
    for warning in summary.warnings[:_SHOWN]:
        print(warning)
    for name in summary.left_out[:_SHOWN]:
        print(f"left out, no file of that name and size was found: {name}", file=sys.stderr)
    return FAILED if summary.left_out and not summary.objects else OK
