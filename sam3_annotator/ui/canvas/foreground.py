"""What lies on top of the scene: previews, prompts, half-drawn gestures, the hint line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF, QTransform

from sam3_annotator.domain.geometry import Box, Point
from sam3_annotator.ui.canvas.chips import canvas_font
from sam3_annotator.ui.canvas.paths import PathCache
from sam3_annotator.ui.canvas.tools.events import DraftKind

if TYPE_CHECKING:
    from sam3_annotator.ui.canvas.scene import CanvasTheme, Hint, Marks, Preview
    from sam3_annotator.ui.canvas.tools.events import Draft
    from sam3_annotator.ui.canvas.viewport import Viewport

_DOT = 6.5
_HANDLE = 3.5
_HINT_HEIGHT = 28
_HINT_MARGIN = 12
_HINT_PAD = 11.0


class Foreground:
    """Draws marks and drafts in widget coordinates."""

    def __init__(self) -> None:
        self._paths = PathCache()

    def paint_marks(
        self, painter: QPainter, viewport: Viewport, marks: Marks, theme: CanvasTheme
    ) -> None:
        """Preview mask, exemplars, prompt box and clicks."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if marks.preview is not None:
            self._paths.prune([marks.preview.mask])
            self._preview(painter, viewport, marks.preview)
        for exemplar in marks.exemplars:
            color = theme.good if exemplar.is_positive else theme.bad
            self._exemplar(painter, viewport, exemplar.box, color, is_positive=exemplar.is_positive)
        if marks.box is not None:
            _frame(painter, _rect(viewport, marks.box), theme.accent, is_dashed=False)
        for click in marks.clicks:
            color = theme.good if click.is_positive else theme.bad
            _dot(
                painter,
                QPointF(*viewport.to_widget(click.point)),
                color,
                is_positive=click.is_positive,
            )

    def paint_draft(
        self, painter: QPainter, viewport: Viewport, draft: Draft, theme: CanvasTheme
    ) -> None:
        """A half-drawn gesture."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if draft.is_empty:
            return
        if draft.kind in (DraftKind.BOX, DraftKind.GOOD_BOX, DraftKind.BAD_BOX):
            first, second = draft.rings[0]
            color = {DraftKind.GOOD_BOX: theme.good, DraftKind.BAD_BOX: theme.bad}.get(
                draft.kind, theme.accent
            )
            _frame(painter, _rect(viewport, Box.around(first, second)), color, is_dashed=True)
            return
        for number, ring in enumerate(draft.rings):
            self._ring(painter, viewport, draft, number, ring, theme)

    def paint_pointer(
        self, painter: QPainter, viewport: Viewport, at: Point, draft: Draft, theme: CanvasTheme
    ) -> None:
        """The brush ring around the pointer."""
        radius = draft.brush_diameter / 2 * viewport.scale
        if radius <= 0:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        middle = QPointF(*viewport.to_widget(at))
        for color, width in (("#c0101215", 3.0), (theme.bad if draft.is_erase else "#ffffff", 1.4)):
            pen = QPen(QColor(color), width)
            if draft.is_erase and width < 2:
                pen.setDashPattern([4, 3])
            painter.setPen(pen)
            painter.drawEllipse(middle, radius, radius)

    def paint_keyboard_cursor(
        self, painter: QPainter, viewport: Viewport, at: Point, theme: CanvasTheme
    ) -> None:
        """The cross that the arrow keys move."""
        middle = QPointF(*viewport.to_widget(at))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for color, width in (("#c0101215", 4.0), (theme.accent, 2.0)):
            painter.setPen(QPen(QColor(color), width))
            for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                painter.drawLine(
                    middle + QPointF(4 * dx, 4 * dy), middle + QPointF(14 * dx, 14 * dy)
                )

    def paint_hint(
        self, painter: QPainter, viewport: Viewport, hint: Hint, theme: CanvasTheme
    ) -> None:
        """The line at the bottom left."""
        if hint.is_empty:
            return
        runs = _laid_out(hint)
        last = runs[-1]
        plate = QRectF(
            _HINT_MARGIN + 0.5,
            viewport.widget.height - _HINT_MARGIN - _HINT_HEIGHT + 0.5,
            min(last.x + last.width + _HINT_PAD, viewport.widget.width - 2 * _HINT_MARGIN),
            _HINT_HEIGHT,
        )
        panel = QColor(theme.panel)
        panel.setAlpha(235)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(theme.line))
        painter.setBrush(panel)
        painter.drawRoundedRect(plate, 7, 7)
        painter.setClipRect(plate)
        metrics = QFontMetricsF(_hint_font(is_bold=False))
        baseline = plate.top() + (_HINT_HEIGHT + metrics.ascent() - metrics.descent()) / 2
        for run in runs:
            painter.setFont(_hint_font(is_bold=run.is_key))
            painter.setPen(QColor(theme.text if run.is_key else theme.dim))
            painter.drawText(QPointF(plate.left() + run.x, baseline), run.text)
        painter.restore()

    def _preview(self, painter: QPainter, viewport: Viewport, preview: Preview) -> None:
        path = self._paths.path(preview.mask, viewport.scale)
        ratio = painter.device().devicePixelRatio()
        fill = QColor(preview.color)
        fill.setAlphaF(0.22 if preview.is_hover else 0.42)
        painter.save()
        painter.setTransform(_transform(viewport), combine=True)
        painter.fillPath(path, fill)
        for color, width in (("#90101215", 3.5), (preview.color, 1.0 if preview.is_hover else 2.0)):
            if preview.is_hover and width > 3:
                continue
            pen = QPen(QColor(color), ratio * width)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawPath(path)
        painter.restore()

    def _exemplar(
        self, painter: QPainter, viewport: Viewport, box: Box, color: str, *, is_positive: bool
    ) -> None:
        rect = _rect(viewport, box)
        _frame(painter, rect, color, is_dashed=not is_positive)
        _dot(painter, rect.topRight(), color, is_positive=is_positive)

    def _ring(
        self,
        painter: QPainter,
        viewport: Viewport,
        draft: Draft,
        number: int,
        ring: tuple[Point, ...],
        theme: CanvasTheme,
    ) -> None:
        points = [QPointF(*viewport.to_widget(point)) for point in ring]
        is_closed = draft.kind in (DraftKind.VERTICES, DraftKind.POLYGON)
        if draft.kind is DraftKind.POLYGON and len(points) > 2:
            fill = QColor(theme.accent)
            fill.setAlphaF(0.18)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(fill)
            painter.drawPolygon(QPolygonF(points))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        color = theme.bad if draft.is_erase else theme.accent
        for tint, width in (("#90101215", 3.5), (color, 1.5)):
            painter.setPen(QPen(QColor(tint), width))
            if draft.kind is DraftKind.VERTICES and is_closed:
                painter.drawPolygon(QPolygonF(points))
            else:
                painter.drawPolyline(QPolygonF(points))
        if draft.kind is DraftKind.LINE and len(points) > 2:
            return
        for index, point in enumerate(points):
            is_active = draft.active == (number, index)
            size = _HANDLE + (2.0 if is_active else 0.0)
            painter.setPen(QPen(QColor(color), 1.5))
            painter.setBrush(QColor(color if is_active else "#ffffff"))
            painter.drawRect(QRectF(point.x() - size, point.y() - size, 2 * size, 2 * size))


@dataclass(frozen=True, slots=True)
class _Run:
    """A piece of the hint line: a key or words, ``x`` counted from the plate's left edge."""

    text: str
    is_key: bool
    x: float
    width: float


def _laid_out(hint: Hint) -> list[_Run]:
    texts = [(hint.text, False)] if hint.text else []
    for key, meaning in hint.keys:
        texts.extend([(key, True), (meaning, False)])
    runs: list[_Run] = []
    x = _HINT_PAD
    for text, is_key in texts:
        if runs:
            x += 14.0 if is_key else 5.0
        width = QFontMetricsF(_hint_font(is_bold=is_key)).horizontalAdvance(text)
        runs.append(_Run(text, is_key, x, width))
        x += width
    return runs


def _hint_font(*, is_bold: bool) -> QFont:
    font = canvas_font(is_bold=is_bold)
    font.setPixelSize(12)
    return font


def _transform(viewport: Viewport) -> QTransform:
    return QTransform(viewport.scale, 0, 0, viewport.scale, viewport.left, viewport.top)


def _rect(viewport: Viewport, box: Box) -> QRectF:
    spot = viewport.box_to_widget(box)
    return QRectF(spot.x0, spot.y0, spot.width, spot.height)


def _frame(painter: QPainter, rect: QRectF, color: str, *, is_dashed: bool) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor("#90101215"), 3.5))
    painter.drawRect(rect)
    pen = QPen(QColor(color), 1.8)
    if is_dashed:
        pen.setDashPattern([5, 3])
    painter.setPen(pen)
    painter.drawRect(rect)


def _dot(painter: QPainter, at: QPointF, color: str, *, is_positive: bool) -> None:
    """A click: a plus or a minus besides the colour, for those who cannot tell green from red."""
    painter.setPen(QPen(QColor("#ffffff"), 1.8))
    painter.setBrush(QColor(color))
    painter.drawEllipse(at, _DOT, _DOT)
    arm = _DOT - 3.2
    painter.drawLine(at - QPointF(arm, 0), at + QPointF(arm, 0))
    if is_positive:
        painter.drawLine(at - QPointF(0, arm), at + QPointF(0, arm))
