"""The lasso: draw around something with the button held."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sam3_annotator.domain.geometry import PixelBox
from sam3_annotator.domain.outlines import mask_of_rings
from sam3_annotator.ui.canvas.tools.events import Button, Draft, DraftKind, ShapeFinished, ToolKey
from sam3_annotator.ui.canvas.tools.tool import NO_OUTCOME, Outcomes, Tool

if TYPE_CHECKING:
    from sam3_annotator.domain.geometry import Point
    from sam3_annotator.ui.canvas.tools.events import PointerEvent

_SPACING = 1.5
"""Widget pixels between kept points."""


class LassoTool(Tool):
    """Left button adds what it encloses; right button or Alt takes it away."""

    is_drag = True

    def __init__(self) -> None:
        super().__init__()
        self._ring: list[Point] = []
        self._is_subtract = False

    @property
    def draft(self) -> Draft:
        """The line so far."""
        if not self._ring:
            return Draft()
        return Draft(DraftKind.LINE, (tuple(self._ring),), is_erase=self._is_subtract)

    def press(self, event: PointerEvent) -> Outcomes:
        """Start the line."""
        if event.button is not Button.NONE and not self._ring:
            self._ring = [event.point]
            self._is_subtract = event.is_negative
        return NO_OUTCOME

    def move(self, event: PointerEvent) -> Outcomes:
        """Follow the pointer."""
        if self._ring:
            last = self._ring[-1]
            apart = math.hypot(event.point.x - last.x, event.point.y - last.y)
            if apart >= _SPACING * event.px:
                self._ring.append(event.point)
        return NO_OUTCOME

    def release(self, event: PointerEvent) -> Outcomes:
        """What the line encloses, closed by a straight stretch."""
        self.move(event)
        ring, is_subtract = self._ring, self._is_subtract
        self.cancel()
        if len(ring) < 3:
            return NO_OUTCOME
        size = self.context.size
        points = np.array([(point.x, point.y) for point in ring], dtype=np.float64)
        mask = mask_of_rings([points], PixelBox(0, 0, size.width, size.height))
        return NO_OUTCOME if mask.is_empty else (ShapeFinished(mask, is_subtract),)

    def key(self, key: ToolKey) -> Outcomes | None:
        """Esc drops the line."""
        if key is ToolKey.ESCAPE and self._ring:
            return self.cancel()
        return None

    def cancel(self) -> Outcomes:
        """Forget the line."""
        self._ring = []
        return NO_OUTCOME
