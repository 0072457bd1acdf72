"""Commands about identity and time: what happens to masklets as wholes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sam3_annotator.domain.ids import FrameIndex, ObjectId


@dataclass(frozen=True, slots=True)
class SplitTrack:
    """From ``frame`` on the masklet belongs to a new object; ``made`` gives its id."""

    object_id: ObjectId
    frame: FrameIndex


@dataclass(frozen=True, slots=True)
class MergeTracks:
    """Two objects are one: ``other``'s frames go to ``into``, and ``other`` is removed.

    Where both have an annotation a human frame wins over any other; otherwise ``into`` keeps
    its own.
    """

    into: ObjectId
    other: ObjectId


@dataclass(frozen=True, slots=True)
class SwapTracks:
    """Exchange two objects' annotations from ``start`` to ``stop``, both included."""

    first: ObjectId
    second: ObjectId
    start: FrameIndex
    stop: FrameIndex


@dataclass(frozen=True, slots=True)
class DeleteRange:
    """Forget everything about objects from ``start`` to ``stop``, both included."""

    object_ids: tuple[ObjectId, ...]
    start: FrameIndex
    stop: FrameIndex


@dataclass(frozen=True, slots=True)
class HoldRange:
    """Repeat the mask of ``frame`` from ``start`` to ``stop``; human frames stay."""

    object_id: ObjectId
    frame: FrameIndex
    start: FrameIndex
    stop: FrameIndex


@dataclass(frozen=True, slots=True)
class CopyToFrame:
    """Put the mask of ``frame`` on ``to_frame``, which becomes a human frame."""

    object_id: ObjectId
    frame: FrameIndex
    to_frame: FrameIndex


TrackCommand = SplitTrack | MergeTracks | SwapTracks | DeleteRange | HoldRange | CopyToFrame
