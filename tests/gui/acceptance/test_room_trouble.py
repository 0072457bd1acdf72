"""Issue 5, point 8: no memory for a run, no room on the disk; told, and nothing is lost."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import pytest

from sam3_annotator.domain.ids import FrameIndex
from sam3_annotator.errors import OutOfMemory
from sam3_annotator.ui.dialogs.export import PROJECT, ExportWish
from sam3_annotator.ui.dialogs.trouble import TroubleDialog
from tests.gui.acceptance.test_clip_trouble import (
    FRAMES,
    close_dialogs,
    told,
    walks_from,
    works_still,
)
from tests.gui.clip.conftest import add_object, is_idle, masks, run, trigger
from tests.support.projects import snapshot

if TYPE_CHECKING:
    from collections.abc import Callable

# ---------------------------------------------------------------------- memory


def test_a_run_that_does_not_fit_into_memory_is_refused_before_it_begins(clip, qtbot):
    add_object(clip, qtbot)
    before = snapshot(clip.workspace.document)
    clip.session.free_bytes = 1 << 20
    trigger(clip, qtbot, "clip.forward")
    status = clip.window.parts.status
    qtbot.waitUntil(lambda: "Close other programs" in status.message, timeout=20_000)
    assert "0.00 GB" in status.message, "how much is needed and how much there is"
    assert snapshot(clip.workspace.document) == before
    clip.session.free_bytes = 1 << 30
    run(clip, qtbot, "clip.forward")
    assert works_still(clip, qtbot, 7)


def test_memory_that_runs_out_in_the_middle_keeps_what_is_done(clip, qtbot):
    one = add_object(clip, qtbot)
    steps = len(clip.workspace.document.history())
    whole = clip.session._propagated

    def exhausted(request):
        yield from islice(whole(request), 10)
        raise OutOfMemory("The device has no memory left.", "Load smaller weights.")

    clip.session._propagated = exhausted
    trigger(clip, qtbot, "clip.forward")
    qtbot.waitUntil(lambda: bool(told()), timeout=20_000)
    clip.session._propagated = whole
    qtbot.waitUntil(lambda: is_idle(clip))
    (said,) = told(TroubleDialog)
    assert "no memory left" in said
    assert "Load smaller weights" in said
    assert "Your work is on disk" in said
    kept = masks(clip)
    assert len(kept) == 11
    assert len(clip.workspace.document.history()) == steps + 1, "a run is one step"
    assert clip.session.freed, "caches are dropped"
    close_dialogs()
    trigger(clip, qtbot, "clip.go_on")
    qtbot.waitUntil(lambda: len(clip.project.masklet(one)) == FRAMES, timeout=30_000)
    assert walks_from(clip.session) == [1, 11], "nothing is computed twice"
    assert {key: masks(clip)[key] for key in kept} == kept
    assert works_still(clip, qtbot, 8)


# ---------------------------------------------------------------------- exports


def full(*_args, **_kwargs):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def read_only(*_args, **_kwargs):
    raise OSError(errno.EROFS, os.strerror(errno.EROFS))


@dataclass(frozen=True)
class Room:
    """One way in which an export finds no place.

    Attributes:
        call, fails: which call to the system fails, and how.
        told: what the dialog has to say.
    """

    format_key: str
    name: str
    call: str
    fails: Callable[..., None]
    told: tuple[str, str]


FULL, READ_ONLY = ("The disk is full", "Make space"), ("may not be written", "Choose a folder")
ROOMS = [
    Room("coco-video", "labels.json", "os.fsync", full, FULL),
    Room("coco-video", "labels.json", "tempfile.mkstemp", read_only, READ_ONLY),
    Room("davis", "davis", "tempfile.mkdtemp", full, FULL),
    Room("davis", "davis", "Path.replace", full, FULL),
    Room("davis", "davis", "tempfile.mkdtemp", read_only, READ_ONLY),
]


def exported(running, format_key, target):
    wish = ExportWish(format_key, target, PROJECT, None, None, every_frame=True, with_empty=True)
    running.desks.exchange.export(wish)


@pytest.mark.parametrize(
    "room", ROOMS, ids=lambda room: f"{room.format_key}-{room.call}-{room.fails.__name__}"
)
@pytest.mark.logs("not written|may not be written")
def test_an_export_that_finds_no_room_leaves_the_old_one_whole(
    clip, qtbot, tmp_path, monkeypatch, room
):
    one = add_object(clip, qtbot)
    run(clip, qtbot, "clip.forward")
    clip.window.dialogs._report = lambda *_: None
    target = tmp_path / "exports" / room.name
    target.parent.mkdir()
    if room.format_key == "coco-video":
        with qtbot.waitSignal(clip.desks.exchange.reported, timeout=60_000):
            exported(clip, room.format_key, target)
    old = {path: path.read_bytes() for path in target.parent.rglob("*") if path.is_file()}
    before = snapshot(clip.workspace.document)
    with monkeypatch.context() as patch:
        patch.setattr(f"sam3_annotator.io.atomic.{room.call}", room.fails)
        exported(clip, room.format_key, target)
        qtbot.waitUntil(lambda: bool(told()), timeout=60_000)
    (said,) = told(TroubleDialog)
    assert all(words in said for words in (*room.told, room.name))
    now = {path: path.read_bytes() for path in target.parent.rglob("*") if path.is_file()}
    assert now == old, "no half file, no litter"
    assert snapshot(clip.workspace.document) == before
    close_dialogs()
    with qtbot.waitSignal(clip.desks.exchange.reported, timeout=60_000) as heard:
        exported(clip, room.format_key, target)
    assert "equal to the project pixel by pixel" in heard.args[1]
    assert clip.project.mask(one, FrameIndex(50)) is not None
    assert works_still(clip, qtbot, 9)


# ---------------------------------------------------------------------- the project's own disk


@pytest.mark.logs("There is no space left")
def test_a_disk_that_fills_up_during_a_run_stops_it_and_keeps_its_frames(clip, qtbot):
    """SQLite itself says that the disk is full, in the middle of a run's frames."""
    one = add_object(clip, qtbot)
    document, runs = clip.workspace.document, clip.desks.clip.runs
    steps = len(document.history())
    connection = document._file.database._connection

    def limit(pages):
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        connection.rollback()

    def fill_up(progress):
        if progress.done == 5:
            runs.changed.disconnect(fill_up)
            limit(connection.exec_driver_sql("PRAGMA page_count").scalar_one() + 2)

    runs.changed.connect(fill_up)
    trigger(clip, qtbot, "clip.forward")
    qtbot.waitUntil(lambda: bool(told()), timeout=20_000)
    qtbot.waitUntil(lambda: is_idle(clip))
    (said,) = told(TroubleDialog)
    assert "There is no space left" in said
    kept = masks(clip)
    assert 5 < len(kept) < FRAMES
    assert len(document.history()) == steps + 1, "one step, however far it came"
    assert runs.can_go_on
    close_dialogs()
    limit(1_000_000)
    trigger(clip, qtbot, "clip.go_on")
    qtbot.waitUntil(lambda: len(clip.project.masklet(one)) == FRAMES, timeout=30_000)
    qtbot.waitUntil(lambda: is_idle(clip))
    assert walks_from(clip.session) == [1, len(kept)], "nothing is computed twice"
    assert {key: masks(clip)[key] for key in kept} == kept
    path = document.path
    done = masks(clip)
    clip.desks.files.close_project()
    clip.desks.files.open_path(path)
    assert masks(clip) == done
    clip.desks.edits.undo()
    clip.desks.edits.undo()
    assert len(clip.project.masklet(one)) == 1
    assert works_still(clip, qtbot, 10)
