"""Writes and reads MOTS, as text of run-lengths and as 16-bit PNG.

``instances_txt/<clip>.txt`` holds one line per mask, ``frame id class height width rle``;
``instances/<clip>/000012.png`` holds the id of each pixel. An id is 1000 times the class number
plus the instance number; frames count from 0, as in KITTI MOTS. Class numbers are our categories'
positions from 1, leaving out 10, which MOTS keeps for regions to ignore (id 10000).

Masks may not overlap in MOTS: the object in front (later in the order) keeps the pixels, and the
report says where.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image
from pycocotools import mask as coco_mask

from sam3_annotator.domain.entities import MediaKind
from sam3_annotator.errors import ExchangeTrouble
from sam3_annotator.io.atomic import new_folder
from sam3_annotator.io.coco_rle import counts_from_text, mask_from_counts, text_of
from sam3_annotator.io.coco_video import left_out_note
from sam3_annotator.io.davis import clip_folders, known_object, overlap_note, read_frames
from sam3_annotator.io.exchange import (
    CROWD,
    ExportReport,
    ImportData,
    MaskEntry,
    MediaEntry,
    refuse,
    safe_name,
)
from sam3_annotator.io.gathering import Gathering
from sam3_annotator.io.label_maps import in_front, painted, read_label_map
from sam3_annotator.io.media import unreadable
from sam3_annotator.io.sidecar import ClipNote, Sidecar, flat_names, read_sidecar, sidecar_of
from sam3_annotator.wording import Wording

if TYPE_CHECKING:
    from pathlib import Path

    from sam3_annotator.domain.mask import Mask
    from sam3_annotator.io.exchange import ExportOptions, Labels

    Placed = list[tuple[int, Mask]]

TEXTS = "instances_txt"
PICTURES = "instances"
IGNORE_CLASS = 10
PER_CLASS = 1000
_MAX_CLASS = 64
_FOREIGN_NAMES = {1: "car", 2: "pedestrian", IGNORE_CLASS: "ignore"}
_LONGEST_NUMBER = 7


def export_mots(labels: Labels, target: Path, options: ExportOptions) -> ExportReport:
    """Write the clips of ``labels`` into the new folder ``target`` and read them back.

    Raises:
        FileTrouble: the folder holds files already, or cannot be written; nothing stays then.
        ExchangeTrouble: more classes, or more objects of a class in a clip, than ids can hold.
    """
    classes = _classes(labels)
    ids = _ids(labels, classes)
    names = flat_names(labels)
    differences: list[str] = []
    by_frame = labels.masks_by_frame()
    masks = 0
    with new_folder(target) as folder:
        (folder / TEXTS).mkdir()
        for media in labels.clips:
            frames, overlaps = _visible_frames(labels, media, by_frame[media.key], ids)
            name = names[media.key]
            listed = options.listed_frames(media, frames)
            _write_text(folder / TEXTS / f"{name}.txt", frames, media)
            place = folder / PICTURES / name
            place.mkdir(parents=True)
            for done, frame in enumerate(listed, start=1):
                pixels = painted(frames.get(frame, []), media.height, media.width)
                Image.fromarray(pixels).save(place / f"{frame:06d}.png", "PNG")
                options.tell(done, len(listed))
            masks += sum(len(placed) for placed in frames.values())
            differences += overlaps + _read_back(folder, name, frames, media)
        sidecar_of(labels, ids, classes).write(folder)
    counts = {"clips": len(labels.clips), "objects": len(ids), "masks": masks}
    return ExportReport((target,), counts, tuple(differences), left_out_note(labels))


def import_mots(path: Path) -> ImportData:
    """Read a MOTS text file, a folder of them, or a folder of 16-bit PNG folders.

    Where a folder holds both kinds, the text is read. Regions to ignore become objects with the
    attribute ``iscrowd``.

    Raises:
        FileTrouble: missing or unreadable.
        ExchangeTrouble: nothing to read, or a wrong file; text is told by line.
        MediaTrouble: a picture larger than is opened without asking.
    """
    gathering = Gathering()
    folder = path if path.is_dir() else path.parent
    sidecar = read_sidecar(folder if path.is_dir() else folder.parent)
    for category in sidecar.categories:
        gathering.category(category.name, category.supercategory, category.color)
    texts = [path] if path.is_file() else sorted((folder / TEXTS).glob("*.txt"))
    texts = texts or sorted(folder.glob("*.txt"))
    for text in texts:
        _read_text(gathering, sidecar, text)
    if not texts:
        root = folder / PICTURES if (folder / PICTURES).is_dir() else folder
        clips = clip_folders(root)
        if not clips:
            raise ExchangeTrouble("{path} holds neither MOTS text nor PNG files.", path=path)
        for name, pictures in clips.items():
            note = sidecar.clips.get(name, ClipNote(media=name))
            read_frames(gathering, note, pictures, partial(_object, gathering, sidecar, note))
    return gathering.finish()


def _classes(labels: Labels) -> dict[int, int]:
    numbers = [number for number in range(1, _MAX_CLASS + 2) if number != IGNORE_CLASS]
    if len(labels.categories) > _MAX_CLASS:
        raise ExchangeTrouble(
            "There are {count} categories; MOTS pictures hold {most}.",
            "Export fewer categories, or choose COCO.",
            count=len(labels.categories),
            most=_MAX_CLASS,
        )
    return {entry.key: number for entry, number in zip(labels.categories, numbers, strict=False)}


def _ids(labels: Labels, classes: dict[int, int]) -> dict[int, int]:
    ids: dict[int, int] = {}
    clips = {entry.key: entry.name for entry in labels.clips}
    counts: dict[tuple[int, int], int] = {}
    for entry in labels.objects:
        if entry.media not in clips:
            continue
        place = (entry.media, entry.category)
        counts[place] = counts.get(place, 0) + 1
        if counts[place] >= PER_CLASS:
            raise ExchangeTrouble(
                "{clip} has {count} or more objects of one category; MOTS numbers at most {most}.",
                "Choose COCO.",
                clip=clips[entry.media],
                count=PER_CLASS,
                most=PER_CLASS - 1,
            )
        ids[entry.key] = classes[entry.category] * PER_CLASS + counts[place]
    return ids


def _visible_frames(
    labels: Labels,
    media: MediaEntry,
    masks: dict[int, list[MaskEntry]],
    ids: dict[int, int],
) -> tuple[dict[int, Placed], list[str]]:
    frames: dict[int, Placed] = {}
    overlaps: list[str] = []
    for frame, entries in masks.items():
        placed = [(ids[entry.object], mask) for entry, mask in in_front(entries, labels)]
        overlaps += overlap_note(media, frame, entries, placed)
        frames[frame] = [(number, mask) for number, mask in placed if not mask.is_empty]
    return frames, overlaps


def _write_text(path: Path, frames: dict[int, Placed], media: MediaEntry) -> None:
    size = f"{media.height} {media.width}"
    lines = [
        f"{frame} {number} {number // PER_CLASS} {size}"
        f" {text_of(mask, media.height, media.width)}\n"
        for frame in sorted(frames)
        for number, mask in frames[frame]
    ]
    path.write_text("".join(lines), encoding="ascii", newline="\n")


def _read_back(folder: Path, name: str, frames: dict[int, Placed], media: MediaEntry) -> list[str]:
    """Compare text (by pycocotools) and pictures (by Pillow) with the masks written."""
    found: dict[int, np.ndarray[tuple[int, ...], np.dtype[np.uint16]]] = {}
    text = (folder / TEXTS / f"{name}.txt").read_text(encoding="ascii")
    for line in text.splitlines():
        *numbers, runs = line.split(" ")
        at, number, _, height, width = map(int, numbers)
        pixels = found.setdefault(at, np.zeros((height, width), dtype=np.uint16))
        pixels[coco_mask.decode({"size": [height, width], "counts": runs}).astype(bool)] = number
    differences: list[str] = []
    for frame, placed in frames.items():
        wanted = painted(placed, media.height, media.width)
        written = found.get(frame, np.zeros_like(wanted))
        picture = read_label_map(folder / PICTURES / name / f"{frame:06d}.png")
        for kind, pixels in ((Wording("text"), written), (Wording("picture"), picture)):
            wrong = int(np.count_nonzero(pixels != wanted))
            if wrong:
                differences.append(
                    Wording(
                        "{name}, frame {frame}, {kind} differs in {count} pixels.",
                        name=name,
                        frame=frame,
                        kind=kind,
                        count=wrong,
                    )
                )
    return differences


def _read_text(gathering: Gathering, sidecar: Sidecar, path: Path) -> None:
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except OSError as error:
        raise unreadable(path, error) from error
    except UnicodeDecodeError as error:
        raise ExchangeTrouble("{path} is no MOTS text.", path=path) from error
    note = sidecar.clips.get(path.stem, ClipNote(media=path.stem))
    problems: list[str] = []
    objects: dict[int, int] = {}
    for position, line in enumerate(lines, start=1):
        if line.strip():
            problem = _problem_of_line(gathering, sidecar, note, line, objects)
            if problem:
                problems.append(f"line {position}: {problem}")
    refuse(path, problems)


def _problem_of_line(
    gathering: Gathering, sidecar: Sidecar, note: ClipNote, line: str, objects: dict[int, int]
) -> str:
    try:
        _read_line(gathering, sidecar, note, line.split(), objects)
    except ValueError as error:
        return str(error)
    return ""


def _read_line(
    gathering: Gathering,
    sidecar: Sidecar,
    note: ClipNote,
    parts: list[str],
    objects: dict[int, int],
) -> None:
    numbers = parts[:5]
    is_right = all(part.isdecimal() and len(part) <= _LONGEST_NUMBER for part in numbers)
    if len(parts) != 6 or not is_right:
        raise ValueError('expected "frame id class height width rle"')
    frame, number, kind, height, width = map(int, numbers)
    if number // PER_CLASS != kind:
        raise ValueError(f"id {number} does not belong to class {kind}")
    mask = mask_from_counts(counts_from_text(parts[5]), height, width)
    name = safe_name(note.media)
    if name is None:
        raise ValueError(f'the clip name "{note.media}" leads out of the folder of clips')
    media = gathering.media(
        MediaEntry(0, name, MediaKind.CLIP, width, height, note.frame_count,
                   content_hash=note.content_hash)
    )  # fmt: skip
    if mask.is_empty:
        gathering.warn(Wording("lines without any pixel were left out"))
        return
    if number not in objects:
        objects[number] = _object(gathering, sidecar, note, media.key, number)
    gathering.mask(MaskEntry(objects[number], frame, mask))


def _object(gathering: Gathering, sidecar: Sidecar, clip: ClipNote, media: int, number: int) -> int:
    known = clip.objects.get(number)
    if known is not None:
        return known_object(gathering, media, known)
    kind = number // PER_CLASS
    names = {entry.number: entry.name for entry in sidecar.categories if entry.number}
    fallback = _FOREIGN_NAMES.get(kind, f"class {kind}")
    category = gathering.category(names.get(kind, fallback))
    attributes = ((CROWD, True),) if kind == IGNORE_CLASS else ()
    return gathering.object(media, category, None, attributes)
