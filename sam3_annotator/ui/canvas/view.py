"""CanvasView: the widget that shows one picture with its masks and lets a tool point at it."""

from __future__ import annotations

from dataclasses import replace
from operator import is_
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter
from typing_extensions import override

from sam3_annotator.domain.geometry import Size
from sam3_annotator.ui.canvas.foreground import Foreground
from sam3_annotator.ui.canvas.pyramid import Pyramid
from sam3_annotator.ui.canvas.renderer import RasterRenderer, Renderer
from sam3_annotator.ui.canvas.scene import DARK, Display, Marks
from sam3_annotator.ui.canvas.spots import reach_of
from sam3_annotator.ui.canvas.tool_surface import ToolSurface, pixel_of
from sam3_annotator.ui.text import in_words, translate

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QWidget

    from sam3_annotator.domain.geometry import Box, Point
    from sam3_annotator.domain.ids import ObjectId
    from sam3_annotator.ui.canvas.scene import CandidateMark, CanvasObject, CanvasTheme
    from sam3_annotator.ui.canvas.tools.events import Dabbed, PointerEvent
    from sam3_annotator.ui.canvas.viewport import Viewport


_SETTLE_MS = 120
"""After the last turn of the wheel the picture is drawn once more, with all care."""


class CanvasView(ToolSurface):
    """Shows frozen values, emits signals; see the package's docstring for all of them."""

    zoom_changed = Signal(float)
    view_changed = Signal()

    def __init__(self, parent: QWidget | None = None, renderer: Renderer | None = None) -> None:
        super().__init__(parent)
        self._renderer: Renderer = renderer or RasterRenderer()
        self._foreground = Foreground()
        self._key: object = None
        self._marks = Marks()
        self._display = Display()
        self._theme = DARK
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(_SETTLE_MS)
        self._settling.timeout.connect(self.update)
        self._late_objects: tuple[CanvasObject, ...] | None = None
        self._notice = ""
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(120, 90)
        self.setAccessibleName(translate("Canvas", "Canvas"))
        self._describe()

    @property
    def viewport(self) -> Viewport:
        """Where the picture lies on the widget."""
        return self._viewport

    def set_picture(self, picture: NDArray[np.uint8] | Pyramid | None, key: object = None) -> None:
        """Show another picture; objects, candidates and marks are forgotten.

        Args:
            picture: (H, W, 3) uint8 RGB, or its pyramid built beforehand on another thread.
            key: names the media. While it and the size stay equal (frames of one clip), pan and
                zoom stay; otherwise the picture is fitted.

        Raises:
            ValueError: the array is not (H, W, 3) uint8.
        """
        pyramid = picture if isinstance(picture, Pyramid) or picture is None else Pyramid(picture)
        self.drop_draft()
        self._pyramid, self._notice = pyramid, ""
        self._renderer.set_picture(pyramid)
        self._objects, self._candidates, self._marks = (), (), Marks(hint=self._marks.hint)
        size = pyramid.size if pyramid is not None else Size(0, 0)
        stays = key is not None and key == self._key and size == self._viewport.picture
        self._key = key
        self._refresh_context()
        if not stays:
            self._is_fitted = True
            self._set_viewport(replace(self._viewport, picture=size).fitted())
        self._describe()
        self.update()

    def say_why_empty(self, notice: str) -> None:
        """Show these words until there is a picture again."""
        self._notice = notice
        self._describe()
        self.update()

    def set_objects(self, objects: Sequence[CanvasObject]) -> None:
        """Show these objects; what is equal to what is shown costs nothing.

        While a stroke is being drawn they wait until it ends, so that it stays visible.

        Raises:
            ValueError: two objects share an id.
        """
        if self._tool.draft.is_stroking:
            self._late_objects = tuple(objects)
            return
        self._late_objects = None
        known = {item.id: item for item in self._objects}
        fresh = tuple(_reused(item, known.get(item.id)) for item in objects)
        if len(fresh) == len(self._objects) and all(map(is_, fresh, self._objects)):
            self._drop_stroke()
            return
        self._renderer.set_objects(fresh)
        self._objects = fresh
        self._describe()
        self.update()

    def set_candidates(self, candidates: Sequence[CandidateMark]) -> None:
        """Show what the model found."""
        if tuple(candidates) != self._candidates:
            self._candidates = tuple(candidates)
            self._renderer.set_candidates(self._candidates)
            self.update()

    def set_marks(self, marks: Marks) -> None:
        """Show prompts in progress, the preview and the hint line."""
        if marks == self._marks:
            return
        only_preview = replace(marks, preview=None) == replace(self._marks, preview=None)
        touched = [m.preview.mask.box.box() for m in (marks, self._marks) if m.preview is not None]
        self._marks = marks
        if not only_preview:
            self.update()
            return
        for box in touched:
            self._update_box(box)

    def set_display(self, display: Display) -> None:
        """Change opacity, what is shown, brightness, contrast and gamma."""
        if display != self._display:
            self._display = display
            self._renderer.set_look(display, self._theme)
            self.update()

    def set_theme(self, theme: CanvasTheme) -> None:
        """Change the colours around the picture."""
        if theme != self._theme:
            self._theme = theme
            self._renderer.set_look(self._display, theme)
            self.update()

    def fit(self) -> None:
        """Show the whole picture, and keep it fitted when the widget changes its size."""
        self._is_fitted = True
        self._set_viewport(self._viewport.fitted())

    def zoom_to(self, scale: float) -> None:
        """Zoom around the middle; 1.0 is one widget pixel per image pixel."""
        self._is_fitted = False
        size = self._viewport.widget
        self._set_viewport(self._viewport.zoomed_at(scale, size.width / 2, size.height / 2))

    def zoom_by(self, factor: float) -> None:
        """Zoom around the middle, in (above 1) or out (below 1)."""
        self.zoom_to(self._viewport.scale * factor)

    def center_on(self, box: Box) -> None:
        """Bring a box of the image into the middle, zooming out if it does not fit."""
        self._is_fitted = False
        self._set_viewport(self._viewport.centred_on(box))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """The scene from the kept image, the foreground on top."""
        painter = QPainter(self)
        exposed = event.rect()
        if self._pyramid is None:
            painter.fillRect(exposed, QColor(self._theme.canvas))
            painter.setPen(QColor(self._theme.dim))
            painter.drawText(
                QRectF(self.rect()),
                Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap,
                self._notice or translate("Canvas", "Open pictures or a clip to begin"),
            )
            painter.end()
            return
        is_hasty = self._settling.isActive()
        self._renderer.paint(painter, self._viewport, exposed, is_hasty=is_hasty)
        if self._renderer.is_incomplete:
            QTimer.singleShot(0, self, self.update)
        draft = self._tool.draft
        self._foreground.paint_marks(painter, self._viewport, self._marks, self._theme)
        self._foreground.paint_draft(painter, self._viewport, draft, self._theme)
        pointer = self._keyboard_at or self._pointer_at
        if pointer is not None:
            self._foreground.paint_pointer(painter, self._viewport, pointer, draft, self._theme)
        if self._keyboard_at is not None:
            self._foreground.paint_keyboard_cursor(
                painter, self._viewport, self._keyboard_at, self._theme
            )
        self._foreground.paint_hint(painter, self._viewport, self._marks.hint, self._theme)
        painter.end()

    # What the base classes ask for.

    def _set_viewport(self, viewport: Viewport) -> None:
        if viewport == self._viewport:
            return
        has_zoomed = viewport.scale != self._viewport.scale
        self._viewport = viewport
        self.update()
        if has_zoomed:
            self.zoom_changed.emit(viewport.scale)
        self.view_changed.emit()

    def _object_at(self, point: Point) -> ObjectId | None:
        id_map = self._renderer.id_map
        return None if id_map is None else id_map.at(*pixel_of(point))

    def _zoom_at(self, factor: float, at: QPointF) -> None:
        self._settling.start()
        super()._zoom_at(factor, at)

    def _paint_dab(self, dab: Dabbed) -> None:
        target = self._stroke_target()
        self._renderer.paint_stroke(dab.box, dab.inside, target, is_erase=dab.is_erase)
        self._update_box(dab.box.box())

    def _drop_stroke(self) -> None:
        if self._renderer.drop_stroke():
            self.update()
        self._show_late_objects()

    def _pointer(self, kind: str, event: PointerEvent) -> None:
        super()._pointer(kind, event)
        self._show_late_objects()

    # Inside.

    def _show_late_objects(self) -> None:
        if self._late_objects is not None and not self._tool.draft.is_stroking:
            self.set_objects(self._late_objects)

    def _stroke_target(self) -> ObjectId | None:
        """The one selected object that a stroke would change."""
        chosen = [item for item in self._objects if item.is_selected and not item.is_locked]
        return chosen[0].id if len(chosen) == 1 else None

    def _update_box(self, box: Box) -> None:
        self.update(reach_of(self._viewport, box).toAlignedRect())

    def _describe(self) -> None:
        """Tell a screen reader what is shown."""
        if self._pyramid is None:
            self.setAccessibleDescription(self._notice or translate("Canvas", "No picture is open"))
            return
        size = self._pyramid.size
        chosen = [item.label for item in self._objects if item.is_selected]
        text = translate("Canvas", "Picture {width} by {height}, {count} objects").format(
            width=size.width, height=size.height, count=len(self._objects)
        )
        if chosen:
            text += translate("Canvas", ", selected: {names}").format(names=in_words(chosen))
        self.setAccessibleDescription(text)


def _reused(item: CanvasObject, known: CanvasObject | None) -> CanvasObject:
    """An equal object or mask keeps its identity, by which outlines are remembered."""
    if known is None or known == item:
        return known or item
    same_mask = known.mask is item.mask or known.mask == item.mask
    return replace(item, mask=known.mask) if same_mask else item
