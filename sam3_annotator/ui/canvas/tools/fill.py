"""Magic fill: click, and what has the same colour becomes part of the mask."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from sam3_annotator.domain.mask_edit import flood
from sam3_annotator.ui.canvas.tools.events import Button, OptionsChanged, ShapeFinished, ToolKey
from sam3_annotator.ui.canvas.tools.tool import NO_OUTCOME, Outcomes, Tool

if TYPE_CHECKING:
    from sam3_annotator.ui.canvas.tools.events import PointerEvent

_STEP = 4


class FillTool(Tool):
    """Right button or Alt takes away; ``[`` and ``]`` set the tolerance."""

    def press(self, event: PointerEvent) -> Outcomes:
        """Flood from the pixel under the pointer."""
        size, rgb, options = self.context.size, self.context.rgb, self.context.options
        x, y = math.floor(event.point.x), math.floor(event.point.y)
        is_inside = 0 <= x < size.width and 0 <= y < size.height
        if rgb is None or event.button is Button.NONE or not is_inside:
            return NO_OUTCOME
        mask = flood(rgb, x, y, options.fill_tolerance, is_contiguous=options.fill_is_contiguous)
        return (ShapeFinished(mask, event.is_negative),)

    def key(self, key: ToolKey) -> Outcomes | None:
        """Tolerance up and down."""
        if not self.wants(key):
            return None
        options = self.context.options
        change = _STEP if key is ToolKey.LARGER else -_STEP
        tolerance = min(max(options.fill_tolerance + change, 0), 255)
        return (OptionsChanged(replace(options, fill_tolerance=tolerance)),)

    def wants(self, key: ToolKey) -> bool:
        """The size keys."""
        return key in (ToolKey.SMALLER, ToolKey.LARGER)
