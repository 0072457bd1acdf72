"""Boxes: edges belong to the left and top, overlaps, whole pixels."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sam3_annotator.domain.geometry import Box, PixelBox, Point, Size

number = st.floats(-50, 50).map(lambda v: round(v, 3))
boxes = st.builds(lambda a, b, c, d: Box.around(Point(a, b), Point(c, d)), *[number] * 4)


@given(boxes, boxes)
def test_overlap_is_symmetric_and_bounded(a, b):
    assert a.iou(b) == b.iou(a)
    assert 0 <= a.iou(b) <= 1 + 1e-9
    assert a.intersection(b).area <= min(a.area, b.area) + 1e-9


@given(boxes, boxes)
def test_the_union_holds_both(a, b):
    union = a.united(b)
    for box in (a, b):
        if not box.is_empty:
            assert union.intersection(box) == box


@given(boxes)
def test_whole_pixels_cover_the_box(box):
    pixels = box.pixels().box()
    assert pixels.x0 <= box.x0
    assert pixels.y1 >= box.y1
    assert pixels.width < box.width + 2


def test_left_and_top_edges_belong_to_the_box():
    box = Box(1, 2, 3, 4)
    assert box.contains(Point(1, 2))
    assert not box.contains(Point(3, 3))
    assert box.center == Point(2, 3)
    assert box.padded(1) == Box(0, 1, 4, 5)


def test_clipping_to_the_picture():
    assert Box(-5, -5, 50, 8).clipped(Size(10, 10)) == Box(0, 0, 10, 8)
    assert Box(0, 0, 0, 5).is_empty


def test_pixel_boxes_that_do_not_meet():
    assert PixelBox(0, 0, 2, 2).intersection(PixelBox(5, 5, 6, 6)).is_empty
    assert PixelBox(0, 0, 0, 0).united(PixelBox(1, 1, 2, 2)) == PixelBox(1, 1, 2, 2)
