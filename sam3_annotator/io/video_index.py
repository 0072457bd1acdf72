"""Which frames a clip has, in display order, worked out from its packets without decoding."""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class PacketMark:
    """One compressed packet as the container lists it, timestamps in the stream's time base.

    Attributes:
        pts: when it is shown; ``None`` where the container does not say.
        dts: when it is decoded; ``None`` where the container does not say.
        is_keyframe: decoding can begin here.
        is_discarded: an edit list hides it; it is decoded but not shown.
        is_corrupt: the demuxer saw that bytes are missing.
    """

    pts: int | None
    dts: int | None
    is_keyframe: bool
    is_discarded: bool = False
    is_corrupt: bool = False


@dataclass(frozen=True, slots=True)
class Anchor:
    """A packet at which decoding can begin; what follows in display order then decodes exactly."""

    pts: int
    dts: int | None

    @property
    def seek_ts(self) -> int:
        """Timestamp to seek to, in decoding order where known."""
        return self.pts if self.dts is None else self.dts

    def is_at(self, pts: int | None, dts: int | None) -> bool:
        """Whether a packet with these timestamps is this anchor."""
        return pts == self.pts and (self.dts is None or dts is None or dts == self.dts)


@dataclass(frozen=True, slots=True)
class ClipIndex:
    """Display order of a clip.

    Attributes:
        pts: strictly increasing timestamps; position = frame number.
        anchors: strictly increasing by ``pts``.
    """

    pts: tuple[int, ...]
    anchors: tuple[Anchor, ...]

    def __len__(self) -> int:
        return len(self.pts)

    def find(self, pts: int | None) -> int | None:
        """Return the number of the frame shown at exactly ``pts``, or ``None``."""
        if pts is None:
            return None
        position = bisect_left(self.pts, pts)
        return position if position < len(self.pts) and self.pts[position] == pts else None

    def anchor_before(self, index: int) -> int:
        """Return the position of the last anchor shown at or before frame ``index``; -1 if none.

        Packets that follow a keyframe but are shown before it (open GOP) may need the previous
        group, hence the comparison by display time.
        """
        return bisect_right(self.anchors, self.pts[index], key=lambda anchor: anchor.pts) - 1

    def between(self, first_pts: int, end_pts: int | None) -> ClipIndex:
        """Return the frames shown from ``first_pts`` up to, not including, ``end_pts``."""
        start = bisect_left(self.pts, first_pts)
        stop = len(self.pts) if end_pts is None else bisect_left(self.pts, end_pts)
        return ClipIndex(self.pts[start:stop], self.anchors)


def index_from_packets(marks: Sequence[PacketMark]) -> ClipIndex | None:
    """Return the display order of ``marks`` (in decoding order).

    Returns:
        The index, or ``None`` where timestamps are missing or repeat, so that only decoding can
        tell which frames there are.
    """
    shown = [mark.pts for mark in marks if not mark.is_discarded]
    if not shown or any(pts is None for pts in shown):
        return None
    ordered = sorted(pts for pts in shown if pts is not None)
    if any(left == right for left, right in itertools.pairwise(ordered)):
        return None
    return ClipIndex(tuple(ordered), anchors_of(marks))


def index_from_decoding(
    shown_pts: Sequence[int | None], marks: Sequence[PacketMark]
) -> ClipIndex | None:
    """Return the index of frames decoded in this order; ``None`` unless pts strictly increase."""
    known = [pts for pts in shown_pts if pts is not None]
    if not known or len(known) != len(shown_pts):
        return None
    if any(left >= right for left, right in itertools.pairwise(known)):
        return None
    present = frozenset(known)
    anchors = tuple(anchor for anchor in anchors_of(marks) if anchor.pts in present)
    return ClipIndex(tuple(known), anchors)


def anchors_of(marks: Sequence[PacketMark]) -> tuple[Anchor, ...]:
    """Return the keyframes that carry a display time, by display time."""
    anchors = {mark.pts: Anchor(mark.pts, mark.dts) for mark in marks
               if mark.is_keyframe and mark.pts is not None}  # fmt: skip
    return tuple(anchors[pts] for pts in sorted(anchors))


def first_damage_at_end(marks: Sequence[PacketMark]) -> int | None:
    """Return the earliest display time damaged by missing bytes after the last keyframe.

    Damage before it is left to the decoder, which conceals it and recovers at the keyframe.
    """
    earliest: int | None = None
    for mark in reversed(marks):
        if mark.is_corrupt and mark.pts is not None:
            earliest = mark.pts if earliest is None else min(earliest, mark.pts)
        if mark.is_keyframe and not mark.is_corrupt:
            break
    return earliest
