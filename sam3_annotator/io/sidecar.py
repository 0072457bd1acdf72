"""A small file beside pictures of numbers that says what the numbers mean.

DAVIS and MOTS store neither category names nor the clip's own name. ``sam3_annotator.json`` in the
exported folder keeps them; without it an import still works, with made-up names.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from pydantic import Field, FiniteFloat, ValidationError

from sam3_annotator.errors import ExchangeTrouble
from sam3_annotator.io.coco_import import Record, told
from sam3_annotator.io.json_files import read_json

if TYPE_CHECKING:
    from pathlib import Path

    from sam3_annotator.io.exchange import Labels

SIDECAR_NAME = "sam3_annotator.json"


class ObjectNote(Record):
    """One number: its category and what else is known of the object."""

    category: str
    score: FiniteFloat | None = None
    attributes: dict[str, str | bool | float] = Field(default_factory=dict)


class ClipNote(Record):
    """One clip: its own name and length, and its objects by number."""

    media: str
    frame_count: int = Field(1, ge=1)
    content_hash: str = ""
    objects: dict[int, ObjectNote] = Field(default_factory=dict)


class CategoryNote(Record):
    """One category; ``number`` is its class number in MOTS, 0 elsewhere."""

    name: str
    number: int = 0
    supercategory: str = ""
    color: str = ""


class Sidecar(Record):
    """What the numbers of an exported folder mean; clips by their folder or file name."""

    format: int = 1
    categories: list[CategoryNote] = Field(default_factory=list)
    clips: dict[str, ClipNote] = Field(default_factory=dict)

    def write(self, folder: Path) -> None:
        """Write into ``folder``, which nobody else sees yet."""
        text = json.dumps(self.model_dump(exclude_defaults=True), ensure_ascii=False, indent=1)
        (folder / SIDECAR_NAME).write_text(text + "\n", encoding="utf-8")


def read_sidecar(folder: Path) -> Sidecar:
    """Return the sidecar of ``folder``; an empty one where there is none.

    Raises:
        FileTrouble: it cannot be read.
        ExchangeTrouble: it is damaged.
    """
    path = folder / SIDECAR_NAME
    if not path.exists():
        return Sidecar()
    try:
        return Sidecar.model_validate(read_json(path))
    except ValidationError as error:
        raise ExchangeTrouble("{path}: {told}.", path=path, told=told(error)) from error


def sidecar_of(
    labels: Labels, numbers: dict[int, int], classes: dict[int, int] | None = None
) -> Sidecar:
    """Describe ``labels``.

    Args:
        labels: what is exported.
        numbers: number of each object key in the pictures.
        classes: class number of each category key, where the format has them.
    """
    names = flat_names(labels)
    categories = {entry.key: entry.name for entry in labels.categories}
    clips = {
        names[media.key]: ClipNote(
            media=media.name,
            frame_count=media.frame_count,
            content_hash=media.content_hash,
            objects={
                numbers[entry.key]: ObjectNote(
                    category=categories[entry.category],
                    score=entry.score,
                    attributes=dict(entry.attributes),
                )
                for entry in labels.objects
                if entry.media == media.key and entry.key in numbers
            },
        )
        for media in labels.clips
    }
    notes = [
        CategoryNote(
            name=entry.name,
            number=(classes or {}).get(entry.key, 0),
            supercategory=entry.supercategory,
            color=entry.color,
        )
        for entry in labels.categories
    ]
    return Sidecar(categories=notes, clips=clips)


def flat_names(labels: Labels) -> dict[int, str]:
    """Return a folder name for each clip key: the last part of its stem, made unique."""
    names: dict[int, str] = {}
    taken: set[str] = set()
    for media in labels.clips:
        base = re.sub(r'[<>:"|?*\s]', "_", media.stem.rpartition("/")[2]).strip(".") or "clip"
        name, count = base, 1
        while name.casefold() in taken:
            count += 1
            name = f"{base}-{count}"
        taken.add(name.casefold())
        names[media.key] = name
    return names
