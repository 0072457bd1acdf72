"""The split tool: a straight line across an object cuts it in two."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sam3_annotator.ui.canvas.tools.drag import DragTool
from sam3_annotator.ui.canvas.tools.events import DraftKind, SplitDrawn
from sam3_annotator.ui.canvas.tools.tool import NO_OUTCOME, Outcomes

if TYPE_CHECKING:
    from sam3_annotator.ui.canvas.tools.events import PointerEvent

_SHORTEST = 4.0


class SplitTool(DragTool):
    """Press, drag, release: a line."""

    kind = DraftKind.LINE

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
