"""The id map: for every pixel of the picture, which object lies on top - a cache of the masks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sam3_annotator.domain.geometry import EMPTY_PIXEL_BOX, PixelBox

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from sam3_annotator.domain.geometry import Size
    from sam3_annotator.domain.ids import ObjectId
    from sam3_annotator.ui.canvas.scene import CanvasObject

NOTHING_SLOT = 0
DRAFT_SLOT = 1
"""Slot of a stroke that belongs to no object yet."""
_FIRST_SLOT = 2
_MAX_SLOTS = 1 << 16


class IdMap:
    """One uint16 slot per pixel, kept up to date by rebuilding only the boxes that changed.

    Attributes:
        slots: (H, W) uint16; 0 is nothing, 1 a draft stroke, others stand for objects.

    Args:
        size: of the picture.
    """

    def __init__(self, size: Size) -> None:
        self.slots: NDArray[np.uint16] = np.zeros((size.height, size.width), dtype=np.uint16)
        self._frame = PixelBox(0, 0, size.width, size.height)
        self._objects: dict[ObjectId, CanvasObject] = {}
        self._order: tuple[CanvasObject, ...] = ()
        self._slot_of: dict[ObjectId, int] = {}
        self._free: list[int] = []
        self._owner: dict[int, ObjectId] = {}
        self._smudged: PixelBox = EMPTY_PIXEL_BOX

    @property
    def objects(self) -> tuple[CanvasObject, ...]:
        """The objects, bottom first."""
        return self._order

    @property
    def slot_count(self) -> int:
        """How many entries a colour table for this map needs."""
        return max(self._owner, default=DRAFT_SLOT) + 1

    def slot_of(self, object_id: ObjectId) -> int:
        """The slot that stands for an object; ``DRAFT_SLOT`` for one that is not shown."""
        return self._slot_of.get(object_id, DRAFT_SLOT)

    def at(self, x: int, y: int) -> ObjectId | None:
        """The object on top at pixel (x, y); None beside the picture or where nothing lies."""
        frame = self._frame
        if not (frame.left <= x < frame.right and frame.top <= y < frame.bottom):
            return None
        return self._owner.get(int(self.slots[y, x]))

    def covered(self) -> tuple[PixelBox, ...]:
        """Boxes on the picture outside of which every slot is empty."""
        shown = (item.mask.box for item in self._order if not item.is_hidden)
        return self._merged((*shown, self._smudged))

    def replace(self, objects: Sequence[CanvasObject]) -> tuple[PixelBox, ...]:
        """Take over a new set of objects.

        Returns:
            The boxes whose look changed (pixels or colours), clipped to the picture.

        Raises:
            ValueError: two objects share an id, or there are more than 65,534 of them.
        """
        fresh = {item.id: item for item in objects}
        if len(fresh) != len(objects):
            raise ValueError("two canvas objects share an id")
        if len(fresh) > _MAX_SLOTS - _FIRST_SLOT:
            raise ValueError(f"a picture can show {_MAX_SLOTS - _FIRST_SLOT} objects at most")
        moved, recoloured = self._changes(fresh)
        if not self._smudged.is_empty:
            moved.append(self._smudged)
            self._smudged = EMPTY_PIXEL_BOX
        self._take_slots(fresh)
        self._objects = fresh
        self._order = tuple(sorted(objects, key=lambda item: (item.z, item.id)))
        boxes = self._merged(moved)
        self._rebuild(boxes)
        return (*boxes, *self._merged(recoloured))

    def paint(self, box: PixelBox, inside: NDArray[np.bool_], slot: int, only: int | None) -> None:
        """Paint a stroke over the map until the next :meth:`replace` or :meth:`restore`.

        Args:
            box: where ``inside`` lies; must be on the picture.
            inside: (box.height, box.width) bool.
            slot: what to write.
            only: write only where this slot is now (eraser); None writes everywhere.
        """
        part = self.slots[box.top : box.bottom, box.left : box.right]
        where = inside if only is None else inside & (part == only)
        np.copyto(part, np.uint16(slot), where=where)
        self._smudged = self._smudged.united(box)

    def restore(self) -> PixelBox:
        """Undo every :meth:`paint`; returns the box that changed."""
        box, self._smudged = self._smudged, EMPTY_PIXEL_BOX
        if not box.is_empty:
            self._rebuild((box,))
        return box

    def _changes(
        self, fresh: dict[ObjectId, CanvasObject]
    ) -> tuple[list[PixelBox], list[PixelBox]]:
        moved: list[PixelBox] = []
        recoloured: list[PixelBox] = []
        for object_id in self._objects.keys() | fresh.keys():
            old, new = self._objects.get(object_id), fresh.get(object_id)
            if _footprint(old) != _footprint(new):
                moved.extend(item.mask.box for item in (old, new) if item and not item.is_hidden)
            elif old is not None and new is not None and _paint(old) != _paint(new):
                recoloured.append(new.mask.box)
        return moved, recoloured

    def _take_slots(self, fresh: dict[ObjectId, CanvasObject]) -> None:
        for gone in self._slot_of.keys() - fresh.keys():
            slot = self._slot_of.pop(gone)
            del self._owner[slot]
            self._free.append(slot)
        for object_id in fresh:
            if object_id not in self._slot_of:
                slot = self._free.pop() if self._free else len(self._slot_of) + _FIRST_SLOT
                self._slot_of[object_id] = slot
                self._owner[slot] = object_id

    def _merged(self, boxes: Iterable[PixelBox]) -> tuple[PixelBox, ...]:
        """The boxes on the picture, or one around them all when that is no more work."""
        kept = {box.intersection(self._frame) for box in boxes} - {EMPTY_PIXEL_BOX}
        around = EMPTY_PIXEL_BOX
        for box in kept:
            around = around.united(box)
        total = sum(box.width * box.height for box in kept)
        if len(kept) > 1 and total >= around.width * around.height:
            return (around,)
        return tuple(kept)

    def _rebuild(self, boxes: tuple[PixelBox, ...]) -> None:
        """Paint every object anew where it lies in one of the boxes, decoding each mask once."""
        for box in boxes:
            self.slots[box.top : box.bottom, box.left : box.right] = NOTHING_SLOT
        wholly = frozenset(boxes)
        for item in self._order:
            if item.is_hidden:
                continue
            around = item.mask.box
            # All objects of a new frame are in here: comparing each with each would take longer.
            places = (around,) if around in wholly else [around.intersection(b) for b in boxes]
            inside: NDArray[np.bool_] | None = None
            for place in places:
                if place.is_empty:
                    continue
                inside = item.mask.crop() if inside is None else inside
                part = inside[
                    place.top - around.top : place.bottom - around.top,
                    place.left - around.left : place.right - around.left,
                ]
                target = self.slots[place.top : place.bottom, place.left : place.right]
                np.copyto(target, np.uint16(self._slot_of[item.id]), where=part)


def _footprint(item: CanvasObject | None) -> tuple[object, ...] | None:
    return None if item is None or item.is_hidden else (item.mask, item.z)


def _paint(item: CanvasObject) -> tuple[object, ...]:
    return (item.color, item.is_selected, item.style, item.label, item.dash, item.is_locked)
