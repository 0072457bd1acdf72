"""ToolSurface: the tool in hand, fed with events, its outcomes turned into signals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, QTimer, Signal

from sam3_annotator.domain.geometry import Box, Point
from sam3_annotator.domain.mask import Mask
from sam3_annotator.ui.canvas.hit import candidate_at, objects_touching
from sam3_annotator.ui.canvas.input import InputWidget
from sam3_annotator.ui.canvas.tools import PolygonTool, Tool, ToolName, ToolOptions, all_tools
from sam3_annotator.ui.canvas.tools.events import (
    AreaPicked,
    BoxDrawn,
    Button,
    Clicked,
    Dabbed,
    ExemplarDrawn,
    OptionsChanged,
    Picked,
    Scribbled,
    ShapeFinished,
    SplitDrawn,
    StrokeDropped,
    StrokeFinished,
    ToolContext,
    VerticesEdited,
)

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from sam3_annotator.domain.ids import ObjectId
    from sam3_annotator.ui.canvas.pyramid import Pyramid
    from sam3_annotator.ui.canvas.scene import CandidateMark, CanvasObject
    from sam3_annotator.ui.canvas.tools.events import Outcome, PointerEvent, ToolKey
    from sam3_annotator.ui.canvas.tools.tool import Outcomes

_HOVER_MS = 16
_VERTEX_TOLERANCE_PX = 1.5
_CURSORS = {
    "arrow": Qt.CursorShape.ArrowCursor,
    "cross": Qt.CursorShape.CrossCursor,
    "none": Qt.CursorShape.BlankCursor,
}


class ToolSurface(InputWidget):
    """Owns the tools; what lies on the picture belongs to the subclass."""

    prompt_clicked = Signal(Point, bool)
    prompt_scribbled = Signal(tuple, bool)
    box_drawn = Signal(Box)
    exemplar_drawn = Signal(Box, bool)
    stroke_finished = Signal(Mask, bool)
    shape_finished = Signal(Mask, bool)
    vertices_edited = Signal(Mask)
    split_drawn = Signal(Point, Point)
    object_picked = Signal(object, bool)
    area_picked = Signal(tuple, bool)
    candidate_picked = Signal(int)
    pointer_hovered = Signal(object)
    object_hovered = Signal(object)
    tool_options_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tools = all_tools()
        self._tool_name = ToolName.SELECT
        self._options = ToolOptions()
        self._pyramid: Pyramid | None = None
        self._objects: tuple[CanvasObject, ...] = ()
        self._candidates: tuple[CandidateMark, ...] = ()
        self._pointer_at: Point | None = None
        self._hovered: ObjectId | None = None
        self._late_hover: tuple[Point | None] | None = None
        self._hover_pause = QTimer(self)
        self._hover_pause.setSingleShot(True)
        self._hover_pause.setInterval(_HOVER_MS)
        self._hover_pause.timeout.connect(self._hover_late)

    @property
    def tool_name(self) -> ToolName:
        """The tool in hand."""
        return self._tool_name

    @property
    def tool_options(self) -> ToolOptions:
        """Brush size and the like."""
        return self._options

    def set_tool(self, name: ToolName) -> None:
        """Take another tool; a half-drawn gesture of the old one is dropped."""
        if name is not self._tool_name:
            self.drop_draft()
            self._tool_name = name
            self._pans_with_left = name is ToolName.PAN
            self._refresh_context()
            self._refresh_cursor()
            self.update()

    def set_tool_options(self, options: ToolOptions) -> None:
        """Change brush size and the like."""
        if options != self._options:
            self._options = options
            self._refresh_context()
            self.update()

    def edit_vertices(self, mask: Mask) -> None:
        """Take the polygon tool to an existing outline; ends in ``vertices_edited``."""
        self.drop_draft()
        self.set_tool(ToolName.POLYGON)
        tool = self._tool
        if isinstance(tool, PolygonTool):
            tool.load(mask, max(_VERTEX_TOLERANCE_PX, 1.0 / self._viewport.scale))
        self.update()

    def drop_draft(self) -> None:
        """Forget a half-drawn gesture, and a finished stroke that did not become a mask."""
        self._deal_with(self._tool.cancel())
        self._held = Button.NONE
        self._keyboard_holds = False
        self._drop_stroke()
        self.update()

    # What the subclass decides.

    def _object_at(self, point: Point) -> ObjectId | None:
        raise NotImplementedError

    def _paint_dab(self, dab: Dabbed) -> None:
        raise NotImplementedError

    def _drop_stroke(self) -> None:
        raise NotImplementedError

    # What InputWidget asks for.

    @property
    def _tool(self) -> Tool:
        return self._tools[self._tool_name]

    def _pointer(self, kind: str, event: PointerEvent) -> None:
        if self._pyramid is None:
            return
        tool, before = self._tool, self._pointer_at
        self._pointer_at = event.point
        was_drawing = not tool.draft.is_empty
        steps = {"press": tool.press, "move": tool.move, "release": tool.release}
        self._deal_with(steps[kind](event))
        if was_drawing or not tool.draft.is_empty:
            self.update()
        self._update_ring(before)
        self._update_ring(event.point)
        self._hover(event.point)

    def _tool_key(self, key: ToolKey) -> bool:
        outcomes = self._tool.key(key)
        if outcomes is None:
            return False
        self._deal_with(outcomes)
        self.update()
        return True

    def _wants_key(self, key: ToolKey) -> bool:
        return self._tool.wants(key)

    def _is_drag_tool(self) -> bool:
        return self._tool.is_drag

    def _pointer_left(self) -> None:
        self._update_ring(self._pointer_at)
        self._pointer_at = None
        self._hover(None)

    def _refresh_cursor(self) -> None:
        if self._pan_from is not None:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif self._has_space or self._pans_with_left:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self.setCursor(_CURSORS[self._tool.cursor])

    # Inside.

    def _refresh_context(self) -> None:
        if self._pyramid is None:
            self._tool.context = ToolContext(options=self._options)
        else:
            size, rgb = self._pyramid.size, self._pyramid.rgb
            self._tool.context = ToolContext(size, rgb, self._options)

    def _deal_with(self, outcomes: Outcomes) -> None:
        for outcome in outcomes:
            if isinstance(outcome, Dabbed):
                self._paint_dab(outcome)
            elif isinstance(outcome, StrokeDropped):
                self._drop_stroke()
            elif isinstance(outcome, OptionsChanged):
                self.set_tool_options(outcome.options)
                self.tool_options_changed.emit(outcome.options)
            elif isinstance(outcome, Picked):
                self._announce_pick(outcome)
            elif isinstance(outcome, AreaPicked):
                self.area_picked.emit(objects_touching(self._objects, outcome.box), outcome.extends)
            else:
                self._announce(outcome)

    def _announce_pick(self, outcome: Picked) -> None:
        found = self._object_at(outcome.point)
        candidate = candidate_at(self._candidates, outcome.point) if found is None else None
        if candidate is not None:
            self.candidate_picked.emit(candidate)
        else:
            self.object_picked.emit(found, outcome.extends)

    def _announce(self, outcome: Outcome) -> None:
        if isinstance(outcome, Clicked):
            self.prompt_clicked.emit(outcome.point, outcome.is_positive)
        elif isinstance(outcome, Scribbled):
            self.prompt_scribbled.emit(outcome.points, outcome.is_positive)
        elif isinstance(outcome, BoxDrawn):
            self.box_drawn.emit(outcome.box)
        elif isinstance(outcome, ExemplarDrawn):
            self.exemplar_drawn.emit(outcome.box, outcome.is_positive)
        elif isinstance(outcome, StrokeFinished):
            self.stroke_finished.emit(outcome.mask, outcome.is_erase)
        elif isinstance(outcome, ShapeFinished):
            self.shape_finished.emit(outcome.mask, outcome.is_subtract)
        elif isinstance(outcome, VerticesEdited):
            self.vertices_edited.emit(outcome.mask)
        elif isinstance(outcome, SplitDrawn):
            self.split_drawn.emit(outcome.first, outcome.second)

    def _hover(self, point: Point | None) -> None:
        """Tell where the pointer is: at once after a rest, else when the pause is over."""
        found = None if point is None else self._object_at(point)
        if found != self._hovered:
            self._hovered = found
            self.object_hovered.emit(found)
        if self._hover_pause.isActive():
            self._late_hover = (point,)
        else:
            self.pointer_hovered.emit(point)
            self._hover_pause.start()

    def _hover_late(self) -> None:
        if self._late_hover is not None:
            (point,), self._late_hover = self._late_hover, None
            self.pointer_hovered.emit(point)
            self._hover_pause.start()

    def _update_ring(self, at: Point | None) -> None:
        diameter = self._tool.draft.brush_diameter
        if at is None or not diameter:
            return
        radius = diameter / 2 * self._viewport.scale + 4
        x, y = self._viewport.to_widget(at)
        self.update(QRectF(x - radius, y - radius, 2 * radius, 2 * radius).toAlignedRect())


def pixel_of(point: Point) -> tuple[int, int]:
    """Column and row of the pixel that covers a point."""
    return math.floor(point.x), math.floor(point.y)
