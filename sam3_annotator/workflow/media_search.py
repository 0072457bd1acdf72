"""Media search: the files that imported labels speak of, looked for where they are likely to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sam3_annotator.domain.entities import MediaKind
from sam3_annotator.domain.media_paths import stored_path
from sam3_annotator.errors import AnnotatorError
from sam3_annotator.io.opening import gather, gather_clip

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sam3_annotator.domain.commands import NewMedia
    from sam3_annotator.io.exchange import MediaEntry


def row_of(entry: MediaEntry, folders: Sequence[Path], root: Path) -> NewMedia | None:
    """The row of an entry whose file lies in one of the folders and has the size it says.

    Args:
        entry: what the import says of the media.
        folders: where to look, in this order.
        root: the project's folder; paths are written down relative to it.
    """
    for folder in folders:
        path = folder / entry.name
        if not path.exists():
            continue
        try:
            rows = _rows(entry, path, root)
        except AnnotatorError:
            continue
        for row in rows:
            if (row.page, row.width, row.height) == (entry.page, entry.width, entry.height):
                return row
    return None


def _rows(entry: MediaEntry, path: Path, root: Path) -> Sequence[NewMedia]:
    def name_of(file: Path) -> str:
        return stored_path(file, root)

    if entry.kind is MediaKind.CLIP:
        return gather_clip(path, name_of).items
    return gather([path], name_of, lambda _done, _total, _text="": None).items
