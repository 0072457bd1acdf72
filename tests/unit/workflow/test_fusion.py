"""Two passes, one mask: blended where they agree, the nearer one where they do not."""

from __future__ import annotations

import pytest

from sam3_annotator.domain.geometry import PixelBox
from sam3_annotator.domain.mask import EMPTY_MASK, Mask
from sam3_annotator.workflow.fusion import fused


def square(left):
    return Mask.from_box(PixelBox(left, 0, left + 20, 20))


def test_agreeing_passes_are_blended():
    mask, score = fused(square(10), 0.9, square(14), 0.9, 0.5)
    assert mask == square(12)
    assert score == pytest.approx(0.9 * (0.5 + 0.5 * 16 / 24))


@pytest.mark.parametrize(("weight", "expected"), [(0.2, 0), (0.8, 50)])
def test_disagreeing_passes_are_not_blended(weight, expected):
    mask, score = fused(square(0), 0.8, square(50), 0.6, weight)
    assert mask == square(expected)
    assert score == pytest.approx((0.8 if weight < 0.5 else 0.6) * 0.5)


def test_a_pass_that_saw_nothing():
    assert fused(None, None, square(3), 0.7, 0.9)[0] == square(3)
    assert fused(None, None, square(3), 0.7, 0.1)[0] == EMPTY_MASK
