"""Mask edits obey the algebra that people rely on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sam3_annotator.domain.geometry import PixelBox, Point
from sam3_annotator.domain.mask import EMPTY_MASK, Mask
from sam3_annotator.domain.mask_edit import (
    between,
    components,
    drop_islands,
    fill_holes,
    flood,
    grow,
    keep_largest,
    shrink,
    smooth,
    split_by_line,
)

SIDE = 14
FRAME = PixelBox(0, 0, SIDE, SIDE)

bitmaps = hnp.arrays(np.bool_, (SIDE, SIDE))
masks = bitmaps.map(Mask.from_array)
radii = st.sampled_from([0.5, 1.0, 1.5, 2.0, 3.0])
coordinates = st.floats(-5, SIDE + 5, allow_nan=False)
points = st.builds(Point, coordinates, coordinates)


def drawn(*rows):
    return Mask.from_array(np.array([[c == "#" for c in row] for row in rows]))


def contains(outer, inner):
    return inner.minus(outer).is_empty


@given(masks)
def test_components_partition_the_mask(mask):
    pieces = components(mask)
    assert sum(piece.area for piece in pieces) == mask.area
    together = EMPTY_MASK
    for piece in pieces:
        together = together.union(piece)
        assert components(piece) == (piece,)
    assert together == mask
    assert [p.area for p in pieces] == sorted((p.area for p in pieces), reverse=True)


@given(masks, st.integers(0, 30))
def test_drop_islands_keeps_whole_large_pieces(mask, min_area):
    large = [piece for piece in components(mask) if piece.area >= min_area]
    kept = drop_islands(mask, min_area)
    assert kept.area == sum(piece.area for piece in large)
    assert contains(mask, kept)
    assert drop_islands(kept, min_area) == kept


@given(masks)
def test_keep_largest_is_one_piece(mask):
    largest = keep_largest(mask)
    assert contains(mask, largest)
    assert largest.area == max((piece.area for piece in components(mask)), default=0)


@given(masks, st.none() | st.integers(0, 20))
def test_filled_holes_only_add_and_fill_once(mask, max_area):
    filled = fill_holes(mask, max_area)
    assert contains(filled, mask)
    assert filled.box == mask.box
    assert fill_holes(filled, max_area) == filled or max_area is not None


def test_holes_are_filled_up_to_their_size():
    ring = drawn("#####", "#   #", "#   #", "## ##", "#####", "# ###")
    assert fill_holes(ring).area - ring.area == 7
    assert fill_holes(ring, 6) == ring
    assert fill_holes(ring, 7).area - ring.area == 7
    # The notch at the lower edge is open to the outside.
    assert not fill_holes(ring).contains(1, 5)


def test_a_leak_through_a_corner_does_not_open_a_hole():
    assert fill_holes(drawn(" # ", "# #", " # ")).contains(1, 1)


@given(masks, radii)
def test_grow_and_shrink_are_dual(mask, radius):
    rest = Mask.from_box(FRAME).minus(mask)
    grown_rest = grow(rest, radius, FRAME)
    assert shrink(mask, radius, FRAME) == Mask.from_box(FRAME).minus(grown_rest)


@given(masks, radii)
def test_grow_and_shrink_go_the_right_way(mask, radius):
    assert contains(grow(mask, radius, FRAME), mask)
    assert contains(mask, shrink(mask, radius, FRAME))
    closed = shrink(grow(mask, radius, FRAME), radius, FRAME)
    assert contains(closed, mask)


@given(masks, masks, radii)
def test_grow_keeps_unions(first, second, radius):
    both = grow(first.union(second), radius, FRAME)
    assert both == grow(first, radius, FRAME).union(grow(second, radius, FRAME))


def test_grow_by_one_is_the_four_neighbours():
    dot = Mask.from_box(PixelBox(5, 5, 6, 6))
    assert grow(dot, 1, FRAME).area == 5
    assert grow(dot, 1.5, FRAME).area == 9
    assert grow(Mask.from_box(PixelBox(0, 0, 1, 1)), 1, FRAME).area == 3


@given(masks, radii)
def test_smoothing_a_mask_mirrors_smoothing_the_rest(mask, radius):
    rest = Mask.from_box(FRAME).minus(mask)
    overlap = smooth(mask, radius, FRAME).intersection(smooth(rest, radius, FRAME))
    assert overlap.is_empty


def test_smooth_drops_specks_and_keeps_straight_edges():
    half = Mask.from_box(PixelBox(0, 0, 7, SIDE))
    assert smooth(half, 2, FRAME) == half
    speck = half.union(Mask.from_box(PixelBox(11, 6, 12, 7)))
    assert smooth(speck, 2, FRAME) == half


@given(masks, points, points)
def test_split_is_a_partition(mask, first, second):
    left, right = split_by_line(mask, first, second)
    assert left.intersection(right).is_empty
    assert left.union(right) == mask


@given(masks, points, points)
def test_split_backwards_swaps_the_sides_but_for_the_line(mask, first, second):
    left, right = split_by_line(mask, first, second)
    other_left, other_right = split_by_line(mask, second, first)
    assert contains(other_left, right)
    assert contains(left, other_right)


def test_split_left_is_left_along_the_line():
    square = Mask.from_box(PixelBox(0, 0, 10, 10))
    left, right = split_by_line(square, Point(4, 12), Point(4, -2))
    assert left == Mask.from_box(PixelBox(0, 0, 4, 10))
    assert right == Mask.from_box(PixelBox(4, 0, 10, 10))


@given(masks, masks)
def test_between_starts_and_ends_exactly(first, second):
    assert between(first, second, 0) == first
    assert between(first, second, 1) == second


@given(masks.filter(lambda m: not m.is_empty), st.floats(0, 1))
def test_between_equal_masks_is_that_mask(mask, share):
    assert between(mask, mask, share) == mask


def test_between_moves_a_thing_farther_than_its_size():
    first = Mask.from_box(PixelBox(0, 0, 4, 4))
    second = Mask.from_box(PixelBox(100, 0, 108, 8))
    middle = between(first, second, 0.5)
    assert middle.box.left in range(48, 54)
    assert first.area < middle.area < second.area


@given(
    hnp.arrays(np.uint8, (9, 11, 3), elements=st.sampled_from([0, 40, 80, 200])),
    st.integers(0, 10),
    st.integers(0, 8),
    st.integers(0, 90),
)
def test_flood_is_the_connected_part_of_the_alike(rgb, x, y, tolerance):
    alike = np.abs(rgb.astype(int) - rgb[y, x].astype(int)).max(axis=2) <= tolerance
    everywhere = flood(rgb, x, y, tolerance, is_contiguous=False)
    assert everywhere == Mask.from_array(alike)
    expected, frontier = set(), [(x, y)]
    while frontier:
        px, py = frontier.pop()
        if 0 <= px < 11 and 0 <= py < 9 and alike[py, px] and (px, py) not in expected:
            expected.add((px, py))
            frontier += [(px + 1, py), (px - 1, py), (px, py + 1), (px, py - 1)]
    connected = flood(rgb, x, y, tolerance)
    assert connected.area == len(expected)
    assert all(connected.contains(*pixel) for pixel in expected)


def test_flood_beside_the_picture_is_refused():
    with pytest.raises(ValueError, match="not on a picture"):
        flood(np.zeros((4, 4, 3), np.uint8), 4, 0, 0)


def test_nothing_comes_of_nothing():
    assert components(EMPTY_MASK) == ()
    for result in (
        keep_largest(EMPTY_MASK),
        drop_islands(EMPTY_MASK, 3),
        fill_holes(EMPTY_MASK),
        grow(EMPTY_MASK, 2, FRAME),
        shrink(EMPTY_MASK, 2, FRAME),
        smooth(EMPTY_MASK, 2, FRAME),
        *split_by_line(EMPTY_MASK, Point(0, 0), Point(1, 1)),
    ):
        assert result.is_empty
