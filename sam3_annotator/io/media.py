"""What a picture and a clip have in common: frames that can be asked for by number."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sam3_annotator.errors import FileTrouble, MediaTrouble
from sam3_annotator.io.reads import READS

if TYPE_CHECKING:
    from pathlib import Path

    from sam3_annotator.domain.entities import MediaKind

Pixels: TypeAlias = NDArray[np.uint8]

_CHUNK_BYTES = 1 << 20


class MediaSource(Protocol):
    """Pixels of one media; every method may be called from any thread.

    Frames are numbered by the decoder from 0 in display order. All frames of a source have the
    same ``width`` and ``height``, orientation and rotation already applied.
    """

    @property
    def kind(self) -> MediaKind:
        """An image is one picture, a clip is anything with a time axis."""

    @property
    def width(self) -> int:
        """Width in pixels as shown."""

    @property
    def height(self) -> int:
        """Height in pixels as shown."""

    @property
    def frame_count(self) -> int:
        """Number of frames that can be decoded; 1 for a picture."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences for the user about what could not be read; empty when all is well."""

    def frame(self, index: int) -> Pixels:
        """Return frame ``index``: (height, width, 3) uint8 RGB, contiguous and read-only.

        Raises:
            MediaTrouble: the index is out of range or the frame cannot be decoded.
            FileTrouble: the file vanished or cannot be read.
        """

    def time_s(self, index: int) -> float:
        """Return when frame ``index`` is shown, in seconds after frame 0, as the file says."""

    def content_hash(self) -> str:
        """Return 64 hex digits that name the bytes of the file(s), wherever they lie."""

    def close(self) -> None:
        """Give back files and buffers; further calls of ``frame`` raise ``MediaTrouble``."""


class ClipSource(MediaSource, Protocol):
    """A ``MediaSource`` with a time axis."""

    def pts(self, index: int) -> int:
        """Return the container's timestamp of frame ``index`` in units of ``time_base``."""

    @property
    def time_base(self) -> tuple[int, int]:
        """Seconds per timestamp unit as (numerator, denominator)."""

    def frame_hash(self, index: int) -> str:
        """Return 32 hex digits that name the decoded samples of frame ``index``.

        The samples are hashed as the decoder gives them, before any conversion to RGB, so that
        the hash stays the same where a codec's output is exactly specified.
        """


def read_only(pixels: Pixels) -> Pixels:
    """Return ``pixels`` contiguous with writing switched off."""
    pixels = np.ascontiguousarray(pixels)
    pixels.flags.writeable = False
    return pixels


def check_index(index: int, frame_count: int, name: str) -> None:
    """Raise ``MediaTrouble`` unless ``0 <= index < frame_count``."""
    if not 0 <= index < frame_count:
        raise MediaTrouble(
            "{name} has no frame {index}; its frames are 0 to {last}.",
            name=name,
            index=index,
            last=frame_count - 1,
        )


def hash_file(path: Path) -> str:
    """Return 64 hex digits: BLAKE2b (32 bytes) of the file's bytes.

    Raises:
        FileTrouble: the file is missing or unreadable.
    """
    digest = hashlib.blake2b(digest_size=32)
    try:
        with READS.of(path), path.open("rb") as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                digest.update(chunk)
    except OSError as error:
        raise unreadable(path, error) from error
    return digest.hexdigest()


def unreadable(path: Path, error: OSError) -> FileTrouble:
    """Translate what the operating system said about ``path`` into a ``FileTrouble``."""
    if isinstance(error, FileNotFoundError):
        return FileTrouble(
            "{path} is not there.", "Check its name, put it back, or locate it again.", path=path
        )
    if isinstance(error, PermissionError):
        return FileTrouble("{path} may not be read.", "Ask for permission to read it.", path=path)
    if isinstance(error, IsADirectoryError):
        return FileTrouble("{path} is a folder, not a file.", "Choose a file inside it.", path=path)
    reason = error.strerror or str(error)
    return FileTrouble(
        "{path} cannot be read: {reason}.",
        "Check the disk or the connection.",
        path=path,
        reason=reason,
    )
