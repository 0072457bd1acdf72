"""ClipReading: a clip that is let go of while it is being opened is read, and closed then."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import numpy as np
import pytest

from sam3_annotator.ui.wiring import clip_reading
from sam3_annotator.ui.wiring.clip_reading import ClipReading


class Source:
    """A clip of three frames whose opening waits until it is let through."""

    kind, width, height, frame_count = "clip", 4, 2, 3

    def __init__(self):
        self.is_closed = False

    def frame(self, index):
        return np.full((2, 4, 3), index, np.uint8)

    def time_s(self, index):
        return index / 25

    def close(self):
        self.is_closed = True


@pytest.fixture
def door(monkeypatch):
    """Opening a clip: waits for ``let_in``, says ``is_there`` when somebody stands before it."""

    door = SimpleNamespace(let_in=threading.Event(), is_there=threading.Event(), opened=[])

    def open_media(_path, _kind):
        door.is_there.set()
        assert door.let_in.wait(20)
        door.opened.append(Source())
        return door.opened[-1]

    monkeypatch.setattr(clip_reading, "open_media", open_media)
    return door


@pytest.mark.parametrize("what", ["frame", "times"])
def test_a_clip_let_go_of_while_it_is_opened_is_read_and_closed(door, tmp_path, what):
    reading, found = ClipReading(), []
    ask = {
        "frame": lambda: found.append(int(reading.frame(tmp_path / "a.mp4", 2)[0, 0, 0])),
        "times": lambda: found.append(reading.times_s(tmp_path / "a.mp4")),
    }[what]
    reader = threading.Thread(target=ask)
    reader.start()
    assert door.is_there.wait(20)
    reading.reopen()
    door.let_in.set()
    reader.join(20)
    assert found == ([2] if what == "frame" else [(0.0, 0.04, 0.08)])
    assert [source.is_closed for source in door.opened] == [True], "nothing stays open"
    assert int(reading.frame(tmp_path / "a.mp4", 1)[0, 0, 0]) == 1
    assert [source.is_closed for source in door.opened] == [True, False]
    reading.reopen()
    assert door.opened[-1].is_closed
