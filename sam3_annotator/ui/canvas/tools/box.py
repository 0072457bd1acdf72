"""Tools that drag a box: a box prompt, and exemplars of the wanted and the unwanted kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sam3_annotator.domain.geometry import Box
from sam3_annotator.ui.canvas.tools.drag import DragTool
from sam3_annotator.ui.canvas.tools.events import BoxDrawn, Button, DraftKind, ExemplarDrawn
from sam3_annotator.ui.canvas.tools.tool import NO_OUTCOME, Outcomes

if TYPE_CHECKING:
    from sam3_annotator.domain.geometry import Point
    from sam3_annotator.ui.canvas.tools.events import PointerEvent

_SMALLEST_DRAG = 3.0
"""Widget pixels; less is a slip of the hand."""


class BoxTool(DragTool):
    """Press, drag, release: a box clipped to the picture. Shift keeps it square."""

    def __init__(self) -> None:
        super().__init__()
        self._is_negative = False

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

    def _outcome(self, box: Box) -> Outcomes:
        return (BoxDrawn(box),)


class ExemplarTool(BoxTool):
    """A box around an example; right button or Alt for "not this"."""

    def press(self, event: PointerEvent) -> Outcomes:
        """First corner; the button says which kind it is."""
        super().press(event)
        self.kind = DraftKind.BAD_BOX if self._is_negative else DraftKind.GOOD_BOX
        return NO_OUTCOME

    def _outcome(self, box: Box) -> Outcomes:
        return (ExemplarDrawn(box, not self._is_negative),)


def _squared(start: Point, end: Point) -> Point:
    side = max(abs(end.x - start.x), abs(end.y - start.y))
    return type(start)(
        start.x + (side if end.x >= start.x else -side),
        start.y + (side if end.y >= start.y else -side),
    )
