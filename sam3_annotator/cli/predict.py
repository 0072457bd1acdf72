"""``sam3-annotator predict``: one picture and its prompts in, a COCO file out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sam3_annotator.cli.coordinates import box, point, refuse_outside, share
from sam3_annotator.cli.program import COMMANDS, OK
from sam3_annotator.errors import Rejected

if TYPE_CHECKING:
    import argparse

    from sam3_annotator.api import Encoded, Predictor
    from sam3_annotator.domain.mask import Mask

    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - has no public name

_OBJECT = "object"
_EXEMPLAR = "like the exemplars"


@dataclass(frozen=True, slots=True)
class Found:
    """One object found.

    Attributes:
        category: its name.
        score: in [0, 1].
        mask: in pixels of the picture.
    """

    category: str
    score: float
    mask: Mask


def add_parser(subparsers: Subparsers) -> None:
    """Add ``predict``."""
    parser = subparsers.add_parser(
        "predict",
        help=COMMANDS["predict"],
        description=(
            "Clicks and --box segment one object. --text and --like find every instance. "
            "Coordinates are pixels of the upright picture, from its upper left corner."
        ),
    )
    parser.add_argument("image", type=Path, help="a picture")
    parser.add_argument("--weights", default="mini", help="file, folder or name (default: mini)")
    parser.add_argument("--text", action="append", default=[], help="a noun phrase; may repeat")
    for option, explanation in (
        ("--like", "box X0,Y0,X1,Y1 around something to find more of; may repeat"),
        ("--unlike", "box around something that is not meant; may repeat"),
    ):
        parser.add_argument(option, type=box, action="append", default=[], help=explanation)
    parser.add_argument("--box", type=box, help="box X0,Y0,X1,Y1 around the one object")
    for option, explanation in (
        ("--click", "point X,Y on the one object; may repeat"),
        ("--not-click", "point X,Y beside it; may repeat"),
    ):
        parser.add_argument(option, type=point, action="append", default=[], help=explanation)
    parser.add_argument("--category", default=_OBJECT, help="name of what clicks and --box segment")
    parser.add_argument("--candidates", action="store_true", help="write all masks of a lone click")
    parser.add_argument("--min-score", type=share, default=0.5, help="default: 0.5")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, xpu, mps")
    parser.add_argument("--dtype", default="auto", choices=["auto", "fp32", "bf16", "fp16"])
    parser.add_argument("--output", type=Path, help="COCO file; default: printed")


def run(arguments: argparse.Namespace) -> int:
    """Load the weights, answer the prompts, write COCO."""
    wants_object = bool(arguments.click or arguments.not_click or arguments.box)
    if not (wants_object or arguments.text or arguments.like):
        raise Rejected("Say what to find: --text, --like, --box or --click.")
    from sam3_annotator.api import Predictor  # noqa: PLC0415 - imports torch
    from sam3_annotator.io.atomic import check_writable, write_file  # noqa: PLC0415
    from sam3_annotator.io.images import Picture  # noqa: PLC0415

    picture = Picture(arguments.image)
    refuse_outside(
        [*arguments.click, *arguments.not_click],
        [*arguments.like, *arguments.unlike, *filter(None, [arguments.box])],
        picture.width,
        picture.height,
    )
    if arguments.output is not None:
        check_writable(arguments.output)
    predictor = Predictor.load(arguments.weights, arguments.device, arguments.dtype)
    encoded = predictor.encode(picture.frame())
    found = _segmented(predictor, encoded, arguments) if wants_object else []
    found += _detected(predictor, encoded, arguments)
    found = [one for one in found if not one.mask.is_empty]
    document = coco_document(arguments.image.name, picture.height, picture.width, found)
    text = json.dumps(document, indent=1)
    if arguments.output is None:
        print(text)
    else:
        write_file(arguments.output, text.encode())
        print(f"{len(found)} objects: {arguments.output}")
    return OK


def coco_document(name: str, height: int, width: int, found: list[Found]) -> dict[str, Any]:
    """A COCO instance file for one picture; categories in the order of their first object."""
    from sam3_annotator.io.coco_rle import text_of  # noqa: PLC0415 - imports OpenCV

    categories = {one.category: 0 for one in found}
    categories = {category: number for number, category in enumerate(categories, start=1)}
    annotations = []
    for number, one in enumerate(found, start=1):
        tight = one.mask.box
        annotations.append(
            {
                "id": number,
                "image_id": 1,
                "category_id": categories[one.category],
                "segmentation": {
                    "size": [height, width],
                    "counts": text_of(one.mask, height, width),
                },
                "bbox": [tight.left, tight.top, tight.width, tight.height],
                "area": one.mask.area,
                "iscrowd": 0,
                "score": round(one.score, 4),
            }
        )
    return {
        "images": [{"id": 1, "file_name": name, "height": height, "width": width}],
        "categories": [{"id": number, "name": name} for name, number in categories.items()],
        "annotations": annotations,
    }


def _segmented(
    predictor: Predictor, encoded: Encoded, arguments: argparse.Namespace
) -> list[Found]:
    points = [*arguments.click, *arguments.not_click]
    answer = predictor.segment(
        encoded,
        points=points or None,
        labels=[1] * len(arguments.click) + [0] * len(arguments.not_click) if points else None,
        box=arguments.box,
    )
    masks = list(zip(answer.masks, answer.scores, strict=True))
    kept = masks if arguments.candidates else masks[:1]
    return [Found(arguments.category, float(score), mask) for mask, score in kept]


def _detected(predictor: Predictor, encoded: Encoded, arguments: argparse.Namespace) -> list[Found]:
    boxes = [*arguments.like, *arguments.unlike]
    labels = [1] * len(arguments.like) + [0] * len(arguments.unlike)
    phrases = arguments.text or ([""] if boxes else [])
    found = []
    for phrase in phrases:
        answer = predictor.detect(
            encoded,
            text=phrase,
            boxes=boxes or None,
            box_labels=labels or None,
            min_score=arguments.min_score,
        )
        for mask, score in zip(answer.masks, answer.scores, strict=True):
            found.append(Found(phrase or _EXEMPLAR, float(score), mask))
    return found
