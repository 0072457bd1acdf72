"""The split tool: a straight line across an object cuts it in two."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sam3_annotator.ui.canvas.tools.events import Button, Draft, DraftKind, SplitDrawn, ToolKey
from sam3_annotator.ui.canvas.tools.tool import NO_OUTCOME, Outcomes, Tool

if TYPE_CHECKING:
    from sam3_annotator.domain.geometry import Point
    from sam3_annotator.ui.canvas.tools.events import PointerEvent

_SHORTEST = 4.0


class SplitTool(Tool):
    """Press, drag, release."""

    is_drag = True

    def __init__(self) -> None:
        super().__init__()
        self._start: Point | None = None
        self._end: Point | None = None

    @property
    def draft(self) -> Draft:
        """The line so far."""
        if self._start is None or self._end is None:
            return Draft()
        return Draft(DraftKind.LINE, ((self._start, self._end),))

    def press(self, event: PointerEvent) -> Outcomes:
        """Where the line starts."""
        if event.button is Button.LEFT:
            self._start = self._end = event.point
        return NO_OUTCOME

    def move(self, event: PointerEvent) -> Outcomes:
        """Where it would end."""
        if self._start is not None:
            self._end = event.point
        return NO_OUTCOME

    def release(self, event: PointerEvent) -> Outcomes:
        """The line, unless it is too short to be meant."""
        self.move(event)
        start, end = self._start, self._end
        self.cancel()
        if start is None or end is None:
            return NO_OUTCOME
        if math.hypot(end.x - start.x, end.y - start.y) < _SHORTEST * event.px:
            return NO_OUTCOME
        return (SplitDrawn(start, end),)

    def key(self, key: ToolKey) -> Outcomes | None:
        """Esc drops the line."""
        if key is ToolKey.ESCAPE and self._start is not None:
            return self.cancel()
        return None

    def cancel(self) -> Outcomes:
        """Forget the line."""
        self._start = self._end = None
        return NO_OUTCOME
