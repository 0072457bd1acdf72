"""The polygon tool: place vertices and close, or drag, add and delete those of an outline."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sam3_annotator.domain.geometry import PixelBox, Point
from sam3_annotator.domain.mask import EMPTY_MASK, Mask
from sam3_annotator.domain.outlines import mask_of_rings, outlines_of, simplified
from sam3_annotator.ui.canvas.hit import edge_at, vertex_at
from sam3_annotator.ui.canvas.tools.events import (
    Button,
    Draft,
    DraftKind,
    ShapeFinished,
    ToolKey,
    VerticesEdited,
)
from sam3_annotator.ui.canvas.tools.tool import NO_OUTCOME, Outcomes, Tool

if TYPE_CHECKING:
    from sam3_annotator.ui.canvas.tools.events import PointerEvent

    Ring = tuple[Point, ...]

_REACH = 8.0
"""Widget pixels within which a vertex or an edge is meant."""


class PolygonTool(Tool):
    """Two states: drawing a new ring, or editing the rings of an existing mask.

    Drawing: left click adds a vertex, Backspace takes the last one back, a click on the first
    vertex, a double click or Enter closes; Alt at that moment subtracts. Editing
    (:meth:`load`): drag a vertex, click an edge to add one, right click or Delete removes one,
    Enter ends.
    """

    def __init__(self) -> None:
        super().__init__()
        self._ring: list[Point] = []
        self._next: Point | None = None
        self._edit: _Edit | None = None

    @property
    def draft(self) -> Draft:
        """The ring so far with the vertex to come, or the rings being edited."""
        if self._edit is not None:
            return Draft(DraftKind.VERTICES, self._edit.rings, active=self._edit.active)
        ring = list(self._ring)
        if ring and self._next is not None:
            ring.append(self._next)
        return Draft(DraftKind.POLYGON, (tuple(ring),)) if ring else Draft()

    def load(self, mask: Mask, tolerance_px: float) -> None:
        """Edit an existing mask; its outline is thinned, but only moved parts will change."""
        self.cancel()
        if not mask.is_empty:
            self._edit = _Edit(mask, tolerance_px)

    def press(self, event: PointerEvent) -> Outcomes:
        """Add or grab a vertex."""
        if self._edit is not None:
            self._edit.press(event)
            return NO_OUTCOME
        if event.button is not Button.LEFT:
            return NO_OUTCOME
        is_first = len(self._ring) > 2 and vertex_at(
            [(self._ring[0],)], event.point, _REACH * event.px
        )
        if is_first or (event.click_count == 2 and len(self._ring) > 2):
            return self._close(is_subtract=event.has_alt)
        self._ring.append(event.point)
        self._next = None
        return NO_OUTCOME

    def move(self, event: PointerEvent) -> Outcomes:
        """The next vertex follows the pointer, or the grabbed one does."""
        if self._edit is not None:
            self._edit.move(event)
        elif self._ring:
            self._next = event.point
        return NO_OUTCOME

    def release(self, event: PointerEvent) -> Outcomes:  # noqa: ARG002 - any release lets go
        """Let go of a vertex."""
        if self._edit is not None:
            self._edit.is_held = False
        return NO_OUTCOME

    def key(self, key: ToolKey) -> Outcomes | None:
        """Enter closes, Backspace takes back, Delete removes a vertex, Esc drops."""
        if not self.wants(key):
            return None
        if key is ToolKey.ESCAPE:
            return self.cancel()
        if self._edit is not None:
            return self._key_while_editing(self._edit, key)
        if key is ToolKey.ENTER:
            return self._close(is_subtract=False)
        self._ring.pop()
        return NO_OUTCOME

    def wants(self, key: ToolKey) -> bool:
        """Only while something is being drawn or edited."""
        if self._edit is None and not self._ring:
            return False
        return key in (ToolKey.ENTER, ToolKey.ESCAPE, ToolKey.BACKSPACE, ToolKey.DELETE)

    def cancel(self) -> Outcomes:
        """Forget the ring or the edit."""
        self._ring, self._next, self._edit = [], None, None
        return NO_OUTCOME

    def _key_while_editing(self, edit: _Edit, key: ToolKey) -> Outcomes:
        if key is ToolKey.ENTER:
            mask = edit.result(self._frame())
            self.cancel()
            return (VerticesEdited(mask),)
        edit.remove_active()
        return NO_OUTCOME

    def _close(self, *, is_subtract: bool) -> Outcomes:
        ring = _as_array(tuple(self._ring))
        self.cancel()
        mask = mask_of_rings([ring], self._frame()) if len(ring) > 2 else EMPTY_MASK
        return NO_OUTCOME if mask.is_empty else (ShapeFinished(mask, is_subtract),)

    def _frame(self) -> PixelBox:
        return PixelBox(0, 0, self.context.size.width, self.context.size.height)


class _Edit:
    """The rings of one mask, and what has been done to them."""

    def __init__(self, mask: Mask, tolerance_px: float) -> None:
        self._mask = mask
        polygons = simplified(outlines_of(mask), tolerance_px)
        self.rings: tuple[Ring, ...] = tuple(
            tuple(Point(float(x), float(y)) for x, y in ring)
            for polygon in polygons
            for ring in polygon.rings
        )
        self._before = self.rings
        self.active: tuple[int, int] | None = None
        self.is_held = False

    def press(self, event: PointerEvent) -> None:
        reach = _REACH * event.px
        self.active = vertex_at(self.rings, event.point, reach)
        if self.active is not None and event.is_negative:
            self.remove_active()
        elif self.active is not None:
            self.is_held = True
        elif not event.is_negative:
            self._insert(event.point, reach)

    def move(self, event: PointerEvent) -> None:
        if not self.is_held:
            self.active = vertex_at(self.rings, event.point, _REACH * event.px)
        elif self.active is not None:
            number, index = self.active
            ring = self.rings[number]
            self._set_ring(number, (*ring[:index], event.point, *ring[index + 1 :]))

    def remove_active(self) -> None:
        """Take out the vertex under the pointer; a ring of three goes whole."""
        if self.active is None:
            return
        number, index = self.active
        ring = self.rings[number]
        self.active, self.is_held = None, False
        if len(ring) > 3:
            self._set_ring(number, (*ring[:index], *ring[index + 1 :]))
        elif len(self.rings) > 1:
            self.rings = (*self.rings[:number], *self.rings[number + 1 :])

    def result(self, frame: PixelBox) -> Mask:
        """The old mask, changed only where the rings have moved."""
        before = mask_of_rings([_as_array(ring) for ring in self._before], frame)
        after = mask_of_rings([_as_array(ring) for ring in self.rings], frame)
        return self._mask.union(after.minus(before)).minus(before.minus(after))

    def _insert(self, point: Point, reach: float) -> None:
        hit = edge_at(self.rings, point, reach)
        if hit is None:
            return
        (number, index), foot = hit
        ring = self.rings[number]
        self._set_ring(number, (*ring[: index + 1], foot, *ring[index + 1 :]))
        self.active, self.is_held = (number, index + 1), True

    def _set_ring(self, number: int, ring: Ring) -> None:
        self.rings = (*self.rings[:number], ring, *self.rings[number + 1 :])


def _as_array(ring: tuple[Point, ...]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.array([(point.x, point.y) for point in ring], dtype=np.float64).reshape(-1, 2)
