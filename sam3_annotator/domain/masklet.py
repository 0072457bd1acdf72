"""Masklet: one object's masks over time, as columns sorted by frame.

A clip of 10,000 frames and 50 objects holds half a million annotations; as one numpy array per
object they open in a second, and an edit copies a few hundred kilobytes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from sam3_annotator.domain.entities import Annotation, FrameFlag, Source
from sam3_annotator.domain.geometry import PixelBox
from sam3_annotator.domain.ids import BlobId, FrameIndex, ObjectId, PassId

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from sam3_annotator.domain.entities import Attributes

    FrameArray = NDArray[np.int32]
    RowArray = NDArray[np.void]
    FrameAttributes = tuple[tuple[int, Attributes], ...]

ROW = np.dtype(
    [
        ("frame", "<i4"),
        ("source", "<u2"),
        ("flags", "<u2"),
        ("score", "<f4"),
        ("area", "<i4"),
        ("left", "<i4"),
        ("top", "<i4"),
        ("right", "<i4"),
        ("bottom", "<i4"),
        ("blob", "V16"),
        ("pass_id", "<i4"),
        ("author", "<i4"),
        ("edited_at", "<f8"),
    ]
)
"""One annotation in 64 bytes, so that rows compare as machine words.

``score`` NaN, ``blob`` all zero and ``pass_id`` 0 stand for "none".
"""

SOURCE_CODES = {Source.HUMAN: 1, Source.MODEL: 2, Source.INTERPOLATED: 3, Source.IMPORTED: 4}
"""How a :class:`Source` is written in the ``source`` column and in the project file."""

HUMAN = SOURCE_CODES[Source.HUMAN]
_SOURCES = {code: source for source, code in SOURCE_CODES.items()}
_NO_BLOB = bytes(16)


class People:
    """The persons of a project, numbered from 1; number 0 is nobody."""

    def __init__(self, names: Iterable[tuple[int, str]] = ()) -> None:
        self._names: dict[int, str] = {0: "", **dict(names)}
        self._ids = {name: number for number, name in self._names.items()}

    def name(self, number: int) -> str:
        """The person's name; empty when the number is unknown."""
        return self._names.get(number, "")

    def number(self, name: str) -> int:
        """The person's number; 0 when the name is unknown."""
        return self._ids.get(name, 0)

    def add(self, number: int, name: str) -> None:
        """Make a person known."""
        self._names[number] = name
        self._ids[name] = number


def pack_blob_id(blob_id: BlobId | None) -> bytes:
    """The 16 bytes that name a blob in a row; zeros for none."""
    return _NO_BLOB if blob_id is None else bytes.fromhex(blob_id)


def unpack_blob_id(packed: bytes) -> BlobId | None:
    """Inverse of :func:`pack_blob_id`."""
    return None if packed == _NO_BLOB else BlobId(packed.hex())


@dataclass(frozen=True, slots=True, eq=False)
class Masklet:
    """All annotations of one object, immutable.

    Attributes:
        rows: (A,) :data:`ROW`, read-only, sorted by frame, at most one per frame.
        attributes: per-frame attributes of the few frames that have any, sorted by frame.
        people: whom the ``author`` numbers mean.
    """

    object_id: ObjectId
    rows: RowArray
    attributes: FrameAttributes = ()
    people: People = field(default_factory=People)

    def __post_init__(self) -> None:
        self.rows.flags.writeable = False

    @staticmethod
    def empty(object_id: ObjectId, people: People) -> Masklet:
        """A masklet without any annotation."""
        return Masklet(object_id, np.zeros(0, ROW), (), people)

    @staticmethod
    def of(object_id: ObjectId, annotations: Iterable[Annotation], people: People) -> Masklet:
        """The masklet of some annotations, given in any order; the last wins on a frame."""
        by_frame = {int(a.frame): a for a in annotations}
        ordered = [by_frame[frame] for frame in sorted(by_frame)]
        rows = np.array([_to_row(a, people) for a in ordered], dtype=ROW)
        attributes = tuple((int(a.frame), a.attributes) for a in ordered if a.attributes)
        return Masklet(object_id, rows, attributes, people)

    @property
    def frames(self) -> FrameArray:
        """(A,) int32 frame numbers, ascending."""
        return self.rows["frame"]

    @property
    def is_human(self) -> NDArray[np.bool_]:
        """(A,) whether each annotation is a human frame."""
        return np.asarray(self.rows["source"] == HUMAN)

    def __len__(self) -> int:
        return int(self.rows.size)

    def at(self, frame: int) -> Annotation | None:
        """The annotation on one frame, or None."""
        index = self._index(frame)
        return None if index is None else self._annotation(index, dict(self.attributes))

    def annotations(self) -> tuple[Annotation, ...]:
        """Every annotation, by frame."""
        attributes = dict(self.attributes)
        return tuple(self._annotation(index, attributes) for index in range(len(self)))

    def blob_at(self, frame: int) -> BlobId | None:
        """The name of the mask on one frame; None when there is none."""
        index = self._index(frame)
        return None if index is None else unpack_blob_id(self.rows["blob"][index].tobytes())

    def between(self, start: int, stop: int) -> Masklet:
        """The part from ``start`` to ``stop``, both inclusive."""
        first, last = np.searchsorted(self.frames, (start, stop + 1))
        kept = tuple(item for item in self.attributes if start <= item[0] <= stop)
        return Masklet(self.object_id, self.rows[first:last], kept, self.people)

    def where(self, keep: NDArray[np.bool_]) -> Masklet:
        """The annotations for which ``keep``, (A,) bool, is true."""
        rows = self.rows[keep]
        return self._with(rows, self.attributes)

    def only(self, frames: NDArray[np.integer]) -> Masklet:
        """The annotations on the given frames."""
        return self.where(np.isin(self.frames, frames))

    def without(self, frames: NDArray[np.integer]) -> Masklet:
        """The annotations on all other frames."""
        return self.where(np.isin(self.frames, frames, invert=True)) if len(frames) else self

    def merged(self, newer: Masklet) -> Masklet:
        """Both together; where both have a frame, ``newer`` wins."""
        if not len(newer):
            return self
        places = np.searchsorted(self.frames, newer.frames)
        is_there = np.zeros(len(newer), np.bool_)
        inside = places < len(self)
        is_there[inside] = self.frames[places[inside]] == newer.frames[inside]
        rows = self.rows.copy()
        rows[places[is_there]] = newer.rows[is_there]
        if not is_there.all():
            rows = np.insert(rows, places[~is_there], newer.rows[~is_there])
        if not self.attributes and not newer.attributes:
            return self._with(rows, ())
        replaced = set(newer.frames.tolist())
        kept = (item for item in self.attributes if item[0] not in replaced)
        return self._with(rows, (*kept, *newer.attributes))

    def same_as(self, other: Masklet) -> bool:
        """Whether both hold exactly the same annotations."""
        return self.rows.tobytes() == other.rows.tobytes() and self.attributes == other.attributes

    def differing_from(self, old: Masklet) -> tuple[Masklet, Masklet]:
        """The annotations of ``old`` that are not in this one, and those of this one not in it."""
        frames, theirs, mine = _common_frames(old, self)
        equal = (_words_of(old.rows[theirs]) == _words_of(self.rows[mine])).all(axis=1)
        if old.attributes != self.attributes:
            told = {frame for frame, _ in set(old.attributes) ^ set(self.attributes)}
            equal &= np.isin(frames, list(told), invert=True)
        gone, come = np.ones(len(old), np.bool_), np.ones(len(self), np.bool_)
        gone[theirs[equal]] = False
        come[mine[equal]] = False
        return old.where(gone), self.where(come)

    def _with(self, rows: RowArray, attributes: FrameAttributes) -> Masklet:
        if attributes:
            present = set(rows["frame"].tolist())
            attributes = tuple(sorted(item for item in attributes if item[0] in present))
        return Masklet(self.object_id, rows, attributes, self.people)

    def _index(self, frame: int) -> int | None:
        index = int(np.searchsorted(self.frames, frame))
        return index if index < len(self) and int(self.frames[index]) == frame else None

    def _annotation(self, index: int, attributes: dict[int, Attributes]) -> Annotation:
        (
            frame, source, flags, score, area, left, top, right, bottom,
            blob, pass_id, author, edited_at,
        ) = self.rows[index].tolist()  # fmt: skip
        return Annotation(
            object_id=self.object_id,
            frame=FrameIndex(frame),
            blob_id=unpack_blob_id(bytes(blob)),
            box=PixelBox(left, top, right, bottom),
            area=area,
            source=_SOURCES[source],
            score=None if math.isnan(score) else score,
            flags=FrameFlag(flags),
            pass_id=PassId(pass_id) if pass_id else None,
            attributes=attributes.get(frame, ()),
            author=self.people.name(author),
            edited_at=edited_at,
        )


def _to_row(annotation: Annotation, people: People) -> tuple[object, ...]:
    box = annotation.box
    return (
        annotation.frame,
        SOURCE_CODES[annotation.source],
        int(annotation.flags),
        math.nan if annotation.score is None else annotation.score,
        annotation.area,
        box.left,
        box.top,
        box.right,
        box.bottom,
        pack_blob_id(annotation.blob_id),
        annotation.pass_id or 0,
        people.number(annotation.author),
        annotation.edited_at,
    )


def _common_frames(
    old: Masklet, new: Masklet
) -> tuple[FrameArray, NDArray[np.intp], NDArray[np.intp]]:
    """Frames that both have, and where each has them."""
    if np.array_equal(old.frames, new.frames):
        every = np.arange(len(old))
        return old.frames, every, every
    return np.intersect1d(old.frames, new.frames, assume_unique=True, return_indices=True)


def _words_of(rows: RowArray) -> NDArray[np.uint64]:
    return np.ascontiguousarray(rows).view(np.uint64).reshape(rows.size, ROW.itemsize // 8)
