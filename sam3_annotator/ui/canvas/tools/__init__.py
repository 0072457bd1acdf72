"""The tools of the canvas, one state machine per file."""

from __future__ import annotations

from sam3_annotator.ui.canvas.tools.box import BoxTool, ExemplarTool
from sam3_annotator.ui.canvas.tools.brush import BrushTool
from sam3_annotator.ui.canvas.tools.click import ClickTool
from sam3_annotator.ui.canvas.tools.events import ToolOptions
from sam3_annotator.ui.canvas.tools.fill import FillTool
from sam3_annotator.ui.canvas.tools.lasso import LassoTool
from sam3_annotator.ui.canvas.tools.polygon import PolygonTool
from sam3_annotator.ui.canvas.tools.select import SelectTool
from sam3_annotator.ui.canvas.tools.split import SplitTool
from sam3_annotator.ui.canvas.tools.tool import Tool, ToolName

__all__ = ["PolygonTool", "Tool", "ToolName", "ToolOptions", "all_tools"]


def all_tools() -> dict[ToolName, Tool]:
    """A fresh set of tools."""
    return {
        ToolName.SELECT: SelectTool(),
        ToolName.CLICK: ClickTool(),
        ToolName.BOX: BoxTool(),
        ToolName.EXEMPLAR: ExemplarTool(),
        ToolName.BRUSH: BrushTool(),
        ToolName.ERASER: BrushTool(is_eraser=True),
        ToolName.POLYGON: PolygonTool(),
        ToolName.LASSO: LassoTool(),
        ToolName.FILL: FillTool(),
        ToolName.SPLIT: SplitTool(),
        ToolName.PAN: Tool(),
    }
