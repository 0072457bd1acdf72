"""Coordinates as people type them on a command line."""

from __future__ import annotations

import argparse


def point(text: str) -> tuple[float, ...]:
    """``X,Y`` in pixels; for ``type=`` of an argument."""
    return _numbers(text, 2)


def box(text: str) -> tuple[float, ...]:
    """``X0,Y0,X1,Y1`` in pixels; for ``type=`` of an argument."""
    return _numbers(text, 4)


def _numbers(text: str, count: int) -> tuple[float, ...]:
    try:
        numbers = tuple(float(part) for part in text.split(","))
    except ValueError:
        numbers = ()
    if len(numbers) != count or not all(abs(number) < 1e6 for number in numbers):
        raise argparse.ArgumentTypeError(f"expected {count} numbers joined by commas, got {text!r}")
    return numbers
