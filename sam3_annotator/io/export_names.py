"""Names under which an export lists its media: always inside the folder of pictures.

A project may speak of pictures beside or above its own folder, or on another drive. Written as they
are, such names would lead label files out of the folder of an export, and no reader, ours included,
would take them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sam3_annotator.io.exchange import safe_name
from sam3_annotator.wording import Wording

if TYPE_CHECKING:
    from sam3_annotator.io.exchange import Labels


def with_inner_names(labels: Labels) -> Labels:
    """Return ``labels`` with every media's name inside the folder, and a note about new names.

    What leads out is taken away from the front: ``../clips/a.mp4`` and ``D:/clips/a.mp4`` become
    ``clips/a.mp4``, or ``clips/a (2).mp4`` where that is taken. An import finds the media again by
    the hash of its content.
    """
    taken = {entry.name.casefold() for entry in labels.media if safe_name(entry.name) is not None}
    renamed: dict[str, str] = {}
    for entry in labels.media:  # pages of one file share a name
        if safe_name(entry.name) is None and entry.name not in renamed:
            renamed[entry.name] = _free(_inner(entry.name), taken)
            taken.add(renamed[entry.name].casefold())
    if not renamed:
        return labels
    name, given = next(iter(renamed.items()))
    media = tuple(
        replace(entry, name=renamed.get(entry.name, entry.name)) for entry in labels.media
    )
    note = Wording(
        "Pictures and clips outside the project's folder are listed as if they lay in it: {name} "
        "is {given}.",
        name=name,
        given=given,
    )
    return replace(labels, media=media, notes=(*labels.notes, note))


def _inner(name: str) -> str:
    tidy = "".join(sign for sign in name.replace("\\", "/") if ord(sign) >= 32)
    parts = [part for part in tidy.split("/") if part not in {"", ".", ".."}]
    if parts and len(parts[0]) >= 2 and parts[0][1] == ":":
        parts = parts[1:]
    return "/".join(parts) or "media"


def _free(name: str, taken: set[str]) -> str:
    """The name, numbered where some systems would take it for one that is taken."""
    folder, slash, last = name.rpartition("/")
    stem, dot, suffix = last.rpartition(".")
    number, found = 1, name
    while found.casefold() in taken:
        number += 1
        found = f"{folder}{slash}{stem or suffix} ({number}){dot}{suffix if stem else ''}"
    return found
