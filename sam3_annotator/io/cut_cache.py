"""Keeps the shot cuts of clips between two runs of the program, by the content of the clip.

Cuts follow from the clip's bytes alone, so they are no rows of a project: nobody edits them, Undo
has nothing to do with them, and losing them costs one more look at the clip.
"""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

from sam3_annotator.errors import FileTrouble
from sam3_annotator.io.atomic import write_file

if TYPE_CHECKING:
    from pathlib import Path

_log = logging.getLogger(__name__)
_VERSION = 1
"""Raise it when ``io/shots.py`` would find other cuts."""


class CutCache:
    """One small file per clip.

    Args:
        folder: made when the first cuts are kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, content_hash: str) -> tuple[int, ...] | None:
        """The first frames of new shots, ascending; None when nobody has looked yet."""
        try:
            kept = json.loads(self._path(content_hash).read_text(encoding="utf-8"))
            if kept["version"] == _VERSION:
                return tuple(int(cut) for cut in kept["cuts"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return None

    def put(self, content_hash: str, cuts: tuple[int, ...]) -> None:
        """Keep cuts; where that fails they are found again next time."""
        text = json.dumps({"version": _VERSION, "cuts": cuts})
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            write_file(self._path(content_hash), text.encode())
        except (OSError, FileTrouble):
            _log.warning("the cuts of a clip could not be kept", exc_info=True)

    def _path(self, content_hash: str) -> Path:
        return self._folder / f"{content_hash}.json"
