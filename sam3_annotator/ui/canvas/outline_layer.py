"""Vectors that belong to the scene: outlines, hatching and chips of objects and candidates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QTransform

from sam3_annotator.ui.canvas.chips import Chip, ChipCache
from sam3_annotator.ui.canvas.paths import PathCache
from sam3_annotator.ui.canvas.scene import DASHES, ObjectStyle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sam3_annotator.domain.geometry import Box
    from sam3_annotator.ui.canvas.scene import CandidateMark, CanvasObject, Display
    from sam3_annotator.ui.canvas.viewport import Viewport

_WIDTH = 1.5
_SELECTED_WIDTH = 2.5
_CROWD = 24
"""With more outlines than this in sight each is drawn as two hairlines half a pixel apart: it
looks like 1.5 px and is five times faster than Qt's wide pen (41 against 8 ms for 300)."""
_MIN_CHIP_SIDE = 22.0
"""An object smaller than this on screen shows its chip only when selected."""
_LINE_REACH = 4.0
_CHIP_WIDTH = 230.0
_CHIP_HEIGHT = 24.0


class OutlineLayer:
    """Draws the vectors of a scene in widget coordinates, skipping what is out of sight."""

    def __init__(self) -> None:
        self.objects: tuple[CanvasObject, ...] = ()
        self.candidates: tuple[CandidateMark, ...] = ()
        self.paths = PathCache()
        self._chips = ChipCache()

    def prune(self) -> None:
        """Forget the paths of masks that are gone."""
        alive = [item.mask for item in self.objects]
        alive.extend(mark.mask for mark in self.candidates if mark.mask is not None)
        self.paths.prune(alive)

    def paint(
        self,
        painter: QPainter,
        viewport: Viewport,
        display: Display,
        clip: QRectF,
        *,
        has_selected: bool,
    ) -> None:
        """Draw everything that meets ``clip``.

        Args:
            painter: in logical widget coordinates, clipped by the caller.
            viewport: where the picture lies.
            display: what to show.
            clip: widget rectangle that is being drawn.
            has_selected: whether selected objects get their outline; not while one is brushed.
        """
        near = [item for item in self.objects if not item.is_hidden]
        near = [item for item in near if _meets(viewport, item.mask.box.box(), clip)]
        scale = viewport.scale * painter.device().devicePixelRatio()
        if display.shows_fill:
            for item in near:
                if item.style is ObjectStyle.LOW_CONFIDENCE:
                    self._hatch(painter, viewport, item, scale)
        if display.shows_outlines:
            plain = [item for item in near if not item.is_selected]
            self._outline(painter, viewport, plain, scale)
            if has_selected:
                chosen = [item for item in near if item.is_selected]
                self._outline_selected(painter, viewport, chosen, scale)
        self._outline_candidates(painter, viewport, clip, scale)

    def paint_chips(
        self, painter: QPainter, viewport: Viewport, display: Display, clip: QRectF
    ) -> None:
        """Draw the chips that may touch ``clip``; they keep inside the widget while panning."""
        if not display.shows_labels:
            return
        ratio = painter.device().devicePixelRatio()
        near = [item for item in self.objects if not item.is_hidden]
        near = [item for item in near if reach_of(viewport, item.mask.box.box()).intersects(clip)]
        for chip, x, y in (*self._placed(near, viewport), *self._scores(viewport, clip)):
            painter.drawImage(QPointF(round(x), round(y)), self._chips.image(chip, ratio))

    def _outline(
        self, painter: QPainter, viewport: Viewport, items: list[CanvasObject], scale: float
    ) -> None:
        is_crowded = len(items) > _CROWD
        shifts = (-0.25, 0.25) if is_crowded else (0.0,)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for shift in shifts:
            painter.setTransform(_transform(viewport, shift), combine=False)
            for item in items:
                width = 1.0 if is_crowded else _WIDTH
                painter.setPen(_pen(item.color, width, DASHES[item.dash % len(DASHES)]))
                painter.drawPath(self.paths.path(item.mask, scale))
        painter.restore()

    def _outline_selected(
        self, painter: QPainter, viewport: Viewport, items: list[CanvasObject], scale: float
    ) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setTransform(_transform(viewport), combine=False)
        for item in items:
            path = self.paths.path(item.mask, scale)
            # A dark rim keeps the line readable on a picture of its own colour.
            painter.setPen(_pen("#90101215", _SELECTED_WIDTH + 2.0, ()))
            painter.drawPath(path)
            painter.setPen(_pen(item.color, _SELECTED_WIDTH, DASHES[item.dash % len(DASHES)]))
            painter.drawPath(path)
        painter.restore()

    def _hatch(
        self, painter: QPainter, viewport: Viewport, item: CanvasObject, scale: float
    ) -> None:
        color = QColor(item.color)
        color.setAlpha(170)
        brush = QBrush(color, Qt.BrushStyle.BDiagPattern)
        # Undo the zoom inside the brush, so that the lines keep their distance on the screen.
        brush.setTransform(QTransform.fromScale(1 / viewport.scale, 1 / viewport.scale))
        painter.save()
        painter.setTransform(_transform(viewport), combine=False)
        painter.fillPath(self.paths.path(item.mask, scale), brush)
        painter.restore()

    def _outline_candidates(
        self, painter: QPainter, viewport: Viewport, clip: QRectF, scale: float
    ) -> None:
        near = [mark for mark in self.candidates if _meets(viewport, mark.box, clip)]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setTransform(_transform(viewport), combine=False)
        for mark in sorted(near, key=lambda mark: (mark.is_highlighted, mark.score)):
            width = 1.0 if len(near) > _CROWD else _WIDTH
            width = _SELECTED_WIDTH if mark.is_highlighted else width
            painter.setPen(_pen(mark.color, width, () if mark.is_accepted else (5, 4)))
            if mark.mask is None:
                painter.drawRect(_rect(mark.box))
            else:
                painter.drawPath(self.paths.path(mark.mask, scale))
        painter.restore()

    def _scores(self, viewport: Viewport, clip: QRectF) -> Iterator[tuple[Chip, float, float]]:
        """The chips of candidates, the highlighted one last."""
        for mark in sorted(self.candidates, key=lambda mark: (mark.is_highlighted, mark.score)):
            spot = viewport.box_to_widget(mark.box)
            is_small = spot.width < _MIN_CHIP_SIDE and not mark.is_highlighted
            if is_small or not reach_of(viewport, mark.box).intersects(clip):
                continue
            text = f"{'✓ ' if mark.is_accepted else ''}{mark.score:.2f}"
            chip = Chip(text, mark.color, is_selected=mark.is_highlighted, is_ghost=True)
            yield chip, max(spot.x0, 2.0), max(spot.y0, 2.0)

    def _placed(
        self, items: list[CanvasObject], viewport: Viewport
    ) -> Iterator[tuple[Chip, float, float]]:
        """Chips and where they go: at the top left of their object, selected ones last."""
        for item in sorted(items, key=lambda item: item.is_selected):
            spot = viewport.box_to_widget(item.mask.box.box())
            is_small = min(spot.width, spot.height) < _MIN_CHIP_SIDE
            if not item.label or (is_small and not item.is_selected):
                continue
            chip = Chip(
                item.label,
                item.color,
                is_selected=item.is_selected,
                is_human=item.style is ObjectStyle.HUMAN,
                is_locked=item.is_locked,
            )
            # Above the object, or inside it where that would leave the widget.
            y = spot.y0 - 18 if spot.y0 >= 20 else max(spot.y0, 0.0) + 2
            yield chip, max(spot.x0, 2.0), y


def _transform(viewport: Viewport, shift: float = 0.0) -> QTransform:
    return QTransform(
        viewport.scale, 0, 0, viewport.scale, viewport.left + shift, viewport.top + shift
    )


def _pen(color: str, width: float, dashes: tuple[float, ...]) -> QPen:
    pen = QPen(QColor(color), width)
    pen.setCosmetic(True)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin if width > 2 else Qt.PenJoinStyle.BevelJoin)
    if dashes:
        pen.setDashPattern(list(dashes))
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def _rect(box: Box) -> QRectF:
    return QRectF(box.x0, box.y0, box.width, box.height)


def reach_of(viewport: Viewport, box: Box) -> QRectF:
    """The widget rectangle that an object's outline and chip may take, for a box of the image."""
    spot = viewport.box_to_widget(box)
    left, top = spot.x0 - _LINE_REACH, spot.y0 - _CHIP_HEIGHT
    right = max(spot.x1 + _LINE_REACH, max(spot.x0, 2.0) + _CHIP_WIDTH)
    bottom = max(spot.y1 + _LINE_REACH, max(spot.y0, 2.0) + _CHIP_HEIGHT)
    return QRectF(left, top, right - left, bottom - top)


def _meets(viewport: Viewport, box: Box, clip: QRectF) -> bool:
    """Whether a box with its line may touch a widget rectangle."""
    spot = viewport.box_to_widget(box).padded(_LINE_REACH)
    return QRectF(spot.x0, spot.y0, spot.width, spot.height).intersects(clip)
