"""Pictures and clips with true masks, read from the folders people have: COCO, LabelMe, DAVIS."""

from __future__ import annotations

import contextlib
import io
import json
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from PIL import Image, ImageOps
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO

from sam3_annotator.errors import ExchangeTrouble
from sam3_annotator.training.clips import Clip
from sam3_annotator.training.eval_clicks import Sample

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

LEAST_PIXELS = 16
"""Smaller things are no test of anything."""


def picture_samples(path: Path, *, most: int = 0) -> Iterator[Sample]:
    """Pictures with masks from a COCO file, a folder that holds one, or a LabelMe folder.

    Args:
        path: ``*.json`` in COCO layout (pictures beside it, or in ``images`` or a folder that the
            file names), or a folder of ``<name>.jpg`` with ``<name>.json`` of LabelMe.
        most: stop after so many pictures; 0 for all.

    Raises:
        ExchangeTrouble: nothing of the kind is there, or nothing in it is large enough.
    """
    count = 0
    for count, sample in enumerate(_samples(path), start=1):
        yield sample
        if count == most:
            return
    if not count:
        raise ExchangeTrouble(f"{path} holds no mask of {LEAST_PIXELS} pixels or more.")


def _samples(path: Path) -> Iterator[Sample]:
    if path.is_file():
        return _coco(path)
    single = sorted(path.glob("*.json")) + sorted(path.glob("annotations/*.json"))
    if not single:
        raise ExchangeTrouble(f"{path} holds no COCO or LabelMe file.")
    labelme = [one for one in single if _shapes(one) is not None]
    return _labelme(labelme) if labelme else _coco(single[0])


def _shapes(path: Path) -> list[dict[str, Any]] | None:
    """The shapes of a LabelMe file; ``None`` if it is none."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ExchangeTrouble(f"{path} cannot be read: {error}.") from error
    shapes = found.get("shapes") if isinstance(found, dict) else None
    return shapes if isinstance(shapes, list) else None


def _coco(path: Path) -> Iterator[Sample]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        index = COCO()
        index.dataset = data
        with contextlib.redirect_stdout(io.StringIO()):  # it prints while it reads
            index.createIndex()
        images = data["images"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ExchangeTrouble(f"{path} is not a COCO file: {error}.") from error
    for image in images:
        picture = _beside(path, str(image["file_name"]))
        things = [
            (_category(index, a), index.annToMask(a).astype(bool))
            for a in index.imgToAnns[image["id"]]
            if not a.get("iscrowd") and a.get("segmentation")
        ]
        yield from _large(picture.name, _rgb(picture), things)


def _category(index: COCO, annotation: dict[str, Any]) -> str:
    key = annotation.get("category_id")
    return "" if key is None else str(index.cats.get(key, {}).get("name", key))


def _large(
    name: str, rgb: NDArray[np.uint8], things: list[tuple[str, NDArray[np.bool_]]]
) -> Iterator[Sample]:
    """The picture with those of its things that are large enough; nothing if none is."""
    kept = [(called, mask) for called, mask in things if mask.sum() >= LEAST_PIXELS]
    if kept:
        names, masks = zip(*kept, strict=True)
        yield Sample(name, rgb, masks, names)


def _beside(path: Path, name: str) -> Path:
    root = path.parent
    for folder in (
        root,
        root / "images",
        root.parent,
        root.parent / "images",
        root.parent / path.stem,
    ):
        if (folder / name).is_file():
            return folder / name
    raise ExchangeTrouble(f"{path} names the picture {name}, which is not beside it.")


def _labelme(files: list[Path]) -> Iterator[Sample]:
    for path in files:
        picture = path.with_suffix(".jpg")
        if not picture.exists():
            continue
        rgb = _rgb(picture)
        try:
            things = list(_labelme_things(_shapes(path) or [], *rgb.shape[:2]))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ExchangeTrouble(f"{path} is not a LabelMe file: {error!r}.") from error
        yield from _large(picture.name, rgb, things)


def _labelme_things(
    shapes: list[dict[str, Any]], height: int, width: int
) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    for shape in shapes:
        called = str(shape.get("label", ""))
        if called.startswith("__"):  # LabelMe's mark for what is no thing: __ignore__
            continue
        outline = np.array(shape["points"], np.float64).ravel().tolist()
        if shape.get("shape_type", "polygon") == "polygon" and len(outline) >= 6:
            runs = coco_mask.frPyObjects([outline], height, width)
            yield called, coco_mask.decode(coco_mask.merge(runs)).astype(bool)


def davis_clips(folder: Path, *, most_frames: int = 0) -> Iterator[Clip]:
    """Clips from ``JPEGImages/<clip>/*.jpg`` and ``Annotations/<clip>/*.png`` (palette numbers).

    A folder level such as ``480p`` between is allowed. Only frames with a mask are read.

    Raises:
        ExchangeTrouble: the folder is laid out otherwise.
    """
    names = sorted({path.parent for path in (folder / "Annotations").rglob("*.png")})
    if not names:
        raise ExchangeTrouble(f"{folder} holds no Annotations/<clip>/*.png.")
    for annotated in names:
        pictures = folder / "JPEGImages" / annotated.relative_to(folder / "Annotations")
        files = sorted(annotated.glob("*.png"))[: most_frames or None]
        frames, labels = [], []
        for path in files:
            picture = pictures / f"{path.stem}.jpg"
            if not picture.exists():
                raise ExchangeTrouble(f"{path} has no picture {picture}.")
            frames.append(_rgb(picture))
            labels.append(_numbers(path, frames[-1].shape))
        concepts = tuple(f"{annotated.name}/{n}" for n in range(1, int(np.max(labels)) + 1))
        yield Clip(np.stack(frames), np.stack(labels), concepts)


def _numbers(path: Path, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    with Image.open(path) as picture:
        numbers = np.array(picture if picture.mode == "P" else picture.convert("L"), np.uint8)
    numbers[numbers == 255] = 0 if (numbers == 1).any() else 1
    if numbers.shape != shape[:2]:
        numbers = np.asarray(
            cv2.resize(numbers, (shape[1], shape[0]), interpolation=cv2.INTER_NEAREST), np.uint8
        )
    return numbers


def _rgb(path: Path) -> NDArray[np.uint8]:
    with Image.open(path) as picture:
        return np.asarray(ImageOps.exif_transpose(picture).convert("RGB"))
