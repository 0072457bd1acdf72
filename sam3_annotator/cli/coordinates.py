"""Coordinates as people type them on a command line."""

from __future__ import annotations

import argparse
import math
from typing import TYPE_CHECKING

from sam3_annotator.errors import Rejected

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def point(text: str) -> tuple[float, ...]:
    """``X,Y`` in pixels; for ``type=`` of an argument."""
    return _numbers(text, 2)


def box(text: str) -> tuple[float, ...]:
    """``X0,Y0,X1,Y1`` in pixels; for ``type=`` of an argument."""
    return _numbers(text, 4)


def tolerance(text: str) -> float:
    """A number of pixels from 0 on; for ``type=`` of an argument."""
    number = _number(text)
    if not 0 <= number < 1e6:
        raise argparse.ArgumentTypeError(f"expected a number of pixels, got {text!r}")
    return number


def share(text: str) -> float:
    """A number in [0, 1]; for ``type=`` of an argument."""
    number = _number(text)
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"expected a number from 0 to 1, got {text!r}")
    return number


def refuse_outside(
    points: Iterable[Sequence[float]], boxes: Iterable[Sequence[float]], width: int, height: int
) -> None:
    """Refuse points and boxes that do not touch the picture: they were meant for another one.

    Args:
        points: X, Y each.
        boxes: X0, Y0, X1, Y1 each.
        width: of the picture, in pixels.
        height: of the picture, in pixels.

    Raises:
        Rejected: one lies outside.
    """
    spans = [(*at, *at) for at in points] + [tuple(corners) for corners in boxes]
    for x0, y0, x1, y1 in spans:
        left, right = sorted((x0, x1))
        top, bottom = sorted((y0, y1))
        if right < 0 or bottom < 0 or left > width or top > height:
            place = f"{x0:g},{y0:g}" if (x0, y0) == (x1, y1) else f"{x0:g},{y0:g},{x1:g},{y1:g}"
            raise Rejected(f"{place} lies outside the picture of {width} x {height} pixels.")


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _numbers(text: str, count: int) -> tuple[float, ...]:
    try:
        numbers = tuple(float(part) for part in text.split(","))
    except ValueError:
        numbers = ()
    if len(numbers) != count or not all(abs(number) < 1e6 for number in numbers):
        raise argparse.ArgumentTypeError(f"expected {count} numbers joined by commas, got {text!r}")
    return numbers
