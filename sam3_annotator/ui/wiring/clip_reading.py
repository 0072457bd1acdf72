"""ClipReading: the decoded frames of the clip that is open, for whoever reads on the loader."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sam3_annotator.domain.entities import MediaKind
from sam3_annotator.io.frame_cache import FrameCache
from sam3_annotator.io.opening import open_media

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sam3_annotator.io.media import MediaSource, Pixels

CACHE_BYTES = 256 << 20


class ClipReading:
    """One clip at a time; a frame of another one closes it.

    Its reading methods run on the loader's thread. :meth:`reopen` may be called from any and does
    not wait for a read, however long that takes.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: tuple[Path, MediaSource, FrameCache] | None = None
        self._rounds = 0

    def frame(self, path: Path, frame: int, *, moves: bool = True) -> Pixels:
        """A frame of a clip: (H, W, 3) uint8 RGB, read-only.

        Args:
            path: of the clip.
            frame: its number.
            moves: whether frames are read ahead from here.

        Raises:
            FileTrouble: the file is missing or unreadable.
            MediaTrouble: the frame cannot be decoded.
        """
        with self._opened(path) as (_, cache):
            return cache.get(frame, moves=moves)

    def times_s(self, path: Path) -> tuple[float, ...]:
        """When each frame is shown, in seconds after the first; raises as :meth:`frame` does."""
        with self._opened(path) as (source, _):
            return tuple(source.time_s(index) for index in range(source.frame_count))

    def reopen(self) -> None:
        """Let go of the clip's file; the next frame opens it again."""
        with self._lock:
            self._rounds += 1
            before, self._open = self._open, None
        _shut(before)

    @contextmanager
    def _opened(self, path: Path) -> Iterator[tuple[MediaSource, FrameCache]]:
        """The clip, opened if it is not open; who was let go of meanwhile closes it after use."""
        with self._lock:
            present, begun = self._open, self._rounds
            if present is None or present[0] != path:
                self._open = None
        if present is not None and present[0] == path:
            yield present[1:]
            return
        _shut(present)
        source = open_media(path, MediaKind.CLIP)
        opened = (path, source, FrameCache(source, budget_bytes=CACHE_BYTES))
        with self._lock:
            is_kept = self._rounds == begun
            if is_kept:
                self._open = opened
        try:
            yield opened[1:]
        finally:
            if not is_kept:
                _shut(opened)


def _shut(opened: tuple[Path, MediaSource, FrameCache] | None) -> None:
    if opened is not None:
        _, source, cache = opened
        cache.close()
        source.close()
