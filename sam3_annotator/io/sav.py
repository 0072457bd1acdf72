"""Writes SA-V's JSON: one file per clip, run-lengths by frame and object.

``masklet`` is a list over frames of lists over objects; objects keep their place, an object that is
not there has run-lengths of no pixel. Every frame of the clip is listed, so a reader's
``annot_sample_rate`` is 1 (SA-V itself lists every fourth). Fields as in facebookresearch/sam2,
``sav_dataset/README.md``; ``video_environment`` is unknown and left empty. Ours stand in
``sam3_annotator``: ``media``, ``content_hash`` and the ``category`` of every masklet.
"""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from pycocotools import mask as coco_mask

from sam3_annotator.domain.entities import Source
from sam3_annotator.domain.mask import EMPTY_MASK
from sam3_annotator.io.atomic import new_folder
from sam3_annotator.io.coco import EXTRAS, media_extras
from sam3_annotator.io.coco_rle import differing_pixels, text_of
from sam3_annotator.io.coco_video import left_out_note, masks_by_object
from sam3_annotator.io.exchange import ExportReport
from sam3_annotator.io.sidecar import flat_names
from sam3_annotator.wording import Wording

if TYPE_CHECKING:
    from pathlib import Path

    from sam3_annotator.io.exchange import ExportOptions, Labels, MaskEntry, MediaEntry

    Record = dict[str, Any]

_SMALL_AREA = 32 * 32
_MEDIUM_AREA = 96 * 96


def export_sav(labels: Labels, target: Path, options: ExportOptions) -> ExportReport:
    """Write ``<clip>_manual.json`` for each clip into the new folder ``target``; read them back.

    Raises:
        FileTrouble: the folder holds files already, or cannot be written; nothing stays then.
    """
    names = flat_names(labels)
    masks = masks_by_object(labels)
    differences: list[str] = []
    masklets = 0
    with new_folder(target) as folder:
        for done, media in enumerate(labels.clips, start=1):
            own = [entry.key for entry in labels.objects if entry.media == media.key]
            tracks = [masks.get(key, {}) for key in own]
            name = names[media.key]
            document = _document(labels, media, name, own, tracks)
            if media.key in options.clips:
                clip = options.clips[media.key]
                document["video_duration"] = clip.time_s(clip.frame_count - 1)
            path = folder / f"{name}_manual.json"
            path.write_text(json.dumps(document, ensure_ascii=False, allow_nan=False), "utf-8")
            differences += _read_back(path, name, tracks)
            masklets += len(own)
            options.tell(done, len(labels.clips))
    counts = {"clips": len(labels.clips), "masklets": masklets}
    return ExportReport((target,), counts, tuple(differences), left_out_note(labels))


def _document(
    labels: Labels,
    media: MediaEntry,
    name: str,
    keys: list[int],
    tracks: list[dict[int, MaskEntry]],
) -> Record:
    owners = labels.objects_by_key()
    categories = {entry.key: entry.name for entry in labels.categories}
    stats = [_track_fields(track, media) for track in tracks]
    fields = stats[0].keys() if stats else _track_fields({}, media).keys()
    return {
        "video_id": name,
        "video_duration": None,
        "video_frame_count": float(media.frame_count),
        "video_height": float(media.height),
        "video_width": float(media.width),
        "video_resolution": float(media.height * media.width),
        "video_environment": "",
        "video_split": "",
        "masklet": [
            [_runs(track.get(frame), media) for track in tracks]
            for frame in range(media.frame_count)
        ],
        "masklet_id": list(range(len(keys))),
        **{field: [stat[field] for stat in stats] for field in fields},
        "masklet_type": ["manual"] * len(keys),
        "masklet_stability_score": None,
        "masklet_num": len(keys),
        EXTRAS: {
            **media_extras(media),
            "categories": [categories[owners[key].category] for key in keys],
            "objects": keys,
        },
    }


def _runs(entry: MaskEntry | None, media: MediaEntry) -> Record:
    mask = EMPTY_MASK if entry is None else entry.mask
    size = [media.height, media.width]
    return {"size": size, "counts": text_of(mask, media.height, media.width)}


def _track_fields(track: dict[int, MaskEntry], media: MediaEntry) -> Record:
    """SA-V's figures of one masklet."""
    seen = sorted(frame for frame, entry in track.items() if not entry.mask.is_empty)
    area = float(np.mean([track[frame].mask.area for frame in seen])) if seen else 0.0
    bucket = "large" if area >= _MEDIUM_AREA else "medium" if area >= _SMALL_AREA else "small"
    first = seen[0] if seen else 0
    there = set(seen)
    present = [frame in there for frame in range(first, media.frame_count)]
    changes = sum(before != after for before, after in pairwise(present))
    return {
        "masklet_size_rel": area / (media.height * media.width),
        "masklet_size_abs": area,
        "masklet_size_bucket": bucket,
        "masklet_visibility_changes": changes,
        "masklet_first_appeared_frame": first,
        "masklet_frame_count": media.frame_count,
        "masklet_edited_frame_count": sum(entry.source is Source.HUMAN for entry in track.values()),
    }


def _read_back(path: Path, name: str, tracks: list[dict[int, MaskEntry]]) -> list[str]:
    """Compare each mask, decoded by pycocotools, with the one written."""
    document = json.loads(path.read_text("utf-8"))
    differences: list[str] = []
    for frame, rows in enumerate(document["masklet"]):
        for number, runs in enumerate(rows):
            entry = tracks[number].get(frame)
            mask = EMPTY_MASK if entry is None else entry.mask
            wrong = differing_pixels(coco_mask.decode(runs), mask)
            if wrong:
                differences.append(
                    Wording(
                        "{name}, frame {frame}, masklet {number} differs in {count} pixels.",
                        name=name,
                        frame=frame,
                        number=number,
                        count=wrong,
                    )
                )
    return differences
