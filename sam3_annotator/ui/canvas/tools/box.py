"""Tools that drag a box: a box prompt, and exemplars of the wanted and the unwanted kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sam3_annotator.domain.geometry import Box
from sam3_annotator.ui.canvas.tools.events import (
    BoxDrawn,
    Button,
    Draft,
    DraftKind,
    ExemplarDrawn,
    ToolKey,
)
from sam3_annotator.ui.canvas.tools.tool import NO_OUTCOME, Outcomes, Tool

if TYPE_CHECKING:
    from sam3_annotator.domain.geometry import Point
    from sam3_annotator.ui.canvas.tools.events import PointerEvent

_SMALLEST_DRAG = 3.0
"""Widget pixels; less is a slip of the hand."""


class BoxTool(Tool):
    """Press, drag, release: a box clipped to the picture. Shift keeps it square."""

    is_drag = True

    def __init__(self) -> None:
        super().__init__()
        self._start: Point | None = None
        self._end: Point | None = None
        self._is_negative = False

    @property
    def draft(self) -> Draft:
        """The box so far, as its two corners."""
        if self._start is None or self._end is None:
            return Draft()
        return Draft(self._kind(), ((self._start, self._end),))

    def press(self, event: PointerEvent) -> Outcomes:
        """First corner."""
        if event.button is not Button.NONE and self._start is None:
            self._start = self._end = event.point
            self._is_negative = event.is_negative
        return NO_OUTCOME

    def move(self, event: PointerEvent) -> Outcomes:
        """Other corner follows."""
        if self._start is not None:
            self._end = _squared(self._start, event.point) if event.has_shift else event.point
        return NO_OUTCOME

    def release(self, event: PointerEvent) -> Outcomes:
        """The box, unless it is too small to be meant."""
        self.move(event)
        start, end = self._start, self._end
        self.cancel()
        if start is None or end is None:
            return NO_OUTCOME
        box = Box.around(start, end).clipped(self.context.size)
        if min(box.width, box.height) < _SMALLEST_DRAG * event.px:
            return NO_OUTCOME
        return self._outcome(box)

    def key(self, key: ToolKey) -> Outcomes | None:
        """Esc drops the box."""
        if key is ToolKey.ESCAPE and self._start is not None:
            return self.cancel()
        return None

    def cancel(self) -> Outcomes:
        """Forget the box."""
        self._start = self._end = None
        return NO_OUTCOME

    def _kind(self) -> DraftKind:
        return DraftKind.BOX

    def _outcome(self, box: Box) -> Outcomes:
        return (BoxDrawn(box),)


class ExemplarTool(BoxTool):
    """A box around an example; right button or Alt for "not this"."""

    def _kind(self) -> DraftKind:
        return DraftKind.BAD_BOX if self._is_negative else DraftKind.GOOD_BOX

    def _outcome(self, box: Box) -> Outcomes:
        return (ExemplarDrawn(box, not self._is_negative),)


def _squared(start: Point, end: Point) -> Point:
    side = max(abs(end.x - start.x), abs(end.y - start.y))
    return type(start)(
        start.x + (side if end.x >= start.x else -side),
        start.y + (side if end.y >= start.y else -side),
    )
