"""The click tool: left for "this", right or Alt for "not this"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sam3_annotator.ui.canvas.tools.events import Button, Clicked
from sam3_annotator.ui.canvas.tools.tool import NO_OUTCOME, Outcomes, Tool

if TYPE_CHECKING:
    from sam3_annotator.ui.canvas.tools.events import PointerEvent


class ClickTool(Tool):
    """Answers on press, because waiting for the release would cost a tenth of a second."""

    def press(self, event: PointerEvent) -> Outcomes:
        """A prompt click, if it is on the picture."""
        size, point = self.context.size, event.point
        is_inside = 0 <= point.x < size.width and 0 <= point.y < size.height
        if event.button is Button.NONE or not is_inside:
            return NO_OUTCOME
        return (Clicked(point, not event.is_negative),)
