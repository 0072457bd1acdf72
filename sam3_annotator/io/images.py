"""One picture as a media: a file, or one page of a TIFF."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from sam3_annotator.domain.entities import MediaKind
from sam3_annotator.errors import MediaTrouble
from sam3_annotator.io.media import Pixels, check_index, hash_file
from sam3_annotator.io.pixels import checked_size, read_header, read_picture

if TYPE_CHECKING:
    from pathlib import Path


class Picture:
    """``MediaSource`` of one page; decoded on first use and kept until ``close``.

    Args:
        path: the picture file.
        page: TIFF page from 0; each page is a media of its own.
        allow_huge: the user has agreed to more pixels than are opened without asking.

    Raises:
        FileTrouble: missing or unreadable.
        MediaTrouble: empty, no picture, damaged in its header, or too large.
    """

    def __init__(self, path: Path, page: int = 0, *, allow_huge: bool = False) -> None:
        header = read_header(path, page)
        checked_size(path, (header.width, header.height), allow_huge=allow_huge)
        self._path = path
        self._page = page
        self._allow_huge = allow_huge
        self._header = header
        self._lock = threading.Lock()
        self._pixels: Pixels | None = None
        self._is_closed = False

    @property
    def path(self) -> Path:
        """The picture file."""
        return self._path

    @property
    def page(self) -> int:
        """TIFF page from 0; 0 for other formats."""
        return self._page

    @property
    def kind(self) -> MediaKind:
        """Always ``MediaKind.IMAGE``."""
        return MediaKind.IMAGE

    @property
    def width(self) -> int:
        """Width in pixels after orientation."""
        return self._header.width

    @property
    def height(self) -> int:
        """Height in pixels after orientation."""
        return self._header.height

    @property
    def frame_count(self) -> int:
        """Always 1."""
        return 1

    @property
    def warnings(self) -> tuple[str, ...]:
        """Always empty: a picture decodes whole or not at all."""
        return ()

    def frame(self, index: int = 0) -> Pixels:
        """Return the picture: (height, width, 3) uint8 RGB, read-only; see ``MediaSource``."""
        check_index(index, 1, str(self._path))
        with self._lock:
            if self._is_closed:
                raise MediaTrouble("{path} is closed.", path=self._path)
            if self._pixels is None:
                pixels = read_picture(self._path, self._page, allow_huge=self._allow_huge)
                if pixels.shape[:2] != (self.height, self.width):
                    raise MediaTrouble(
                        "{path} changed its size while it was open.",
                        "Open it again.",
                        path=self._path,
                    )
                self._pixels = pixels
            return self._pixels

    def time_s(self, index: int = 0) -> float:
        """Return 0.0: a picture has no time."""
        check_index(index, 1, str(self._path))
        return 0.0

    def content_hash(self) -> str:
        """Return the hash of the file's bytes; pages of one file share it."""
        return hash_file(self._path)

    def close(self) -> None:
        """Drop the pixels."""
        with self._lock:
            self._is_closed = True
            self._pixels = None


def picture_pages(path: Path) -> int:
    """Return the number of pages of a picture file: more than 1 only for TIFF."""
    return read_header(path).pages
