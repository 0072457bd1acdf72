"""Compare the names and shapes in a checkpoint with those that its family must have."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sam3_annotator.errors import WeightsTrouble
from sam3_annotator.model.families import Abilities, Family, abilities, parts_of
from sam3_annotator.model.keys_transformers import recipe, source_shape, twin, unify
from sam3_annotator.model.recognise import Layout, is_computed, is_inert

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sam3_annotator.model.file_kinds import TensorHeader
    from sam3_annotator.model.keys_official import Shapes

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a weights file is, and whether it fits; names are those used in the file.

    Attributes:
        path: the file or folder.
        family: its kind.
        layout: whose names it uses.
        container: ``"safetensors"`` or ``"torch"``.
        size_bytes: size on disk, all shards together.
        tensors: how many tensors it holds.
        values: how many numbers they hold together, computed tables left out.
        dtypes: number of tensors by stored type (``"F32"``, ``"BF16"`` ...).
        parts: complete parts.
        missing: names that an incomplete part lacks.
        unexpected: names that belong to no part.
        misshapen: ``"name is (3, 4), expected (4, 4)"``.
        inert: names that were recognised and have no effect on any answer.
        metadata: notes stored in the file.
    """

    path: Path
    family: Family
    layout: Layout
    container: str
    size_bytes: int
    tensors: int
    values: int
    dtypes: Mapping[str, int]
    parts: tuple[str, ...]
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    misshapen: tuple[str, ...]
    inert: tuple[str, ...]
    metadata: Mapping[str, str]

    @property
    def fits(self) -> bool:
        """True when the file can be loaded strictly."""
        wrong = self.missing or self.unexpected or self.misshapen
        return self.family.usable and not wrong

    @property
    def abilities(self) -> Abilities:
        """What the complete parts can do."""
        return abilities(self.parts)

    def trouble(self) -> WeightsTrouble | None:
        """The error that loading raises; ``None`` when the file fits."""
        if self.fits:
            return None
        if not self.family.usable:
            return WeightsTrouble(
                "{path} was recognised as {title}, which this version cannot run yet.",
                "Use SAM 3 (sam3.pt), SAM 2 or SAM 2.1 weights.",
                path=self.path,
                title=self.family.title,
            )
        wrong = "; ".join(
            f"{len(names)} {what} (first: {', '.join(names[:_SHOWN])})"
            for what, names in (
                ("missing", self.missing),
                ("unexpected", self.unexpected),
                ("of another shape", self.misshapen),
            )
            if names
        )
        return WeightsTrouble(
            "{path} was recognised as {title} ({layout} names), but its tensors do not fit: "
            "{wrong}.",
            "The file is damaged, one shard of several, or a changed model; get it again.",
            path=self.path,
            title=self.family.title,
            layout=self.layout.value,
            wrong=wrong,
        )


def compare(  # noqa: PLR0913 - the facts of one file, gathered by the caller
    path: Path,
    headers: Mapping[str, TensorHeader],
    *,
    family: Family,
    layout: Layout,
    container: str,
    size_bytes: int,
    metadata: Mapping[str, str],
) -> Inspection:
    """Compare the tensors of a file (``headers``, under the file's names) with its family."""
    expected = expected_names(family, layout)
    unified = unify(headers) if layout is Layout.TRANSFORMERS else {name: name for name in headers}
    shapes = {unified[name]: header.shape for name, header in headers.items()}
    back = {value: name for name, value in unified.items()}
    complete, missing = _complete_parts(expected, shapes, family.required)
    everything = {name: shape for part in expected.values() for name, shape in part.items()}
    found = [name for name in shapes if not is_computed(name)]
    return Inspection(
        path=path,
        family=family,
        layout=layout,
        container=container,
        size_bytes=size_bytes,
        tensors=len(headers),
        values=sum(math.prod(shapes[name]) for name in found),
        dtypes=Counter(header.dtype for header in headers.values()),
        parts=complete,
        missing=tuple(back.get(name, name) for name in missing),
        unexpected=tuple(back[name] for name in found if name not in everything and family.usable),
        misshapen=tuple(
            f"{back[name]} is {shapes[name]}, expected {everything[name]}"
            for name in found
            if name in everything and shapes[name] != everything[name]
        ),
        inert=_inert(family, layout, back, shapes),
        metadata=metadata,
    )


def expected_names(family: Family, layout: Layout) -> dict[str, Shapes]:
    """Names and shapes of every part as a file with this layout has them."""
    parts = parts_of(family)
    if layout is Layout.OFFICIAL:
        return {part: dict(shapes) for part, shapes in parts.items()}
    named: dict[str, Shapes] = {}
    for part, shapes in parts.items():
        named[part] = {}
        for official, shape in shapes.items():
            made = recipe(official)
            for source in (*made.sources, *made.shared):
                named[part][source] = source_shape(made, shape)
    return named


def _complete_parts(
    expected: Mapping[str, Shapes], shapes: Mapping[str, object], required: tuple[str, ...]
) -> tuple[tuple[str, ...], list[str]]:
    """Parts that are whole, and what is missing from those that are begun or required."""
    complete: list[str] = []
    missing: list[str] = []
    for part, names in expected.items():
        absent = [name for name in names if name not in shapes and twin(name) not in shapes]
        if not absent:
            complete.append(part)
        elif len(absent) < len(names) or part in required:
            missing += absent
    return tuple(complete), missing


def _inert(
    family: Family, layout: Layout, back: Mapping[str, str], shapes: Mapping[str, object]
) -> tuple[str, ...]:
    names = [name for name in shapes if is_computed(name)]
    for part in parts_of(family).values():
        for official in filter(is_inert, part):
            sources = (official,) if layout is Layout.OFFICIAL else recipe(official).sources
            names += [name for name in sources if name in shapes]
    return tuple(back[name] for name in names)
