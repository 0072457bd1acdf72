"""What used to end the whole program inside FFmpeg or PyAV, found by feeding damaged clips."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sam3_annotator.errors import MediaTrouble
from sam3_annotator.io import video_decoder
from sam3_annotator.io.video import Clip
from sam3_annotator.io.video_decoder import Decoder, frame_digest
from tests.support import clips

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import av


def test_a_clip_that_changed_while_it_was_open_ends_in_words_and_not_in_freed_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a seek that failed, the next frame used to be read from a file that was closed."""
    path = clips.make(clips.SEVEN[0], tmp_path)
    clip = Clip(path, decoded_budget_bytes=1)
    clip.frame(2)
    with monkeypatch.context() as patched:
        patched.setattr(clip._decoder, "_forward_to", lambda _: None)
        with pytest.raises(MediaTrouble, match="changed while it was open"):
            clip.frame(clip.frame_count - 1)
    truth = [frame_digest(frame) for frame in clips.linear(path)]
    assert clip.frame_hash(3) == truth[3]
    assert clip.frame_hash(clip.frame_count - 1) == truth[-1]
    clip.close()


def test_packets_end_when_their_file_is_closed_or_opened_anew(tmp_path: Path) -> None:
    path = clips.make(clips.SEVEN[0], tmp_path)
    decoder = Decoder(path)
    old = decoder._packets()
    assert next(old).size
    again = decoder.from_start()
    assert next(old, None) is None
    assert next(again) is not None
    rest = decoder._packets()
    assert next(rest).size
    decoder.close()
    assert next(rest, None) is None


def test_a_stream_that_begins_late_is_no_end_of_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PyAV raises IndexError at the end of a file in which FFmpeg found a stream on the way."""
    path = clips.make(clips.SEVEN[0], tmp_path)
    truth = [frame_digest(frame) for frame in clips.linear(path)]

    class Late:
        """A container that ends as PyAV's does then."""

        def __init__(self, opened: av.container.InputContainer) -> None:
            self._opened = opened

        def demux(self, stream: av.VideoStream) -> Iterator[av.Packet]:
            yield from (packet for packet in self._opened.demux(stream) if packet.size)
            raise IndexError("list index out of range")

        def __getattr__(self, name: str) -> object:
            return getattr(self._opened, name)

    opened = video_decoder._open

    def late(path: Path) -> tuple[Late, av.VideoStream]:
        container, stream = opened(path)
        return Late(container), stream

    monkeypatch.setattr(video_decoder, "_open", late)
    clip = Clip(path, decoded_budget_bytes=1)
    assert [clip.frame_hash(index) for index in range(clip.frame_count)] == truth
    clip.close()
