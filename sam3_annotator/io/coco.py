"""Writes COCO instance annotations, one image per picture or clip frame, and checks the file.

What the standard leaves open is written so:

* ``segmentation``: compressed run-lengths; polygons only where asked for and where pycocotools
  fills them to the same mask within the tolerance (``ExportOptions.polygon_tolerance_px``).
* ``area`` and ``bbox`` come from the mask's pixels, also for polygons.
* ``iscrowd`` is 1 for objects whose attribute ``iscrowd`` is true.
* ``score`` (only where known), ``track_id`` (only on clips; unique in the file) and
  ``attributes`` (of the object) stand beside the standard fields, as other tools write them.
* Clips are listed in ``videos``; their images carry ``video_id`` and ``frame_index`` (from 0).
* Everything else that is ours stands in a dictionary ``sam3_annotator``: on annotations
  ``source``, ``run``, ``review``, ``flags``, ``scores``, ``frame_attributes`` and ``object``; on
  images and videos ``media``, ``page`` and ``content_hash``; in ``info`` the ``runs``.
"""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pycocotools.coco import COCO

from sam3_annotator.domain.entities import FrameFlag, MediaKind, ReviewState
from sam3_annotator.io.atomic import write_file
from sam3_annotator.io.coco_rle import differing_pixels, polygons_of, text_of
from sam3_annotator.io.exchange import CROWD, ExportOptions, ExportReport
from sam3_annotator.wording import Wording

if TYPE_CHECKING:
    from pathlib import Path

    from sam3_annotator.domain.entities import Attributes
    from sam3_annotator.io.exchange import Labels, MaskEntry, MediaEntry, ObjectEntry

    Record = dict[str, Any]

EXTRAS = "sam3_annotator"
FILE_VERSION = 1

_TELL_EVERY = 200


@dataclass(frozen=True, slots=True)
class _Placed:
    """One mask with the picture size and record it was written to."""

    entry: MaskEntry
    media: MediaEntry
    record: Record

    @property
    def is_polygon(self) -> bool:
        return isinstance(self.record["segmentation"], list)


def export_coco(labels: Labels, target: Path, options: ExportOptions) -> ExportReport:
    """Write ``labels`` to the JSON file ``target`` and read it back with pycocotools.

    Raises:
        FileTrouble: the file cannot be written; an existing one is untouched.
    """
    document, placed = _document(labels, options)
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    write_file(target, text.encode("utf-8"))
    differences, changed_pixels = _read_back(target, placed, options)
    counts = {name: len(document[name]) for name in ("images", "categories", "annotations")}
    notes = _notes(labels, placed, options, changed_pixels)
    return ExportReport((target,), counts, tuple(differences), tuple(notes))


def category_numbers(labels: Labels) -> dict[int, int]:
    """COCO id of each category key: the key itself, or 1, 2, ... when a key is below 1.

    COCO evaluation takes 0 for "nothing", so ids begin at 1.
    """
    keys = [entry.key for entry in labels.categories]
    if all(key >= 1 for key in keys):
        return {key: key for key in keys}
    return {key: number for number, key in enumerate(keys, start=1)}


def category_records(labels: Labels) -> list[Record]:
    """COCO's ``categories``."""
    numbers = category_numbers(labels)
    records: list[Record] = []
    for entry in labels.categories:
        record = {
            "id": numbers[entry.key],
            "name": entry.name,
            "supercategory": entry.supercategory,
        }
        if entry.color:
            record["color"] = entry.color
        records.append(record)
    return records


def media_extras(media: MediaEntry) -> Record:
    """Our own fields of a picture or clip."""
    extras: Record = {"media": media.name}
    if media.page:
        extras["page"] = media.page
    if media.content_hash:
        extras["content_hash"] = media.content_hash
    return extras


def file_info(labels: Labels) -> Record:
    """COCO's ``info``; without a date, so that equal labels give equal files."""
    extras: Record = {"format": FILE_VERSION}
    if labels.runs:
        extras["runs"] = [
            {
                "id": run.key,
                "model": run.model,
                "weights_sha256": run.weights_hash,
                "settings": json.loads(run.settings),
                "started_at": run.started_at,
            }
            for run in labels.runs
        ]
    return {"description": "Exported by SAM 3 Annotator", "version": "1.0", EXTRAS: extras}


def origin_fields(entry: MaskEntry) -> Record:
    """Where a mask comes from, and what reviewers say of it."""
    fields: Record = {"source": entry.source.value}
    if entry.run is not None:
        fields["run"] = entry.run
    if entry.review is not ReviewState.PROPOSED:
        fields["review"] = entry.review.value
    return fields


def plain_attributes(attributes: Attributes) -> Record:
    """Attributes as a JSON object, ``iscrowd`` left out."""
    return {name: value for name, value in attributes if name != CROWD}


def _document(labels: Labels, options: ExportOptions) -> tuple[Record, list[_Placed]]:
    videos: list[Record] = []
    images: list[Record] = []
    placed: list[_Placed] = []
    objects = labels.objects_by_key()
    tracks = {entry.key: number for number, entry in enumerate(labels.objects, start=1)}
    categories = category_numbers(labels)
    masks = labels.masks_by_frame()
    for media in labels.media:
        frames = masks[media.key]
        if media.kind is MediaKind.CLIP:
            videos.append(_video_record(len(videos) + 1, media))
        for frame in options.listed_frames(media, frames):
            images.append(_image_record(len(images) + 1, media, frame, len(videos)))
            for entry in frames.get(frame, ()):
                if entry.mask.is_empty:
                    continue
                owner = objects[entry.object]
                record: Record = {
                    "id": len(placed) + 1,
                    "image_id": len(images),
                    "category_id": categories[owner.category],
                    **_shape_fields(entry, media, options),
                    "iscrowd": int(dict(owner.attributes).get(CROWD, False) is True),
                    **_known_fields(entry, owner),
                }
                if media.kind is MediaKind.CLIP:
                    record["track_id"] = tracks[owner.key]
                placed.append(_Placed(entry, media, record))
                if len(placed) % _TELL_EVERY == 0:
                    options.tell(len(placed), 2 * len(labels.masks))
    document: Record = {"info": file_info(labels), "licenses": []}
    if videos:
        document["videos"] = videos
    document["images"] = images
    document["categories"] = category_records(labels)
    document["annotations"] = [place.record for place in placed]
    return document, placed


def _video_record(number: int, media: MediaEntry) -> Record:
    return {
        "id": number,
        "name": media.name,
        "width": media.width,
        "height": media.height,
        "length": media.frame_count,
        EXTRAS: media_extras(media),
    }


def _image_record(number: int, media: MediaEntry, frame: int, video: int) -> Record:
    record: Record = {
        "id": number,
        "file_name": media.frame_name(frame),
        "width": media.width,
        "height": media.height,
    }
    if media.kind is MediaKind.CLIP:
        return {**record, "video_id": video, "frame_index": frame}
    return {**record, EXTRAS: media_extras(media)}


def _shape_fields(entry: MaskEntry, media: MediaEntry, options: ExportOptions) -> Record:
    mask, height, width = entry.mask, media.height, media.width
    segmentation: Any = None
    if options.polygon_tolerance_px is not None:
        segmentation = polygons_of(mask, height, width, options.polygon_tolerance_px)
    if segmentation is None:
        segmentation = {"size": [height, width], "counts": text_of(mask, height, width)}
    box = mask.box
    return {
        "segmentation": segmentation,
        "area": mask.area,
        "bbox": [box.left, box.top, box.width, box.height],
    }


def _known_fields(entry: MaskEntry, owner: ObjectEntry) -> Record:
    scores = {"mask": entry.score, "object": owner.score}
    scores = {name: score for name, score in scores.items() if score is not None}
    extras: Record = {"object": owner.key, **origin_fields(entry)}
    if entry.flags:
        extras["flags"] = flag_names(entry.flags)
    if scores:
        extras["scores"] = scores
    if entry.attributes:
        extras["frame_attributes"] = dict(entry.attributes)
    record: Record = {}
    if scores:
        record["score"] = scores.get("mask", scores.get("object"))
    attributes = plain_attributes(owner.attributes)
    if attributes:
        record["attributes"] = attributes
    return {**record, EXTRAS: extras}


def flag_names(flags: FrameFlag) -> list[str]:
    """Names of the flags that are set, in lower case."""
    return [flag.name.lower() for flag in FrameFlag if flag in flags and flag and flag.name]


def open_quietly(path: Path) -> COCO:
    """Open with pycocotools, which prints while it reads."""
    with contextlib.redirect_stdout(io.StringIO()):
        return COCO(str(path))


def _read_back(
    path: Path, placed: list[_Placed], options: ExportOptions
) -> tuple[list[str], list[int]]:
    """Compare every annotation, as pycocotools reads it, with its mask, pixel by pixel.

    Returns:
        Sentences about differences that should not be, and the number of pixels by which each
        polygon differs within the tolerance it was asked for.
    """
    reader = open_quietly(path)
    differences: list[str] = []
    within: list[int] = []
    if set(reader.anns) != {place.record["id"] for place in placed}:
        differences.append(Wording("The file does not hold the annotations that were written."))
    for done, place in enumerate(placed, start=1):
        found = reader.anns.get(place.record["id"])
        if found is None:
            continue
        wrong = differing_pixels(reader.annToMask(found), place.entry.mask)
        if wrong and place.is_polygon and options.polygon_tolerance_px:
            within.append(wrong)
        elif wrong:
            differences.append(
                Wording("Annotation {id} differs in {count} pixels.", id=found["id"], count=wrong)
            )
        if found["bbox"] != place.record["bbox"] or found["area"] != place.record["area"]:
            differences.append(Wording("Annotation {id} has another box or area.", id=found["id"]))
        if done % _TELL_EVERY == 0:
            options.tell(len(placed) + done, 2 * len(placed))
    return differences, within


def _notes(
    labels: Labels, placed: list[_Placed], options: ExportOptions, changed_pixels: list[int]
) -> list[str]:
    notes: list[str] = []
    empty = sum(entry.mask.is_empty for entry in labels.masks)
    if empty:
        notes.append(
            Wording("{count} frames without a mask (absent objects) are not listed.", count=empty)
        )
    if options.polygon_tolerance_px is not None:
        runs = sum(not place.is_polygon for place in placed)
        if runs:
            notes.append(
                Wording(
                    "{count} of {total} masks were written as run-lengths, because they have holes "
                    "or no polygon meets the tolerance.",
                    count=runs,
                    total=len(placed),
                )
            )
        if changed_pixels:
            notes.append(
                Wording(
                    "{count} polygons differ from their masks, by {most} pixels at most, all "
                    "within {tolerance} px of the edge.",
                    count=len(changed_pixels),
                    most=max(changed_pixels),
                    tolerance=options.polygon_tolerance_px,
                )
            )
    return notes
