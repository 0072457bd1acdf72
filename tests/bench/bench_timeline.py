"""Speed of the timeline: 300 lanes of 20,000 frames, panned and zoomed; and of playing a clip."""

from __future__ import annotations

import statistics
import time

import numpy as np
import pytest
from PySide6.QtGui import QImage

from sam3_annotator.domain.ids import ObjectId
from sam3_annotator.domain.masklet import HUMAN, ROW, SOURCE_CODES, Masklet, People
from sam3_annotator.ui.panels.timeline import Lane, LaneFrames, Shown, TimelinePanel
from sam3_annotator.ui.tokens import DARK

pytestmark = pytest.mark.bench
FRAMES, LANES = 20_000, 300
LIMIT_MS = 8.0
REPEATS = 40


def masklet(number):
    rng = np.random.default_rng(number)
    rows = np.zeros(FRAMES - 2000, ROW)
    rows["frame"] = np.arange(1000, FRAMES - 1000)
    rows["source"] = SOURCE_CODES[list(SOURCE_CODES)[1]]
    wave = np.sin(np.arange(rows.size) / 300 + number)
    rows["score"] = np.clip(0.7 + 0.3 * wave + rng.normal(0, 0.02, rows.size), 0, 1)
    rows["area"] = 1000 + 500 * wave
    rows["area"][4000:4300] = 0
    rows["source"][::400] = HUMAN
    return Masklet(ObjectId(number), rows, (), People())


@pytest.fixture(scope="module")
def frames():
    return [LaneFrames(masklet(n), None, FRAMES) for n in range(1, LANES + 1)]


@pytest.fixture
def lanes(qtbot, frames):
    panel = TimelinePanel(DARK)
    qtbot.addWidget(panel)
    panel.resize(1920, 900)
    made = [
        Lane(ObjectId(n), f"bus {n}", "#2080c0", f"category {n % 6}", one)
        for n, one in enumerate(frames, 1)
    ]
    panel.set_lanes(sorted(made, key=lambda lane: lane.category), FRAMES)
    panel.show()
    qtbot.waitExposed(panel)
    return panel.lanes


def painted(lanes, move):
    """Median milliseconds of a repaint of the whole widget after each move.

    Of this thread on the processor, so that a machine shared with others measures the same.
    """
    image = QImage(lanes.size(), QImage.Format.Format_ARGB32_Premultiplied)
    lanes.render(image)
    times = []
    for step in range(REPEATS):
        move(step)
        begin = time.thread_time()
        lanes.render(image)
        times.append(1000 * (time.thread_time() - begin))
    return statistics.median(times)


def test_repaints_stay_within_a_frame(lanes):
    seen = {}
    seen["cursor"] = painted(lanes, lambda n: lanes.set_shown(Shown(frame=5000 + n)))
    for name, zoom in (("whole", 0), ("tenfold", 10.0), ("hundredfold", 100.0)):
        lanes.zoom(0)
        if zoom:
            lanes.zoom(zoom)
        begin = lanes.scale.first
        # A wheel notch moves by 80 pixels; whole-clip views cannot pan and zoom instead.
        if zoom:
            step = 80 / lanes.scale.frame_px
            seen[f"pan {name}"] = painted(
                lanes, lambda n, begin=begin, step=step: lanes.show_stretch(begin + n * step)
            )
        else:
            seen["zoom"] = painted(lanes, lambda n: lanes.zoom(1.06))
    seen["scroll"] = painted(lanes, lambda n: lanes._bar.setValue(n * 37))
    shown = sum(1 for row in lanes.rows if row.lane and row.top < lanes.height())
    for name, took in seen.items():
        print(f"timeline {name}: {took:.1f} ms ({LANES} x {FRAMES}, {shown} lanes in sight)")  # noqa: T201
    assert max(seen.values()) <= LIMIT_MS, seen
