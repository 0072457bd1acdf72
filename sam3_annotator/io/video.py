"""A video file as a clip: every frame by its number, exactly the one linear decoding gives."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import OrderedDict
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sam3_annotator.domain.entities import MediaKind
from sam3_annotator.errors import MediaTrouble
from sam3_annotator.io.media import Pixels, check_index, hash_file, read_only, unreadable
from sam3_annotator.io.reads import READS
from sam3_annotator.io.video_survey import survey
from sam3_annotator.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

    from av.video.frame import VideoFrame

DECODED_BUDGET_BYTES = 96 << 20
"""Decoded frames kept so that steps back inside a group of pictures cost nothing."""

_NEAR_FRAMES = 8


class Clip:
    """``ClipSource`` of a video file.

    Frame numbers are the decoder's own, variable frame rate and B-frames included; edit lists and
    rotation are applied. Which frames there are is found out by ``video_survey.survey``: the
    header is not believed.

    Args:
        path: the file.
        decoded_budget_bytes: memory for decoded, unconverted frames.

    Raises:
        FileTrouble: missing or unreadable.
        MediaTrouble: PyAV is missing, or nothing in the file can be decoded.
    """

    def __init__(self, path: Path, *, decoded_budget_bytes: int = DECODED_BUDGET_BYTES) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._budget_bytes = decoded_budget_bytes
        self._kept: OrderedDict[int, VideoFrame] = OrderedDict()
        self._kept_bytes = 0
        self._running: Iterator[VideoFrame] | None = None
        self._last = -1
        self._is_closed = False
        self._pyav = _decoder_module()
        with READS.of(path):
            self._decoder = self._pyav.Decoder(path)
            try:
                found = survey(self._decoder, path)
                self._index = found.index
                self._is_counted = found.is_counted
                self._upright = self._pyav.Upright(self._decoded(0))
            except BaseException:
                self._decoder.close()
                raise
        slanted = Wording("The clip asks to be shown at a slant; it is shown as stored.")
        self._warnings = found.warnings + (() if self._upright.is_exact else (slanted,))

    @property
    def path(self) -> Path:
        """The video file."""
        return self._path

    @property
    def kind(self) -> MediaKind:
        """Always ``MediaKind.CLIP``."""
        return MediaKind.CLIP

    @property
    def width(self) -> int:
        """Width in pixels after rotation."""
        return int(self._upright.size[0])

    @property
    def height(self) -> int:
        """Height in pixels after rotation."""
        return int(self._upright.size[1])

    @property
    def frame_count(self) -> int:
        """Number of frames that can be decoded, whatever the header says."""
        return len(self._index)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What could not be read, for the user; e.g. where a broken tail begins."""
        return self._warnings

    @property
    def time_base(self) -> tuple[int, int]:
        """Seconds per timestamp unit as (numerator, denominator)."""
        if self._is_counted:
            rate: tuple[int, int] = self._decoder.rate
            return rate[::-1]
        base: tuple[int, int] = self._decoder.time_base
        return base

    def pts(self, index: int) -> int:
        """Return the container's timestamp of frame ``index`` in units of ``time_base``."""
        check_index(index, self.frame_count, str(self._path))
        return self._index.pts[index]

    def time_s(self, index: int) -> float:
        """Return when frame ``index`` is shown, in seconds after frame 0."""
        numerator, denominator = self.time_base
        return (self.pts(index) - self._index.pts[0]) * numerator / denominator

    def frame(self, index: int) -> Pixels:
        """Return frame ``index``: (height, width, 3) uint8 RGB, upright, read-only.

        Raises:
            MediaTrouble: out of range, damaged, of another size than the first, or closed.
            FileTrouble: the file vanished or cannot be read any more.
        """
        with self._reading():
            decoded = self._decoded(index)
            if not self._upright.matches(decoded):
                raise MediaTrouble(
                    "Frame {index} of {path} is {width} x {height} pixels, unlike the first one.",
                    "Convert the clip to one size, or cut it where the size changes.",
                    index=index,
                    path=self._path,
                    width=decoded.width,
                    height=decoded.height,
                )
            return read_only(self._upright.rgb(decoded))

    def frame_hash(self, index: int) -> str:
        """Return 32 hex digits that name the decoded samples; see ``ClipSource``."""
        with self._reading():
            digest: str = self._pyav.frame_digest(self._decoded(index))
            return digest

    def content_hash(self) -> str:
        """Return the hash of the file's bytes."""
        return hash_file(self._path)

    def close(self) -> None:
        """Close the file and drop all frames, at once or when the read going on has ended."""
        self._is_closed = True
        if self._lock.acquire(blocking=False):
            try:
                self._running = None
                self._kept.clear()
                self._kept_bytes = 0
                self._decoder.close()
            finally:
                self._lock.release()

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Have the decoder to ourselves; whoever closes the clip meanwhile does not wait for us."""
        try:
            with self._lock, READS.of(self._path):
                yield
        finally:
            if self._is_closed:
                self.close()

    def _decoded(self, index: int) -> VideoFrame:
        if self._is_closed:
            raise MediaTrouble("{path} is closed.", path=self._path)
        check_index(index, self.frame_count, str(self._path))
        if index in self._kept:
            self._kept.move_to_end(index)
            return self._kept[index]
        if self._running is not None and self._is_ahead(index):
            frame = self._advance_to(index)
            if frame is not None:
                return frame
        return self._sought(index)

    def _is_ahead(self, index: int) -> bool:
        """Whether going on from where the decoder stands beats seeking."""
        if index <= self._last:
            return False
        if index - self._last <= _NEAR_FRAMES or self._is_counted:
            return True
        anchor = self._index.anchor_before(index)
        return anchor < 0 or self._index.anchors[anchor].pts <= self._index.pts[self._last]

    def _sought(self, index: int) -> VideoFrame:
        """Decode from the keyframe before ``index``, or from earlier ones where that fails."""
        position = -1 if self._is_counted else self._index.anchor_before(index)
        back = 1
        self._running = None  # whatever becomes of the seek, it goes on from here no more
        while True:
            if position < 0:
                self._running = self._decoder.from_start()
            else:
                self._running = self._decoder.from_anchor(self._index.anchors, position)
            self._last = self._before(position)
            frame = self._advance_to(index)
            if frame is not None:
                return frame
            if (trouble := self._decoder.read_error) is not None:
                raise unreadable(self._path, trouble) from trouble
            if position < 0:
                raise MediaTrouble(
                    "Frame {index} of {path} is damaged and cannot be decoded.",
                    "The other frames can be worked on; leave this one out.",
                    index=index,
                    path=self._path,
                )
            position = max(-1, position - back)
            back *= 2

    def _before(self, position: int) -> int:
        """Number of the frame before the first one valid after decoding from this anchor."""
        if position < 0:
            return -1
        # An edit list may hide the anchor itself; the frames after it are valid all the same.
        return bisect_left(self._index.pts, self._index.anchors[position].pts) - 1

    def _advance_to(self, index: int) -> VideoFrame | None:
        """Decode on until ``index``; ``None`` when it does not come."""
        valid_from = self._last
        for frame in self._running or ():
            number = self._last + 1 if self._is_counted else self._index.find(frame.pts)
            if number is None or number <= valid_from:
                continue  # hidden, or shown before the keyframe we began at
            self._last = number
            self._keep(number, frame)
            if number == index:
                return frame
            if number > index:
                return None
        self._running = None
        return None

    def _keep(self, index: int, frame: VideoFrame) -> None:
        if index in self._kept:
            self._kept.move_to_end(index)
            return
        self._kept[index] = frame
        self._kept_bytes += self._pyav.frame_bytes(frame)
        while self._kept_bytes > self._budget_bytes and len(self._kept) > 1:
            _, dropped = self._kept.popitem(last=False)
            self._kept_bytes -= self._pyav.frame_bytes(dropped)


def _decoder_module() -> ModuleType:
    """The part that needs PyAV, imported on first use: 0.1 s, and pictures work without it."""
    try:
        from sam3_annotator.io import video_decoder  # noqa: PLC0415 - see above
    except ImportError as error:
        raise MediaTrouble(
            "Clips cannot be read: PyAV is not installed.", "Install it: pip install av"
        ) from error
    return video_decoder
