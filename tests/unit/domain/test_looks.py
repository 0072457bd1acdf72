"""Looks at very large masks cost little and say the same."""

from __future__ import annotations

import numpy as np
import pytest

from sam3_annotator.domain.doubts import looks
from sam3_annotator.domain.doubts.looks import likeness, look_at
from sam3_annotator.domain.mask import Mask


def test_a_large_mask_looks_the_same_at_a_fraction_of_its_size(monkeypatch):
    pixels = np.zeros((2500, 3300), dtype=bool)
    pixels[100:1300, 205:1490] = True
    pixels[1500:2403, 1700:3011] = True
    pixels[2450:2455, 20:25] = True  # a speck
    mask = Mask.from_array(pixels)
    fast = look_at(mask)
    monkeypatch.setattr(looks, "_SIDE", 10_000)
    exact = look_at(mask)
    assert fast.pieces == exact.pieces == 2
    assert fast.box_xyxy_px == pytest.approx(exact.box_xyxy_px, abs=4)
    assert likeness(fast, exact) > 0.99


def test_the_box_of_a_reduced_mask_stays_on_the_mask():
    mask = Mask.from_array(np.ones((1030, 2051), dtype=bool))
    assert look_at(mask).box_xyxy_px == (0, 0, 2051, 1030)
