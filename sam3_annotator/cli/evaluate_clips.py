"""``sam3-annotator eval-video``: score masks of clips against the truth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from sam3_annotator.cli.program import COMMANDS, OK
from sam3_annotator.errors import FileTrouble

if TYPE_CHECKING:
    import argparse

    from sam3_annotator.io.clip_scores import ClipScores
    from sam3_annotator.io.exchange import Labels

    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - has no public name


def add_parser(subparsers: Subparsers) -> None:
    """Add ``eval-video``."""
    parser = subparsers.add_parser(
        "eval-video",
        help=COMMANDS["eval-video"],
        description="J and F as DAVIS defines them, HOTA (mean over clips) and IDF1 at IoU 0.5. "
        "Objects are matched by their masks, so numbers need not agree.",
    )
    parser.add_argument("truth", type=Path, help="file or folder with the right masks")
    parser.add_argument("prediction", type=Path, help="file or folder with the masks to score")
    for side in ("truth", "prediction"):
        parser.add_argument(
            f"--{side}-format",
            default="auto",
            choices=["auto", "project", "coco-video", "coco", "davis", "mots"],
            help=f"format of {side.upper()}; by default told from its contents",
        )
    parser.add_argument(
        "--any-category", action="store_true", help="let an answer of another category match"
    )
    parser.add_argument(
        "--labelled-only",
        action="store_true",
        help="count only frames on which the truth has masks",
    )
    parser.add_argument(
        "--skip-ends", action="store_true", help="J and F without first and last frame (DAVIS 2017)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    """Read both sides, score and print."""
    from sam3_annotator.io.clip_scores import Rules, score_clips  # noqa: PLC0415 - loads scipy

    rules = Rules(
        ignores_categories=arguments.any_category,
        labelled_only=arguments.labelled_only,
        skips_ends=arguments.skip_ends,
    )
    truth = _read(arguments.truth, arguments.truth_format)
    answers = _read(arguments.prediction, arguments.prediction_format)
    scores = score_clips(truth, answers, rules)
    print(json.dumps(_as_json(scores), indent=1) if arguments.json else _as_table(scores))
    return OK


def _read(path: Path, chosen: str) -> Labels:
    from sam3_annotator.io.registry import import_labels  # noqa: PLC0415 - imports OpenCV

    if not path.exists():
        raise FileTrouble(f"{path} is not there.", "Check the path.")
    key = _format_of(path) if chosen == "auto" else chosen
    return _project(path) if key == "project" else import_labels(key, [path]).labels


def _format_of(path: Path) -> str:
    """The format of a file or folder, told from its contents."""
    from sam3_annotator.domain.media_paths import PROJECT_SUFFIX  # noqa: PLC0415

    if path.is_dir():
        has_text = any(path.glob("*.txt")) or (path / "txt").is_dir()
        return "mots" if has_text or (path / "instances").is_dir() else "davis"
    if path.suffix == PROJECT_SUFFIX:
        return "project"
    if path.suffix == ".txt":
        return "mots"
    from sam3_annotator.io.json_files import read_json  # noqa: PLC0415

    document = read_json(path)
    return "coco" if document.get("images") or "videos" not in document else "coco-video"


def _project(path: Path) -> Labels:
    from sam3_annotator.workflow.document import Document  # noqa: PLC0415 - imports SQLAlchemy
    from sam3_annotator.workflow.exchanging import (  # noqa: PLC0415
        Scope,
        collect_labels,
        finished,
    )

    document = Document.open(path)
    try:
        return finished(collect_labels(document.project, Scope()))
    finally:
        document.close()


def _as_json(scores: ClipScores) -> dict[str, object]:
    return {
        "all": scores.summary(),
        "clips": {
            clip.name: {
                "J": clip.j,
                "F": clip.f,
                "HOTA": clip.hota,
                "DetA": clip.detection,
                "AssA": clip.association,
                "IDF1": clip.identity.idf1,
                "switches": clip.switches,
                "objects": {
                    item.name: {"J": item.j, "F": item.f, "frames": item.frames}
                    for item in clip.objects
                },
            }
            for clip in scores.clips
        },
    }


def _as_table(scores: ClipScores) -> str:
    heads = ("J&F", "J", "F", "HOTA", "DetA", "AssA", "IDF1")
    lines = [" ".join((f"{'clip':<24}", *(f"{head:>6}" for head in heads), "switches"))]
    for clip in scores.clips:
        values = (
            (clip.j + clip.f) / 2, clip.j, clip.f, clip.hota, clip.detection,
            clip.association, clip.identity.idf1,
        )  # fmt: skip
        lines.append(_line(clip.name, values, clip.switches))
    summary = scores.summary()
    lines.append(_line("all", tuple(summary[head] for head in heads), int(summary["switches"])))
    return "\n".join(lines)


def _line(name: str, values: tuple[float, ...], switched: int) -> str:
    return " ".join(
        (f"{name[-24:]:<24}", *(f"{100 * value:6.1f}" for value in values), f"{switched:8d}")
    )
