"""A file whose disk or network does not answer: the window lives, says so, and can be closed."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton

from sam3_annotator.domain.ids import FrameIndex
from sam3_annotator.io.reads import READS
from sam3_annotator.ui.wiring import patience_sync
from sam3_annotator.ui.wiring.patience_sync import PatienceSync
from tests.gui.acceptance.conftest import paint
from tests.gui.clip.conftest import go_to

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="has no named pipes in folders")


def silence(path):
    """Put a file there that nobody writes to; the way to put the old one back is returned.

    Who waits for the silent one then finds it empty.
    """
    kept, pipe = path.with_suffix(".kept"), path.with_suffix(".pipe")
    path.rename(kept)
    os.mkfifo(pipe)
    os.link(pipe, path)

    def let_go():
        kept.replace(path)
        while READS.longest() is not None and READS.longest().path == path:
            with contextlib.suppress(OSError):  # nobody has opened it yet
                os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))

    return let_go


@pytest.fixture
def impatient(monkeypatch):
    """Reads are long at once."""
    monkeypatch.setattr(patience_sync, "PATIENCE_S", 0.0)


def look(running):
    running.workspace.findChild(PatienceSync).look()


def test_the_window_says_what_it_waits_for_and_goes_on(labelling, pictures, qtbot, impatient):
    workspace, reading = labelling.workspace, labelling.window.controllers.pictures
    labelling.workspace.settings.prefetches = False
    paint(labelling)
    reading._forget_all()
    let_go = silence(pictures / "p3.png")
    said = []
    workspace.said.connect(said.append)
    last = list(labelling.project.media)[3]
    labelling.desks.navigation.go_to(last)
    qtbot.waitUntil(lambda: READS.longest() is not None)
    paint(labelling)  # what is on the canvas is still the picture before
    assert not labelling.project.objects(last)
    assert said.pop() == "This is still the picture before: the next one is being read."
    look(labelling)
    assert said == ["Still waiting for p3.png (0 s)."]
    assert reading.picture is not None, "a moment of waiting is no reason to empty the canvas"
    look(labelling)
    assert reading.picture is None, "what was shown is of another picture"
    labelling.desks.edits.undo()
    labelling.desks.edits.redo()
    first = next(iter(labelling.project.media))
    assert len(labelling.project.objects(first)) == 1
    with qtbot.waitSignal(reading.failed):
        let_go()
    qtbot.waitUntil(lambda: READS.longest() is None)
    said.clear()
    look(labelling)
    assert not said
    for media in (first, last):
        labelling.desks.navigation.go_to(media)
        qtbot.waitUntil(lambda: reading.picture is not None and not reading.is_waiting)


def test_a_clip_that_hangs_is_let_go_of_without_waiting(clip, qtbot, impatient, monkeypatch):
    reading = clip.window.controllers.pictures
    source = reading.clip._open[1]
    began, go = threading.Event(), threading.Event()
    decoded = source._decoded

    def slow(index):
        began.set()
        assert go.wait(20)
        return decoded(index)

    monkeypatch.setattr(source, "_decoded", slow)
    clip.desks.navigation.go_to_frame(FrameIndex(100))
    assert began.wait(10)
    look(clip)
    look(clip)
    assert "Still waiting for" in clip.window.parts.status.message
    reading.reload()  # as after its file was found elsewhere: not on this thread's time
    assert not go.is_set()
    go.set()
    qtbot.waitUntil(lambda: reading.picture is not None)
    go_to(clip, qtbot, 3)


PROGRAM = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from sam3_annotator import app
from sam3_annotator.io.reads import READS
from sam3_annotator.ui import bridge
from sam3_annotator.ui.ask import Ask
from tests.support.fake_session import fake_session
bridge.READING_S = 0.5
Ask.confirm = lambda *_: True  # yes, stop and close
make, started = app.Program, []
app.Program = lambda *rest: started.append(make(*rest)) or started[0]

def look():
    read = READS.longest()
    if read is not None and read.path.name == "silent.png" and read.seconds > 0.6:
        started[0].window.close()

timer = QTimer()
timer.timeout.connect(look)
QTimer.singleShot(0, lambda: timer.start(50))
sys.exit(app.main([sys.argv[1]], fake_session))
"""


def test_the_program_ends_although_a_read_does_not(tmp_path):
    os.mkfifo(tmp_path / "silent.png")
    (tmp_path / "program.py").write_text(PROGRAM)
    done = subprocess.run(
        [sys.executable, tmp_path / "program.py", tmp_path / "silent.png"],
        timeout=60, check=False, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


def test_a_recent_project_on_a_silent_disk_does_not_hold_up_the_start(
    launch, qtbot, tmp_path, monkeypatch, impatient
):
    """The list of recent projects looks whether each is still there."""
    go, there = threading.Event(), Path.exists

    def slow(path):
        if path.name == "far.s3a":
            assert go.wait(20)
        return there(path)

    monkeypatch.setattr(Path, "exists", slow)
    (tmp_path / "near.s3a").touch()
    running = launch()
    for name in ("near.s3a", "far.s3a"):
        running.settings.add_recent(tmp_path / name)
    qtbot.waitUntil(lambda: READS.longest() is not None)
    look(running)
    assert "far.s3a" in running.window.parts.status.message
    go.set()
    page = running.window.welcome
    qtbot.waitUntil(
        lambda: (
            [b.text() for b in page.findChildren(QPushButton) if b.text() in ("near", "far")]
            == ["near"]
        )
    )
