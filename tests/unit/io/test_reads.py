"""Reads going on are known by file and time; closing never waits for one that hangs."""

from __future__ import annotations

import contextlib
import os
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sam3_annotator.domain.entities import MediaKind
from sam3_annotator.errors import FileTrouble, MediaTrouble
from sam3_annotator.io import video
from sam3_annotator.io.folders import list_folder
from sam3_annotator.io.frame_cache import FrameCache
from sam3_annotator.io.images import Picture
from sam3_annotator.io.json_files import read_json
from sam3_annotator.io.media import hash_file
from sam3_annotator.io.open_pages import OpenPages
from sam3_annotator.io.opening import open_clip, open_media
from sam3_annotator.io.reads import READS, LongRead, Reads
from sam3_annotator.paths import resource

LIMIT_S = 10


def test_the_read_that_began_first_is_the_longest():
    now = [100.0]
    reads = Reads(lambda: now[0])
    assert reads.longest() is None
    with reads.of(Path("a")):
        now[0] = 103.0
        with reads.of(Path("b")):
            now[0] = 107.0
            assert reads.longest() == LongRead(Path("a"), 7.0)
    assert reads.longest() is None


def test_a_read_that_fails_has_ended():
    reads = Reads()
    with pytest.raises(OSError, match="gone"), reads.of(Path("a")):
        raise OSError("gone")
    assert reads.longest() is None


@pytest.fixture
def silent_file(tmp_path):
    """A file that somebody has to write before it can be read, as on a disk that hangs."""
    path = tmp_path / "silent.png"
    os.mkfifo(path)
    return path


def wait_for_read(path):
    """Until a thread reads ``path``."""
    turn = threading.Event()
    for _ in range(1000):
        read = READS.longest()
        if read is not None and read.path == path:
            return
        turn.wait(0.01)
    pytest.fail(f"nobody reads {path}")


@pytest.mark.parametrize(
    "reader",
    [Picture, hash_file, open_clip, read_json, lambda path: open_media(path, MediaKind.IMAGE)],
)
def test_a_read_that_hangs_is_known(silent_file, reader):
    ends = []

    def read():
        try:
            ends.append(reader(silent_file))
        except (FileTrouble, MediaTrouble, Exception) as error:  # noqa: BLE001 - any end will do
            ends.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    wait_for_read(silent_file)
    while thread.is_alive():  # some open it twice
        with contextlib.suppress(OSError):  # nobody has opened it yet
            os.close(os.open(silent_file, os.O_WRONLY | os.O_NONBLOCK))
        thread.join(0.01)
    assert len(ends) == 1
    assert READS.longest() is None


def test_nothing_is_being_read_between_frames(tmp_path):
    stack = tmp_path / "stack.tif"
    pages = [Image.fromarray(np.full((6, 8), 10 * n, np.uint8)) for n in range(4)]
    pages[0].save(stack, save_all=True, append_images=pages[1:])
    list_folder(tmp_path)
    for path in (stack, resource("sample/bunny.mp4")):
        clip = open_clip(path)
        clip.frame(2)
        assert READS.longest() is None
        clip.close()


class Held:
    """Holds whoever reads until it is let go."""

    def __init__(self) -> None:
        self.began, self.go = threading.Event(), threading.Event()

    def __call__(self, *_):
        self.began.set()
        assert self.go.wait(LIMIT_S)


def test_closing_a_clip_does_not_wait_for_a_frame_that_hangs(monkeypatch):
    clip = video.Clip(resource("sample/bunny.mp4"))
    held, ends = Held(), []
    decoded = clip._decoded

    def slow(index):
        frame = decoded(index)
        held()
        return frame

    monkeypatch.setattr(clip, "_decoded", slow)
    thread = threading.Thread(target=lambda: ends.append(clip.frame(90)))
    thread.start()
    assert held.began.wait(LIMIT_S)
    clip.close()
    assert thread.is_alive()
    held.go.set()
    thread.join(LIMIT_S)
    assert ends[0].shape == (clip.height, clip.width, 3)
    with pytest.raises(MediaTrouble, match="closed"):
        clip.frame(90)
    assert not clip._kept, "the file is let go of by whoever was reading it"


def test_closing_a_stack_does_not_wait_for_a_page_that_hangs(tmp_path, monkeypatch):
    path = tmp_path / "stack.tif"
    pages = [Image.fromarray(np.full((6, 8), 10 * n, np.uint8)) for n in range(3)]
    pages[0].save(path, save_all=True, append_images=pages[1:])
    stack, held = OpenPages(path), Held()
    monkeypatch.setattr("sam3_annotator.io.open_pages.checked_size", lambda *_, **__: held())
    thread = threading.Thread(target=lambda: stack.read(1))
    thread.start()
    assert held.began.wait(LIMIT_S)
    stack.close()
    assert not stack._picture.fp.closed
    held.go.set()
    thread.join(LIMIT_S)
    with pytest.raises(MediaTrouble, match="closed"):
        stack.read(1)
    assert stack._picture.fp is None or stack._picture.fp.closed


class Hanging:
    """A clip of ten frames whose frame 1 does not come until it is let go."""

    width, height, frame_count = 4, 4, 10

    def __init__(self) -> None:
        self.held = Held()

    def frame(self, index):
        if index == 1:
            self.held()
        return np.zeros((4, 4, 3), np.uint8)


def test_closing_a_cache_does_not_wait_for_ever_for_reading_ahead():
    source = Hanging()
    cache = FrameCache(source, ahead=2)
    cache.get(0)
    assert source.held.began.wait(LIMIT_S)
    errors = []

    def get():
        try:
            cache.get(1)
        except MediaTrouble as error:
            errors.append(error)

    waiting = threading.Thread(target=get)
    waiting.start()
    assert not cache.close(0.05)
    waiting.join(LIMIT_S)
    assert errors, "whoever waits for that frame is told that the clip is closed"
    source.held.go.set()
    assert cache.close(LIMIT_S)
