"""Finds the pictures and clips below a folder, in the order a person would list them."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sam3_annotator.errors import FileTrouble
from sam3_annotator.io.media import unreadable
from sam3_annotator.io.reads import READS

if TYPE_CHECKING:
    from collections.abc import Iterator

PICTURE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".png", ".tif", ".tiff", ".bmp", ".webp", ".gif"}
    | {".pgm", ".ppm", ".pnm", ".pbm", ".jp2", ".avif", ".tga", ".mpo"}
)
CLIP_SUFFIXES = frozenset(
    {".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".ts", ".mts", ".m2ts", ".mpg", ".mpeg"}
    | {".wmv", ".flv", ".3gp", ".ogv", ".mxf", ".y4m"}
)

_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class FolderListing:
    """What a folder holds for us, in natural order; ``troubles`` are sentences for the user."""

    pictures: tuple[Path, ...]
    clips: tuple[Path, ...]
    troubles: tuple[str, ...] = ()


def natural_key(text: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key that puts ``img2`` before ``img10`` and ignores case until nothing else differs."""
    parts = _DIGITS.split(text.casefold())
    key = tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part)
    return (*key, (2, 0, text))


def list_folder(folder: Path, *, recursive: bool = False) -> FolderListing:
    """List the pictures and clips in ``folder`` by their suffix, without opening any.

    Hidden entries (leading dot) are skipped, links to folders are not followed. A subfolder that
    cannot be read is reported in ``troubles`` and does not stop the rest.

    Raises:
        FileTrouble: ``folder`` itself is missing, not a folder, or unreadable.
    """
    if not folder.is_dir():
        raise FileTrouble(
            "{folder} is not a folder.", "Choose a folder of pictures.", folder=folder
        )
    troubles: list[str] = []
    found = list(_walk(folder, troubles, recursive=recursive))
    if troubles and not found and not recursive:
        raise FileTrouble(troubles[0])

    def order(path: Path) -> tuple[tuple[tuple[int, int, str], ...], ...]:
        return tuple(natural_key(part) for part in path.relative_to(folder).parts)

    pictures = [path for path in found if path.suffix.lower() in PICTURE_SUFFIXES]
    clips = [path for path in found if path.suffix.lower() in CLIP_SUFFIXES]
    return FolderListing(
        tuple(sorted(pictures, key=order)), tuple(sorted(clips, key=order)), tuple(troubles)
    )


def _walk(folder: Path, troubles: list[str], *, recursive: bool) -> Iterator[Path]:
    waiting = [folder]
    while waiting:
        current = waiting.pop()
        try:
            with READS.of(current), os.scandir(current) as entries:
                visible = [entry for entry in entries if not entry.name.startswith(".")]
        except OSError as error:
            troubles.append(unreadable(current, error).told)
            continue
        for entry in visible:
            if entry.is_dir(follow_symlinks=False):
                if recursive:
                    waiting.append(Path(entry.path))
            elif entry.is_file():
                yield Path(entry.path)
