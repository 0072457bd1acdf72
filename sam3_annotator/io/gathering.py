"""Puts imported records together into ``Labels``: same names become one thing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sam3_annotator.domain.entities import MediaKind
from sam3_annotator.io.exchange import (
    CategoryEntry,
    ImportData,
    Labels,
    MaskEntry,
    MediaEntry,
    ObjectEntry,
)
from sam3_annotator.wording import Wording

if TYPE_CHECKING:
    from sam3_annotator.domain.entities import Attributes


class Gathering:
    """Labels while they are being read from one or several files."""

    def __init__(self) -> None:
        self._media: dict[tuple[str, int], MediaEntry] = {}
        self._categories: dict[str, CategoryEntry] = {}
        self._objects: list[ObjectEntry] = []
        self._masks: list[MaskEntry] = []
        self._warnings: dict[str, int] = {}

    def media(self, entry: MediaEntry) -> MediaEntry:
        """Add a media, or find the one with the same name and page; its key is set here.

        Raises:
            ValueError: the one already there differs in size or kind.
        """
        place = (entry.name, entry.page)
        known = self._media.get(place)
        if known is None:
            self._media[place] = replace(entry, key=len(self._media) + 1)
            return self._media[place]
        if (known.width, known.height, known.kind) != (entry.width, entry.height, entry.kind):
            raise ValueError(
                f"{entry.name} is {entry.width} x {entry.height} here and {known.width} x"
                f" {known.height} elsewhere"
            )
        if entry.frame_count > known.frame_count:
            self._media[place] = replace(known, frame_count=entry.frame_count)
        return self._media[place]

    def category(self, name: str, supercategory: str = "", color: str = "") -> int:
        """Add a category, or find the one of that name; return its key."""
        known = self._categories.get(name)
        if known is None:
            known = CategoryEntry(len(self._categories) + 1, name, supercategory, color)
            self._categories[name] = known
        elif supercategory and known.supercategory != supercategory:
            self.warn(
                Wording(
                    'category "{name}" has several supercategories; the first was kept', name=name
                )
            )
        return known.key

    def object(
        self, media: int, category: int, score: float | None = None, attributes: Attributes = ()
    ) -> int:
        """Add an object and return its key."""
        key = len(self._objects) + 1
        self._objects.append(ObjectEntry(key, media, category, score, attributes))
        return key

    def mask(self, entry: MaskEntry) -> None:
        """Add a mask."""
        self._masks.append(entry)

    def warn(self, sentence: str) -> None:
        """Remember something left out or changed; equal sentences are counted."""
        self._warnings[sentence] = self._warnings.get(sentence, 0) + 1

    def finish(self) -> ImportData:
        """Return what was gathered; clips are made long enough for their masks."""
        of_object = {entry.key: entry.media for entry in self._objects}
        last: dict[int, int] = {}
        for mask in self._masks:
            owner = of_object[mask.object]
            last[owner] = max(last.get(owner, 0), mask.frame)
        media = tuple(
            replace(entry, frame_count=max(entry.frame_count, last.get(entry.key, 0) + 1))
            if entry.kind is MediaKind.CLIP
            else entry
            for entry in self._media.values()
        )
        warnings = tuple(
            Wording("{sentence} ({count} times)", sentence=sentence, count=count)
            if count > 1
            else sentence
            for sentence, count in self._warnings.items()
        )
        labels = Labels(
            media, tuple(self._categories.values()), tuple(self._objects), tuple(self._masks)
        )
        return ImportData(labels, warnings)


def sorted_attributes(found: dict[str, object], gathering: Gathering) -> Attributes:
    """Return the plain values among ``found``, sorted by name; the others are dropped and told."""
    kept: list[tuple[str, str | float | bool]] = []
    for name, value in sorted(found.items()):
        if isinstance(value, (str, bool, float)):
            kept.append((name, value))
        elif isinstance(value, int) and abs(value) < 1 << 53:
            kept.append((name, float(value)))
        else:
            gathering.warn(
                Wording('attribute "{name}" holds no plain value and was left out', name=name)
            )
    return tuple(kept)
