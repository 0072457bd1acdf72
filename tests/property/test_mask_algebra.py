"""Masks are sets of pixels: whatever numpy says about the arrays, the masks say too."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sam3_annotator.domain.geometry import PixelBox
from sam3_annotator.domain.mask import EMPTY_MASK, Mask

H, W = 13, 17


def _plot(points):
    array = np.zeros((H, W), dtype=np.bool_)
    for y, x in points:
        array[y, x] = True
    return array


pixels = hnp.arrays(np.bool_, (H, W), elements=st.booleans())
sparse = st.builds(
    _plot,
    st.lists(st.tuples(st.integers(0, H - 1), st.integers(0, W - 1)), max_size=12),
)
arrays = st.one_of(pixels, sparse)


@given(arrays)
def test_decoding_gives_back_what_was_encoded(array):
    mask = Mask.from_array(array)
    assert np.array_equal(mask.to_array(H, W), array)
    assert mask.area == array.sum()
    assert mask.is_empty == (not array.any())


@given(arrays)
def test_bytes_are_complete_and_name_the_content(array):
    mask = Mask.from_array(array)
    again = Mask.from_bytes(mask.to_bytes())
    assert again == mask
    assert hash(again) == hash(mask)
    assert again.blob_id == mask.blob_id


@given(arrays)
def test_the_box_is_tight(array):
    mask = Mask.from_array(array)
    if mask.is_empty:
        assert mask == EMPTY_MASK
        return
    crop = mask.crop()
    assert crop[0].any()
    assert crop[-1].any()
    assert crop[:, 0].any()
    assert crop[:, -1].any()


@given(arrays, arrays)
def test_algebra_is_that_of_sets(a, b):
    ma, mb = Mask.from_array(a), Mask.from_array(b)
    assert np.array_equal(ma.union(mb).to_array(H, W), a | b)
    assert np.array_equal(ma.intersection(mb).to_array(H, W), a & b)
    assert np.array_equal(ma.minus(mb).to_array(H, W), a & ~b)
    total = (a | b).sum()
    assert ma.iou(mb) == (1.0 if total == 0 else (a & b).sum() / total)
    assert (ma == mb) == np.array_equal(a, b)


@given(arrays, st.integers(-5, W + 5), st.integers(-5, H + 5))
def test_asking_for_one_pixel(array, x, y):
    inside = 0 <= x < W and 0 <= y < H and bool(array[y, x])
    assert Mask.from_array(array).contains(x, y) == inside


@given(arrays, st.integers(-9, 9), st.integers(-9, 9), st.integers(0, 20), st.integers(0, 20))
def test_windows_and_translation(array, dx, dy, width, height):
    moved = Mask.from_array(array).translated(dx, dy)
    window = PixelBox(dx, dy, dx + width, dy + height)
    expected = np.zeros((height, width), dtype=np.bool_)
    expected[: min(H, height), : min(W, width)] = array[:height, :width]
    assert np.array_equal(moved.window(window), expected)


@given(arrays, st.integers(1, 20), st.integers(1, 20), st.integers(-4, 4))
def test_clipping_to_a_picture(array, width, height, shift):
    moved = Mask.from_array(array).translated(shift, shift)
    clipped = moved.clipped(width, height)
    assert np.array_equal(clipped.to_array(height, width), moved.to_array(height, width))
    assert clipped.area == moved.to_array(height, width).sum()
