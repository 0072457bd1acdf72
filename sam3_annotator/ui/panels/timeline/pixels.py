"""Pixels of lanes: reduced columns become one byte per pixel, and every lane has a colour table.

A byte is (review, kind, ink); see :class:`Kind`. Kinds differ by pattern as well as by colour, for
people who do not tell colours apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sam3_annotator.ui.panels.timeline.columns import NO_VALUE, Columns, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]

LANE_PX = 16
"""Height of a lane's band."""
NOTHING = 255
"""The byte of a pixel on which nothing is drawn."""
_KINDS, _INKS, _REVIEWS = 8, 4, 4
_BASE, _PATTERN, _SCORE, _AREA = range(_INKS)
_JUDGED = _REVIEWS * _KINDS * _INKS
_ACCEPTED = 1
_REVIEW_ROWS = 2
_CURVE_TOP = 2
_THIN = (Kind.ABSENT, Kind.HUMAN_ABSENT)


@dataclass(frozen=True, slots=True)
class Inks:
    """The theme's share of a lane's colours, each "#rrggbb"."""

    background: str
    good: str
    warn: str
    bad: str
    dim: str
    is_dark: bool = False


def lane_table(color: str, inks: Inks) -> list[int]:
    """The colour of each of the 256 bytes for a lane in this colour, as opaque or empty ARGB."""
    own, back = _rgb(color), _rgb(inks.background)
    strong = (255.0, 255.0, 255.0) if inks.is_dark else (0.0, 0.0, 0.0)
    table = [0] * 256
    for review in range(_REVIEWS):
        plain = 0.62 if review == _ACCEPTED else 0.36
        for kind in Kind:
            base = _mixed(back, own, 0.85 if kind is Kind.HUMAN else plain)
            pattern = _mixed(base, own, 0.6)
            if kind is Kind.LOW:
                pattern = _mixed(base, _rgb(inks.warn), 0.85)
            elif kind in _THIN:
                pattern = own if kind is Kind.ABSENT else _mixed(own, strong, 0.4)
            begin = (review * _KINDS + kind) * _INKS
            table[begin + _BASE] = 0 if kind in _THIN else _argb(base)
            table[begin + _PATTERN] = _argb(pattern)
            table[begin + _SCORE] = _argb(_mixed(own, strong, 0.25))
            table[begin + _AREA] = _argb(_mixed(base, own, 0.55))
    for review, judged in enumerate((inks.good, inks.bad, inks.warn), 1):
        table[_JUDGED + review] = _argb(_rgb(judged))
    return table


def lane_bytes(
    lanes: Sequence[Columns], phase: int, *, shows_score: bool = True, shows_area: bool = True
) -> Bytes:
    """Lanes as bytes for :func:`lane_table`.

    Args:
        lanes: reduced to the same width.
        phase: pixels by which the view is moved, so that patterns move along.
        shows_score: whether the confidence is drawn as a line.
        shows_area: whether the area is drawn as a fainter line.

    Returns:
        (N, LANE_PX, W) uint8, contiguous.
    """
    kinds = np.stack([lane.kinds for lane in lanes])
    marks = np.stack([lane.reviews for lane in lanes])
    codes = (marks * _KINDS + kinds) * _INKS
    codes[kinds == 0] = NOTHING
    picture = np.repeat(codes[:, None, :], LANE_PX, axis=1)
    _add_patterns(picture, kinds, phase)
    has_band = (kinds >= Kind.IMPORTED) & (kinds != Kind.HUMAN_ABSENT)
    if shows_area:
        _draw_curve(picture, codes + np.uint8(_AREA), [lane.areas for lane in lanes], has_band)
    if shows_score:
        _draw_curve(picture, codes + np.uint8(_SCORE), [lane.scores for lane in lanes], has_band)
    judged = (marks > 0) & (kinds > 0)
    if judged.any():
        bottom = picture[:, -_REVIEW_ROWS:, :]
        np.copyto(bottom, (marks + np.uint8(_JUDGED))[:, None, :], where=judged[:, None, :])
    _round_ends(picture, has_band)
    return picture


def _add_patterns(picture: Bytes, kinds: Bytes, phase: int) -> None:
    """Hatching, stripes, dots, or the thin line of absence."""
    x = np.arange(kinds.shape[1])[None, :] + phase
    y = np.arange(LANE_PX)[:, None]
    patterns = {
        Kind.LOW: (x + y) % 8 < 4,
        Kind.INTERPOLATED: np.broadcast_to(x % 6 < 1, (LANE_PX, kinds.shape[1])),
        Kind.IMPORTED: (x % 6 < 2) & (y % 6 < 2),
    }
    middle = (y == LANE_PX // 2) | (y == LANE_PX // 2 - 1)
    for kind in (Kind.LOW, Kind.INTERPOLATED, Kind.IMPORTED, *_THIN):
        is_kind = kinds == kind
        for row in np.flatnonzero(is_kind.any(axis=1)):
            ink = patterns.get(kind, middle) & is_kind[row][None, :]
            picture[row] += ink.view(np.uint8)


def _draw_curve(
    picture: Bytes, codes: Bytes, curves: Sequence[Bytes], has_band: NDArray[np.bool_]
) -> None:
    """Put a line through the values, a pixel thick, upright where it jumps."""
    values = np.stack(curves)
    room = LANE_PX - 2 * _CURVE_TOP - _REVIEW_ROWS
    height = (_CURVE_TOP + room - values.astype(np.uint16) * room // 250).astype(np.uint8)
    is_known = (values != NO_VALUE) & has_band
    before = height.copy()
    before[:, 1:] = np.where(is_known[:, :-1], height[:, :-1], height[:, 1:])
    top, low = np.minimum(height, before), np.maximum(height, before)
    top[~is_known], low[~is_known] = LANE_PX, 0
    for y in range(int(top.min()), min(int(low.max()), LANE_PX - 1) + 1):
        np.copyto(picture[:, y, :], codes, where=(top <= y) & (low >= y))


def _round_ends(picture: Bytes, has_band: NDArray[np.bool_]) -> None:
    """Leave out three pixels at each corner of a span."""
    padded = np.zeros((has_band.shape[0], has_band.shape[1] + 4), np.bool_)
    padded[:, 2:-2] = has_band
    inside = padded[:, 2:-2]
    inner = inside & ~(padded[:, 1:-3] & padded[:, 3:-1])
    outer = inner | (inside & ~(padded[:, :-4] & padded[:, 4:]))
    for row in (0, LANE_PX - 1):
        picture[:, row, :][outer] = NOTHING
    for row in (1, LANE_PX - 2):
        picture[:, row, :][inner] = NOTHING


def _rgb(color: str) -> tuple[float, float, float]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _mixed(
    first: tuple[float, float, float], second: tuple[float, float, float], share: float
) -> tuple[float, float, float]:
    a, b, c = (x + (y - x) * share for x, y in zip(first, second, strict=True))
    return a, b, c


def _argb(rgb: tuple[float, float, float]) -> int:
    red, green, blue = (round(one) for one in rgb)
    return 0xFF000000 | red << 16 | green << 8 | blue
