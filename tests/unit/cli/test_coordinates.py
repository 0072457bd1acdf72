"""Coordinates on the command line: what is no place in the picture is refused in words."""

from __future__ import annotations

import argparse

import pytest

from sam3_annotator.cli.coordinates import box, point, refuse_outside, share, tolerance
from sam3_annotator.errors import Rejected


def test_numbers_joined_by_commas():
    assert point("3,4.5") == (3.0, 4.5)
    assert box("1,2,3,4") == (1.0, 2.0, 3.0, 4.0)
    assert share("0.5") == 0.5
    assert tolerance("0") == 0.0


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (point, "1"), (point, "1,2,3"), (point, "a,b"), (point, "nan,1"), (point, "1e9,1"),
        (box, "1,2"), (box, "1,2,3,inf"), (share, "nan"), (share, "1.5"), (share, "x"),
        (tolerance, "-1"), (tolerance, "nan"), (tolerance, "inf"), (tolerance, ""),
    ],
)  # fmt: skip
def test_anything_else_is_refused(kind, text):
    with pytest.raises(argparse.ArgumentTypeError, match="expected"):
        kind(text)


def test_what_touches_the_picture_is_taken():
    refuse_outside([(0, 0), (20, 10)], [(-5, -5, 3, 3), (18, 8, 90, 90), (9, 9, 3, 3)], 20, 10)


@pytest.mark.parametrize(
    ("points", "boxes", "said"),
    [
        ([(20.5, 3)], [], "20.5,3 lies outside the picture of 20 x 10 pixels"),
        ([(-1, 3)], [], "-1,3 lies"),
        ([], [(1, 11, 5, 15)], "1,11,5,15 lies"),
        ([], [(30, 5, 25, 1)], "30,5,25,1 lies"),
    ],
)
def test_what_lies_outside_is_refused(points, boxes, said):
    with pytest.raises(Rejected, match=said):
        refuse_outside(points, boxes, 20, 10)
