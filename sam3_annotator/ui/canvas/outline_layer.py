"""Vectors that belong to the scene: outlines, hatching and chips of objects and candidates."""

from __future__ import annotations

from functools import lru_cache
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QTransform

from sam3_annotator.ui.canvas.chips import Chip, ChipCache
from sam3_annotator.ui.canvas.paths import PathCache
from sam3_annotator.ui.canvas.scene import DASHES, ObjectStyle

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from sam3_annotator.domain.geometry import Box
    from sam3_annotator.domain.mask import Mask
    from sam3_annotator.ui.canvas.scene import CandidateMark, CanvasObject, Display
    from sam3_annotator.ui.canvas.viewport import Viewport

_WIDTH = 1.5
_SELECTED_WIDTH = 2.5
_CROWD = 2_000
_THRONG = 12_000
"""Qt draws 24,000 line pieces in 41 ms at 1.5 px but in 4 ms as hairlines. So from ``_CROWD``
pieces in sight outlines are two hairlines half a pixel apart, which look like 1.5 px, and from
``_THRONG`` one, which is easier to read too."""
_TYPICAL_PIECES = 100
_MANY_CANDIDATES = 24
_MIN_CHIP_SIDE = 22.0
"""An object smaller than this on screen shows its chip only when selected."""
_LINE_REACH = 4.0
_CHIP_WIDTH = 230.0
_CHIP_HEIGHT = 24.0
_TRACING_S = 0.012
"""Time one paint may spend on outlines it has not traced yet; the rest come with the next."""


class OutlineLayer:
    """Draws the vectors of a scene in widget coordinates, skipping what is out of sight.

    Attributes:
        is_incomplete: the last paint left outlines out because tracing them took too long.
    """

    def __init__(self) -> None:
        self.is_incomplete = False
        self._objects: tuple[CanvasObject, ...] = ()
        self._candidates: tuple[CandidateMark, ...] = ()
        self._object_boxes = _stacked(())
        self._candidate_boxes = _stacked(())
        self._paths = PathCache()
        self._chips = ChipCache()
        self._deadline = 0.0

    @property
    def objects(self) -> tuple[CanvasObject, ...]:
        """The visible objects, bottom first."""
        return self._objects

    @property
    def candidates(self) -> tuple[CandidateMark, ...]:
        """The candidates as they were given."""
        return self._candidates

    def show_objects(self, objects: Iterable[CanvasObject]) -> None:
        """Draw these objects from now on; hidden ones are left out."""
        self._objects = tuple(item for item in objects if not item.is_hidden)
        self._object_boxes = _stacked(item.mask.box.box() for item in self._objects)
        self._prune()

    def show_candidates(self, candidates: Sequence[CandidateMark]) -> None:
        """Draw these candidates from now on."""
        self._candidates = tuple(candidates)
        self._candidate_boxes = _stacked(mark.box for mark in candidates)
        self._prune()

    def paint(
        self,
        painter: QPainter,
        viewport: Viewport,
        display: Display,
        clip: QRectF,
        *,
        has_selected: bool,
    ) -> None:
        """Draw lines and hatching that meet ``clip``.

        Args:
            painter: in logical widget coordinates, clipped by the caller.
            viewport: where the picture lies.
            display: what to show.
            clip: widget rectangle that is being drawn.
            has_selected: whether selected objects get their outline; not while one is brushed.
        """
        self._deadline = perf_counter() + _TRACING_S
        self.is_incomplete = False
        spots = _on_widget(self._object_boxes, viewport)
        near = [self._objects[index] for index in _meeting(spots, clip)]
        scale = viewport.scale * painter.device().devicePixelRatio()
        painter.save()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setTransform(_transform(viewport), combine=False)
        if display.shows_fill:
            for item in near:
                if item.style is ObjectStyle.LOW_CONFIDENCE:
                    self._hatch(painter, viewport, item, scale)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if display.shows_outlines:
            chosen = [item for item in near if item.is_selected and has_selected]
            plain = [item for item in near if not item.is_selected]
            self._outline(painter, viewport, plain, scale)
            painter.setTransform(_transform(viewport), combine=False)
            self._outline_selected(painter, chosen, scale)
        self._outline_candidates(painter, viewport, clip, scale)
        painter.restore()

    def paint_chips(
        self, painter: QPainter, viewport: Viewport, display: Display, clip: QRectF
    ) -> None:
        """Draw the chips that may touch ``clip``; they keep inside the widget while panning."""
        if not display.shows_labels:
            return
        ratio = painter.device().devicePixelRatio()
        for chip, x, y in (*self._names(viewport, clip), *self._scores(viewport, clip)):
            painter.drawImage(QPointF(round(x), round(y)), self._chips.image(chip, ratio))

    def _prune(self) -> None:
        alive = [item.mask for item in self._objects]
        alive.extend(mark.mask for mark in self._candidates if mark.mask is not None)
        self._paths.prune(alive)

    def _path(self, mask: Mask, scale: float) -> QPainterPath:
        """The outline; once time is up, what has been traced before at another zoom, or nothing."""
        path = self._paths.known(mask, scale)
        if path is None and perf_counter() < self._deadline:
            return self._paths.path(mask, scale)
        if path is None:
            self.is_incomplete = True
            return self._paths.any_known(mask)
        return path

    def _outline(
        self, painter: QPainter, viewport: Viewport, items: list[CanvasObject], scale: float
    ) -> None:
        pieces = self._pieces_in_sight(viewport, scale)
        width = _WIDTH if pieces <= _CROWD else 1.0
        shifts = (-0.25, 0.25) if _CROWD < pieces <= _THRONG else (0.0,)
        paths = [self._path(item.mask, scale) for item in items]
        for shift in shifts:
            painter.setTransform(_transform(viewport, shift), combine=False)
            for item, path in zip(items, paths, strict=True):
                painter.setPen(_pen(item.color, width, DASHES[item.dash % len(DASHES)]))
                painter.drawPath(path)

    def _pieces_in_sight(self, viewport: Viewport, scale: float) -> int:
        """How many line pieces the whole widget shows; a patch must look like its surroundings."""
        spots = _on_widget(self._object_boxes, viewport)
        known = (
            self._paths.known(self._objects[index].mask, scale)
            for index in _meeting(spots, _widget_rect(viewport))
        )
        return sum(_TYPICAL_PIECES if path is None else path.elementCount() for path in known)

    def _outline_selected(self, painter: QPainter, items: list[CanvasObject], scale: float) -> None:
        for item in items:
            path = self._path(item.mask, scale)
            # A dark rim keeps the line readable on a picture of its own colour.
            painter.setPen(_pen("#90101215", _SELECTED_WIDTH + 2.0, ()))
            painter.drawPath(path)
            painter.setPen(_pen(item.color, _SELECTED_WIDTH, DASHES[item.dash % len(DASHES)]))
            painter.drawPath(path)

    def _hatch(
        self, painter: QPainter, viewport: Viewport, item: CanvasObject, scale: float
    ) -> None:
        color = QColor(item.color)
        color.setAlpha(170)
        brush = QBrush(color, Qt.BrushStyle.BDiagPattern)
        # Undo the zoom inside the brush, so that the lines keep their distance on the screen.
        brush.setTransform(QTransform.fromScale(1 / viewport.scale, 1 / viewport.scale))
        painter.fillPath(self._path(item.mask, scale), brush)

    def _outline_candidates(
        self, painter: QPainter, viewport: Viewport, clip: QRectF, scale: float
    ) -> None:
        spots = _on_widget(self._candidate_boxes, viewport)
        near = [self._candidates[index] for index in _meeting(spots, clip)]
        painter.setTransform(_transform(viewport), combine=False)
        for mark in sorted(near, key=lambda mark: (mark.is_highlighted, mark.score)):
            width = 1.0 if len(near) > _TYPICAL_PIECES = 100
_MANY_CANDIDATES else _WIDTH
            width = _SELECTED_WIDTH if mark.is_highlighted else width
            painter.setPen(_pen(mark.color, width, () if mark.is_accepted else (5, 4)))
            if mark.mask is None:
                painter.drawRect(_rect(mark.box))
            else:
                painter.drawPath(self._path(mark.mask, scale))

    def _names(self, viewport: Viewport, clip: QRectF) -> Iterator[tuple[Chip, float, float]]:
        """Chips of objects and where they go: at their top left, selected ones last."""
        spots = _on_widget(self._object_boxes, viewport)
        order = _chips_meeting(spots, viewport, clip)
        for index in sorted(order, key=lambda index: self._objects[index].is_selected):
            item = self._objects[index]
            left, top, right, bottom = spots[index].tolist()
            is_small = min(right - left, bottom - top) < _MIN_CHIP_SIDE
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
            yield chip, max(left, 2.0), top - 18 if top >= 20 else max(top, 0.0) + 2

    def _scores(self, viewport: Viewport, clip: QRectF) -> Iterator[tuple[Chip, float, float]]:
        """The chips of candidates, the highlighted one last."""
        spots = _on_widget(self._candidate_boxes, viewport)
        order = _chips_meeting(spots, viewport, clip)
        for index in sorted(order, key=lambda index: self._candidates[index].is_highlighted):
            mark = self._candidates[index]
            left, top, right, _ = spots[index].tolist()
            if right - left < _MIN_CHIP_SIDE and not mark.is_highlighted:
                continue
            text = f"{'✓ ' if mark.is_accepted else ''}{mark.score:.2f}"
            chip = Chip(text, mark.color, is_selected=mark.is_highlighted, is_ghost=True)
            yield chip, max(left, 2.0), max(top, 2.0)


def reach_of(viewport: Viewport, box: Box) -> QRectF:
    """The widget rectangle that an object's outline and chip may take, for a box of the image."""
    left, top, right, bottom = _with_chips(_on_widget(_stacked([box]), viewport))[0].tolist()
    return QRectF(left, top, right - left, bottom - top)


def _stacked(boxes: Iterable[Box]) -> NDArray[np.float64]:
    """(N, 4) float64 xyxy, so that culling 300 objects costs microseconds."""
    rows = [(box.x0, box.y0, box.x1, box.y1) for box in boxes]
    return np.array(rows, dtype=np.float64).reshape(-1, 4)


def _on_widget(boxes: NDArray[np.float64], viewport: Viewport) -> NDArray[np.float64]:
    shift = np.array([viewport.left, viewport.top, viewport.left, viewport.top])
    return np.asarray(boxes * viewport.scale + shift, dtype=np.float64)


def _with_chips(spots: NDArray[np.float64]) -> NDArray[np.float64]:
    """Widget boxes grown by what their lines and chips may take."""
    left, top, right, bottom = spots.T
    grown: NDArray[np.float64] = np.stack(
        [
            left - _LINE_REACH,
            top - _CHIP_HEIGHT,
            np.maximum(right + _LINE_REACH, np.maximum(left, 2.0) + _CHIP_WIDTH),
            np.maximum(bottom + _LINE_REACH, np.maximum(top, 2.0) + _CHIP_HEIGHT),
        ],
        axis=1,
    )
    return grown


def _meeting(spots: NDArray[np.float64], clip: QRectF) -> list[int]:
    """Indices of the boxes that may touch a widget rectangle."""
    hits = (
        (spots[:, 0] < clip.right() + _LINE_REACH)
        & (spots[:, 2] > clip.left() - _LINE_REACH)
        & (spots[:, 1] < clip.bottom() + _LINE_REACH)
        & (spots[:, 3] > clip.top() - _LINE_REACH)
    )
    return [int(index) for index in np.flatnonzero(hits)]


def _chips_meeting(spots: NDArray[np.float64], viewport: Viewport, clip: QRectF) -> list[int]:
    """Indices of the things in sight whose chips may touch a widget rectangle."""
    in_sight = set(_meeting(spots, _widget_rect(viewport)))
    return [index for index in _meeting(_with_chips(spots), clip) if index in in_sight]


def _widget_rect(viewport: Viewport) -> QRectF:
    return QRectF(0, 0, viewport.widget.width, viewport.widget.height)


def _transform(viewport: Viewport, shift: float = 0.0) -> QTransform:
    return QTransform(
        viewport.scale, 0, 0, viewport.scale, viewport.left + shift, viewport.top + shift
    )


@lru_cache(maxsize=256)
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
