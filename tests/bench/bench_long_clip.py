"""A clip of 10,000 frames in the window: ``pytest -m bench tests/bench/bench_long_clip.py -s``.

Making the two projects takes a minute or two; every one of their masks is another one.
"""

from __future__ import annotations

import time

import numpy as np
import pytest
from PySide6.QtCore import QEventLoop, QTimer

from sam3_annotator.domain.geometry import PixelBox
from sam3_annotator.domain.ids import FrameIndex
from sam3_annotator.domain.mask import Mask
from sam3_annotator.workflow.queue_rows import Show
from tests.bench.bench_playback import LIMIT_MS, Costs
from tests.bench.bench_window import Heart, told
from tests.gui.clip.test_long_session import GROWTH, LongSession, ready
from tests.support.fake_session import FakeSession
from tests.support.films import Film, labelled_film

pytestmark = [pytest.mark.bench, pytest.mark.logs("")]

FILM = Film((320, 180), frames=10_000, group=30)
FEW, MANY = 4, 50
GOAL_OPEN_S, GOAL_EDIT_MS, GOAL_BLOCK_MS, GOAL_QUEUE_S = 2.0, 50.0, 50.0, 2.0
EDITS = 20
LOOKING_S = 15.0
ROUNDS, WARM_UP = 40, 25


@pytest.fixture(scope="module")
def crowded(tmp_path_factory):
    """10,000 frames with 50 objects on each: half a million distinct masks."""
    return labelled_film(tmp_path_factory.mktemp("crowded"), FILM, MANY)


def begun(launch):
    """A window, with nothing open, of the size of the clip's pictures."""
    running = launch(make_session=lambda: FakeSession(lambda _: FILM.size))
    running.window.resize(1600, 900)
    return running


def opened(running, path):
    """Open a project; back when its first frame is painted."""
    pictures, loop = running.window.controllers.pictures, QEventLoop()
    heard = pictures.shown.connect(loop.quit)
    QTimer.singleShot(LIMIT_MS, loop.quit)
    running.desks.files.open_path(path)
    loop.exec()
    pictures.disconnect(heard)
    running.window.parts.canvas.repaint()
    assert len(running.window.parts.canvas._objects) == MANY


def test_half_a_million_masks_open_and_can_be_edited_at_once(launch, crowded, qtbot):
    running, costs = begun(launch), Costs()
    for _ in range(3):
        running.desks.files.close_project()
        costs.measure(lambda: opened(running, crowded))
    walls, works = ([one / 1e3 for one in kind] for kind in (costs.walls, costs.window))
    best = told("open 10,000 frames of 50 objects", walls, works, GOAL_OPEN_S, "s")
    running.window.parts.review.setVisible(False)
    qtbot.waitUntil(lambda: not running.desks.work.works, timeout=LIMIT_MS)
    dice, edits, canvas = np.random.default_rng(1), Costs(), running.window.parts.canvas
    running.window.table["tool.brush"].trigger()
    items = running.project.objects(running.workspace.view.media_id)
    for number in range(EDITS):
        running.desks.navigation.go_to_frame(int(dice.integers(FILM.frames)))
        qtbot.waitUntil(
            lambda: not running.window.controllers.pictures.is_waiting, timeout=LIMIT_MS
        )
        running.workspace.state.update(selection=(items[number].id,))
        left, top = dice.integers(0, 100, 2).tolist()
        stroke = Mask.from_box(PixelBox(left, top, left + 20, top + 20))
        qtbot.wait(50)
        edits.measure(lambda s=stroke: (canvas.stroke_finished.emit(s, False), canvas.repaint()))
        qtbot.wait(50)
        edits.measure(lambda: (running.desks.edits.undo(), canvas.repaint()))
    edit = told("brush stroke or undo among them", edits.walls, edits.window, GOAL_EDIT_MS)
    assert best <= GOAL_OPEN_S
    assert edit <= GOAL_EDIT_MS


def test_doubts_over_half_a_million_masks_hold_nothing_up(launch, crowded):
    """The review panel is open; what is measured is told, and the window stays awake."""
    running = begun(launch)
    running.window.parts.review.setVisible(True)
    opened(running, crowded)
    desk, loop, heart = running.desks.review, QEventLoop(), Heart()
    begin, first = time.perf_counter(), []

    def look():
        if not first and len({row.object_id for row in desk.reviewing.rows(Show.ALL)}) == MANY:
            first.append(time.perf_counter() - begin)

    desk.changed.connect(look)
    desk.watch(is_watched=True)
    work = time.process_time()
    QTimer.singleShot(round(1e3 * LOOKING_S), loop.quit)
    loop.exec()
    heart.timer.stop()
    work, (seen, total) = time.process_time() - work, desk.reviewing.masks
    assert first, "the columns alone have to make a queue"
    told("first queue of all 50 objects, from the columns", first, first, GOAL_QUEUE_S, "s")
    told("longest block while masks are looked at", [max(heart.walls)], [max(heart.works)], 50)
    whole = work * total / max(1, seen)
    print(  # noqa: T201 - a bench is read
        f"  looked at {seen} of {total} masks in {LOOKING_S:g} s and {work:.1f} s of processor:"
        f" all of them would take {whole:.0f} s of processor in the background"
    )
    assert running.window.parts.review._progress.text()
    assert min(max(heart.walls), max(heart.works)) <= GOAL_BLOCK_MS


def test_memory_of_a_session_over_10000_frames_is_flat(launch, tmp_path, qtbot):
    """With the real budgets: the caches are full after the warm-up, and nothing else may grow."""
    path = labelled_film(tmp_path, FILM, FEW)
    running = launch(path, make_session=lambda: FakeSession(lambda _: FILM.size))
    session = LongSession(ready(running, qtbot, (1280, 800)), qtbot, steps=60, seeks=60, played=30)
    for number in range(ROUNDS):
        session.round(number)
    first, before, after = (session.sizes_mb[i] for i in (0, WARM_UP - 1, -1))
    print(  # noqa: T201 - a bench is read
        f"\nresident memory: {first:.0f} MB after the first round, {before:.0f} after {WARM_UP},"
        f" {after:.0f} after {ROUNDS} ({100 * (after / before - 1):+.1f} %)"
    )
    assert int(running.workspace.view.frame) < FILM.frames
    assert running.project.mask(1, FrameIndex(FILM.frames - 1)) is not None
    assert after <= before * (1 + GROWTH)
