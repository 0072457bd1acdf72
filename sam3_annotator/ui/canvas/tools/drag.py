"""DragTool: what tools have in common that are pressed at one point and released at another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sam3_annotator.ui.canvas.tools.events import Button, Draft, DraftKind, ToolKey
from sam3_annotator.ui.canvas.tools.tool import NO_OUTCOME, Outcomes, Tool

if TYPE_CHECKING:
    from sam3_annotator.domain.geometry import Point
    from sam3_annotator.ui.canvas.tools.events import PointerEvent


class DragTool(Tool):
    """Keeps both ends of the drag and shows them; Esc gives up. Subclasses say what it means.

    Attributes:
        kind: how the drag is drawn.
    """

    is_drag = True
    kind = DraftKind.BOX

    def __init__(self) -> None:
        super().__init__()
        self._start: Point | None = None
        self._end: Point | None = None

    @property
    def draft(self) -> Draft:
        """The drag so far, as its two ends."""
        if self._start is None or self._end is None:
            return Draft()
        return Draft(self.kind, ((self._start, self._end),))

    def press(self, event: PointerEvent) -> Outcomes:
        """Where it starts."""
        if event.button is Button.LEFT:
            self._start = self._end = event.point
        return NO_OUTCOME

    def move(self, event: PointerEvent) -> Outcomes:
        """Where it would end."""
        if self._start is not None:
            self._end = event.point
        return NO_OUTCOME

    def key(self, key: ToolKey) -> Outcomes | None:
        """Esc drops it."""
        if key is ToolKey.ESCAPE and self._start is not None:
            return self.cancel()
        return None

    def cancel(self) -> Outcomes:
        """Forget it."""
        self._start = self._end = None
        return NO_OUTCOME
