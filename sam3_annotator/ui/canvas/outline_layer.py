"""Lines that belong to the scene: outlines and hatching of objects and candidates."""

from __future__ import annotations

from functools import lru_cache
from time import perf_counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QTransform

from sam3_annotator.ui.canvas.paths import PathCache
from sam3_annotator.ui.canvas.scene import DASHES, ObjectStyle
from sam3_annotator.ui.canvas.spots import Spots

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sam3_annotator.domain.geometry import Box
    from sam3_annotator.domain.mask import Mask
    from sam3_annotator.ui.canvas.scene import CandidateMark, CanvasObject, Display
    from sam3_annotator.ui.canvas.viewport import Viewport

_WIDTH = 1.5
_SELECTED_WIDTH = 2.5
_RIM = "#90101215"
"""A dark, half transparent line below a bright one."""
_CROWD = 2_000
_THRONG = 12_000
"""Qt draws 24,000 line pieces in 41 ms at 1.5 px but in 4 ms as hairlines. So from ``_CROWD``
pieces in sight outlines are two hairlines half a pixel apart, which look like 1.5 px, and from
``_THRONG`` one, which is easier to read too."""
_TYPICAL_PIECES = 100
_MANY_CANDIDATES = 24
_TRACING_S = 0.012
"""Time one paint may spend on outlines it has not traced yet; the rest come with the next."""


class OutlineLayer:
    """Draws the lines of a scene in widget coordinates, skipping what is out of sight.

    Attributes:
        is_incomplete: the last paint left outlines out because tracing them took too long.
    """

    def __init__(self) -> None:
        self.is_incomplete = False
        self._objects: tuple[CanvasObject, ...] = ()
        self._candidates: tuple[CandidateMark, ...] = ()
        self._object_spots = self._candidate_spots = Spots(())
        self._paths = PathCache()
        self._deadline = 0.0
        self._is_hasty = False
        self._ratio = 1.0

    def show_objects(self, objects: Sequence[CanvasObject], spots: Spots) -> None:
        """Draw these objects from now on; ``spots`` are their boxes in the same order."""
        self._objects, self._object_spots = tuple(objects), spots
        self._prune()

    def show_candidates(self, candidates: Sequence[CandidateMark], spots: Spots) -> None:
        """Draw these candidates from now on."""
        self._candidates, self._candidate_spots = tuple(candidates), spots
        self._prune()

    def paint(
        self,
        painter: QPainter,
        viewport: Viewport,
        display: Display,
        clip: QRectF,
        *,
        has_selected: bool,
        is_hasty: bool,
    ) -> None:
        """Draw everything that meets ``clip``.

        Args:
            painter: in logical widget coordinates, clipped by the caller.
            viewport: where the picture lies.
            display: what to show.
            clip: widget rectangle that is being drawn.
            has_selected: whether selected objects get their outline; not while one is brushed.
            is_hasty: hairlines of what has been traced will do; the next picture comes at once.
        """
        self._deadline = 0.0 if is_hasty else perf_counter() + _TRACING_S
        self._is_hasty = is_hasty
        self.is_incomplete = False
        self._ratio = painter.device().devicePixelRatio()
        near = [self._objects[index] for index in self._object_spots.meeting(viewport, clip)]
        painter.save()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setTransform(_transform(viewport), combine=False)
        if display.shows_fill:
            self._hatch_doubtful(painter, viewport, near)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if display.shows_outlines:
            self._outline(painter, viewport, [item for item in near if not item.is_selected])
            painter.setTransform(_transform(viewport), combine=False)
            if has_selected:
                self._outline_selected(painter, viewport, [i for i in near if i.is_selected])
        self._outline_candidates(painter, viewport, clip)
        painter.restore()

    def _prune(self) -> None:
        alive = [item.mask for item in self._objects]
        alive.extend(mark.mask for mark in self._candidates if mark.mask is not None)
        self._paths.prune(alive)

    def _path(self, mask: Mask, scale: float) -> QPainterPath:
        """The outline; once time is up, what has been traced before at another zoom, or nothing."""
        path = self._paths.known(mask, scale)
        if path is not None:
            return path
        if perf_counter() < self._deadline:
            return self._paths.path(mask, scale)
        self.is_incomplete = not self._is_hasty
        return self._paths.any_known(mask)

    def _outline(self, painter: QPainter, viewport: Viewport, items: list[CanvasObject]) -> None:
        scale = viewport.scale
        for item in items:
            self._path(item.mask, scale)  # traced first, so that the count below is not a guess
        pieces = self._pieces_in_sight(viewport, scale)
        is_crowd = pieces > _CROWD
        if self._is_hasty and is_crowd:
            pieces, scale = _THRONG + 1, scale / 2
        width = 1.0 if is_crowd else self._ratio * _WIDTH
        shifts = (-0.25, 0.25) if _CROWD < pieces <= _THRONG else (0.0,)
        paths = [self._path(item.mask, scale) for item in items]
        for shift in shifts:
            painter.setTransform(_transform(viewport, shift), combine=False)
            for item, path in zip(items, paths, strict=True):
                painter.setPen(_pen(item.color, width, DASHES[item.dash % len(DASHES)]))
                painter.drawPath(path)
        if is_crowd:
            self._prepare_haste(items, scale / 2)

    def _prepare_haste(self, items: list[CanvasObject], scale: float) -> None:
        """Spend what is left of the time on the coarse outlines that a turning wheel will want."""
        for item in items:
            if perf_counter() >= self._deadline:
                return
            self._paths.path(item.mask, scale)

    def _pieces_in_sight(self, viewport: Viewport, scale: float) -> int:
        """How many line pieces the whole widget shows; a patch must look like its surroundings."""
        known = (
            self._paths.known(self._objects[index].mask, scale)
            for index in self._object_spots.in_sight(viewport)
        )
        return sum(_TYPICAL_PIECES if path is None else path.elementCount() for path in known)

    def _outline_selected(
        self, painter: QPainter, viewport: Viewport, items: list[CanvasObject]
    ) -> None:
        for item in items:
            path = self._path(item.mask, viewport.scale)
            # A dark rim keeps the line readable on a picture of its own colour.
            painter.setPen(_pen(_RIM, self._ratio * (_SELECTED_WIDTH + 2.0), ()))
            painter.drawPath(path)
            dashes = DASHES[item.dash % len(DASHES)]
            painter.setPen(_pen(item.color, self._ratio * _SELECTED_WIDTH, dashes))
            painter.drawPath(path)

    def _hatch_doubtful(
        self, painter: QPainter, viewport: Viewport, items: list[CanvasObject]
    ) -> None:
        for item in items:
            if item.style is not ObjectStyle.LOW_CONFIDENCE:
                continue
            color = QColor(item.color)
            color.setAlpha(170)
            brush = QBrush(color, Qt.BrushStyle.BDiagPattern)
            # Undo the zoom inside the brush, so that the lines keep their distance on the screen.
            brush.setTransform(QTransform.fromScale(1 / viewport.scale, 1 / viewport.scale))
            painter.fillPath(self._path(item.mask, viewport.scale), brush)

    def _outline_candidates(self, painter: QPainter, viewport: Viewport, clip: QRectF) -> None:
        near = [self._candidates[i] for i in self._candidate_spots.meeting(viewport, clip)]
        is_many = len(self._candidates) > _MANY_CANDIDATES
        for mark in sorted(near, key=lambda mark: (mark.is_highlighted, mark.score)):
            width = 1.0 if is_many else self._ratio * _WIDTH
            width = self._ratio * _SELECTED_WIDTH if mark.is_highlighted else width
            path = QPainterPath()
            if mark.mask is None:
                path.addRect(_rect(mark.box))
            else:
                path = self._path(mark.mask, viewport.scale)
            if not is_many:  # a dark rim keeps light dashes readable on a bright picture
                painter.setPen(_pen(_RIM, width + self._ratio * 2.0, ()))
                painter.drawPath(path)
            painter.setPen(_pen(mark.color, width, () if mark.is_accepted else (5, 4)))
            painter.drawPath(path)


def _transform(viewport: Viewport, shift: float = 0.0) -> QTransform:
    return QTransform(
        viewport.scale, 0, 0, viewport.scale, viewport.left + shift, viewport.top + shift
    )


@lru_cache(maxsize=256)
def _pen(color: str, width: float, dashes: tuple[float, ...]) -> QPen:
    """A pen of ``width`` device pixels at any zoom; one pixel is what Qt draws fastest."""
    pen = QPen(QColor(color), width)
    pen.setCosmetic(True)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin if width > 2 else Qt.PenJoinStyle.BevelJoin)
    if dashes:
        pen.setDashPattern(list(dashes))
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def _rect(box: Box) -> QRectF:
    return QRectF(box.x0, box.y0, box.width, box.height)
