"""Masks: damaged bytes, odd inputs, large sizes."""

from __future__ import annotations

import numpy as np
import pytest

from sam3_annotator.domain.geometry import PixelBox
from sam3_annotator.domain.mask import EMPTY_MASK, Mask


def test_only_two_dimensions_make_a_mask():
    with pytest.raises(ValueError, match="two-dimensional"):
        Mask.from_array(np.zeros((2, 2, 2)))


def test_numbers_other_than_zero_are_inside():
    assert Mask.from_array(np.array([[0, 2], [0.5, 0]])).area == 2


def test_runs_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        Mask.from_box(PixelBox(0, 0, 3, 3)).runs[0] = 1


def test_a_box_fills_its_pixels():
    mask = Mask.from_box(PixelBox(2, 1, 5, 3))
    assert mask == Mask.from_array(np.ones((2, 3)), left=2, top=1)
    assert Mask.from_box(PixelBox(2, 1, 2, 3)) == EMPTY_MASK


def test_runs_longer_than_16_bits_survive():
    mask = Mask.from_box(PixelBox(0, 0, 1000, 1000))
    assert Mask.from_bytes(mask.to_bytes()) == mask


@pytest.mark.parametrize(
    "change",
    [
        lambda b: b[:10],
        lambda b: b"XXXX" + b[4:],
        lambda b: b[:-2],
        lambda b: b[:-1],
        lambda b: b[:4] + b"\x03" + b[5:],
        lambda b: b[:13] + b"\xff\xff\xff\x7f" + b[17:],
    ],
)
def test_damaged_bytes_are_refused(change):
    good = Mask.from_box(PixelBox(3, 4, 9, 12)).to_bytes()
    with pytest.raises(ValueError, match="mask"):
        Mask.from_bytes(change(good))


def test_comparing_with_something_else():
    assert Mask.from_box(PixelBox(0, 0, 1, 1)) != "mask"
    assert "area=4" in repr(Mask.from_box(PixelBox(0, 0, 2, 2)))
