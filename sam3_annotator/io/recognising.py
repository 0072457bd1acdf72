"""Recognises which format files to be imported are in, by their names and what they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sam3_annotator.errors import ExchangeTrouble
from sam3_annotator.io.json_files import read_json
from sam3_annotator.io.mots import PICTURES, TEXTS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def format_of(paths: Sequence[Path]) -> str:
    """Return the key of the format that can read ``paths``; see ``registry.FORMATS``.

    A JSON file with masklets (no pictures of its own, but videos) is COCO for clips, any other is
    COCO; text is MOTS; a folder is MOTS where it holds text or MOTS's own folders, else DAVIS.

    Raises:
        FileTrouble: missing or unreadable.
        ExchangeTrouble: nothing that can be imported.
    """
    if not paths:
        raise ExchangeTrouble("No file to import was given.")
    first = paths[0]
    if first.is_dir():
        has_parts = (first / TEXTS).is_dir() or (first / PICTURES).is_dir()
        return "mots" if has_parts or any(first.glob("*.txt")) else "davis"
    suffix = first.suffix.lower()
    if suffix == ".txt":
        return "mots"
    if suffix == ".json":
        document = read_json(first)
        return "coco-video" if document.get("videos") and not document.get("images") else "coco"
    raise ExchangeTrouble(
        "{name} is in no format that can be imported.",
        "Choose a COCO file (.json), MOTS text (.txt), or a folder of DAVIS or MOTS pictures.",
        name=first.name,
    )
