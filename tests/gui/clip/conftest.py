"""A whole program on the clip that is shipped as a sample, with the fake engine."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sam3_annotator import paths
from sam3_annotator.domain.ids import FrameIndex, ObjectId
from sam3_annotator.io.cut_cache import CutCache
from sam3_annotator.io.media import hash_file
from tests.gui.window.conftest import (
    Running,
    click,
    launch,  # noqa: F401 - a fixture
    trigger,
)

SIZE = (640, 360)


@pytest.fixture
def clip_file(tmp_path):
    """A copy of the sample clip."""
    folder = tmp_path / "clips"
    folder.mkdir()
    return Path(shutil.copy(paths.resource("sample/bunny.mp4"), folder))


@pytest.fixture
def clip(launch, clip_file, qtbot, monkeypatch) -> Running:  # noqa: F811 - a fixture
    """A program with the clip open, its first frame shown and encoded, its cuts known."""
    monkeypatch.setattr("tests.gui.window.conftest.SIZE", SIZE)
    CutCache(paths.cache_dir() / "cuts").put(hash_file(clip_file), ())
    running = launch(clip_file)
    pictures, attempt = running.window.controllers.pictures, running.workspace.segmenting
    qtbot.waitUntil(lambda: pictures.picture is not None, timeout=20000)
    qtbot.waitUntil(lambda: attempt._encoded is not None, timeout=20000)
    qtbot.waitUntil(
        lambda: running.desks.clip.cuts.is_known(running.workspace.view.media_id), timeout=20000
    )
    qtbot.waitUntil(lambda: bool(running.desks.clip.playback.times_s))
    return running


def is_idle(running: Running) -> bool:
    """Whether no run is in progress and the engine has answered everything."""
    progress = running.desks.clip.runs.progress
    return not progress.is_running and running.workspace.engine.desk.open_tickets == 0


def add_object(running: Running, qtbot, x: float = 120.0, y: float = 120.0) -> ObjectId:
    """Click an object on the shown frame, accept it, select it."""
    attempt = running.workspace.segmenting
    qtbot.waitUntil(lambda: attempt.attempt.frame is not None)
    running.workspace.state.update(selection=())
    before = set(objects(running))
    click(running, x, y)
    qtbot.waitUntil(lambda: attempt.attempt.is_open and not attempt.attempt.is_waiting)
    running.desks.gestures.accept()
    (made,) = set(objects(running)) - before
    running.workspace.state.update(selection=(made,))
    return made


def objects(running: Running) -> tuple[ObjectId, ...]:
    """Every object of the clip."""
    return tuple(item.id for item in running.project.objects(running.workspace.view.media_id))


def run(running: Running, qtbot, action: str) -> None:
    """Do a run to its end."""
    trigger(running, qtbot, action)
    changed = running.desks.clip.runs.changed
    if not running.desks.clip.runs.progress.is_running:
        with qtbot.waitSignal(changed, timeout=20000):
            pass
    qtbot.waitUntil(lambda: is_idle(running), timeout=60000)


def go_to(running: Running, qtbot, frame: int) -> None:
    """Show a frame and wait until prompts can be placed on it."""
    running.desks.navigation.go_to_frame(frame)
    attempt = running.workspace.segmenting
    qtbot.waitUntil(
        lambda: attempt.attempt.frame is not None and attempt.attempt.frame.frame == frame
    )


def correct(running: Running, qtbot, frame: int, x: float, y: float) -> None:
    """Go to a frame, click, accept: a correction of the selected object."""
    go_to(running, qtbot, frame)
    qtbot.waitUntil(lambda: running.workspace.segmenting.attempt.target is not None)
    click(running, x, y)
    attempt = running.workspace.segmenting
    qtbot.waitUntil(lambda: attempt.attempt.is_open and not attempt.attempt.is_waiting)
    running.desks.gestures.accept()


def masks(running: Running):
    """(object, frame) -> mask of everything on the clip."""
    project = running.project
    found = {}
    for one in objects(running):
        for frame in project.masklet(one).frames.tolist():
            found[one, frame] = project.mask(one, FrameIndex(frame))
    return found
