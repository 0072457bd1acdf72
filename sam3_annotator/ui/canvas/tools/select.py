"""The select tool: click to pick, drag for everything in a box, Shift or Ctrl to add."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sam3_annotator.domain.geometry import Box
from sam3_annotator.ui.canvas.tools.events import (
    AreaPicked,
    Button,
    Draft,
    DraftKind,
    Picked,
    ToolKey,
)
from sam3_annotator.ui.canvas.tools.tool import NO_OUTCOME, Outcomes, Tool

if TYPE_CHECKING:
    from sam3_annotator.domain.geometry import Point
    from sam3_annotator.ui.canvas.tools.events import PointerEvent

_SMALLEST_DRAG = 4.0


class SelectTool(Tool):
    """Tells a click from a drag by the distance in widget pixels."""

    is_drag = True
    cursor = "arrow"

    def __init__(self) -> None:
        super().__init__()
        self._start: Point | None = None
        self._end: Point | None = None

    @property
    def draft(self) -> Draft:
        """The rubber band, once it is longer than a slip."""
        if self._start is None or self._end is None:
            return Draft()
        return Draft(DraftKind.BOX, ((self._start, self._end),))

    def press(self, event: PointerEvent) -> Outcomes:
        """Remember where."""
        if event.button is Button.LEFT:
            self._start, self._end = event.point, None
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

    def key(self, key: ToolKey) -> Outcomes | None:
        """Esc drops the rubber band."""
        if key is ToolKey.ESCAPE and self._start is not None:
            return self.cancel()
        return None

    def cancel(self) -> Outcomes:
        """Forget the drag."""
        self._start = self._end = None
        return NO_OUTCOME
