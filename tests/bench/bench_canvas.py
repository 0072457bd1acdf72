"""How long the canvas takes: run with ``pytest -m bench tests/bench/bench_canvas.py -s``."""

from __future__ import annotations

import statistics
import time

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage

from sam3_annotator.domain.geometry import PixelBox, Point
from sam3_annotator.domain.ids import ObjectId
from sam3_annotator.domain.mask import Mask
from sam3_annotator.domain.outlines import mask_of_rings
from sam3_annotator.ui.canvas import (
    PALETTE,
    CanvasObject,
    CanvasView,
    Marks,
    Preview,
    Pyramid,
    ToolName,
    ToolOptions,
)
from sam3_annotator.ui.canvas.tools.events import Button, PointerEvent

pytestmark = pytest.mark.bench

WIDTH, HEIGHT = 3840, 2160
OVER: list[str] = []


def blob(random, width=WIDTH, height=HEIGHT):
    """A rough round shape of about 100,000 pixels."""
    angle = np.linspace(0, 2 * np.pi, 80, endpoint=False)
    radius = random.uniform(60, 300)
    radii = radius * (1 + 0.25 * np.sin(3 * angle + random.uniform(0, 6)))
    radii = radii + radius * 0.05 * random.standard_normal(80)
    x = random.uniform(0, width) + radii * np.cos(angle)
    y = random.uniform(0, height) + radii * np.sin(angle)
    return mask_of_rings([np.stack([x, y], axis=1)], PixelBox(0, 0, width, height))


def objects(count):
    random = np.random.default_rng(7)
    return [
        CanvasObject(
            ObjectId(number),
            blob(random),
            PALETTE[number % len(PALETTE)],
            f"thing {number}",
            z=number,
            dash=number % 6,
            is_selected=number == 5,
        )
        for number in range(1, count + 1)
    ]


@pytest.fixture
def canvas(qtbot):
    view = CanvasView()
    qtbot.addWidget(view)
    view.resize(1920, 1080)
    random = np.random.default_rng(3)
    small = random.integers(0, 255, (HEIGHT // 16, WIDTH // 16, 3), dtype=np.uint8)
    view.set_picture(np.repeat(np.repeat(small, 16, axis=0), 16, axis=1), key="4K")
    return view


def timed(name, action, budget_ms=None, rounds=15):
    """Median of several rounds, printed, and held against its budget.

    Judged by the wall clock or by the processor time of the whole process, whichever is less:
    on a quiet machine that is the wall clock, on a busy one the work done, all threads added up.
    """
    walls, works = [], []
    for number in range(rounds):
        wall, work = time.perf_counter(), time.process_time()
        action(number)
        works.append((time.process_time() - work) * 1e3)
        walls.append((time.perf_counter() - wall) * 1e3)
    wall, work = statistics.median(walls), statistics.median(works)
    print(  # noqa: T201 - a bench is read
        f"{name:44s} wall: median {wall:7.2f} ms  best {min(walls):7.2f}  worst {max(walls):7.2f}"
        f"  processor: median {work:7.2f}"
    )
    if budget_ms is not None and min(wall, work) > budget_ms:
        OVER.append(f"{name}: {min(wall, work):.2f} ms, budget {budget_ms} ms")


@pytest.fixture(autouse=True)
def _budgets():
    """All figures are printed before a budget fails."""
    OVER.clear()
    yield
    assert not OVER, OVER


def screen():
    image = QImage(1920, 1080, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.black)
    return image


@pytest.mark.parametrize("count", [100, 300])
def test_repaint(canvas, count):
    target = screen()
    shown = objects(count)
    timed("set_objects, first time", lambda _: canvas.set_objects(shown), rounds=1)

    def paint(_=0):
        canvas.render(target, QPoint())

    def paint_all():
        timed("paints until every outline is traced", paint, rounds=1)
        while canvas._renderer.is_incomplete:
            paint()

    paint_all()
    timed(f"{count} masks: same view", paint, 8)

    def anew(_):
        canvas._renderer._drawn = None
        paint()

    def pan(_):
        canvas._set_viewport(canvas.viewport.panned(-7, 3))
        paint()

    timed(f"{count} masks: pan by 7 px at fit", pan, 8)

    def zoom(number):
        canvas._zoom_at(1.03 if number % 2 else 1 / 1.03, QPointF(900, 500))
        paint()

    zoom(0)
    zoom(1)
    timed(f"{count} masks: zoom step at fit", zoom, 10)
    for scale in (0.25, 0.6, 1.0, 3.0, 16.0):
        canvas.zoom_to(scale)
        canvas._settling.stop()
        paint_all()
        timed(f"{count} masks: all drawn anew at {scale}", anew, 16)
        zoom(0)
        zoom(1)
        timed(f"{count} masks: zoom step at {scale}", zoom, 10)
        timed(f"{count} masks: pan at {scale}", pan, 8)


def test_edits(canvas):
    target = screen()
    shown = objects(300)
    canvas.set_objects(shown)
    canvas.render(target, QPoint())
    while canvas._renderer.is_incomplete:
        canvas.render(target, QPoint())
    random = np.random.default_rng(1)
    fresh = [blob(random) for _ in range(15)]

    def change(number):
        other = CanvasObject(shown[0].id, fresh[number], PALETTE[1], "thing", z=500)
        canvas.set_objects([other, *shown[1:]])

    timed("one mask of 300 replaced (values only)", change)
    again = objects(300)
    canvas.set_objects(shown)
    timed("300 equal objects given again", lambda _: canvas.set_objects(again), 5)

    def change_and_paint(number):
        change(number)
        canvas.render(target, QPoint())

    timed("one mask of 300 replaced and painted", change_and_paint, 50)
    timed("hover pick", lambda n: canvas._object_at(Point(n * 100.0, 500.0)), 1)

    def preview(number):
        canvas.set_marks(Marks(preview=Preview(fresh[number])))
        canvas.render(target, QPoint())

    timed("new preview mask painted", preview, 16)


@pytest.mark.parametrize("diameter", [24, 120, 400])
def test_dab(canvas, diameter):
    canvas.set_objects(objects(300))
    target = screen()
    canvas.render(target, QPoint())
    while canvas._renderer.is_incomplete:
        canvas.render(target, QPoint())
    canvas.set_tool(ToolName.BRUSH)
    canvas.set_tool_options(ToolOptions(brush_diameter=diameter))
    canvas._pointer("press", PointerEvent(Point(1000, 1000), Button.LEFT))
    canvas.render(target, QPoint())

    def dab(number):
        at = Point(1000 + 12 * number, 1000 + 5 * number)
        canvas._pointer("move", PointerEvent(at, Button.LEFT))
        canvas._renderer._composed(canvas.viewport, 1.0)

    timed(f"dab of {diameter} px with 300 masks", dab, 2 if diameter < 400 else None)


def test_hundred_megapixels(qtbot):
    random = np.random.default_rng(3)
    tile = random.integers(0, 255, (500, 500, 3), dtype=np.uint8)
    rgb = np.tile(tile, (20, 20, 1))
    view = CanvasView()
    qtbot.addWidget(view)
    view.resize(1920, 1080)
    made = []
    timed("100 megapixels: pyramid", lambda _: made.append(Pyramid(rgb)), rounds=1)
    timed("100 megapixels: set_picture", lambda _: view.set_picture(made[0], key=1), 50, rounds=1)
    target = screen()
    timed("100 megapixels: first paint", lambda _: view.render(target, QPoint()), rounds=1)
    mask = Mask.from_box(PixelBox(1000, 1000, 9000, 9000))
    view.set_objects([CanvasObject(ObjectId(1), mask, label="huge")])
    view.render(target, QPoint())

    def pan(_):
        view._set_viewport(view.viewport.panned(-13, -9))
        view.render(target, QPoint())

    def zoom(number):
        view._zoom_at(1.03 if number % 2 else 1 / 1.03, QPointF(900, 500))
        view.render(target, QPoint())

    for scale in (0.1, 0.4, 1.0, 4.0):
        view.zoom_to(scale)
        view.render(target, QPoint())
        timed(f"100 megapixels: pan at {scale}", pan, 10)
        timed(f"100 megapixels: zoom step at {scale}", zoom, 10)
