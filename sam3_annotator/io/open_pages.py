"""The pages of one TIFF, kept open: finding page 5000 anew walks past 5000 others."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING

from sam3_annotator.errors import MediaTrouble
from sam3_annotator.io.pixels import Window, checked_size, decoded, opened, translated
from sam3_annotator.io.reads import READS

if TYPE_CHECKING:
    from pathlib import Path

    from sam3_annotator.io.media import Pixels


class OpenPages:
    """An open TIFF.

    Args:
        path: the file; held open until ``close``.

    Raises:
        FileTrouble: missing or unreadable.
        MediaTrouble: empty, no picture, or damaged.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._is_closed = False
        self._open = ExitStack()
        with READS.of(path):
            self._picture = self._open.enter_context(opened(path, 0))

    def read(self, page: int, *, allow_huge: bool = False, window: Window | None = None) -> Pixels:
        """Decode one page; as ``pixels.read_picture``."""
        try:
            with self._lock:
                if self._is_closed:
                    raise MediaTrouble("{path} is closed.", path=self._path)
                with READS.of(self._path), translated(self._path, page):
                    self._picture.seek(page)
                    checked_size(self._path, self._picture.size, allow_huge=allow_huge)
                    return decoded(self._path, page, self._picture, window)
        finally:
            if self._is_closed:
                self.close()

    def close(self) -> None:
        """Close the file; while a page is being read, as soon as that has ended."""
        self._is_closed = True
        if self._lock.acquire(blocking=False):
            try:
                self._open.close()
            finally:
                self._lock.release()
