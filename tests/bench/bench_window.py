"""How fast the whole window answers: ``pytest -m bench tests/bench/bench_window.py -s``.

Figures come twice: by the wall clock, and as processor time of the thread that counts. On a
machine that others load too, a goal is held against the smaller of the two.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEventLoop, Qt, QTimer

from sam3_annotator.app import open_source
from sam3_annotator.inference.session import ModelSession
from sam3_annotator.workflow.view_state import Tool
from tests.bench.bench_project import PER_PICTURE, PICTURES
from tests.support.fake_session import FakeSession
from tests.support.hands import CTRL, NONE, RIGHT, SHIFT, Hands

pytestmark = [pytest.mark.bench, pytest.mark.logs("")]

GOAL_CLICK_MINI_MS, GOAL_CLICK_OURS_MS = 150.0, 16.0
GOAL_BLOCK_MS = 50.0
GOAL_OPEN_S, GOAL_START_S = 2.0, 1.0
CLICKS = 25
MINUTE_S = 60.0
BEAT_MS = 2


def told(name, walls, works, goal, unit="ms"):
    wall, work = statistics.median(walls), statistics.median(works)
    print(  # noqa: T201 - a bench is read
        f"\n{name:46s} wall: median {wall:8.2f} {unit}  worst {max(walls):8.2f}"
        f"   processor: median {work:8.2f}  worst {max(works):8.2f}   goal {goal:g}"
    )
    return min(wall, work)


def noise(height, width, seed=0):
    random = np.random.default_rng(seed)
    small = random.integers(0, 255, (height // 8 + 1, width // 8 + 1, 3), dtype=np.uint8)
    return np.repeat(np.repeat(small, 8, axis=0), 8, axis=1)[:height, :width].copy()


@pytest.fixture
def photo(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    Image.fromarray(noise(1080, 1920)).save(folder / "a.png")
    return folder


def until_answered(running):
    """Run the event loop until the model has answered; nothing is polled."""
    workspace, loop = running.workspace, QEventLoop()

    def look(attempt):
        if attempt.is_open and not attempt.is_waiting:
            loop.quit()

    workspace.attempt_changed.connect(look)
    QTimer.singleShot(60_000, loop.quit)
    if workspace.segmenting.attempt.is_waiting:
        loop.exec()
    workspace.attempt_changed.disconnect(look)
    assert not workspace.segmenting.attempt.is_waiting


def measure_clicks(running, qtbot):
    """Press of the button to the preview's pixels, over and over on one cached picture."""
    hands, canvas = Hands(running.window), running.window.parts.canvas
    random = np.random.default_rng(1)
    walls, works = [], []
    for _ in range(CLICKS):
        x, y = random.integers(200, 1700), random.integers(150, 900)
        wall, work = time.perf_counter(), time.thread_time()
        hands.click(int(x), int(y))
        until_answered(running)
        canvas.repaint()
        walls.append((time.perf_counter() - wall) * 1e3)
        works.append((time.thread_time() - work) * 1e3)
        assert canvas._marks.preview is not None
        hands.key(Qt.Key.Key_Escape)
        qtbot.wait(5)
    return walls, works


def ready(running, qtbot):
    running.window.resize(1920, 1080)
    qtbot.waitUntil(lambda: running.window.controllers.pictures.picture is not None, timeout=60_000)
    qtbot.waitUntil(lambda: running.workspace.segmenting._encoded is not None, timeout=120_000)
    running.workspace.state.update(tool=Tool.CLICK)
    return running


def test_click_to_preview_with_the_fake(launch, photo, qtbot):
    fake = FakeSession(lambda _: (1920, 1080))
    running = ready(launch(photo, make_session=lambda: fake), qtbot)
    walls, works = measure_clicks(running, qtbot)
    assert told("click to preview, fake engine", walls, works, GOAL_CLICK_OURS_MS) <= (
        GOAL_CLICK_OURS_MS
    )


def test_click_to_preview_with_the_bundled_model(launch, photo, qtbot):
    running = ready(launch(photo, make_session=lambda: ModelSession(open_source)), qtbot)
    before = time.process_time()
    walls, works = measure_clicks(running, qtbot)
    whole = (time.process_time() - before) * 1e3 / CLICKS
    told("  of which ours, on the window's thread", works, works, GOAL_CLICK_OURS_MS)
    best = told("click to preview, bundled model", walls, [whole], GOAL_CLICK_MINI_MS)
    assert best <= GOAL_CLICK_MINI_MS


class Heart:
    """Beats on the window's thread; the longest pause between two beats is the longest block."""

    def __init__(self):
        self.walls, self.works = [], []
        self.timer = QTimer()
        self.timer.setTimerType(Qt.TimerType.PreciseTimer)
        self.timer.timeout.connect(self._beat)
        self._wall, self._work, self.what = time.perf_counter(), time.thread_time(), ""
        self.slow = []
        self.timer.start(BEAT_MS)

    def _beat(self):
        wall, work = time.perf_counter(), time.thread_time()
        self.walls.append((wall - self._wall) * 1e3)
        self.works.append((work - self._work) * 1e3)
        if self.works[-1] > GOAL_BLOCK_MS / 2:
            self.slow.append((round(self.works[-1]), self.what))
        self._wall, self._work = wall, work


def gestures(hands, running):
    """What a person does all day; each is one turn of the event loop."""
    random = np.random.default_rng(5)

    def place():
        return int(random.integers(300, 3600)), int(random.integers(300, 2700))

    def stroke():
        x, y = place()
        hands.drag([(x, y), (x + 100, y + 40), (x + 300, y + 10), (x + 350, y + 200)])

    key = hands.key
    while True:
        yield "tool", lambda: key(Qt.Key.Key_C)
        for _ in range(3):
            yield "hover", lambda: hands.move(*place())
            yield "click", lambda: hands.click(*place())
            yield "minus", lambda: hands.click(*place(), button=RIGHT)
            yield "accept", lambda: key(Qt.Key.Key_Return)
        yield "brush", lambda: key(Qt.Key.Key_R)
        yield "stroke", stroke
        yield "stroke", stroke
        yield "polygon", lambda: key(Qt.Key.Key_P)
        for _ in range(4):
            yield "corner", lambda: hands.click(*place())
        yield "close polygon", lambda: key(Qt.Key.Key_Return)
        yield "zoom in", lambda: key(Qt.Key.Key_Equal, CTRL)
        yield "zoom in", lambda: key(Qt.Key.Key_Equal, CTRL)
        yield "fit", lambda: key(Qt.Key.Key_F)
        yield "actual size", lambda: key(Qt.Key.Key_1, CTRL)
        yield "fit", lambda: key(Qt.Key.Key_F)
        yield "fill off", lambda: key(Qt.Key.Key_M)
        yield "fill on", lambda: key(Qt.Key.Key_M)
        yield "undo", hands.undo
        yield "undo", hands.undo
        yield "redo", lambda: key(Qt.Key.Key_Z, CTRL | SHIFT)
        yield "select all", lambda: key(Qt.Key.Key_A, CTRL)
        yield "let go", lambda: key(Qt.Key.Key_Escape)
        yield "next picture", lambda: key(Qt.Key.Key_D)
        yield "rest", lambda: None
        yield "rest", lambda: None
        if running.workspace.view.media_id == list(running.project.media)[-1]:
            yield "first picture", lambda: key(Qt.Key.Key_Home, NONE)
            yield "rest", lambda: None


def test_longest_block_of_a_scripted_minute(launch, tmp_path, qtbot):
    """Twelve pictures of 12 megapixels, some twenty gestures a second."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(12):
        Image.fromarray(noise(3000, 4000, number)).save(folder / f"{number}.jpg", quality=85)
    fake = FakeSession(lambda _: (4000, 3000))
    running = ready(launch(folder, make_session=lambda: fake), qtbot)
    running.window.activateWindow()
    qtbot.waitUntil(running.window.isActiveWindow)
    script, loop, heart = gestures(Hands(running.window), running), QEventLoop(), Heart()

    def act():
        heart.what, do = next(script)
        do()

    hands_timer = QTimer()
    hands_timer.timeout.connect(act)
    hands_timer.start(50)
    QTimer.singleShot(int(MINUTE_S * 1e3), loop.quit)
    loop.exec()
    hands_timer.stop()
    heart.timer.stop()
    made = sum(sum(running.project.object_counts(m).values()) for m in running.project.media)
    assert made > 20, "the script has to do real work"
    told("longest block of the window's thread", [max(heart.walls)], [max(heart.works)], 50)
    print("slowest, processor ms:", sorted(heart.slow, reverse=True)[:12])  # noqa: T201
    assert min(max(heart.walls), max(heart.works)) <= GOAL_BLOCK_MS


def test_a_project_of_20000_pictures_opens_in_the_window(
    launch,
    folder_project,
    qtbot,
):
    Image.fromarray(noise(48, 64)).save(folder_project.parent / "0.jpg")
    running = launch()
    pictures, loop = running.window.controllers.pictures, QEventLoop()
    walls, works = [], []
    for _ in range(3):
        running.desks.files.close_project()
        pictures.shown.connect(loop.quit)
        QTimer.singleShot(60_000, loop.quit)
        wall, work = time.perf_counter(), time.thread_time()
        running.desks.files.open_path(folder_project)
        loop.exec()
        running.window.repaint()
        walls.append(time.perf_counter() - wall)
        works.append(time.thread_time() - work)
        pictures.shown.disconnect(loop.quit)
        assert len(running.project.media) == PICTURES
        assert len(running.masks()) == PER_PICTURE
    best = told("20,000 pictures, 200,000 annotations", walls, works, GOAL_OPEN_S, "s")
    assert best <= GOAL_OPEN_S


START = """
import sys, time
from PySide6.QtCore import QEvent, QObject, QTimer
from sam3_annotator import app
from tests.support.fake_session import fake_session
class Eye(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and watched.isWidgetType() and watched.isWindow():
            print(time.time(), time.process_time(), "torch" in sys.modules, flush=True)
            QTimer.singleShot(0, watched.close)
            watched.removeEventFilter(self)
        return False
eye = Eye()
start = app.Program.start
def watched_start(self, *args):
    self.window.installEventFilter(eye)
    start(self, *args)
app.Program.start = watched_start
app.main([], fake_session)
"""


def test_the_window_is_on_the_screen_soon_after_the_start():
    walls, works = [], []
    for _ in range(5):
        begin = time.time()
        done = subprocess.run(
            [sys.executable, "-c", START], capture_output=True, text=True, check=True, timeout=120
        )
        shown, work, has_torch = done.stdout.split()[:3]
        assert has_torch == "False"
        walls.append(float(shown) - begin)
        works.append(float(work))
    best = told("start of the process to the first paint", walls, works, GOAL_START_S, "s")
    assert best <= GOAL_START_S
