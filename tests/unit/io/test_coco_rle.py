"""COCO's run-lengths: exactly pycocotools', and refused where they lie."""

from __future__ import annotations

import numpy as np
import pytest
from pycocotools import mask as coco_mask

from sam3_annotator.domain.geometry import PixelBox
from sam3_annotator.domain.mask import Mask
from sam3_annotator.io.coco_rle import (
    counts_from_text,
    mask_from_counts,
    text_of,
)


def test_run_lengths_of_every_small_shape() -> None:
    for bits in range(1 << 9):
        pixels = np.array([bits >> i & 1 for i in range(9)], bool).reshape(3, 3)
        mask = Mask.from_array(pixels)
        text = text_of(mask, 3, 3)
        reference = coco_mask.encode(np.asfortranarray(pixels.astype(np.uint8)))
        assert text == reference["counts"].decode()
        assert mask_from_counts(counts_from_text(text), 3, 3) == mask


def test_run_lengths_of_a_large_picture() -> None:
    mask = Mask.from_box(PixelBox(3012, 1512, 3053, 1553))
    text = text_of(mask, 2160, 3840)
    assert mask_from_counts(counts_from_text(text), 2160, 3840) == mask
    assert int(coco_mask.area({"size": [2160, 3840], "counts": text})) == mask.area


@pytest.mark.parametrize(
    "text", ["", "0", "o", "PP", "~~", "\x00", "é", "oooooooooooooo0", "1", "j"]
)
def test_damaged_run_lengths_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"count|add up"):
        mask_from_counts(counts_from_text(text), 3, 3)


@pytest.mark.parametrize("counts", [[9, 1], [10, -1], [-9, 18], [1 << 62, 1 << 62, 1 << 62], [8]])
def test_counts_must_fit_the_picture(counts: list[int]) -> None:
    with pytest.raises(ValueError, match=r"add up|negative"):
        mask_from_counts(counts, 3, 3)
