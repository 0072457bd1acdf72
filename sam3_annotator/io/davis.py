"""Writes and reads DAVIS: one palette PNG per frame, the palette index is the object.

``Annotations/<clip>/00012.png`` is frame 12, counted from 0. Index 0 is background, 1 to 255 are
the clip's objects in their order. A pixel holds one index, so where masks overlap the object in
front (later in the order) keeps it; the report says where. Every frame with a mask or a flag is
written, or every frame of the clip on demand.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from sam3_annotator.domain.entities import MediaKind
from sam3_annotator.errors import ExchangeTrouble
from sam3_annotator.io.atomic import new_folder
from sam3_annotator.io.coco_video import left_out_note
from sam3_annotator.io.exchange import ExportReport, ImportData, MaskEntry, MediaEntry, safe_name
from sam3_annotator.io.folders import natural_key
from sam3_annotator.io.gathering import Gathering, sorted_attributes
from sam3_annotator.io.label_maps import in_front, masks_in, painted, read_label_map
from sam3_annotator.io.sidecar import ClipNote, ObjectNote, flat_names, read_sidecar, sidecar_of
from sam3_annotator.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sam3_annotator.domain.mask import Mask
    from sam3_annotator.io.exchange import ExportOptions, Labels

ANNOTATIONS = "Annotations"
MAX_OBJECTS = 255
UNKNOWN_CATEGORY = "object"

_LONGEST_NUMBER = 7


def export_davis(labels: Labels, target: Path, options: ExportOptions) -> ExportReport:
    """Write the clips of ``labels`` into the new folder ``target`` and read them back.

    Raises:
        FileTrouble: the folder holds files already, or cannot be written; nothing stays then.
        ExchangeTrouble: a clip has more than 255 objects.
    """
    numbers = _numbers(labels)
    names = flat_names(labels)
    written: list[tuple[str, int, dict[int, Mask]]] = []
    overlaps: list[str] = []
    masks = labels.masks_by_frame()
    with new_folder(target) as folder:
        for media in labels.clips:
            place = folder / ANNOTATIONS / names[media.key]
            place.mkdir(parents=True)
            frames = masks[media.key]
            listed = options.listed_frames(media, frames)
            for done, frame in enumerate(listed, start=1):
                entries = frames.get(frame, [])
                visible = [(numbers[e.object], mask) for e, mask in in_front(entries, labels)]
                pixels = painted(visible, media.height, media.width)
                _save_palette(place / f"{frame:05d}.png", pixels.astype(np.uint8))
                written.append((names[media.key], frame, dict(visible)))
                overlaps += overlap_note(media, frame, entries, visible)
                options.tell(done, len(listed))
        sidecar_of(labels, numbers).write(folder)
        differences = _read_back(folder, written)
    counts = {"clips": len(labels.clips), "frames": len(written), "objects": len(numbers)}
    return ExportReport((target,), counts, tuple(differences + overlaps), left_out_note(labels))


def import_davis(folder: Path) -> ImportData:
    """Read a DAVIS folder: with or without ``Annotations``, a resolution, or several clips.

    Categories come from the sidecar file; without it every object is an "object".

    Raises:
        FileTrouble: the folder or a picture is missing or unreadable.
        ExchangeTrouble: no numbered PNG in it, pictures of different sizes, or of colours.
        MediaTrouble: a picture larger than is opened without asking.
    """
    sidecar = read_sidecar(folder)
    gathering = Gathering()
    for category in sidecar.categories:
        gathering.category(category.name, category.supercategory, category.color)
    root = folder / ANNOTATIONS if (folder / ANNOTATIONS).is_dir() else folder
    clips = clip_folders(root)
    if not clips:
        raise ExchangeTrouble(
            "{folder} holds no numbered PNG files.",
            "Choose the folder that holds Annotations.",
            folder=folder,
        )
    for name, pictures in clips.items():
        note = sidecar.clips.get(name, ClipNote(media=name))
        read_frames(gathering, note, pictures, partial(_object, gathering, note))
    return gathering.finish()


def overlap_note(
    media: MediaEntry, frame: int, entries: list[MaskEntry], visible: list[tuple[int, Mask]]
) -> list[str]:
    """A sentence about the pixels that objects in the back lost; empty when there are none."""
    lost = sum(entry.mask.area for entry in entries) - sum(mask.area for _, mask in visible)
    if not lost:
        return []
    return [
        Wording(
            "{name}, frame {frame}: {count} pixels went to the object in front.",
            name=media.name,
            frame=frame,
            count=lost,
        )
    ]


def known_object(gathering: Gathering, media: int, note: ObjectNote) -> int:
    """Add an object that the sidecar describes and return its key."""
    attributes = sorted_attributes(dict(note.attributes), gathering)
    return gathering.object(media, gathering.category(note.category), note.score, attributes)


def _object(gathering: Gathering, clip: ClipNote, media: int, number: int) -> int:
    note = clip.objects.get(number)
    if note is None:
        return gathering.object(media, gathering.category(UNKNOWN_CATEGORY))
    return known_object(gathering, media, note)


def _numbers(labels: Labels) -> dict[int, int]:
    numbers: dict[int, int] = {}
    for media in labels.clips:
        own = [entry.key for entry in labels.objects if entry.media == media.key]
        if len(own) > MAX_OBJECTS:
            raise ExchangeTrouble(
                "{name} has {count} objects; DAVIS holds at most {most} per clip.",
                "Export fewer categories, or choose COCO.",
                name=media.name,
                count=len(own),
                most=MAX_OBJECTS,
            )
        numbers.update({key: number for number, key in enumerate(own, start=1)})
    return numbers


def _palette() -> list[int]:
    """The colours of PASCAL VOC and DAVIS: bits of the index spread over red, green and blue."""
    colours = []
    for index in range(256):
        rgb = [0, 0, 0]
        for bit in range(8):
            for channel in range(3):
                rgb[channel] |= (index >> channel & 1) << (7 - bit)
            index >>= 3  # noqa: PLW2901 - the next three bits
        colours += rgb
    return colours


_PALETTE = _palette()


def _save_palette(path: Path, pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> None:
    picture = Image.frombytes("P", (pixels.shape[1], pixels.shape[0]), pixels.tobytes())
    picture.putpalette(_PALETTE)
    picture.save(path, "PNG")


def _read_back(folder: Path, written: list[tuple[str, int, dict[int, Mask]]]) -> list[str]:
    """Compare every picture, as Pillow reads its indices, with the masks painted into it."""
    differences: list[str] = []
    for name, frame, visible in written:
        with Image.open(folder / ANNOTATIONS / name / f"{frame:05d}.png") as picture:
            pixels = np.asarray(picture)
        wanted = painted(list(visible.items()), *pixels.shape)
        wrong = int(np.count_nonzero(pixels != wanted))
        if wrong:
            differences.append(
                Wording(
                    "{name}, frame {frame} differs in {count} pixels.",
                    name=name,
                    frame=frame,
                    count=wrong,
                )
            )
    return differences


def clip_folders(root: Path) -> dict[str, list[Path]]:
    """PNG files below ``root`` by the name of the folder they lie in, in natural order."""
    found: dict[str, list[Path]] = {}
    for path in sorted(root.rglob("*.png"), key=lambda path: natural_key(path.as_posix())):
        if not any(part.startswith(".") for part in path.relative_to(root).parts):
            name = path.parent.name if path.parent != root else root.name
            found.setdefault(name, []).append(path)
    return found


def frame_numbers(pictures: list[Path]) -> list[int]:
    """Return each picture's frame: its name where all are different numbers, else its place."""
    stems = [path.stem for path in pictures]
    if all(stem.isdecimal() and len(stem) <= _LONGEST_NUMBER for stem in stems):
        numbers = [int(stem) for stem in stems]
        if len(set(numbers)) == len(numbers):
            return numbers
    return list(range(len(pictures)))


def read_frames(
    gathering: Gathering, note: ClipNote, pictures: list[Path], place: Callable[[int, int], int]
) -> None:
    """Read the label maps of one clip.

    Args:
        gathering: where media and masks go.
        note: name and length of the clip.
        pictures: its PNG files in order.
        place: gives the object's key for (media key, number), once per number.

    Raises:
        FileTrouble, ExchangeTrouble, MediaTrouble: as ``import_davis``.
    """
    name = safe_name(note.media)
    if name is None:
        raise ExchangeTrouble(
            'The clip name "{media}" leads out of the folder of clips.', media=note.media
        )
    objects: dict[int, int] = {}
    media: MediaEntry | None = None
    for frame, path in zip(frame_numbers(pictures), pictures, strict=True):
        pixels = read_label_map(path)
        height, width = pixels.shape
        if media is None:
            length = max(note.frame_count, len(pictures))
            media = gathering.media(
                MediaEntry(0, name, MediaKind.CLIP, width, height, length,
                           content_hash=note.content_hash)
            )  # fmt: skip
        if (width, height) != (media.width, media.height):
            raise ExchangeTrouble(
                "{path} is {width} x {height} pixels, the first picture of {name} is {media_width} "
                "x {media_height}.",
                path=path,
                width=width,
                height=height,
                name=name,
                media_width=media.width,
                media_height=media.height,
            )
        for number, mask in masks_in(pixels).items():
            if number not in objects:
                objects[number] = place(media.key, number)
            gathering.mask(MaskEntry(objects[number], frame, mask))
