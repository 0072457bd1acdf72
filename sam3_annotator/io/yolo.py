"""Writes YOLO segmentation labels: one text file per picture, one polygon line per object.

A line is ``class x y x y ...``, coordinates as fractions of width and height, classes from 0 as
``data.yaml`` names them. A line holds a single ring, so pieces and holes are strung together by
bridges that run forth and back along the same line and enclose nothing: filled by the even-odd
rule the ring gives back every pixel. Labels lie in ``labels/`` under the picture's own relative
name, where trainers look when the pictures lie in ``images/``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
from pycocotools import mask as coco_mask

from sam3_annotator.domain.entities import MediaKind
from sam3_annotator.domain.outlines import outlines_of
from sam3_annotator.errors import ExchangeTrouble
from sam3_annotator.io.atomic import new_folder
from sam3_annotator.io.coco_rle import differing_pixels
from sam3_annotator.io.exchange import CROWD, ExportReport
from sam3_annotator.wording import Wording

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from sam3_annotator.domain.mask import Mask
    from sam3_annotator.io.exchange import ExportOptions, Labels, MaskEntry, MediaEntry

    Ring = NDArray[np.float64]

LABELS = "labels"
_DECIMALS = 6


def export_yolo(labels: Labels, target: Path, options: ExportOptions) -> ExportReport:
    """Write ``labels`` into the new folder ``target`` and fill every line again to compare.

    Objects with the attribute ``iscrowd`` are left out, as YOLO has no such thing.

    Raises:
        FileTrouble: the folder holds files already, or cannot be written; nothing stays then.
        ExchangeTrouble: two pictures would share a label file (``a.jpg`` and ``a.png``).
    """
    classes = {entry.key: number for number, entry in enumerate(labels.categories)}
    crowds = {entry.key for entry in labels.objects if (CROWD, True) in entry.attributes}
    owners = labels.objects_by_key()
    files = _files(labels, options)
    differences: list[str] = []
    lines = 0
    with new_folder(target) as folder:
        for done, (name, (media, entries)) in enumerate(files.items(), start=1):
            rows = [
                (classes[owners[entry.object].category], entry.mask)
                for entry in entries
                if entry.object not in crowds and not entry.mask.is_empty
            ]
            path = folder / LABELS / name
            path.parent.mkdir(parents=True, exist_ok=True)
            text = "".join(_line(number, mask, media) for number, mask in rows)
            path.write_text(text, encoding="ascii", newline="\n")
            differences += _read_back(path, name, rows, media)
            lines += len(rows)
            options.tell(done, len(files))
        (folder / "data.yaml").write_text(_data_yaml(labels), encoding="utf-8", newline="\n")
    notes = (Wording("{count} crowds were left out.", count=len(crowds)),) if crowds else ()
    counts: dict[str, int] = {
        Wording("label files"): len(files),
        Wording("lines"): lines,
        Wording("classes"): len(classes),
    }
    return ExportReport((target,), counts, tuple(differences), notes)


def _files(labels: Labels, options: ExportOptions) -> dict[str, tuple[MediaEntry, list[MaskEntry]]]:
    """What goes into each label file."""
    masks = labels.masks_by_frame()
    files: dict[str, tuple[MediaEntry, list[MaskEntry]]] = {}
    taken: set[str] = set()
    for media in labels.media:
        frames = masks[media.key]
        for frame in options.listed_frames(media, frames):
            name = _label_name(media, frame)
            if name.casefold() in taken:
                raise ExchangeTrouble(
                    "Two pictures would share the label file {name}.",
                    "Rename one of them.",
                    name=name,
                )
            taken.add(name.casefold())
            files[name] = (media, frames.get(frame, []))
    return files


def one_ring(mask: Mask) -> Ring:
    """Return (P, 2) float64, x and y in pixels: all rings of a mask as one, bridged."""
    rings = [ring for piece in outlines_of(mask) for ring in piece.rings]
    start = rings[0][:1]
    parts = [rings[0]]
    for ring in rings[1:]:
        parts += [start, ring, ring[:1], start]
    return np.concatenate(parts)


def _label_name(media: MediaEntry, frame: int) -> str:
    if media.kind is MediaKind.CLIP:
        return media.frame_name(frame, ".txt")
    return f"{media.stem}#{media.page}.txt" if media.page else f"{media.stem}.txt"


def _line(number: int, mask: Mask, media: MediaEntry) -> str:
    fractions = one_ring(mask) / (media.width, media.height)
    places = (f"{value:.{_DECIMALS}f}" for value in fractions.reshape(-1))
    return f"{number} {' '.join(places)}\n"


def _read_back(path: Path, name: str, rows: list[tuple[int, Mask]], media: MediaEntry) -> list[str]:
    """Compare each line, filled by pycocotools, with its mask."""
    differences: list[str] = []
    height, width = media.height, media.width
    for text, (number, mask) in zip(path.read_text("ascii").splitlines(), rows, strict=True):
        found, *places = text.split(" ")
        ring = np.array(places, dtype=np.float64).reshape(-1, 2) * (width, height)
        runs = coco_mask.frPyObjects([ring.reshape(-1).tolist()], height, width)
        wrong = differing_pixels(coco_mask.decode(coco_mask.merge(runs)), mask)
        if wrong or int(found) != number:
            differences.append(
                Wording(
                    "{name}: an object of class {number} differs in {count} pixels.",
                    name=name,
                    number=number,
                    count=wrong,
                )
            )
    return differences


def _data_yaml(labels: Labels) -> str:
    # JSON strings are YAML strings, whatever a category is called.
    names = "".join(
        f"  {number}: {json.dumps(entry.name, ensure_ascii=False)}\n"
        for number, entry in enumerate(labels.categories)
    )
    return f"path: .\ntrain: images\nval: images\nnames:\n{names or '  {}'}"
