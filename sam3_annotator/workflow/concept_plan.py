"""Concept plan: which walks through a clip a search for a concept takes, and what each one is told.

Pure functions. Within a shot a search goes outwards from the frames that the exemplars lie on, or
from the frame that is looked at. *Backward* means the same as forward with time turned round: a
newcomer is something that the walk has not followed so far, so going backward it is found on the
last frame that shows it and followed towards its first one. A second walk goes on with the objects
of the first; what the first one wrote stands.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sam3_annotator.domain.ids import FrameIndex
from sam3_annotator.engine.protocol import Direction, TrackSeed
from sam3_annotator.errors import Rejected
from sam3_annotator.workflow.run_plan import Reach

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sam3_annotator.domain.entities import TrackedObject
    from sam3_annotator.domain.mask import Mask
    from sam3_annotator.domain.masklet import Masklet
    from sam3_annotator.domain.prompts import ConceptPrompt
    from sam3_annotator.workflow.run_plan import Wish

MAX_SEEDS = 8
"""Frames that a walk is told of one object at most."""


@dataclass(frozen=True, slots=True)
class ConceptWish:
    """What to look for, and where.

    Attributes:
        prompts: the phrase and the exemplars, by the frame that the exemplars lie on; a phrase
            without any goes with any frame. All have the same phrase.
        where: how far to look, and from which frame where no exemplar says that.
        min_score: tracks that begin with a lower score are not kept.
    """

    prompts: tuple[tuple[FrameIndex, ConceptPrompt], ...]
    where: Wish
    min_score: float = 0.0

    @property
    def phrase(self) -> str:
        """The noun phrase, or "" for exemplars alone."""
        return next((p.phrase.strip() for _, p in self.prompts if p.phrase.strip()), "")

    def on(self, frame: int) -> ConceptPrompt:
        """What is asked for on one frame."""
        told = dict(self.prompts)
        return told.get(FrameIndex(frame)) or replace(self.prompts[0][1], exemplars=())

    @property
    def told_on(self) -> tuple[FrameIndex, ...]:
        """Frames with exemplars, ascending."""
        return tuple(sorted(frame for frame, prompt in self.prompts if prompt.exemplars))


@dataclass(frozen=True, slots=True)
class Walk:
    """One walk through a shot in one direction, both ends included.

    Attributes:
        start: first frame computed.
        stop: last frame computed; smaller than ``start`` when going backward.
        shot: first and last frame of the shot; nothing beyond is told.
    """

    start: FrameIndex
    stop: FrameIndex
    shot: tuple[int, int]
    direction: Direction

    @property
    def step(self) -> int:
        """What is added to a frame's number to come to the next one."""
        return 1 if self.direction is Direction.FORWARD else -1

    @property
    def frame_count(self) -> int:
        """How many frames are looked at."""
        return abs(self.stop - self.start) + 1

    def covers(self, frame: int) -> bool:
        """Whether the walk comes by a frame."""
        return min(self.start, self.stop) <= frame <= max(self.start, self.stop)

    def after(self, frame: int | None) -> Walk | None:
        """What is left once ``frame`` is done; all of it for None, None when nothing is."""
        if frame is None:
            return self
        start = frame + self.step
        if (self.stop - start) * self.step < 0:
            return None
        return replace(self, start=FrameIndex(start))


def plan_search(wish: ConceptWish) -> tuple[Walk, ...]:
    """The walks that fulfil a wish, in the order they are to be made.

    Raises:
        Rejected: there is nothing to look for, or nowhere to look.
    """
    _check(wish)
    walks = [walk for shot in _shots(wish.where) for walk in _walks(wish, shot)]
    if not walks:
        raise Rejected("No example lies in the range that is searched; give one there.")
    return tuple(walks)


def prompts_of(wish: ConceptWish, walk: Walk) -> tuple[tuple[FrameIndex, ConceptPrompt], ...]:
    """What a walk is told to look for: exemplars that it comes by, and the phrase in any case."""
    met = tuple(item for item in wish.prompts if walk.covers(item[0]) and item[1].exemplars)
    if met or not wish.phrase:
        return met
    return ((walk.start, replace(wish.prompts[0][1], exemplars=())),)


def seeds_of(
    items: Iterable[TrackedObject],
    masklet_of: Callable[[TrackedObject], Masklet],
    mask_of: Callable[[TrackedObject, FrameIndex], Mask | None],
    walk: Walk,
) -> tuple[TrackSeed, ...]:
    """What a walk is told of objects that exist: their nearest mask behind it, and human frames.

    Args:
        items: the objects to go on with.
        masklet_of: gives an object's masklet.
        mask_of: gives an object's mask on a frame.
        walk: that is about to begin.
    """
    seeds = []
    for item in items:
        for frame in _seed_frames(masklet_of(item), walk):
            mask = mask_of(item, FrameIndex(frame))
            if mask is not None and not mask.is_empty:
                score = 1.0 if item.score is None else item.score
                seeds.append(TrackSeed(item.id, FrameIndex(frame), mask, score=score))
    return tuple(seeds)


def _seed_frames(masklet: Masklet, walk: Walk) -> list[int]:
    frames, is_seen = masklet.frames, masklet.rows["area"] > 0
    is_seen = is_seen & (frames >= walk.shot[0]) & (frames <= walk.shot[1])
    distance = np.abs(frames.astype(np.int64) - walk.start)
    behind = np.flatnonzero(is_seen & ((frames - walk.start) * walk.step < 0))
    human = np.flatnonzero(is_seen & masklet.is_human)
    rows = set(human[np.argsort(distance[human])][: MAX_SEEDS - 1].tolist())
    if behind.size:
        rows.add(int(behind[np.argmin(distance[behind])]))
    return sorted(int(frames[row]) for row in rows)


def _check(wish: ConceptWish) -> None:
    if not wish.phrase and not any(prompt.exemplars for _, prompt in wish.prompts):
        raise Rejected("Type what to find, or draw an example box around one.")
    if not wish.phrase and any(prompt.is_empty for _, prompt in wish.prompts):
        raise Rejected(
            "A frame has only examples of what is not meant. Draw one of what is meant beside "
            "them, or type a phrase."
        )
    if wish.where.reach is Reach.BETWEEN:
        raise Rejected("A search goes forward, backward or both ways.")


def _shots(where: Wish) -> list[tuple[int, int]]:
    """First and last frame of every shot within reach, the one that is looked at first."""
    edges = [cut for cut in sorted(where.cuts) if where.first < cut <= where.last]
    firsts, lasts = [where.first, *edges], [*(cut - 1 for cut in edges), where.last]
    shots = [(int(first), int(last)) for first, last in zip(firsts, lasts, strict=True)]
    return sorted(shots, key=lambda shot: not shot[0] <= where.at <= shot[1])


def _walks(wish: ConceptWish, shot: tuple[int, int]) -> list[Walk]:
    first, last = shot
    is_backward = wish.where.reach is Reach.BACKWARD
    anchors = _anchors(wish, shot)
    if not anchors:
        return []
    low, high = min(anchors), max(anchors)
    onward = Walk(FrameIndex(low), FrameIndex(last), shot, Direction.FORWARD)
    if wish.where.reach is Reach.FORWARD:
        return [onward]
    walks = [] if is_backward else [onward]
    start = high if is_backward else high - 1
    if start >= first:
        walks.append(Walk(FrameIndex(start), FrameIndex(first), shot, Direction.BACKWARD))
    return walks


def _anchors(wish: ConceptWish, shot: tuple[int, int]) -> list[int]:
    """The frames of a shot that its walks go out from; none where nothing is looked for."""
    first, last = shot
    told = [int(frame) for frame in wish.told_on if first <= frame <= last]
    if told or not wish.phrase:
        return told
    at, reach = int(wish.where.at), wish.where.reach
    if first <= at <= last:
        return [at]
    if (reach is Reach.FORWARD and last < at) or (reach is Reach.BACKWARD and first > at):
        return []
    return [last if reach is Reach.BACKWARD else first]
