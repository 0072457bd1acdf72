"""The canvas's parts by themselves: viewport, id map, outlines at any detail, hits, tools."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF

from sam3_annotator.domain.geometry import Box, PixelBox, Point, Size
from sam3_annotator.domain.ids import ObjectId
from sam3_annotator.domain.mask import Mask
from sam3_annotator.domain.outlines import mask_of_polygons
from sam3_annotator.ui.canvas import CanvasObject, Pyramid, Tone
from sam3_annotator.ui.canvas.chip_layer import ChipLayer
from sam3_annotator.ui.canvas.hit import edge_at, objects_touching, vertex_at
from sam3_annotator.ui.canvas.id_map import DRAFT_SLOT, IdMap
from sam3_annotator.ui.canvas.paths import PathCache, detail_for, detail_of, outlines_at
from sam3_annotator.ui.canvas.tools import ToolName, ToolOptions, all_tools
from sam3_annotator.ui.canvas.tools.events import (
    Button,
    Dabbed,
    PointerEvent,
    StrokeDropped,
    StrokeFinished,
    ToolContext,
    ToolKey,
)
from sam3_annotator.ui.canvas.viewport import Viewport

scales = st.floats(0.01, 60)
offsets = st.floats(-4000, 4000)
coordinates = st.floats(0, 4000)
views = st.builds(
    Viewport, st.just(Size(4000, 3000)), st.just(Size(1920, 1080)), scales, offsets, offsets
)


@given(views, coordinates, coordinates)
def test_there_and_back(view, x, y):
    back = view.to_image(*view.to_widget(Point(x, y)))
    assert (back.x, back.y) == pytest.approx((x, y), abs=1e-6)


@given(views, st.floats(0, 1920), st.floats(0, 1080), scales)
def test_zoom_keeps_the_point_under_the_pointer_unless_the_picture_would_leave(view, x, y, scale):
    after = view.zoomed_at(scale, x, y)
    before, now = view.to_image(x, y), after.to_image(x, y)
    stays = (now.x, now.y) == pytest.approx((before.x, before.y), abs=1e-3)
    assert stays or not after.visible().is_empty


@given(views, st.floats(-9000, 9000), st.floats(-9000, 9000))
def test_panning_never_loses_the_picture(view, dx, dy):
    assert not view.panned(dx, dy).visible().is_empty


def thing(number, left, top, right, bottom, **more):
    return CanvasObject(ObjectId(number), Mask.from_box(PixelBox(left, top, right, bottom)), **more)


boxes = st.tuples(st.integers(-4, 28), st.integers(-4, 18), st.integers(1, 14), st.integers(1, 9))
scenes = st.lists(
    st.tuples(st.integers(1, 6), boxes, st.integers(0, 2), st.booleans()),
    max_size=6,
    unique_by=lambda entry: entry[0],
)


def built(scene):
    return [
        thing(number, x, y, x + w, y + h, z=z, is_hidden=hidden)
        for number, (x, y, w, h), z, hidden in scene
    ]


@given(st.lists(scenes, min_size=1, max_size=5))
def test_id_map_after_any_changes_equals_one_built_at_once(history):
    size = Size(32, 20)
    kept = IdMap(size)
    for scene in history:
        before = kept.slots.copy()
        dirty = kept.replace(built(scene))
        changed = Mask.from_array(before != kept.slots)
        for box in dirty:
            changed = changed.minus(Mask.from_box(box))
        assert changed.is_empty, "pixels changed beside the boxes that were told"
    fresh = IdMap(size)
    fresh.replace(built(history[-1]))
    for y in range(size.height):
        for x in range(size.width):
            assert kept.at(x, y) == fresh.at(x, y)


def test_painting_over_the_id_map_is_taken_back():
    ids = IdMap(Size(20, 20))
    ids.replace([thing(7, 2, 2, 10, 10)])
    before = ids.slots.copy()
    ids.paint(PixelBox(5, 5, 15, 15), np.ones((10, 10), dtype=bool), DRAFT_SLOT, None)
    assert ids.slots[12, 12] == DRAFT_SLOT
    assert ids.restore() == PixelBox(5, 5, 15, 15)
    assert np.array_equal(ids.slots, before)
    ids.paint(PixelBox(0, 0, 20, 20), np.ones((20, 20), dtype=bool), 0, ids.slot_of(ObjectId(7)))
    assert not ids.slots.any()
    ids.replace([thing(7, 2, 2, 10, 10)])
    assert np.array_equal(ids.slots, before)


def test_two_objects_of_one_id_are_refused():
    with pytest.raises(ValueError, match="share an id"):
        IdMap(Size(5, 5)).replace([thing(1, 0, 0, 1, 1), thing(1, 2, 2, 3, 3)])


@pytest.mark.parametrize("detail", [-1, 0, 1, 2, 3, 4])
def test_outlines_stay_where_the_mask_is_at_every_detail(detail):
    y, x = np.mgrid[:300, :400]
    ring = ((x - 210) / 160) ** 2 + ((y - 140) / 110) ** 2 < 1
    ring &= ((x - 190) / 60) ** 2 + ((y - 120) / 50) ** 2 > 1
    mask = Mask.from_array(ring, 37, 53)
    polygons = outlines_at(mask, detail)
    assert len(polygons) == 1
    assert len(polygons[0].holes) == 1
    assert mask_of_polygons(polygons).iou(mask) > 1 - 0.02 * 2 ** max(detail, 0)
    if detail < 0:
        assert mask_of_polygons(polygons) == mask
    else:
        assert len(polygons[0].outer) < 250


@pytest.mark.parametrize("detail", [-1, 0, 2, 5])
def test_even_a_single_pixel_has_an_outline(detail):
    polygons = outlines_at(Mask.from_box(PixelBox(7, 9, 8, 10)), detail)
    assert len(polygons) == 1
    assert len(polygons[0].outer) >= 3


def test_detail_follows_the_zoom():
    assert [detail_for(scale) for scale in (8, 3, 2, 0.75, 0.5, 0.1)] == [-1, -1, 0, 0, 1, 3]


def test_paths_are_remembered_and_forgotten():
    cache, mask = PathCache(), Mask.from_box(PixelBox(1, 2, 30, 40))
    assert cache.known(mask, 1.0) is None
    path = cache.path(mask, 1.0)
    assert cache.path(mask, 1.0) is path
    assert path.boundingRect().getCoords() == pytest.approx((1, 2, 30, 40), abs=0.5)
    cache.prune([])
    assert cache.known(mask, 1.0) is None


EVERYWHERE = QRectF(-1e6, -1e6, 2e6, 2e6)


def chips(objects, view):
    layer = ChipLayer()
    layer.show_objects(objects)
    return layer, [(x, y) for _, x, y in layer.placed(view, EVERYWHERE)]


@pytest.mark.usefixtures("qapp")
def test_chips_only_for_what_is_in_sight():
    view = Viewport(Size(1000, 1000), Size(200, 200), 1.0, -480.0, 40.0)
    _, places = chips(
        [thing(1, 0, 0, 50, 50, label="a"), thing(2, 500, 0, 550, 50, label="b")], view
    )
    assert places == [(20, 22)]


@pytest.mark.usefixtures("qapp")
def test_chips_do_not_cover_each_other_and_pans_change_no_decision():
    rng = np.random.default_rng(3)
    corners = rng.integers(0, 300, (60, 2))
    objects = [
        thing(n, int(x), int(y), int(x) + 40 + n, int(y) + 30, label=f"thing {n}")
        for n, (x, y) in enumerate(corners, start=1)
    ]
    view = Viewport(Size(500, 500), Size(700, 700), 1.0, 100.0, 100.0)
    layer, places = chips(objects, view)
    rects = [QRectF(x, y, i.width(), i.height()) for i, x, y in layer.placed(view, EVERYWHERE)]
    assert 5 < len(rects) < 60
    assert not any(a.intersects(b) for n, a in enumerate(rects) for b in rects[:n])
    moved = [(x, y) for _, x, y in layer.placed(view.panned(7, -11), EVERYWHERE)]
    assert moved == [(x + 7, y - 11) for x, y in places]


@pytest.mark.usefixtures("qapp")
def test_selected_objects_always_show_their_chip():
    view = Viewport(Size(500, 500), Size(700, 700), 1.0, 100.0, 100.0)
    pair = [thing(1, 9, 9, 12, 12, label="a", is_selected=True), thing(2, 9, 9, 90, 90, label="b")]
    layer, places = chips(pair, view)
    assert len(places) == 1
    assert layer.placed(view, EVERYWHERE)[0][0].width() < 40


def test_outlines_of_a_very_large_mask_are_coarser_up_to_full_size():
    large = Mask.from_box(PixelBox(0, 0, 3000, 2000))
    small = Mask.from_box(PixelBox(0, 0, 300, 200))
    assert [detail_of(large, scale) for scale in (3, 2, 1, 0.5)] == [-1, 0, 1, 1]
    assert [detail_of(small, scale) for scale in (3, 2, 1, 0.5)] == [-1, 0, 0, 1]


def test_levels_made_ready_and_cut_out_later_show_the_same_pixels(monkeypatch):
    rgb = np.random.default_rng(0).integers(0, 255, (600, 700, 3), dtype=np.uint8)
    ready = Pyramid(rgb)
    monkeypatch.setattr("sam3_annotator.ui.canvas.pyramid.WHOLE_LEVEL_PIXELS", 0)
    later = Pyramid(rgb)
    assert later.nbytes < ready.nbytes
    box = PixelBox(13, 7, 213, 107)
    for level in range(ready.depth):
        pixels = ready.screen_pixels(level, box)
        assert (pixels == later.screen_pixels(level, box)).all()
        red, green, blue = (int(channel) for channel in ready.level(level)[7, 13])
        assert int(pixels[0, 0]) == 255 << 24 | red << 16 | green << 8 | blue


def test_the_map_says_where_nothing_can_lie():
    ids = IdMap(Size(100, 80))
    assert ids.covered() == ()
    mask = Mask.from_box(PixelBox(10, 10, 20, 20))
    ids.replace([CanvasObject(ObjectId(1), mask, "#ffffff")])
    ids.paint(PixelBox(50, 50, 60, 60), np.ones((10, 10), dtype=bool), DRAFT_SLOT, None)
    empty = np.ones((80, 100), dtype=bool)
    for box in ids.covered():
        empty[box.top : box.bottom, box.left : box.right] = False
    assert empty.any()
    assert not ids.slots[empty].any()


def test_pyramid_keeps_the_last_odd_row_and_column():
    rgb = np.zeros((1025, 1027, 3), dtype=np.uint8)
    rgb[-1], rgb[:, -1] = 255, 255
    level = Pyramid(rgb).level(1)
    assert (level[-1, :-1] == 255).all()
    assert (level[:-1, -1] == 255).all()
    assert not level[:-1, :-1].any()


def test_tone_tables():
    assert Tone().is_neutral
    assert np.array_equal(Tone().table(), np.arange(256))
    assert Tone(gamma=2.0).table()[64] > 100
    assert Tone(contrast=2.0).table()[[0, 128, 255]].tolist() == pytest.approx([0, 128, 255], abs=1)


def test_hits():
    square = (Point(0, 0), Point(10, 0), Point(10, 10), Point(0, 10))
    assert vertex_at([square], Point(9, 1), 2) == (0, 1)
    assert vertex_at([square], Point(5, 5), 2) is None
    assert edge_at([square], Point(5, 1), 2) == ((0, 0), Point(5, 0))
    assert edge_at([square], Point(-1, 5), 2) == ((0, 3), Point(0, 5))
    ring = Mask.from_box(PixelBox(0, 0, 10, 10)).minus(Mask.from_box(PixelBox(2, 2, 8, 8)))
    hollow = CanvasObject(ObjectId(1), ring)
    assert objects_touching([hollow], Box(3, 3, 6, 6)) == ()
    assert objects_touching([hollow], Box(3, 3, 8.5, 6)) == (1,)


def tool(name, options=None):
    machine = all_tools()[name]
    machine.context = ToolContext(Size(3000, 2000), None, options or ToolOptions())
    return machine


def event(x, y, button=Button.LEFT, **more):
    return PointerEvent(Point(x, y), button, **more)


def test_dabs_add_up_to_the_stroke_however_far_it_runs():
    brush = tool(ToolName.BRUSH, ToolOptions(brush_diameter=30))
    rng = np.random.default_rng(2)
    outcomes = list(brush.press(event(1500, 1000)))
    for x, y in rng.uniform((-200, -200), (3200, 2200), (25, 2)):
        outcomes += brush.move(event(float(x), float(y)))
    outcomes += brush.release(event(10, 10))
    painted = np.zeros((2000, 3000), dtype=bool)
    for dab in outcomes[:-1]:
        assert isinstance(dab, Dabbed)
        box = dab.box
        painted[box.top : box.bottom, box.left : box.right] |= dab.inside
    assert outcomes[-1] == StrokeFinished(Mask.from_array(painted), is_erase=False)
    assert brush.release(event(0, 0)) == ()


def test_escape_drops_a_stroke():
    brush = tool(ToolName.ERASER)
    brush.press(event(100, 100))
    assert brush.wants(ToolKey.ESCAPE)
    assert brush.key(ToolKey.ESCAPE) == (StrokeDropped(),)
    assert brush.release(event(100, 100)) == ()
    assert not brush.wants(ToolKey.ESCAPE)


@pytest.mark.parametrize("name", list(ToolName))
def test_every_tool_bears_any_order_of_events(name):
    """No event may raise or leave a gesture behind after cancel."""
    rng = np.random.default_rng(9)
    machine = tool(name)
    machine.context = ToolContext(Size(40, 30), np.zeros((30, 40, 3), np.uint8), ToolOptions())
    for _ in range(300):
        x, y = (float(v) for v in rng.uniform(-10, 50, 2))
        step = rng.integers(0, 5)
        happening = event(x, y, list(Button)[rng.integers(0, 3)], click_count=rng.integers(1, 3))
        if step < 3:
            (machine.press, machine.move, machine.release)[step](happening)
        elif step == 3:
            machine.key(list(ToolKey)[rng.integers(0, len(ToolKey))])
        elif rng.random() < 0.2:
            machine.cancel()
            assert machine.draft.is_empty
