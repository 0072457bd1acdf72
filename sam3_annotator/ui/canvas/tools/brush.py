"""Brush and eraser: a stroke of discs, collected as one cropped bitmap."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sam3_annotator.domain.geometry import EMPTY_PIXEL_BOX, PixelBox
from sam3_annotator.domain.mask import Mask
from sam3_annotator.domain.strokes import capsule
from sam3_annotator.ui.canvas.tools.events import (
    Button,
    Dabbed,
    Draft,
    OptionsChanged,
    StrokeDropped,
    StrokeFinished,
    ToolKey,
)
from sam3_annotator.ui.canvas.tools.tool import NO_OUTCOME, Outcomes, Tool

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sam3_annotator.domain.geometry import Point
    from sam3_annotator.ui.canvas.tools.events import PointerEvent

_GROWTH = 256
"""Pixels of room added around a stroke that outgrows its bitmap."""
_STEP = 1.25
_LARGEST = 2000.0


class BrushTool(Tool):
    """Left button paints; right button or Alt does the opposite. ``[`` and ``]`` set the size.

    Args:
        is_eraser: what the left button does.
    """

    is_drag = True
    cursor = "none"

    def __init__(self, *, is_eraser: bool = False) -> None:
        super().__init__()
        self._is_eraser = is_eraser
        self._erases = is_eraser
        self._last: Point | None = None
        self._stroke = _Stroke()

    @property
    def draft(self) -> Draft:
        """Only the ring; the stroke itself is painted by dabs."""
        return Draft(
            brush_diameter=self.context.options.brush_diameter,
            is_erase=self._erases if self._last is not None else self._is_eraser,
            is_stroking=self._last is not None,
        )

    def press(self, event: PointerEvent) -> Outcomes:
        """First dab."""
        if event.button is Button.NONE or self._last is not None:
            return NO_OUTCOME
        self._erases = self._is_eraser != event.is_negative
        self._last = event.point
        return self._dab(event.point, event.point)

    def move(self, event: PointerEvent) -> Outcomes:
        """Dabs from the last point to here, without gaps."""
        if self._last is None:
            return NO_OUTCOME
        last, self._last = self._last, event.point
        return self._dab(last, event.point)

    def release(self, event: PointerEvent) -> Outcomes:
        """The whole stroke as one mask."""
        if self._last is None:
            return NO_OUTCOME
        outcomes = self.move(event) if event.point != self._last else NO_OUTCOME
        mask = self._stroke.mask()
        self._last, self._stroke = None, _Stroke()
        if mask.is_empty:
            return outcomes
        return (*outcomes, StrokeFinished(mask, self._erases))

    def key(self, key: ToolKey) -> Outcomes | None:
        """Size, and Esc to drop the stroke."""
        if key is ToolKey.ESCAPE and self._last is not None:
            return self.cancel()
        if key not in (ToolKey.SMALLER, ToolKey.LARGER):
            return None
        options = self.context.options
        factor = _STEP if key is ToolKey.LARGER else 1 / _STEP
        size = options.brush_diameter * factor
        # Whole pixels, and at least one of change, so that no key press does nothing.
        size = np.ceil(size) if key is ToolKey.LARGER else np.floor(size)
        size = float(min(max(size, 1.0), _LARGEST))
        return (OptionsChanged(replace(options, brush_diameter=size)),)

    def wants(self, key: ToolKey) -> bool:
        """The size keys always, Esc during a stroke."""
        if key is ToolKey.ESCAPE:
            return self._last is not None
        return key in (ToolKey.SMALLER, ToolKey.LARGER)

    def cancel(self) -> Outcomes:
        """Forget the stroke."""
        if self._last is None:
            return NO_OUTCOME
        self._last, self._stroke = None, _Stroke()
        return (StrokeDropped(),)

    def _dab(self, first: Point, second: Point) -> Outcomes:
        size = self.context.size
        frame = PixelBox(0, 0, size.width, size.height)
        box, inside = capsule(first, second, self.context.options.brush_diameter / 2, frame)
        if box.is_empty:
            return NO_OUTCOME
        self._stroke.add(box, inside, frame)
        return (Dabbed(box, inside, self._erases),)


class _Stroke:
    """A bitmap that grows with the stroke."""

    def __init__(self) -> None:
        self._box = EMPTY_PIXEL_BOX
        self._pixels: NDArray[np.uint8] = np.zeros((0, 0), dtype=np.uint8)

    def add(self, box: PixelBox, inside: NDArray[np.bool_], frame: PixelBox) -> None:
        if self._box.intersection(box) != box:
            self._grow(box, frame)
        mine = self._box
        self._pixels[
            box.top - mine.top : box.bottom - mine.top, box.left - mine.left : box.right - mine.left
        ] |= inside.view(np.uint8)

    def mask(self) -> Mask:
        return Mask.from_array(self._pixels, self._box.left, self._box.top)

    def _grow(self, box: PixelBox, frame: PixelBox) -> None:
        old, before = self._box, self._pixels
        roomy = PixelBox(
            box.left - _GROWTH, box.top - _GROWTH, box.right + _GROWTH, box.bottom + _GROWTH
        )
        self._box = old.united(roomy.intersection(frame))
        self._pixels = np.zeros((self._box.height, self._box.width), dtype=np.uint8)
        self._pixels[
            old.top - self._box.top : old.bottom - self._box.top,
            old.left - self._box.left : old.right - self._box.left,
        ] = before
