"""Labels for tests of file formats: a fixed sample for golden files, and hypothesis strategies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sam3_annotator.domain.entities import FrameFlag, MediaKind, Source
from sam3_annotator.domain.mask import EMPTY_MASK, Mask
from sam3_annotator.io.exchange import (
    CROWD,
    CategoryEntry,
    Labels,
    MaskEntry,
    MediaEntry,
    ObjectEntry,
)
from sam3_annotator.io.registry import format_by_key

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def drawn(height: int, width: int, *boxes: tuple[int, int, int, int], hole: bool = False) -> Mask:
    """A mask of filled xyxy boxes, with a one-pixel hole in the first on demand."""
    pixels = np.zeros((height, width), bool)
    for x0, y0, x1, y1 in boxes:
        pixels[y0:y1, x0:x1] = True
    if hole:
        x0, y0, x1, y1 = boxes[0]
        pixels[(y0 + y1) // 2, (x0 + x1) // 2] = False
    return Mask.from_array(pixels)


def sample() -> Labels:
    """Two pictures and a clip with a hole, an island, a crowd, a gap, flags and attributes."""
    media = (
        MediaEntry(1, "town/a.jpg", MediaKind.IMAGE, 20, 12, content_hash="ab" * 32),
        MediaEntry(2, "scan.tif", MediaKind.IMAGE, 9, 7, page=2),
        MediaEntry(3, "clips/run.mp4", MediaKind.CLIP, 16, 10, frame_count=6),
    )
    categories = (
        CategoryEntry(1, "bus", "vehicle", "#1f6fe0"),
        CategoryEntry(2, "пешеход", "", "#c93440"),
        CategoryEntry(3, "unused"),
    )
    objects = (
        ObjectEntry(1, 1, 1, 0.875, (("colour", "yellow"), ("doors", 2.0), ("electric", True))),
        ObjectEntry(2, 1, 2, None, ((CROWD, True),)),
        ObjectEntry(3, 2, 2),
        ObjectEntry(4, 3, 1),
        ObjectEntry(5, 3, 2),
    )
    masks = (
        MaskEntry(1, 0, drawn(12, 20, (2, 2, 9, 8), (15, 0, 20, 2), hole=True), 0.5, Source.MODEL),
        MaskEntry(2, 0, drawn(12, 20, (0, 10, 20, 12)), None, Source.HUMAN),
        MaskEntry(3, 0, drawn(7, 9, (8, 6, 9, 7)), None, Source.HUMAN, FrameFlag.UNSURE),
        MaskEntry(4, 0, drawn(10, 16, (1, 1, 5, 5)), None, Source.HUMAN),
        MaskEntry(4, 1, drawn(10, 16, (2, 1, 6, 5)), 0.9375, Source.MODEL),
        MaskEntry(4, 3, EMPTY_MASK, None, Source.HUMAN, FrameFlag.ABSENT),
        MaskEntry(4, 4, drawn(10, 16, (5, 1, 9, 5)), 0.75, Source.MODEL),
        MaskEntry(5, 1, drawn(10, 16, (10, 2, 16, 10)), None, Source.INTERPOLATED,
                  FrameFlag.OCCLUDED, (("pose", "walking"),)),
        MaskEntry(5, 4, drawn(10, 16, (9, 5, 16, 10)), None, Source.HUMAN),
    )  # fmt: skip
    return Labels(media, categories, objects, masks)


def many_pictures(pictures: int, each: int) -> Labels:
    """Pictures of 640 x 480 with some discs each."""
    y, x = np.mgrid[:480, :640]
    dice = np.random.default_rng(0)
    shapes = []
    for _ in range(40):
        (cx, cy), radius = dice.integers(90, 390, 2), dice.integers(8, 90)
        shapes.append(Mask.from_array((x - cx) ** 2 + (y - cy) ** 2 < radius * radius))
    total = pictures * each
    return Labels(
        tuple(MediaEntry(i, f"{i}.jpg", MediaKind.IMAGE, 640, 480) for i in range(1, pictures + 1)),
        (CategoryEntry(1, "disc"),),
        tuple(ObjectEntry(i + 1, i // each + 1, 1) for i in range(total)),
        tuple(MaskEntry(i + 1, 0, shapes[i % 40]) for i in range(total)),
    )


def disjoint(labels: Labels) -> Labels:
    """The same with every pixel given to one object per frame, the first one keeping it."""
    media_of = {entry.key: entry.media for entry in labels.objects}
    taken: dict[tuple[int, int], Mask] = {}
    masks = []
    for entry in labels.masks:
        place = (media_of[entry.object], entry.frame)
        before = taken.get(place, EMPTY_MASK)
        own = entry.mask.minus(before)
        taken[place] = before.union(own)
        masks.append(MaskEntry(entry.object, entry.frame, own, entry.score, entry.source,
                               entry.flags, entry.attributes))  # fmt: skip
    return Labels(labels.media, labels.categories, labels.objects, tuple(masks))


def only_clips(labels: Labels) -> Labels:
    """The same without pictures."""
    media = labels.clips
    keys = {entry.key for entry in media}
    objects = tuple(entry for entry in labels.objects if entry.media in keys)
    kept = {entry.key for entry in objects}
    masks = tuple(entry for entry in labels.masks if entry.object in kept)
    return Labels(media, labels.categories, objects, masks)


def shapes_of(labels: Labels) -> set[tuple[str, int, int, str, Mask]]:
    """What must survive any exchange: media, page, frame, category and exact pixels."""
    media = labels.media_by_key()
    objects = labels.objects_by_key()
    categories = {entry.key: entry.name for entry in labels.categories}
    return {
        (
            media[objects[entry.object].media].name,
            media[objects[entry.object].media].page,
            entry.frame,
            categories[objects[entry.object].category],
            entry.mask,
        )
        for entry in labels.masks
        if not entry.mask.is_empty
    }


def tracks_of(labels: Labels) -> set[tuple[str, str, frozenset[tuple[int, Mask]]]]:
    """What must survive where identities do: each clip object with all its frames."""
    media = labels.media_by_key()
    categories = {entry.key: entry.name for entry in labels.categories}
    found = set()
    for entry in labels.objects:
        if media[entry.media].kind is not MediaKind.CLIP:
            continue
        frames = frozenset(
            (m.frame, m.mask) for m in labels.masks if m.object == entry.key and not m.mask.is_empty
        )
        if frames:
            found.add((media[entry.media].name, categories[entry.category], frames))
    return found


_NAMES = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8)
_SCORES = st.none() | st.floats(0, 1, width=32)
_VALUES = st.text(max_size=5) | st.booleans() | st.floats(-1e6, 1e6)
_ATTRIBUTES = st.dictionaries(_NAMES, _VALUES, max_size=2).map(lambda d: tuple(sorted(d.items())))
_FLAGS = st.sampled_from([FrameFlag.NONE, FrameFlag.OCCLUDED, FrameFlag.UNSURE])


@st.composite
def masks(draw: st.DrawFn, height: int, width: int) -> Mask:
    """Any mask of a picture of this size, noise and blocks."""
    if draw(st.booleans()):
        return Mask.from_array(draw(hnp.arrays(bool, (height, width))))
    x0, x1 = sorted(draw(st.tuples(st.integers(0, width), st.integers(0, width))))
    y0, y1 = sorted(draw(st.tuples(st.integers(0, height), st.integers(0, height))))
    return drawn(height, width, (x0, y0, x1, y1))


@st.composite
def labels(draw: st.DrawFn, kinds: Iterable[MediaKind] = tuple(MediaKind)) -> Labels:
    """Any small labels; pictures have one frame, clips up to four."""
    names = draw(st.lists(_NAMES, min_size=1, max_size=3, unique=True))
    media = []
    for key, name in enumerate(names, start=1):
        kind = draw(st.sampled_from(list(kinds)))
        frames = draw(st.integers(1, 4)) if kind is MediaKind.CLIP else 1
        width, height = draw(st.tuples(st.integers(1, 9), st.integers(1, 9)))
        media.append(MediaEntry(key, f"{name}.x", kind, width, height, frames))
    categories = tuple(
        CategoryEntry(key, name)
        for key, name in enumerate(draw(st.lists(_NAMES, min_size=1, max_size=3, unique=True)), 1)
    )
    objects, entries = [], []
    for key in range(1, draw(st.integers(0, 5)) + 1):
        owner = draw(st.sampled_from(media))
        category = draw(st.sampled_from(categories))
        objects.append(ObjectEntry(key, owner.key, category.key, draw(_SCORES), draw(_ATTRIBUTES)))
        for frame in sorted(draw(st.sets(st.integers(0, owner.frame_count - 1)))):
            mask = draw(masks(owner.height, owner.width))
            entries.append(
                MaskEntry(key, frame, mask, draw(_SCORES), draw(st.sampled_from(list(Source))),
                          draw(_FLAGS), draw(_ATTRIBUTES))
            )  # fmt: skip
    return Labels(tuple(media), categories, tuple(objects), tuple(entries))


def target_of(key: str, folder: Path) -> Path:
    """Where a test exports a format to."""
    return folder / f"out{format_by_key(key).suffix}"
