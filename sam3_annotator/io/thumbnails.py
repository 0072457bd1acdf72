"""Small pictures for lists, kept on disk so that a folder shows at once the second time."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from sam3_annotator.errors import FileTrouble
from sam3_annotator.io.media import Pixels, read_only, unreadable
from sam3_annotator.io.pixels import read_small

THUMBNAIL_SIDE_PX = 160


class Thumbnails:
    """Makes and remembers thumbnails; losing the cache costs time and nothing else.

    An entry is named by the file's path, size and time of change, so an edited picture gets a
    new one. Every method may be called from any thread.

    Args:
        folder: where entries are kept, e.g. ``paths.cache_dir() / "thumbnails"``; made if absent.
        side_px: longest side of a thumbnail.
    """

    def __init__(self, folder: Path, side_px: int = THUMBNAIL_SIDE_PX) -> None:
        self._folder = folder
        self._side_px = side_px

    def get(self, path: Path, page: int = 0) -> Pixels:
        """Return the thumbnail of one page: (h, w, 3) uint8 RGB, upright, read-only.

        Raises:
            FileTrouble: the picture is missing or unreadable.
            MediaTrouble: it is damaged, or too large to decode without asking.
        """
        entry = self._entry(path, page)
        cached = _load(entry)
        if cached is not None:
            return cached
        pixels = read_small(path, page, self._side_px)
        self._save(entry, pixels)
        return pixels

    def _entry(self, path: Path, page: int) -> Path:
        try:
            status = path.stat()
        except OSError as error:
            raise unreadable(path, error) from error
        text = f"{path.absolute()}\0{page}\0{status.st_size}\0{status.st_mtime_ns}\0{self._side_px}"
        name = hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=20).hexdigest()
        return self._folder / name[:2] / f"{name}.png"

    def _save(self, entry: Path, pixels: Pixels) -> None:
        # A cache that cannot be written (full disk, read-only home) must not stop the work.
        try:
            entry.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=entry.parent, suffix=".part")
        except OSError:
            return
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as stream:
                Image.fromarray(pixels).save(stream, "PNG", compress_level=1)
            part.replace(entry)
        except OSError:
            part.unlink(missing_ok=True)


def _load(entry: Path) -> Pixels | None:
    try:
        with Image.open(entry) as picture:
            return read_only(np.asarray(picture.convert("RGB"), dtype=np.uint8))
    except (OSError, ValueError, SyntaxError):
        return None


def prune(folder: Path, budget_bytes: int) -> int:
    """Delete the longest unused entries until ``folder`` takes ``budget_bytes``; return how many.

    Raises:
        FileTrouble: the folder cannot be read.
    """
    try:
        entries = [(path.stat(), path) for path in folder.glob("*/*.png")]
    except OSError as error:
        raise FileTrouble(
            "The thumbnail cache {folder} cannot be read: {error}.", folder=folder, error=error
        ) from error
    entries.sort(key=lambda entry: entry[0].st_atime_ns)
    excess = sum(status.st_size for status, _ in entries) - budget_bytes
    deleted = 0
    for status, path in entries:
        if excess <= 0:
            break
        path.unlink(missing_ok=True)
        excess -= status.st_size
        deleted += 1
    return deleted
