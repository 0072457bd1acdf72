"""``sam3-annotator export``: a project in, another program's files out, compared after writing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sam3_annotator.cli.coordinates import tolerance
from sam3_annotator.cli.program import COMMANDS, FAILED, OK
from sam3_annotator.errors import Rejected

if TYPE_CHECKING:
    import argparse

    from sam3_annotator.domain.project import Project
    from sam3_annotator.workflow.exchanging import Scope

    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - has no public name

_SHOWN = 20


def add_parser(subparsers: Subparsers) -> None:
    """Add ``export``."""
    parser = subparsers.add_parser(
        "export",
        help=COMMANDS["export"],
        description="Writes, reads back with an independent reader, and compares pixel by pixel. "
        "Ends with 1 when anything differs.",
    )
    parser.add_argument("project", type=Path, help="a project file")
    parser.add_argument(
        "--output", type=Path, required=True, help="file or new folder, as the format needs"
    )
    parser.add_argument("--format", default="coco", help="default: coco; --format help lists all")
    parser.add_argument(
        "--category", action="append", default=[], help="only this category; may repeat"
    )
    parser.add_argument(
        "--media",
        action="append",
        default=[],
        help="only this picture or clip, by path; may repeat",
    )
    parser.add_argument(
        "--polygons",
        type=tolerance,
        metavar="PIXELS",
        help="polygons where they are within this tolerance; else exact run-lengths (default)",
    )
    parser.add_argument(
        "--every-frame", action="store_true", help="list every frame of a clip, labelled or not"
    )
    parser.add_argument(
        "--write-frames",
        action="store_true",
        help="also write the listed frames of clips as JPEG, where the format's readers look",
    )
    parser.add_argument("--skip-empty", action="store_true", help="leave out media without objects")
    parser.add_argument(
        "--with-rejected", action="store_true", help="with masks that reviewers rejected"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the export and say what differs."""
    from sam3_annotator.io.clip_export import export_with_clips  # noqa: PLC0415 - imports OpenCV
    from sam3_annotator.io.exchange import ExportOptions  # noqa: PLC0415
    from sam3_annotator.io.registry import FORMATS  # noqa: PLC0415
    from sam3_annotator.workflow.document import Document  # noqa: PLC0415 - imports SQLAlchemy
    from sam3_annotator.workflow.exchanging import collect_labels, finished  # noqa: PLC0415

    if arguments.format == "help":
        for known in FORMATS:
            print(f"{known.key:12} {known.title}")
        return OK
    document = Document.open(arguments.project)
    try:
        labels = finished(collect_labels(document.project, _scope(document.project, arguments)))
    finally:
        document.close()
    options = ExportOptions(
        polygon_tolerance_px=arguments.polygons,
        every_frame=arguments.every_frame,
        write_frames=arguments.write_frames,
    )
    root = arguments.project.absolute().parent
    report = export_with_clips(arguments.format, labels, arguments.output, options, root)
    for path in report.paths:
        print(path)
    print(", ".join(f"{count} {kind}" for kind, count in report.counts.items()))
    for line in (*report.notes, *report.differences[:_SHOWN]):
        print(line)
    if report.differences:
        print(f"read back with {len(report.differences)} differences")
        return FAILED
    print("read back: equal to the project, pixel by pixel")
    return OK


def _scope(project: Project, arguments: argparse.Namespace) -> Scope:
    from sam3_annotator.workflow.exchanging import Scope  # noqa: PLC0415 - imports OpenCV

    by_name = {category.name: key for key, category in project.categories.items()}
    by_path = {media.path: key for key, media in project.media.items()}
    for wanted, known, what in (
        (arguments.category, by_name, "category"),
        (arguments.media, by_path, "media"),
    ):
        for name in wanted:
            if name not in known:
                raise Rejected(f"The project has no {what} {name!r}. It has: {', '.join(known)}.")
    return Scope(
        media=frozenset(by_path[name] for name in arguments.media) or None,
        categories=frozenset(by_name[name] for name in arguments.category) or None,
        with_empty=not arguments.skip_empty,
        with_rejected=arguments.with_rejected,
    )
