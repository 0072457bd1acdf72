"""``sam3-annotator track``: a clip and prompts on one frame in, masks on every frame out."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sam3_annotator.cli.coordinates import box, point, refuse_outside
from sam3_annotator.cli.program import COMMANDS, FAILED, INTERRUPTED, OK, PROGRAM
from sam3_annotator.errors import AnnotatorError, Rejected

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from sam3_annotator.engine.protocol import FrameMasks
    from sam3_annotator.inference.video_predictor import VideoPredictor
    from sam3_annotator.io.exchange import Labels, MaskEntry
    from sam3_annotator.io.media import ClipSource

    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - has no public name

_OBJECT = "object"
_CLIP = 1


def add_parser(subparsers: Subparsers) -> None:
    """Add ``track``."""
    parser = subparsers.add_parser(
        "track",
        help=COMMANDS["track"],
        description="Clicks and --box on --frame point at one object; --like finds everything like "
        "an example, --text every instance of a phrase (SAM 3 weights). Coordinates are pixels of "
        "the upright frame. Interrupting (Ctrl+C) writes what is done.",
    )
    parser.add_argument("clip", type=Path, help="video file, folder of pictures, or TIFF stack")
    parser.add_argument(
        "--output", type=Path, required=True, help="file or new folder, as the format needs"
    )
    parser.add_argument("--format", default="coco", help="default: coco")
    parser.add_argument("--weights", default="mini", help="file, folder or name (default: mini)")
    parser.add_argument("--frame", type=int, default=0, help="frame of the prompts (default: 0)")
    parser.add_argument("--start", type=int, help="first frame (default: --frame)")
    parser.add_argument("--stop", type=int, help="last frame, included (default: the clip's end)")
    parser.add_argument("--backward", action="store_true", help="also towards the clip's beginning")
    parser.add_argument("--text", action="append", default=[], help="a noun phrase; may repeat")
    for option, kind, explanation in (
        ("--click", point, "point X,Y on the one object; may repeat"),
        ("--not-click", point, "point X,Y beside it; may repeat"),
        ("--like", box, "box X0,Y0,X1,Y1 around something to find more of; may repeat"),
        ("--unlike", box, "box around something that is not meant; may repeat"),
    ):
        parser.add_argument(option, type=kind, action="append", default=[], help=explanation)
    parser.add_argument("--box", type=box, help="box X0,Y0,X1,Y1 around the one object")
    parser.add_argument("--category", default=_OBJECT, help="what clicks and --box point at")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, xpu, mps")
    parser.add_argument("--dtype", default="auto", choices=["auto", "fp32", "bf16", "fp16"])
    parser.add_argument("--quiet", action="store_true", help="no progress on stderr")


def run(arguments: argparse.Namespace) -> int:
    """Prompt, follow, write."""
    from sam3_annotator.api import Predictor, VideoPredictor  # noqa: PLC0415 - imports torch
    from sam3_annotator.io.exchange import ExportOptions  # noqa: PLC0415
    from sam3_annotator.io.opening import open_clip  # noqa: PLC0415
    from sam3_annotator.io.registry import check_target, export_labels  # noqa: PLC0415

    wants_object = bool(arguments.click or arguments.not_click or arguments.box)
    if not (wants_object or arguments.text or arguments.like):
        raise Rejected("Say what to follow: --text, --like, --box or --click.")
    check_target(arguments.format, arguments.output)
    source = open_clip(arguments.clip)
    _refuse_wrong(arguments, source)
    predictor = Predictor.load(arguments.weights, arguments.device, arguments.dtype)
    with VideoPredictor(predictor, source) as video:
        names = _prompt(video, arguments, wants_object=wants_object)
        found, ending = _collected(_frames(video, arguments), quiet=arguments.quiet)
        labels = _labels(arguments, source, names, found)
        options = ExportOptions(clips={_CLIP: source})
        report = export_labels(arguments.format, labels, arguments.output, options)
    for path in report.paths:
        print(path)
    for line in (*report.notes, *report.differences):
        print(line)
    if ending is None:
        return FAILED if report.differences else OK
    print(f"{PROGRAM}: {ending.told}; the frames done so far were written", file=sys.stderr)
    return ending.code


@dataclass(frozen=True, slots=True)
class _Ending:
    """Why the frames ended before the last one, and the exit code for that."""

    told: str
    code: int


def _refuse_wrong(arguments: argparse.Namespace, source: ClipSource) -> None:
    """Refuse frames and places that the clip does not have, before anything long begins."""
    last = source.frame_count - 1
    start = arguments.frame if arguments.start is None else arguments.start
    stop = last if arguments.stop is None else arguments.stop
    if not all(0 <= frame <= last for frame in (arguments.frame, start, stop)):
        raise Rejected(f"The clip has frames 0 to {last}.")
    if stop < start:
        raise Rejected(f"--stop {stop} comes before the first frame, {start}.")
    refuse_outside(
        [*arguments.click, *arguments.not_click],
        [*arguments.like, *arguments.unlike, *filter(None, [arguments.box])],
        source.width,
        source.height,
    )


def _prompt(
    video: VideoPredictor, arguments: argparse.Namespace, *, wants_object: bool
) -> dict[int, str]:
    """Give the prompts; the category names by concept number (-1 for the pointed-at object)."""
    names = {-1: arguments.category}
    if wants_object:
        points = [*arguments.click, *arguments.not_click]
        signs = [1] * len(arguments.click) + [0] * len(arguments.not_click)
        video.add_clicks(
            arguments.frame,
            0,
            points=points or None,
            labels=signs if points else None,
            box=arguments.box,
        )
    boxes = [*arguments.like, *arguments.unlike]
    signs = [1] * len(arguments.like) + [0] * len(arguments.unlike)
    for phrase in arguments.text or ([""] if boxes else []):
        number = video.add_concept(
            phrase, frame=arguments.frame, boxes=boxes or None, box_labels=signs or None
        )
        names[number] = phrase or "like the exemplars"
    return names


def _frames(video: VideoPredictor, arguments: argparse.Namespace) -> Iterator[FrameMasks]:
    start = arguments.frame if arguments.start is None else arguments.start
    yield from video.propagate(start, arguments.stop)
    if arguments.backward and arguments.frame > 0:
        yield from video.propagate(arguments.frame - 1, 0, "backward")


def _collected(
    frames: Iterator[FrameMasks], *, quiet: bool
) -> tuple[list[FrameMasks], _Ending | None]:
    """The frames that came, and why they ended early if they did."""
    found: list[FrameMasks] = []
    try:
        for frame in frames:
            found.append(frame)
            if not quiet:
                print(
                    f"\rframe {frame.frame}: {len(frame.objects)} objects ", end="", file=sys.stderr
                )
    except KeyboardInterrupt:
        if not found:
            raise
        return found, _Ending("interrupted", INTERRUPTED)
    except AnnotatorError as error:  # a damaged frame, no memory left, the disk gone
        if not found:
            raise
        return found, _Ending(str(error), FAILED)
    finally:
        if not quiet:
            print(file=sys.stderr)
    return found, None


def _labels(
    arguments: argparse.Namespace,
    source: ClipSource,
    names: dict[int, str],
    found: list[FrameMasks],
) -> Labels:
    from sam3_annotator.domain.entities import MediaKind, Source  # noqa: PLC0415
    from sam3_annotator.io.exchange import (  # noqa: PLC0415
        CategoryEntry,
        Labels,
        MaskEntry,
        MediaEntry,
        ObjectEntry,
    )

    clip = MediaEntry(
        _CLIP,
        arguments.clip.absolute().name,
        MediaKind.CLIP,
        source.width,
        source.height,
        source.frame_count,
        content_hash=source.content_hash(),
    )
    keys = {number: key for key, number in enumerate(names, start=1)}
    categories = tuple(CategoryEntry(keys[number], name) for number, name in names.items())
    objects: dict[int, ObjectEntry] = {}
    masks: dict[tuple[int, int], MaskEntry] = {}
    for frame in found:
        for one in frame.objects:
            key = one.track + 1
            category = keys[one.concept if one.concept in keys else -1]
            objects.setdefault(key, ObjectEntry(key, _CLIP, category, one.score))
            if not one.mask.is_empty:
                masks[key, int(frame.frame)] = MaskEntry(
                    key, int(frame.frame), one.mask, one.score, Source.MODEL
                )
    used = {o.category for o in objects.values()}
    kept = tuple(c for c in categories if c.key in used)
    return Labels((clip,), kept, tuple(objects.values()), tuple(masks.values()))
