"""The kinds of checkpoints that we know by sight, and what each can do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from sam3_annotator.model.keys_official import HIERA, Shapes, sam2_parts, sam3_parts

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


@dataclass(frozen=True, slots=True)
class Family:
    """One kind of checkpoint.

    Attributes:
        name: stable identifier in files, settings and ``--json``: ``"sam3"``, ``"sam2.1_tiny"``.
        title: what people call it.
        usable: False for what is recognised but cannot be run yet.
        required: parts without which a file is of no use.
    """

    name: str
    title: str
    usable: bool = True
    required: tuple[str, ...] = ()

    @property
    def size(self) -> str:
        """Backbone size of a SAM 2 family (``"tiny"`` ...); empty for SAM 3."""
        return self.name.partition("_")[2]

    @property
    def version(self) -> str:
        """``"3"``, ``"3.1"``, ``"2"`` or ``"2.1"``."""
        return self.name.partition("_")[0].removeprefix("sam")


SAM3 = Family("sam3", "SAM 3", required=("trunk",))
SAM31 = Family("sam3.1", "SAM 3.1 (Object Multiplex)", usable=False)
SAM2 = MappingProxyType(
    {
        (version, size): Family(
            f"sam{version}_{size}", f"SAM {version} hiera-{size}", required=("image",)
        )
        for version in ("2", "2.1")
        for size in HIERA
    }
)
FAMILIES: Mapping[str, Family] = MappingProxyType(
    {family.name: family for family in (SAM3, SAM31, *SAM2.values())}
)


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a file with certain parts can be asked for.

    Attributes:
        phrases: find things by a phrase.
        exemplars: find things that look like a boxed one.
        clicks: segment one thing by clicks, a box or an earlier mask.
        clips: follow one thing through a clip.
    """

    phrases: bool
    exemplars: bool
    clicks: bool
    clips: bool

    def words(self) -> str:
        """The abilities as a list for people; "nothing" when there is none."""
        names = [name for name in self.__slots__ if getattr(self, name)]
        return ", ".join(names) or "nothing"


def abilities(parts: Collection[str]) -> Abilities:
    """What complete ``parts`` of a checkpoint (``Inspection.parts``) can do together."""
    clicks = "image" in parts or {"trunk", "clicks"} <= set(parts)
    concept = {"trunk", "detector"} <= set(parts)
    scored = "object_score" in parts or "clicks" in parts
    return Abilities(
        phrases=concept,
        exemplars=concept,
        clicks=clicks,
        clips=clicks and scored and "memory" in parts,
    )


@cache
def parts_of(family: Family) -> Mapping[str, Shapes]:
    """Official names and shapes of every part; empty for a family that cannot be run."""
    if family is SAM3:
        return MappingProxyType(sam3_parts())
    if not family.usable:
        return MappingProxyType({})
    return MappingProxyType(sam2_parts(family.size, version=family.version))
