"""The select tool: click to pick, drag for everything in a box, Shift or Ctrl to add."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sam3_annotator.domain.geometry import Box
from sam3_annotator.ui.canvas.tools.drag import DragTool
from sam3_annotator.ui.canvas.tools.events import AreaPicked, Picked
from sam3_annotator.ui.canvas.tools.tool import NO_OUTCOME, Outcomes

if TYPE_CHECKING:
    from sam3_annotator.ui.canvas.tools.events import PointerEvent

_SMALLEST_DRAG = 4.0


class SelectTool(DragTool):
    """Tells a click from a drag by the distance in widget pixels; a click has no other end."""

    cursor = "arrow"

    def press(self, event: PointerEvent) -> Outcomes:
        """Remember where."""
        super().press(event)
        self._end = None
        return NO_OUTCOME

    def move(self, event: PointerEvent) -> Outcomes:
        """Stretch the rubber band."""
        if self._start is not None:
            far = max(abs(event.point.x - self._start.x), abs(event.point.y - self._start.y))
            if self._end is not None or far >= _SMALLEST_DRAG * event.px:
                self._end = event.point
        return NO_OUTCOME

    def release(self, event: PointerEvent) -> Outcomes:
        """One thing, or everything in the box."""
        if self._start is None:
            return NO_OUTCOME
        self.move(event)
        start, end = self._start, self._end
        self.cancel()
        extends = event.has_shift or event.has_ctrl
        if end is None:
            return (Picked(start, extends),)
        return (AreaPicked(Box.around(start, end), extends),)
