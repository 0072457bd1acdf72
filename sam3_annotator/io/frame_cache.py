"""Keeps decoded frames within a memory budget, reading ahead in the direction of play."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from sam3_annotator.errors import AnnotatorError, MediaTrouble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sam3_annotator.io.media import MediaSource, Pixels

DEFAULT_BUDGET_BYTES = 512 << 20
DEFAULT_AHEAD = 24
CLOSING_S = 1.0
"""How long closing waits for the thread that reads ahead; a frame takes a fraction of that."""


class FrameCache:
    """Least-recently-used frames of one source, with at most one thread that reads ahead.

    Every method may be called from any thread. The cache does not own the source: close the cache
    first, then the source.

    Args:
        source: where frames come from.
        budget_bytes: most memory for frames; the one just asked for is always kept.
        ahead: frames to read ahead; 0 never starts a thread. Reading ahead uses at most half of
            the budget, so that what was just seen stays.
        on_cached: called on the reading thread after each frame read ahead, with its number.
    """

    def __init__(
        self,
        source: MediaSource,
        *,
        budget_bytes: int = DEFAULT_BUDGET_BYTES,
        ahead: int = DEFAULT_AHEAD,
        on_cached: Callable[[int], None] | None = None,
    ) -> None:
        self._source = source
        self._budget_bytes = budget_bytes
        frame_bytes = max(1, source.width * source.height * 3)
        self._ahead = max(0, min(ahead, budget_bytes // 2 // frame_bytes))
        self._on_cached = on_cached
        self._changed = threading.Condition()
        self._frames: OrderedDict[int, Pixels] = OrderedDict()
        self._bytes = 0
        self._in_flight: set[int] = set()
        self._position = -1
        self._direction = 1
        self._is_stalled = True
        self._is_closed = False
        self._thread: threading.Thread | None = None

    @property
    def bytes_held(self) -> int:
        """Memory of the frames held now."""
        with self._changed:
            return self._bytes

    def get(self, index: int, *, moves: bool = True) -> Pixels:
        """Return frame ``index``, decoding it here and now unless it is held.

        The step from the last frame asked for sets the direction of reading ahead.

        Args:
            index: of the frame.
            moves: False for a side glance that leaves reading ahead where it is.

        Raises:
            MediaTrouble, FileTrouble: as ``MediaSource.frame``; also when closed.
        """
        with self._changed:
            if moves:
                self._move_to(index)
            while index in self._in_flight and not self._is_closed:
                self._changed.wait()
            self._check_open()
            if index in self._frames:
                self._frames.move_to_end(index)
                return self._frames[index]
            self._in_flight.add(index)
        return self._fetch(index)

    def peek(self, index: int) -> Pixels | None:
        """Return frame ``index`` if it is held, without decoding or changing the order."""
        with self._changed:
            return self._frames.get(index)

    def wait_ahead(self, timeout_s: float) -> bool:
        """Wait until reading ahead has nothing left to do; return whether it got there."""
        with self._changed:
            return self._changed.wait_for(
                lambda: self._is_closed or (self._next_ahead() is None and not self._in_flight),
                timeout_s,
            )

    def close(self, timeout_s: float = CLOSING_S) -> bool:
        """Stop the thread and drop all frames; may be called twice.

        Returns:
            Whether the thread is gone within the limit; one that waits for a disk that does not
            answer ends by itself after its read.
        """
        with self._changed:
            self._is_closed = True
            self._frames.clear()
            self._bytes = 0
            self._changed.notify_all()
            thread = self._thread
        if thread is None or thread is threading.current_thread():
            return True
        thread.join(timeout_s)
        return not thread.is_alive()

    def _check_open(self) -> None:
        if self._is_closed:
            raise MediaTrouble("The clip is closed.")

    def _move_to(self, index: int) -> None:
        self._check_open()
        if index != self._position and self._position >= 0:
            self._direction = 1 if index > self._position else -1
        self._position = index
        self._is_stalled = False
        if self._thread is None and self._ahead:
            self._thread = threading.Thread(target=self._read_ahead, name="frames", daemon=True)
            self._thread.start()
        self._changed.notify_all()

    def _fetch(self, index: int) -> Pixels:
        """Decode a frame marked as in flight and hold it."""
        try:
            pixels = self._source.frame(index)
        except BaseException:
            self._land(index, None)
            raise
        self._land(index, pixels)
        return pixels

    def _land(self, index: int, pixels: Pixels | None) -> None:
        with self._changed:
            self._in_flight.discard(index)
            if pixels is not None and not self._is_closed:
                self._frames[index] = pixels
                self._bytes += pixels.nbytes
                while self._bytes > self._budget_bytes and len(self._frames) > 1:
                    _, dropped = self._frames.popitem(last=False)
                    self._bytes -= dropped.nbytes
            self._changed.notify_all()

    def _wanted(self) -> Iterator[int]:
        for step in range(1, self._ahead + 1):
            index = self._position + step * self._direction
            if not 0 <= index < self._source.frame_count:
                return
            yield index

    def _next_ahead(self) -> int | None:
        if self._is_stalled or self._is_closed:
            return None
        for index in self._wanted():
            if index not in self._frames and index not in self._in_flight:
                return index
        return None

    def _read_ahead(self) -> None:
        while True:
            with self._changed:
                while not self._is_closed and (index := self._next_ahead()) is None:
                    self._changed.wait()
                if self._is_closed or index is None:
                    return
                self._in_flight.add(index)
            try:
                self._fetch(index)
            except AnnotatorError:
                # Whoever asks for this frame gets the error; until then do not try again.
                with self._changed:
                    self._is_stalled = True
                    self._changed.notify_all()
                continue
            if self._on_cached is not None:
                self._on_cached(index)
