"""Which chips are shown and where: at their object, inside the widget, none on another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF

from sam3_annotator.ui.canvas.anchors import Anchors
from sam3_annotator.ui.canvas.chips import Chip, ChipCache
from sam3_annotator.ui.canvas.scene import ObjectStyle
from sam3_annotator.ui.canvas.spots import Spots

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QImage, QPainter

    from sam3_annotator.ui.canvas.scene import CandidateMark, CanvasObject
    from sam3_annotator.ui.canvas.viewport import Viewport

_Rect = tuple[float, float, float, float]
_MIN_SIDE = 22.0
"""An object smaller than this on screen shows its chip only when selected."""
_ABOVE = 18.0
_CELL = 64.0
"""Side of the cells by which neighbours are found, in widget pixels."""
_EDGE = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    """The chips of one scale, the most important one last.

    Attributes:
        spots: (N, 4) float64, xyxy of the named things in widget pixels from the picture's corner.
        rises: (N,) float64, how far above its thing's top a chip wants to be.
        sizes: (N, 2) float64, widths and heights of the chips.
    """

    scale: float
    ratio: float
    images: tuple[QImage, ...]
    spots: NDArray[np.float64]
    rises: NDArray[np.float64]
    sizes: NDArray[np.float64]


class ChipLayer:
    """Draws chips over the kept picture, because they keep inside the widget while it pans.

    Which chips are shown is decided once per scale, so that panning neither costs nor flickers.
    """

    def __init__(self) -> None:
        self._images, self._anchors = ChipCache(), Anchors()
        self._objects: tuple[CanvasObject, ...] = ()
        self._candidates: tuple[CandidateMark, ...] = ()
        self._object_spots = self._candidate_spots = Spots(())
        self._plan: _Plan | None = None

    def show_objects(self, objects: Sequence[CanvasObject]) -> None:
        """Name these objects from now on, each at its box or, if scattered, its largest piece."""
        self._objects = tuple(objects)
        self._object_spots = Spots(self._anchors.boxes(item.mask for item in objects))
        self._plan = None

    def show_candidates(self, candidates: Sequence[CandidateMark], spots: Spots) -> None:
        """Tell the scores of these candidates from now on."""
        self._candidates, self._candidate_spots = tuple(candidates), spots
        self._plan = None

    def paint(self, painter: QPainter, viewport: Viewport, clip: QRectF, *, is_hasty: bool) -> None:
        """Draw the chips that meet a widget rectangle.

        Args:
            painter: in logical widget coordinates.
            viewport: where the picture lies.
            clip: widget rectangle that is being drawn.
            is_hasty: the chips of the last scale will do, at their new places.
        """
        ratio = painter.device().devicePixelRatio()
        plan = self._plan
        if plan is None or plan.ratio != ratio or (plan.scale != viewport.scale and not is_hasty):
            self._plan = self._planned(viewport.scale, ratio)
        for image, x, y in self.placed(viewport, clip):
            painter.drawImage(QPointF(x, y), image)

    def placed(self, viewport: Viewport, clip: QRectF) -> list[tuple[QImage, float, float]]:
        """Images of the chips that meet a widget rectangle, and their places."""
        plan = self._plan
        if plan is None:
            plan = self._plan = self._planned(viewport.scale, 1.0)
        shift = np.array([viewport.left, viewport.top, viewport.left, viewport.top])
        left, top, right, bottom = (plan.spots * (viewport.scale / plan.scale) + shift).T
        x = np.round(np.maximum(left, _EDGE))
        # Above the thing, or inside it where that would leave the widget.
        above = top - plan.rises
        y = np.round(np.where(above >= _EDGE, above, np.maximum(top, 0.0) + _EDGE))
        widget = viewport.widget
        is_in_sight = (left < widget.width) & (right > 0) & (top < widget.height) & (bottom > 0)
        meets = (x < clip.right()) & (x + plan.sizes[:, 0] > clip.left())
        meets &= (y < clip.bottom()) & (y + plan.sizes[:, 1] > clip.top())
        return [
            (plan.images[index], float(x[index]), float(y[index]))
            for index in np.flatnonzero(is_in_sight & meets)
        ]

    def _planned(self, scale: float, ratio: float) -> _Plan:
        """Take the chips in order of importance, each unless its place is taken."""
        room = _Room()
        images, spots, rises, sizes = [], [], [], []
        for chip, spot, rise in (*self._scores(scale), *self._names(scale)):
            image = self._images.image(chip, ratio)
            size = image.deviceIndependentSize()
            left, top = spot[0], spot[1] - rise
            place = (left, top, left + size.width(), top + size.height())
            if room.takes(place, is_forced=chip.is_selected):
                images.append(image)
                spots.append(spot)
                rises.append(rise)
                sizes.append((size.width(), size.height()))
        return _Plan(
            scale,
            ratio,
            tuple(reversed(images)),
            np.array(spots[::-1], dtype=np.float64).reshape(-1, 4),
            np.array(rises[::-1], dtype=np.float64),
            np.array(sizes[::-1], dtype=np.float64).reshape(-1, 2),
        )

    def _names(self, scale: float) -> Iterator[tuple[Chip, list[float], float]]:
        """Chips of objects: selected ones first, then the larger before the smaller."""
        spots = self._object_spots.scaled(scale)
        area = ((spots[:, 2] - spots[:, 0]) * (spots[:, 3] - spots[:, 1])).tolist()
        order = sorted(
            range(len(self._objects)),
            key=lambda index: (not self._objects[index].is_selected, -area[index]),
        )
        for index in order:
            item, spot = self._objects[index], spots[index].tolist()
            is_small = min(spot[2] - spot[0], spot[3] - spot[1]) < _MIN_SIDE
            if not item.label or (is_small and not item.is_selected):
                continue
            chip = Chip(
                item.label,
                item.color,
                is_selected=item.is_selected,
                is_human=item.style is ObjectStyle.HUMAN,
                is_locked=item.is_locked,
            )
            yield chip, spot, _ABOVE

    def _scores(self, scale: float) -> Iterator[tuple[Chip, list[float], float]]:
        """Chips of candidates: the highlighted one first, then the better before the worse."""
        spots = self._candidate_spots.scaled(scale)
        order = sorted(
            enumerate(self._candidates),
            key=lambda pair: (not pair[1].is_highlighted, -pair[1].score),
        )
        for index, mark in order:
            spot = spots[index].tolist()
            if spot[2] - spot[0] < _MIN_SIDE and not mark.is_highlighted:
                continue
            text = f"{'✓ ' if mark.is_accepted else ''}{mark.score:.2f}"
            chip = Chip(text, mark.color, is_selected=mark.is_highlighted, is_ghost=True)
            yield chip, spot, 0.0


class _Room:
    """Rectangles that do not overlap, found again by the cells they touch."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], list[_Rect]] = {}

    def takes(self, place: _Rect, *, is_forced: bool) -> bool:
        """Keep a rectangle unless it overlaps another; forced ones are kept anyhow."""
        cells = [
            (column, row)
            for column in range(int(place[0] // _CELL), int(place[2] // _CELL) + 1)
            for row in range(int(place[1] // _CELL), int(place[3] // _CELL) + 1)
        ]
        if not is_forced and any(
            _overlap(place, other) for cell in cells for other in self._cells.get(cell, ())
        ):
            return False
        for cell in cells:
            self._cells.setdefault(cell, []).append(place)
        return True


def _overlap(one: _Rect, other: _Rect) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
