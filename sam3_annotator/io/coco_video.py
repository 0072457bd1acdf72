"""Writes masklets in the layout of YouTube-VIS (COCO for clips), also as SA-Co extends it.

One annotation is one object over a whole clip: ``segmentations``, ``bboxes`` and ``areas`` are
lists with one entry per frame, ``null`` where there is no mask. Each video lists every frame in
``file_names``; the position in the list is the frame number. Pictures have no place here and are
left out with a note.

Fields of ours stand in ``sam3_annotator``: on videos as in ``io/coco.py``; on annotations
``object``, ``score``, and ``frames``: by frame number ``source``, ``run``, ``review``, ``score``,
``flags`` and ``attributes``.

SA-Co adds ``noun_phrase`` to every annotation and ``video_np_pairs``, clips with the
phrases looked for in them (facebookresearch/sam3, ``scripts/eval/veval``).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pycocotools import mask as coco_mask

from sam3_annotator.domain.mask import EMPTY_MASK
from sam3_annotator.io.atomic import write_file
from sam3_annotator.io.coco import (
    EXTRAS,
    category_numbers,
    category_records,
    file_info,
    flag_names,
    media_extras,
    origin_fields,
    plain_attributes,
)
from sam3_annotator.io.coco_rle import differing_pixels, text_of
from sam3_annotator.io.exchange import CROWD, ExportOptions, ExportReport
from sam3_annotator.wording import Wording

if TYPE_CHECKING:
    from pathlib import Path

    from sam3_annotator.io.exchange import Labels, MaskEntry, MediaEntry, ObjectEntry

    Record = dict[str, Any]


def export_coco_video(labels: Labels, target: Path, options: ExportOptions) -> ExportReport:
    """Write the clips of ``labels`` to one JSON file and read it back with pycocotools.

    Raises:
        FileTrouble: the file cannot be written; an existing one is untouched.
    """
    return _export(labels, target, options, _document(labels))


def export_saco(labels: Labels, target: Path, options: ExportOptions) -> ExportReport:
    """Write the clips of ``labels`` as SA-Co/VEval does; raises as ``export_coco_video``.

    Only pairs of a clip and a phrase of which it has an object are listed: that a phrase was
    looked for and nothing found is not known here, and a wrong "nothing" would mislead training.
    """
    document = _document(labels)
    names = {record["id"]: record["name"] for record in document["categories"]}
    for record in document["annotations"]:
        record["noun_phrase"] = names[record["category_id"]]
    pairs = sorted(
        {(record["video_id"], record["category_id"]) for record in document["annotations"]}
    )
    document["video_np_pairs"] = [
        {"id": position, "video_id": video, "category_id": number, "noun_phrase": names[number]}
        for position, (video, number) in enumerate(pairs, start=1)
    ]
    report = _export(labels, target, options, document)
    note = Wording("Phrases of which a clip has no object are not listed as looked for in it.")
    return report.joined(ExportReport((), {"pairs": len(pairs)}, (), (note,)))


def masks_by_object(labels: Labels) -> dict[int, dict[int, MaskEntry]]:
    """Masks by object key and frame."""
    found: dict[int, dict[int, MaskEntry]] = {}
    for entry in labels.masks:
        found.setdefault(entry.object, {})[entry.frame] = entry
    return found


def left_out_note(labels: Labels) -> tuple[str, ...]:
    """A sentence about pictures, which formats for clips cannot hold."""
    pictures = len(labels.media) - len(labels.clips)
    if not pictures:
        return ()
    return (Wording("{count} pictures are not clips and were left out.", count=pictures),)


def _document(labels: Labels) -> Record:
    videos = {entry.key: number for number, entry in enumerate(labels.clips, start=1)}
    media = labels.media_by_key()
    masks = masks_by_object(labels)
    categories = category_numbers(labels)
    annotations: list[Record] = []
    for owner in labels.objects:
        frames = masks.get(owner.key, {})
        if owner.media not in videos or all(entry.mask.is_empty for entry in frames.values()):
            continue
        annotations.append(
            {
                "id": len(annotations) + 1,
                "video_id": videos[owner.media],
                "category_id": categories[owner.category],
                **_annotation(owner, media[owner.media], frames),
            }
        )
    return {
        "info": file_info(labels),
        "licenses": [],
        "videos": [_video(videos[entry.key], entry) for entry in labels.clips],
        "categories": category_records(labels),
        "annotations": annotations,
    }


def _video(number: int, media: MediaEntry) -> Record:
    return {
        "id": number,
        "name": media.name,
        "width": media.width,
        "height": media.height,
        "length": media.frame_count,
        "file_names": [media.frame_name(frame) for frame in range(media.frame_count)],
        EXTRAS: media_extras(media),
    }


def _annotation(owner: ObjectEntry, media: MediaEntry, frames: dict[int, MaskEntry]) -> Record:
    height, width = media.height, media.width
    segmentations: list[Record | None] = [None] * media.frame_count
    bboxes: list[list[int] | None] = [None] * media.frame_count
    areas: list[int | None] = [None] * media.frame_count
    for frame, entry in frames.items():
        if entry.mask.is_empty:
            continue
        box = entry.mask.box
        counts = text_of(entry.mask, height, width)
        segmentations[frame] = {"size": [height, width], "counts": counts}
        bboxes[frame] = [box.left, box.top, box.width, box.height]
        areas[frame] = entry.mask.area
    extras: Record = {"object": owner.key}
    if owner.score is not None:
        extras["score"] = owner.score
    extras["frames"] = {str(frame): _frame(frames[frame]) for frame in sorted(frames)}
    record: Record = {
        "height": height,
        "width": width,
        "length": media.frame_count,
        "iscrowd": int(dict(owner.attributes).get(CROWD, False) is True),
        "segmentations": segmentations,
        "bboxes": bboxes,
        "areas": areas,
    }
    attributes = plain_attributes(owner.attributes)
    if attributes:
        record["attributes"] = attributes
    return {**record, EXTRAS: extras}


def _frame(entry: MaskEntry) -> Record:
    record = origin_fields(entry)
    if entry.score is not None:
        record["score"] = entry.score
    if entry.flags:
        record["flags"] = flag_names(entry.flags)
    if entry.attributes:
        record["attributes"] = dict(entry.attributes)
    return record


def _export(labels: Labels, target: Path, options: ExportOptions, document: Record) -> ExportReport:
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    write_file(target, text.encode("utf-8"))
    differences = _read_back(target, labels, options)
    counts = {name: len(document[name]) for name in ("videos", "categories", "annotations")}
    return ExportReport((target,), counts, tuple(differences), left_out_note(labels))


def _read_back(target: Path, labels: Labels, options: ExportOptions) -> list[str]:
    """Compare each frame of each annotation, decoded by pycocotools, with its mask."""
    document = json.loads(target.read_text("utf-8"))
    masks = masks_by_object(labels)
    differences: list[str] = []
    for done, record in enumerate(document["annotations"], start=1):
        key = record[EXTRAS]["object"]
        wrong = 0
        for frame, runs in enumerate(record["segmentations"]):
            entry = masks[key].get(frame)
            if runs is None:
                wrong += 0 if entry is None else entry.mask.area
                continue
            mask = EMPTY_MASK if entry is None else entry.mask
            wrong += differing_pixels(coco_mask.decode(runs), mask)
        if wrong:
            differences.append(
                Wording("Annotation {id} differs in {count} pixels.", id=record["id"], count=wrong)
            )
        options.tell(done, len(document["annotations"]))
    return differences
