"""Outlines give their mask back, and strokes are exactly the pixels under the brush."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sam3_annotator.domain.geometry import PixelBox, Point
from sam3_annotator.domain.mask import EMPTY_MASK, Mask
from sam3_annotator.domain.outlines import (
    eased_outlines,
    mask_of_polygons,
    mask_of_rings,
    outlines_of,
    simplified,
)
from sam3_annotator.domain.strokes import capsule, stroke_mask

FRAME = PixelBox(0, 0, 24, 18)
masks = st.builds(
    Mask.from_array,
    hnp.arrays(np.bool_, st.tuples(st.integers(1, 12), st.integers(1, 12))),
    st.integers(-3, 9),
    st.integers(-3, 9),
)
coordinates = st.floats(-6, 30, allow_nan=False)
points = st.builds(Point, coordinates, coordinates)


@given(masks)
def test_outlines_give_the_mask_back(mask):
    assert mask_of_polygons(outlines_of(mask)) == mask


@given(masks)
def test_outlines_run_along_the_grid_and_turn_at_every_vertex(mask):
    for polygon in outlines_of(mask):
        for ring in polygon.rings:
            assert (ring == np.round(ring)).all()
            steps = np.roll(ring, -1, axis=0) - ring
            assert ((steps == 0).sum(axis=1) == 1).all()
            is_flat = steps[:, 1] == 0
            assert (is_flat != np.roll(is_flat, 1)).all()


def edges_of(mask):
    """How many pixel edges lie between inside and outside."""
    padded = np.pad(mask.crop(), 1)
    return int((padded[1:] != padded[:-1]).sum() + (padded[:, 1:] != padded[:, :-1]).sum())


@given(masks)
def test_eased_outlines_pass_through_the_middle_of_every_pixel_edge(mask):
    """Unthinned, so that the way is what is compared; straight runs are merged even so."""
    if mask.is_empty:
        return
    length = 0
    for polygon in eased_outlines(mask.crop(), 0.0):
        for ring in polygon.rings:
            assert ((ring % 1 == 0.5).sum(axis=1) == 1).all(), "one half, one whole coordinate"
            steps = np.abs(np.roll(ring, -1, axis=0) - ring)
            length += round(float(steps.sum()))
    assert length == edges_of(mask)


def test_eased_outlines_of_a_slope_have_no_stairs():
    slope = np.tri(100, dtype=bool)
    (piece,) = eased_outlines(slope, 0.8)
    assert len(piece.outer) < 8
    assert mask_of_polygons((piece,)).iou(Mask.from_array(slope)) > 0.97
    assert eased_outlines(np.zeros((4, 5), bool), 0.8) == ()


def test_holes_belong_to_their_piece():
    pixels = np.ones((7, 12), dtype=bool)
    pixels[:, 8] = False
    pixels[2:4, 2:5] = False
    pixels[3, 10] = False
    pieces = sorted(outlines_of(Mask.from_array(pixels)), key=lambda p: p.outer[:, 0].min())
    assert [len(piece.holes) for piece in pieces] == [1, 1]
    assert pieces[0].holes[0].min(axis=0).tolist() == [2, 2]


def naive(rings, frame):
    """Even-odd by casting a ray from every pixel centre; and the centres that lie on an edge."""
    pixels, on_edge = np.zeros((2, frame.height, frame.width), dtype=bool)
    for row in range(frame.height):
        for column in range(frame.width):
            x, y = frame.left + column + 0.5, frame.top + row + 0.5
            for ring in rings:
                for (x0, y0), (x1, y1) in zip(ring, np.roll(ring, -1, axis=0), strict=True):
                    if (y0 <= y) != (y1 <= y):
                        crossing = x0 + (y - y0) / (y1 - y0) * (x1 - x0)
                        pixels[row, column] ^= x >= crossing
                        on_edge[row, column] |= abs(x - crossing) < 1e-6
    return [Mask.from_array(part, frame.left, frame.top) for part in (pixels, on_edge)]


@settings(max_examples=30)
@example([[(0.0, 0.0), (0.0, 0.0), (21.0, 21.0)]])
@given(st.lists(st.lists(st.tuples(coordinates, coordinates), min_size=3, max_size=7), max_size=3))
def test_rings_fill_by_the_even_odd_rule(rings):
    arrays = [np.array(ring) for ring in rings]
    ours, (expected, on_edge) = mask_of_rings(arrays, FRAME), naive(arrays, FRAME)
    # A centre that lies on an edge may fall on either side by the last bit.
    assert ours.union(expected).minus(ours.intersection(expected)).minus(on_edge).is_empty


def test_simplified_stays_near():
    y, x = np.mgrid[:200, :200]
    disc = Mask.from_array((x - 100) ** 2 + (y - 90) ** 2 < 60**2)
    exact = outlines_of(disc)
    for tolerance, least in ((0.5, 0.99), (1.0, 0.98), (2.0, 0.96)):
        thin = simplified(exact, tolerance)
        assert len(thin[0].outer) < len(exact[0].outer)
        assert mask_of_polygons(thin).iou(disc) >= least
    assert simplified(exact, 0) == exact


def test_a_single_pixel_survives_simplifying():
    dot = Mask.from_box(PixelBox(3, 4, 4, 5))
    assert mask_of_polygons(simplified(outlines_of(dot), 2.0)) == dot


@pytest.mark.parametrize(
    "ring", [np.array([[0, 0], [1, math.nan], [2, 2]]), np.zeros((3, 3)), np.zeros(5)]
)
def test_nonsense_rings_are_refused(ring):
    with pytest.raises(ValueError, match="ring"):
        mask_of_rings([ring])


def test_too_short_rings_are_nothing():
    assert mask_of_rings([np.array([[0, 0], [5, 5]])]) == EMPTY_MASK
    assert outlines_of(EMPTY_MASK) == ()


@example(Point(0.0, 0.0), Point(2.0, 1.2e-308), 1.0)
@example(Point(0.0, 0.0), Point(0.0, 1.2e-308), 3.0)
@given(points, points, st.floats(0.5, 9))
def test_capsule_is_every_pixel_near_the_segment(first, second, radius):
    box, inside = capsule(first, second, radius, FRAME)
    whole = Mask.from_array(inside, box.left, box.top).to_array(FRAME.bottom, FRAME.right)
    dx, dy = second.x - first.x, second.y - first.y
    length = dx * dx + dy * dy
    for row in range(FRAME.height):
        for column in range(FRAME.width):
            x, y = column + 0.5, row + 0.5
            share = ((x - first.x) * dx + (y - first.y) * dy) / length if length else 0.0
            share = min(max(share, 0.0), 1.0)
            apart = math.hypot(x - first.x - share * dx, y - first.y - share * dy)
            under = {(math.floor(p.x), math.floor(p.y)) for p in (first, second)}
            if abs(apart - radius) > 1e-6 and (column, row) not in under:
                assert whole[row, column] == (apart < radius)


def test_the_smallest_brush_paints_one_pixel():
    assert stroke_mask([Point(3.9, 4.1)], 0.5, FRAME) == Mask.from_box(PixelBox(3, 4, 4, 5))
    assert stroke_mask([], 3.0, FRAME) == EMPTY_MASK
    assert stroke_mask([Point(-50, 4)], 3.0, FRAME) == EMPTY_MASK
