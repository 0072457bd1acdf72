"""Anchors: the part of a mask that its chip is put at, so that it stands where most of it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from sam3_annotator.domain.geometry import Box

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sam3_annotator.domain.mask import Mask

_SPARSE = 0.15
"""A mask that fills less of its box than this may lie in pieces far apart."""
_CELLS = 192
"""Longest side, in cells, at which the pieces are told apart."""


class Anchors:
    """Boxes by mask identity, kept while the masks are shown."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Mask, Box]] = {}

    def boxes(self, masks: Iterable[Mask]) -> list[Box]:
        """One box for each mask, in original-image pixels; those of other masks are forgotten."""
        known, self._known = self._known, {}
        found = []
        for mask in masks:
            kept = known.get(id(mask))
            box = kept[1] if kept is not None and kept[0] is mask else anchor_of(mask)
            self._known[id(mask)] = (mask, box)
            found.append(box)
        return found


def anchor_of(mask: Mask) -> Box:
    """The box of a mask, or of its largest piece where the mask is thinly spread over its box."""
    whole = mask.box
    if mask.is_empty or mask.area >= _SPARSE * whole.width * whole.height:
        return whole.box()
    step = max(1, -(-max(whole.width, whole.height) // _CELLS))
    size = (-(-whole.width // step), -(-whole.height // step))
    pixels = mask.crop().view(np.uint8)
    pixels *= 255  # in bytes and in place: as floats, 12 megapixels would take 50 ms
    covered = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(
        (covered > 0).astype(np.uint8), connectivity=8
    )
    if len(stats) == 1:
        return whole.box()  # specks alone, each far smaller than a cell
    shares = np.bincount(labels.ravel(), weights=covered.ravel(), minlength=len(stats))
    largest = 1 + int(np.argmax(shares[1:]))
    left, top, width, height = (int(v) for v in stats[largest][:4])
    x, y = whole.width / size[0], whole.height / size[1]
    return Box(
        whole.left + left * x,
        whole.top + top * y,
        whole.left + (left + width) * x,
        whole.top + (top + height) * y,
    )
