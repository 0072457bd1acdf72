"""Issue 5, point 8: whatever becomes of a clip's file is told, and nothing is lost.

The dialogs are the real ones; what they say is compared with what a person needs to know.
"""

from __future__ import annotations

import errno
import os
import struct
from dataclasses import dataclass

import av
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QLabel

from sam3_annotator.app import open_source
from sam3_annotator.domain.ids import FrameIndex
from sam3_annotator.engine.protocol import Propagate
from sam3_annotator.ui.dialogs.trouble import MovedDialog, TroubleDialog
from tests.gui.clip.conftest import add_object, go_to, is_idle, masks, run, trigger
from tests.support import clips
from tests.support.fake_session import FakeSession
from tests.support.hands import Hands
from tests.support.projects import snapshot

SIZE = (640, 360)
FRAMES = 132


def told(kind=QDialog):
    """The words of every dialog that is open."""
    open_ones = [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]
    return [" ".join(label.text() for label in one.findChildren(QLabel)) for one in open_ones]


def close_dialogs():
    for one in QApplication.topLevelWidgets():
        if isinstance(one, QDialog) and one.isVisible():
            one.close()


def shown(running):
    return running.window.controllers.pictures.picture is not None


def works_still(running, qtbot, frame):
    """Whether the window goes on: a frame is shown, an object drawn on it, undone and redone."""
    close_dialogs()
    go_to(running, qtbot, frame)
    one = add_object(running, qtbot, 300.0, 200.0)
    made = running.project.mask(one, FrameIndex(frame))
    running.desks.edits.undo()
    running.desks.edits.redo()
    return made is not None and running.project.mask(one, FrameIndex(frame)) == made


# ---------------------------------------------------------------------- the clip's file


@dataclass
class Share:
    """A folder on the network: while it is away, every read of the clip fails."""

    path: object
    is_away: bool = False

    def check(self):
        if self.is_away:
            raise OSError(errno.ESTALE, os.strerror(errno.ESTALE), str(self.path))


class _OnShare:
    """The clip's bytes as PyAV reads them."""

    def __init__(self, share):
        self._share, self._file = share, share.path.open("rb")
        self.name = str(share.path)

    def read(self, count):
        self._share.check()
        return self._file.read(count)

    def seek(self, *where):
        return self._file.seek(*where)

    def tell(self):
        return self._file.tell()

    def close(self):
        self._file.close()


@pytest.fixture
def share(clip_file, monkeypatch):
    """The clip lies on a share that can go away; the system's calls are real but for that."""
    share, really_open, open_path = Share(clip_file), av.open, type(clip_file).open
    files = []

    def open_clip(name, *args, **kwargs):
        if name != str(share.path):
            return really_open(name, *args, **kwargs)
        share.check()
        files.append(_OnShare(share))
        return really_open(files[-1], *args, **kwargs)

    def open_file(self, *args, **kwargs):
        if self == share.path:
            share.check()
        return open_path(self, *args, **kwargs)

    monkeypatch.setattr(av, "open", open_clip)
    monkeypatch.setattr(type(clip_file), "open", open_file)
    yield share
    for one in files:
        one.close()


@pytest.mark.usefixtures("share")
@pytest.mark.logs("Stale file handle")
def test_a_share_that_vanishes_while_a_clip_plays_is_told_once(share, clip, qtbot):
    add_object(clip, qtbot)
    run(clip, qtbot, "clip.forward")
    before, steps = snapshot(clip.workspace.document), len(clip.workspace.document.history())
    pictures, playback = clip.window.controllers.pictures, clip.desks.clip.playback
    clip.workspace.state.update(span=(FrameIndex(20), FrameIndex(120)))
    trigger(clip, qtbot, "clip.play")
    qtbot.waitUntil(lambda: clip.workspace.view.frame > 30, timeout=20_000)
    share.is_away = True
    qtbot.waitUntil(lambda: bool(told()), timeout=20_000)
    assert not playback.is_playing
    (said,) = told(TroubleDialog)
    assert clip_name(clip) in said
    assert "Stale file handle" in said
    assert "Check the disk or the connection" in said
    assert "on disk" in said
    assert not shown(clip)
    assert "try again" in clip.window.parts.canvas.accessibleDescription()
    qtbot.wait(100)
    assert len(told()) == 1, "one dialog, however many frames were due"
    assert snapshot(clip.workspace.document) == before
    assert len(clip.workspace.document.history()) == steps
    share.is_away = False
    assert works_still(clip, qtbot, 100)
    assert shown(clip)
    pictures.reload()
    qtbot.waitUntil(lambda: shown(clip))


def clip_name(running):
    return running.workspace.path_of(running.workspace.view.media_id).name


@pytest.mark.logs("is not there")
def test_a_clip_that_is_removed_while_open_is_told_when_it_is_read_again(clip, clip_file, qtbot):
    one = add_object(clip, qtbot)
    before = masks(clip)
    away = clip_file.with_suffix(".away")
    clip_file.rename(away)
    # What is open stays readable on this system, and work goes on.
    go_to(clip, qtbot, 90)
    assert not told()
    project = clip.workspace.document.path
    clip.desks.files.close_project()
    clip.desks.files.open_path(project)
    qtbot.waitUntil(lambda: bool(told(MovedDialog)), timeout=20_000)
    (said,) = told(MovedDialog)
    assert clip_file.name in said
    assert "Its objects are kept" in said
    assert not shown(clip)
    assert masks(clip) == before
    close_dialogs()
    away.rename(clip_file)
    go_to(clip, qtbot, 5)
    assert shown(clip)
    assert clip.project.mask(one, FrameIndex(0)) == before[one, 0]
    assert works_still(clip, qtbot, 6)


class ReadingSession(FakeSession):
    """Looks at the pixels of every frame of a run, as a model does.

    Attributes:
        before: is told each frame's number before it is read.
    """

    before = staticmethod(lambda frame: None)

    def _propagated(self, request):
        for item in super()._propagated(request):
            self.before(int(item.frame))
            source = open_source(request.media)
            try:
                source.frame(int(item.frame))
            finally:
                source.close()
            yield item


@pytest.mark.logs("is not there")
def test_a_clip_that_is_removed_during_a_run_stops_it_and_keeps_its_frames(
    launch, clip_file, qtbot
):
    session = ReadingSession(lambda _: SIZE)
    running = launch(clip_file, make_session=lambda: session)
    qtbot.waitUntil(lambda: shown(running), timeout=20_000)
    one, runs = add_object(running, qtbot), running.desks.clip.runs
    away = clip_file.with_suffix(".away")
    session.before = lambda frame: clip_file.rename(away) if frame == 7 else None
    trigger(running, qtbot, "clip.forward")
    qtbot.waitUntil(lambda: bool(told()), timeout=60_000)
    (said,) = told()
    assert clip_file.name in said
    qtbot.waitUntil(lambda: is_idle(running))
    assert len(running.project.masklet(one)) == 7, "the frame it was made on, and six more"
    assert runs.can_go_on
    close_dialogs()
    away.rename(clip_file)
    session.before = lambda frame: None
    trigger(running, qtbot, "clip.go_on")
    qtbot.waitUntil(lambda: len(running.project.masklet(one)) > 10, timeout=60_000)
    assert walks_from(session) == [1, 7], "nothing is computed twice"
    runs.cancel()
    qtbot.waitUntil(lambda: is_idle(running), timeout=60_000)
    assert works_still(running, qtbot, 3)


def walks_from(session):
    """The first frame of every walk of the propagations that were asked for."""
    return [int(one.start) for one in session.handled if isinstance(one, Propagate)]


# ---------------------------------------------------------------------- headers that lie


def lying_mkv(folder):
    """Its header says it lasts a hundred times as long as it does."""
    path = clips.make("odd.mkv", folder)
    data = bytearray(path.read_bytes())
    place = data.index(b"\x44\x89\x88") + 3  # Duration, a number of eight bytes
    (length,) = struct.unpack_from(">d", data, place)
    struct.pack_into(">d", data, place, 100 * length)
    path.write_bytes(data)
    return path


def lying_avi(folder):
    """Its headers promise ten times the frames it holds."""
    path = clips.make("mpeg4.avi", folder)
    data = bytearray(path.read_bytes())
    for chunk, at in ((b"avih", 8 + 16), (b"strh", 8 + 32)):
        place = data.index(chunk) + at
        (frames,) = struct.unpack_from("<I", data, place)
        struct.pack_into("<I", data, place, 10 * frames)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("lie", [lying_mkv, lying_avi])
@pytest.mark.logs("with a reservation")
def test_a_header_that_lies_about_the_length_is_not_believed(launch, tmp_path, qtbot, lie):
    path = lie(tmp_path)
    with av.open(str(path)) as container:
        assert container.duration > 5_000_000 * clips.FRAMES / 25, "it has to be a lie"
    running = launch(path, make_session=lambda: FakeSession(lambda _: clips.SIZE))
    qtbot.waitUntil(lambda: shown(running), timeout=20_000)
    qtbot.waitUntil(lambda: bool(running.desks.clip.playback.times_s))
    assert running.project.medium(running.workspace.view.media_id).frame_count == clips.FRAMES
    assert running.desks.clip.playback.times_s[-1] == pytest.approx((clips.FRAMES - 1) / 25)
    Hands(running.window).key(Qt.Key.Key_End)
    qtbot.waitUntil(lambda: not running.window.controllers.pictures.is_waiting)
    assert running.workspace.view.frame == clips.FRAMES - 1
    assert shown(running)
    go_to(running, qtbot, clips.FRAMES - 10)
    running.window.table["clip.play"].trigger()
    qtbot.waitUntil(lambda: not running.workspace.view.is_playing, timeout=20_000)
    assert running.workspace.view.frame == clips.FRAMES - 1
    close_dialogs()
