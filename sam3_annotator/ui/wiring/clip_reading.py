"""ClipReading: the decoded frames of the clip that is open, for whoever reads on the loader."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from sam3_annotator.domain.entities import MediaKind
from sam3_annotator.errors import MediaTrouble
from sam3_annotator.io.frame_cache import FrameCache
from sam3_annotator.io.opening import open_media

if TYPE_CHECKING:
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
        return self._cache(path).get(frame, moves=moves)

    def times_s(self, path: Path) -> tuple[float, ...]:
        """When each frame is shown, in seconds after the first; raises as :meth:`frame` does."""
        self._cache(path)
        with self._lock:
            if self._open is None or self._open[0] != path:
                raise MediaTrouble("The clip is closed.")
            source = self._open[1]
        return tuple(source.time_s(index) for index in range(source.frame_count))

    def reopen(self) -> None:
        """Let go of the clip's file; the next frame opens it again."""
        with self._lock:
            self._rounds += 1
            before, self._open = self._open, None
        _shut(before)

    def _cache(self, path: Path) -> FrameCache:
        with self._lock:
            if self._open is not None and self._open[0] == path:
                return self._open[2]
            before, self._open = self._open, None
            begun = self._rounds
        _shut(before)
        source = open_media(path, MediaKind.CLIP)
        cache = FrameCache(source, budget_bytes=CACHE_BYTES)
        with self._lock:
            if self._rounds == begun:
                self._open = (path, source, cache)
                return cache
        _shut((path, source, cache))
        raise MediaTrouble("The clip is closed.")


def _shut(opened: tuple[Path, MediaSource, FrameCache] | None) -> None:
    if opened is not None:
        _, source, cache = opened
        cache.close()
        source.close()
