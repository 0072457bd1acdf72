"""Run plan: which frames a propagation computes, for which objects, in which direction.

Pure functions over masklets. A correction's plan never includes a human or accepted frame in its
results: a person's word is not a result of anything.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

from sam3_annotator.domain.ids import FrameIndex, ObjectId
from sam3_annotator.domain.review import settled
from sam3_annotator.engine.protocol import Direction
from sam3_annotator.errors import Rejected
from sam3_annotator.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from sam3_annotator.domain.masklet import Masklet
    from sam3_annotator.domain.project import Project

_BEYOND = 2
"""Human frames beyond a stretch that its tracker is told."""


class Reach(str, Enum):
    """How far a propagation goes."""

    FORWARD = "forward"
    BACKWARD = "backward"
    BOTH = "both"
    BETWEEN = "between"


@dataclass(frozen=True, slots=True)
class Stretch:
    """What is to be computed for one object: ``start`` to ``stop``, both included.

    ``stop`` lies before ``start`` when going backward.
    """

    object_id: ObjectId
    start: FrameIndex
    stop: FrameIndex

    def covers(self, frame: int) -> bool:
        """Whether the frame belongs to the stretch."""
        return min(self.start, self.stop) <= frame <= max(self.start, self.stop)

    @property
    def frame_count(self) -> int:
        """How many frames are to be computed."""
        return abs(self.stop - self.start) + 1


@dataclass(frozen=True, slots=True)
class Leg:
    """One walk through the clip in one direction; its objects are tracked together.

    Attributes:
        is_second_pass: whether its results are fused with those of an earlier leg.
    """

    direction: Direction
    stretches: tuple[Stretch, ...]
    is_second_pass: bool = False

    @property
    def start(self) -> FrameIndex:
        """The first frame that any object needs."""
        starts = [s.start for s in self.stretches]
        return min(starts) if self.direction is Direction.FORWARD else max(starts)

    @property
    def stop(self) -> FrameIndex:
        """The last frame that any object needs."""
        stops = [s.stop for s in self.stretches]
        return max(stops) if self.direction is Direction.FORWARD else min(stops)

    @property
    def frame_count(self) -> int:
        """How many frames the walk visits."""
        return abs(self.stop - self.start) + 1


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asked for.

    Attributes:
        at: the frame that is looked at; the run starts beside it.
        first: no frame before this one is touched.
        last: no frame after this one is touched.
        is_local: whether to stop at the next human or accepted frame (a correction) or to pass
            through.
        cuts: first frames of new shots, ascending; a run does not cross them. Empty to cross.
    """

    at: FrameIndex
    reach: Reach
    first: FrameIndex
    last: FrameIndex
    is_local: bool = False
    cuts: tuple[int, ...] = ()


def settled_masklets(project: Project, objects: Iterable[ObjectId]) -> dict[ObjectId, Masklet]:
    """What :func:`plan_run` wants to know of objects: accepted frames stop a run as human ones."""
    found = {}
    for object_id in objects:
        contents = project.contents(project.object(object_id).media_id)
        found[object_id] = settled(contents, object_id) or project.masklet(object_id)
    return found


def plan_run(masklets: Mapping[ObjectId, Masklet], wish: Wish) -> tuple[Leg, ...]:
    """The walks that fulfil a wish, in the order they are to be made.

    Raises:
        Rejected: no object has a mask to start from, or there is no frame to compute.
    """
    if not masklets:
        raise Rejected("Select the objects to propagate first.")
    if wish.reach is Reach.BETWEEN:
        legs = _between(masklets, wish)
    else:
        legs = []
        if wish.reach in (Reach.FORWARD, Reach.BOTH):
            legs.append(_leg(masklets, wish, Direction.FORWARD))
        if wish.reach in (Reach.BACKWARD, Reach.BOTH):
            legs.append(_leg(masklets, wish, Direction.BACKWARD))
    found = tuple(leg for leg in legs if leg.stretches)
    if not found:
        raise Rejected(_why_nothing(masklets, wish))
    return found


def split_legs(legs: Sequence[Leg], at_once: int) -> tuple[Leg, ...]:
    """The same walks with at most ``at_once`` objects each, all walks of a group together.

    Args:
        legs: of one plan.
        at_once: 0 leaves them as they are.
    """
    objects = list(dict.fromkeys(s.object_id for leg in legs for s in leg.stretches))
    if not 0 < at_once < len(objects):
        return tuple(legs)
    split = []
    for first in range(0, len(objects), at_once):
        group = set(objects[first : first + at_once])
        for leg in legs:
            mine = tuple(s for s in leg.stretches if s.object_id in group)
            if mine:
                split.append(replace(leg, stretches=mine))
    return tuple(split)


def seed_frames(masklet: Masklet, leg: Leg, stretch: Stretch, limit: int = 8) -> tuple[int, ...]:
    """Frames whose masks the tracker is told: human frames, nearest to the stretch first.

    The last known mask before the stretch is a seed too where no person has spoken since, so that
    an imported or interrupted masklet can go on. Human frames beyond the stretch are seeds as
    well, the nearest two: they say what its end has to meet.

    Args:
        masklet: what is known of the object.
        leg: the walk it takes part in.
        stretch: the object's part of the walk.
        limit: how many seeds at most.
    """
    has_mask = masklet.rows["area"] > 0
    human = masklet.frames[masklet.is_human & has_mask]
    behind = _behind(masklet.frames[has_mask], stretch.start, leg.direction)
    spoken = _behind(masklet.frames[masklet.is_human], stretch.start, leg.direction)
    seeds = _without_far_beyond(human.tolist(), stretch, leg.direction)
    # A person who says "absent" right behind the start denies what a model has put before that.
    if behind is not None and (not seeds or spoken is None or _is_nearer(behind, spoken, stretch)):
        seeds.append(behind)
    nearest = sorted(set(seeds), key=lambda frame: abs(frame - stretch.start))
    # Without the nearest one behind the object would not be looked for before the next prompt.
    start = _behind(np.array(sorted(seeds), np.int64), stretch.start, leg.direction)
    nearest.sort(key=lambda frame: frame != start)
    return tuple(sorted(nearest[:limit]))


def _is_nearer(one: int, other: int, stretch: Stretch) -> bool:
    return abs(one - stretch.start) < abs(other - stretch.start)


def _without_far_beyond(human: list[int], stretch: Stretch, direction: Direction) -> list[int]:
    """Human frames less all but the nearest few of those that the stretch does not reach."""
    step = 1 if direction is Direction.FORWARD else -1
    beyond = sorted(f for f in human if (f - stretch.stop) * step > 0)[::step]
    return [f for f in human if f not in beyond[_BEYOND:]]


def _behind(frames: NDArray[np.integer], start: int, direction: Direction) -> int | None:
    """The nearest frame that the walk has already passed when it begins at ``start``."""
    if direction is Direction.FORWARD:
        passed = frames[frames < start]
        return int(passed[-1]) if passed.size else None
    passed = frames[frames > start]
    return int(passed[0]) if passed.size else None


def _leg(masklets: Mapping[ObjectId, Masklet], wish: Wish, direction: Direction) -> Leg:
    stretches = [_stretch(o, m, wish, direction) for o, m in masklets.items()]
    return Leg(direction, tuple(s for s in stretches if s is not None))


def _stretch(
    object_id: ObjectId, masklet: Masklet, wish: Wish, direction: Direction
) -> Stretch | None:
    forward = direction is Direction.FORWARD
    step = 1 if forward else -1
    start = wish.at + step
    stop = _limit(masklet, wish, direction)
    if (stop - start) * step < 0:
        return None
    stretch = Stretch(object_id, FrameIndex(start), FrameIndex(stop))
    seeds = seed_frames(masklet, Leg(direction, (stretch,)), stretch)
    if _behind(np.array(seeds, np.int64), start, direction) is None:
        return None
    return stretch


def _limit(masklet: Masklet, wish: Wish, direction: Direction) -> int:
    human = masklet.frames[masklet.is_human]
    if direction is Direction.FORWARD:
        stop = int(wish.last)
        stop = min([stop, *(c - 1 for c in wish.cuts if c > wish.at)])
        if wish.is_local:
            stop = min([stop, *(human[human > wish.at] - 1).tolist()])
        return stop
    stop = int(wish.first)
    stop = max([stop, *(c for c in wish.cuts if c <= wish.at)])
    if wish.is_local:
        stop = max([stop, *(human[human < wish.at] + 1).tolist()])
    return stop


def _between(masklets: Mapping[ObjectId, Masklet], wish: Wish) -> list[Leg]:
    forward: list[Stretch] = []
    backward: list[Stretch] = []
    for object_id, masklet in masklets.items():
        gap = gap_around(masklet, wish.at)
        if gap is None:
            continue
        first, last = FrameIndex(gap[0]), FrameIndex(gap[1])
        forward.append(Stretch(object_id, first, last))
        backward.append(Stretch(object_id, last, first))
    return [
        Leg(Direction.FORWARD, tuple(forward)),
        Leg(Direction.BACKWARD, tuple(backward), is_second_pass=True),
    ]


def gap_around(masklet: Masklet, at: int) -> tuple[int, int] | None:
    """First and last frame between the two human frames around ``at``; None without such a gap.

    Standing on a human frame means the gap that begins there.
    """
    human = masklet.frames[masklet.is_human]
    before, after = human[human <= at], human[human > at]
    if before.size == 0 or after.size == 0 or after[0] - before[-1] < 2:
        return None
    return int(before[-1]) + 1, int(after[0]) - 1


def _why_nothing(masklets: Mapping[ObjectId, Masklet], wish: Wish) -> str:
    if wish.reach is Reach.BETWEEN:
        return Wording(
            "Between needs a human frame before and after this one, with frames in between."
        )
    if not any(bool((m.rows["area"] > 0).any()) for m in masklets.values()):
        return Wording("Give the object a mask on this frame first: click it, box it or draw it.")
    if wish.at in (wish.first, wish.last):
        return Wording("There is nothing to compute: this frame ends the run.")
    return Wording(
        "There is nothing to compute: a shot cut, or a human or accepted frame, ends the run."
    )


@dataclass(frozen=True, slots=True)
class Agreement:
    """When recomputed masks count as the old ones again, so that a correction can stop.

    Attributes:
        min_iou: old and new mask agree from this overlap on.
        frames: this many frames in a row must agree.
    """

    min_iou: float = 0.95
    frames: int = 3


class AgreementWatch:
    """Counts, for each object, how many frames in a row the new masks agree with the old."""

    def __init__(self, agreement: Agreement) -> None:
        self._agreement = agreement
        self._in_a_row: dict[ObjectId, int] = {}

    def sees(self, object_id: ObjectId, iou: float | None) -> bool:
        """Note one frame; True when the object's old masks may stand from here on.

        Args:
            object_id: whose frame it was.
            iou: overlap of the old and the new mask; None when there was no old one.
        """
        agrees = iou is not None and iou >= self._agreement.min_iou
        count = self._in_a_row.get(object_id, 0) + 1 if agrees else 0
        self._in_a_row[object_id] = count
        return count >= self._agreement.frames


def remaining_frames(masklet: Masklet, stretch: Stretch, frame: int, direction: Direction) -> int:
    """How many old masks of a stretch lie beyond ``frame`` and need not be computed again."""
    known = masklet.frames[masklet.rows["area"] >= 0]
    inside = [f for f in known.tolist() if stretch.covers(f)]
    if direction is Direction.FORWARD:
        return sum(f > frame for f in inside)
    return sum(f < frame for f in inside)


def masks_ahead(masklet: Masklet, stretch: Stretch, frame: int) -> bool:
    """Whether the object is seen anywhere between ``frame`` and the stretch's end."""
    first, last = sorted((frame, int(stretch.stop)))
    part = masklet.between(first, last)
    return bool(((part.rows["area"] > 0) & (part.frames != frame)).any())


def cuts_between(cuts: Sequence[int], first: int, last: int) -> tuple[int, ...]:
    """Shot cuts after ``first`` and up to ``last``."""
    return tuple(c for c in cuts if first < c <= last)
