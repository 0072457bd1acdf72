"""Masks on the original picture equal those of enlarging the whole map."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from sam3_annotator.inference.rasterise import rasterise


def reference(logits, height, width):
    tensor = torch.from_numpy(logits)[None, None]
    big = functional.interpolate(tensor, size=(height, width), mode="bilinear", align_corners=False)
    return big[0, 0].numpy()


@settings(deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 12), st.integers(1, 60), st.integers(1, 60))
def test_equal_to_enlarging_everything(seed, side, height, width):
    random = np.random.default_rng(seed)
    logits = random.normal(-1.0, 1.5, (side, side)).astype(np.float32)
    expected = reference(logits, height, width)
    got = rasterise(logits, height, width).to_array(height, width)
    # Rounding differs in the last bit; pixels that close to zero may fall either way.
    certain = np.abs(expected) > 1e-5
    assert np.array_equal(got[certain], (expected > 0)[certain])


@pytest.mark.parametrize("size", [(1, 1), (7, 500), (480, 640)])
def test_nothing_and_everything(size):
    assert rasterise(np.full((8, 8), -1, np.float32), *size).is_empty
    assert rasterise(np.full((8, 8), 1, np.float32), *size).area == size[0] * size[1]
