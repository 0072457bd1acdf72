"""A row of pictures as a clip: numbered files in a folder, or the pages of one TIFF."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sam3_annotator.domain.entities import MediaKind
from sam3_annotator.errors import MediaTrouble
from sam3_annotator.io.folders import list_folder
from sam3_annotator.io.images import picture_pages
from sam3_annotator.io.media import Pixels, check_index, hash_file
from sam3_annotator.io.open_pages import OpenPages
from sam3_annotator.io.pixels import (
    Window,
    checked_size,
    read_header,
    read_picture,
    read_window,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

DEFAULT_RATE = (25, 1)
"""Frames per second, (numerator, denominator), for pictures that carry no time."""


class PictureSequence:
    """``ClipSource`` whose frames are pictures of one size.

    Pictures of more than 8 bits share one ``Window``, joined from the first, middle and last
    frame, so that brightness does not flicker.

    Args:
        pages: (file, TIFF page) of every frame, in order.
        rate: frames per second to play at; the pictures themselves say nothing about time.
        allow_huge: as for ``Picture``.

    Raises:
        FileTrouble: one of the probed files is missing or unreadable.
        MediaTrouble: no pictures, or the probed ones differ in size.
    """

    def __init__(
        self,
        pages: Sequence[tuple[Path, int]],
        *,
        rate: tuple[int, int] = DEFAULT_RATE,
        allow_huge: bool = False,
    ) -> None:
        if not pages:
            raise MediaTrouble("There are no pictures to make a clip of.", "Choose a folder.")
        self._pages = tuple(pages)
        self._rate = rate
        self._allow_huge = allow_huge
        self._is_closed = False
        first = read_header(*self._pages[0])
        self._size = (first.width, first.height)
        checked_size(self._pages[0][0], self._size, allow_huge=allow_huge)
        probes = sorted({0, len(self._pages) // 2, len(self._pages) - 1})
        for probe in probes:
            header = read_header(*self._pages[probe])
            self._check_size(probe, (header.width, header.height))
        self._window = self._joined_window(probes) if first.is_deep else None
        is_stack = len(self._pages) > 1 and len({path for path, _ in self._pages}) == 1
        self._stack = OpenPages(self._pages[0][0]) if is_stack else None

    @property
    def kind(self) -> MediaKind:
        """Always ``MediaKind.CLIP``."""
        return MediaKind.CLIP

    @property
    def pages(self) -> tuple[tuple[Path, int], ...]:
        """(file, TIFF page) of every frame."""
        return self._pages

    @property
    def width(self) -> int:
        """Width of every frame in pixels."""
        return self._size[0]

    @property
    def height(self) -> int:
        """Height of every frame in pixels."""
        return self._size[1]

    @property
    def frame_count(self) -> int:
        """Number of pictures."""
        return len(self._pages)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Always empty: a picture that cannot be read is told when it is asked for."""
        return ()

    @property
    def time_base(self) -> tuple[int, int]:
        """Seconds per frame as (numerator, denominator), from the chosen rate."""
        return self._rate[1], self._rate[0]

    def pts(self, index: int) -> int:
        """Return ``index``: frames are counted."""
        check_index(index, len(self._pages), self._name)
        return index

    def time_s(self, index: int) -> float:
        """Return when frame ``index`` is shown at the chosen rate, in seconds."""
        return self.pts(index) * self._rate[1] / self._rate[0]

    def frame(self, index: int) -> Pixels:
        """Return frame ``index``: (height, width, 3) uint8 RGB, upright, read-only.

        Raises:
            FileTrouble: the picture is missing or unreadable.
            MediaTrouble: out of range, damaged, of another size than the first, or closed.
        """
        check_index(index, len(self._pages), self._name)
        if self._is_closed:
            raise MediaTrouble("{name} is closed.", name=self._name)
        path, page = self._pages[index]
        if self._stack is not None:
            pixels = self._stack.read(page, allow_huge=self._allow_huge, window=self._window)
        else:
            pixels = read_picture(path, page, allow_huge=self._allow_huge, window=self._window)
        self._check_size(index, (pixels.shape[1], pixels.shape[0]))
        return pixels

    def frame_hash(self, index: int) -> str:
        """Return 32 hex digits that name the RGB pixels of frame ``index``."""
        return hashlib.blake2b(self.frame(index).data, digest_size=16).hexdigest()

    def content_hash(self) -> str:
        """Return one hash of all files in order; the file's own hash for pages of one TIFF."""
        files = dict.fromkeys(path for path, _ in self._pages)
        return hash_of_files([hash_file(path) for path in files])

    def close(self) -> None:
        """Refuse further frames and close a stack's file."""
        self._is_closed = True
        if self._stack is not None:
            self._stack.close()

    @property
    def _name(self) -> str:
        path = self._pages[0][0]
        return str(path if len({file for file, _ in self._pages}) == 1 else path.parent)

    def _check_size(self, index: int, size: tuple[int, int]) -> None:
        if size != self._size:
            raise MediaTrouble(
                "Frame {index} of the clip ({path}) is {width} x {height} pixels, the first one "
                "{first_width} x {first_height}.",
                "All pictures of a clip must have one size; open them as single pictures.",
                index=index,
                path=self._pages[index][0],
                width=size[0],
                height=size[1],
                first_width=self._size[0],
                first_height=self._size[1],
            )

    def _joined_window(self, probes: Sequence[int]) -> Window | None:
        joined: Window | None = None
        for probe in probes:
            path, page = self._pages[probe]
            window = read_window(path, page, allow_huge=self._allow_huge)
            if window is not None:
                joined = window if joined is None else joined.join(window)
        return joined


def hash_of_files(hashes: Sequence[str]) -> str:
    """One hash, 64 hex digits, of files in order; of a single file its own."""
    if len(hashes) == 1:
        return hashes[0]
    digest = hashlib.blake2b(digest_size=32)
    for one in hashes:
        digest.update(bytes.fromhex(one))
    return digest.hexdigest()


def folder_as_clip(folder: Path, *, rate: tuple[int, int] = DEFAULT_RATE) -> PictureSequence:
    """Open the pictures of ``folder``, in natural order, as one clip.

    Raises:
        FileTrouble: the folder is missing or unreadable.
        MediaTrouble: it holds no pictures, or of different sizes.
    """
    pictures = list_folder(folder).pictures
    if not pictures:
        raise MediaTrouble(
            "There are no pictures in {folder}.", "Choose another folder.", folder=folder
        )
    return PictureSequence([(path, 0) for path in pictures], rate=rate)


def stack_as_clip(path: Path, *, rate: tuple[int, int] = DEFAULT_RATE) -> PictureSequence:
    """Open the pages of a TIFF as one clip; raises as ``PictureSequence``."""
    return PictureSequence([(path, page) for page in range(picture_pages(path))], rate=rate)
