"""Painter paths of mask outlines, as detailed as the zoom needs and kept while masks live."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PySide6.QtCore import QByteArray, QDataStream, QIODevice
from PySide6.QtGui import QPainterPath, QPolygonF

from sam3_annotator.domain.outlines import Polygon, eased_outlines, outlines_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from sam3_annotator.domain.mask import Mask

_EXACT_FROM_SCALE = 3.0
"""From this many widget pixels per image pixel outlines follow the pixel edges exactly."""
_TOLERANCE_SCREEN_PX = 0.75
_EVEN_TOLERANCE = 0.8
_LARGE_PIXELS = 4_000_000
"""Tracing a mask with a larger box at its full detail would hold the window up for 0.1 s."""
_COVERED = 64
"""Out of 255: how much of a coarse cell a mask must cover to count there."""


@dataclass(slots=True)
class _Entry:
    mask: Mask
    paths: dict[int, QPainterPath] = field(default_factory=dict)


class PathCache:
    """Paths by mask identity and level of detail; whoever shows masks prunes it."""

    def __init__(self) -> None:
        self._entries: dict[int, _Entry] = {}

    def path(self, mask: Mask, scale: float) -> QPainterPath:
        """The outline in image coordinates, good for a zoom.

        Args:
            mask: what to outline.
            scale: logical widget pixels per image pixel.
        """
        entry = self._entries.get(id(mask))
        if entry is None or entry.mask is not mask:
            entry = self._entries[id(mask)] = _Entry(mask)
        detail = detail_of(mask, scale)
        path = entry.paths.get(detail)
        if path is None:
            path = entry.paths[detail] = path_of(outlines_at(mask, detail))
        return path

    def known(self, mask: Mask, scale: float) -> QPainterPath | None:
        """The outline, if it has been traced for such a zoom."""
        entry = self._entries.get(id(mask))
        return None if entry is None else entry.paths.get(detail_of(mask, scale))

    def any_known(self, mask: Mask) -> QPainterPath:
        """The newest outline traced for any zoom; empty when there is none."""
        entry = self._entries.get(id(mask))
        if entry is None or not entry.paths:
            return QPainterPath()
        return next(reversed(entry.paths.values()))

    def prune(self, alive: Iterable[Mask]) -> None:
        """Forget every mask that is not shown any more."""
        kept = {id(mask) for mask in alive}
        self._entries = {key: entry for key, entry in self._entries.items() if key in kept}


def detail_for(scale: float) -> int:
    """Level of detail for a zoom: -1 follows pixel edges, k allows about ``2**k`` image pixels."""
    if scale >= _EXACT_FROM_SCALE:
        return -1
    return max(0, math.ceil(math.log2(_TOLERANCE_SCREEN_PX / scale)))


def detail_of(mask: Mask, scale: float) -> int:
    """Level of detail for one mask: up to full size a very large one may be a screen pixel off."""
    detail = detail_for(scale)
    is_large = mask.box.width * mask.box.height > _LARGE_PIXELS
    return 1 if detail == 0 and is_large and scale <= 1.0 else detail


def outlines_at(mask: Mask, detail: int) -> tuple[Polygon, ...]:
    """A mask's outlines at a level of detail (see :func:`detail_for`)."""
    if detail < 0 or mask.is_empty:
        return outlines_of(mask)
    step = 1 << detail
    inside = mask.crop()
    if step > 1:
        inside = _coarse(inside, step)
    offset = np.array([mask.box.left, mask.box.top], dtype=np.float64)
    return tuple(
        Polygon(
            polygon.outer * step + offset, tuple(hole * step + offset for hole in polygon.holes)
        )
        for polygon in eased_outlines(inside, _EVEN_TOLERANCE)
    )


def _coarse(inside: NDArray[np.bool_], step: int) -> NDArray[np.bool_]:
    """Cells of ``step`` x ``step`` pixels as one; set where enough of one is, and never nowhere."""
    height, width = -(-inside.shape[0] // step), -(-inside.shape[1] // step)
    padded = cv2.copyMakeBorder(
        inside.view(np.uint8) * np.uint8(255),
        0,
        height * step - inside.shape[0],
        0,
        width * step - inside.shape[1],
        cv2.BORDER_CONSTANT,
        value=0,
    )
    share = cv2.resize(padded, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(share >= min(_COVERED, int(share.max())))


def path_of(polygons: Iterable[Polygon]) -> QPainterPath:
    """One path of all rings, filled by the even-odd rule."""
    path = QPainterPath()
    for polygon in polygons:
        for ring in polygon.rings:
            path.addPolygon(polygon_of(ring))
            path.closeSubpath()
    return path


def polygon_of(ring: NDArray[np.float64]) -> QPolygonF:
    """A Qt polygon from (P, 2) float64; read from a byte stream, 20 times faster than points."""
    head = np.array([len(ring)], dtype=">u4").tobytes()
    data = QByteArray(head + ring.astype(">f8").tobytes())
    stream = QDataStream(data, QIODevice.OpenModeFlag.ReadOnly)
    polygon = QPolygonF()
    stream >> polygon
    return polygon
