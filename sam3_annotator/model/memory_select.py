"""Which remembered frames a new frame looks at, and which may be forgotten: pure functions.

The choice depends on frame numbers and scores only, so that it can be checked without a model.
Distances are counted in the direction of travel: a frame "behind" lies before the current one
when going forward and after it in reverse.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sam3_annotator.model.tracker_config import TrackingRules


@dataclass(frozen=True, slots=True)
class Moment:
    """The frame that is about to be tracked.

    Attributes:
        frame: its number.
        reverse: whether the run goes towards frame 0.
        total: frames of the clip, or None while it is not known (a stream).
    """

    frame: int
    reverse: bool = False
    total: int | None = None

    def behind(self, other: int) -> int:
        """How far ``other`` lies behind; negative if it is still to come."""
        return other - self.frame if self.reverse else self.frame - other

    def at(self, distance: int) -> int:
        """The frame ``distance`` behind."""
        return self.frame + distance if self.reverse else self.frame - distance

    def exists(self, frame: int) -> bool:
        """Whether ``frame`` is within the clip."""
        return frame >= 0 and (self.total is None or frame < self.total)


@dataclass(frozen=True, slots=True)
class Recall:
    """What a frame attends to.

    Attributes:
        maps: (frame, slot): a spatial memory and the temporal code it gets; the last slot
            stands for every conditioning frame, slot 0 for the nearest recent one.
        pointers: (frame, distance): an object pointer and the distance it is dated with.
    """

    maps: tuple[tuple[int, int], ...]
    pointers: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """Recent frames that can still matter: for all they hold, and for their pointer alone."""

    maps: frozenset[int]
    pointers: frozenset[int]


def pointer_limit(rules: TrackingRules, total: int | None) -> int:
    """Recent pointers that are looked at, plus one; short clips allow fewer."""
    return rules.max_pointers if total is None else min(total, rules.max_pointers)


def nearest_conditioning(frames: Collection[int], frame: int, limit: int | None) -> list[int]:
    """The prompted frames to attend to, in ascending order.

    The nearest one before ``frame`` and the nearest one at or after it are always among them;
    the rest are the nearest in time, the earlier of two equally near ones first.
    """
    if limit is None or len(frames) <= limit:
        return sorted(frames)
    before = [f for f in frames if f < frame]
    after = [f for f in frames if f >= frame]
    chosen = {*([max(before)] if before else []), *([min(after)] if after else [])}
    others = sorted(set(frames) - chosen, key=lambda f: (abs(f - frame), f))
    return sorted(chosen.union(others[: limit - len(chosen)]))


def valid_frames(scores: Mapping[int, float], moment: Moment, rules: TrackingRules) -> list[int]:
    """Recent frames worth remembering, nearest first (SAM2Long's idea, as SAM 3 uses it).

    Frames on which the object was lost are passed over however long that lasts, so the result
    may reach back arbitrarily far. The frame just behind is always included, last in rank if
    its score is too low (its place in the result is nonetheless the first, being nearest).
    Going forward, frame 0 never counts as recent.

    Args:
        scores: effective score of every recent frame.
        moment: the frame to be tracked.
        rules: ``min_score`` and ``max_pointers`` are used.
    """
    if not moment.exists(moment.at(1)):
        return []
    last = moment.at(1)
    good = [f for f in _good_frames(scores, moment, rules) if moment.behind(f) > 0]
    good = good[: pointer_limit(rules, moment.total) - 1]
    return good if last in good else [last, *good]


def _good_frames(scores: Mapping[int, float], moment: Moment, rules: TrackingRules) -> list[int]:
    """Frames behind (or at) the moment whose score suffices, nearest first."""
    good = [f for f, score in scores.items() if score > rules.min_score]
    behind = [f for f in good if moment.behind(f) >= 0 and (moment.reverse or f > 0)]
    return sorted(behind, key=moment.behind)


def recall(
    conditioning: Collection[int],
    scores: Mapping[int, float],
    moment: Moment,
    rules: TrackingRules,
    slots: int,
) -> Recall:
    """Choose the memories of one object for one frame.

    Args:
        conditioning: prompted frames.
        scores: effective score of every recent (tracked, not prompted) frame.
        moment: the frame to be tracked.
        rules: limits and thresholds.
        slots: temporal codes of the model.
    """
    chosen = nearest_conditioning(conditioning, moment.frame, rules.max_conditioning)
    known = set(scores) | (set(conditioning) - set(chosen))
    maps = [(frame, slots - 1) for frame in chosen]
    pointers = [(f, moment.behind(f)) for f in chosen if moment.behind(f) >= 0]
    limit = pointer_limit(rules, moment.total)
    if rules.selects_memories:
        valid = valid_frames(scores, moment, rules)
        near = valid[: slots - 1]
        # The farthest valid frame gives no pointer: so the weights were run by their authors.
        dated = list(enumerate(valid[: min(limit, len(valid)) - 1], start=1)) if valid else []
    else:
        near = [moment.at(distance) for distance in range(1, slots)]
        dated = [(d, moment.at(d)) for d in range(1, limit) if moment.exists(moment.at(d))]
    ranked = [(frame, rank) for rank, frame in enumerate(near) if frame in known]
    maps += reversed(ranked)
    pointers += [(frame, distance) for distance, frame in dated if frame in known]
    return Recall(tuple(maps), tuple(pointers))


def kept(scores: Mapping[int, float], moment: Moment, rules: TrackingRules, slots: int) -> Kept:
    """Recent frames that a run which has just tracked ``moment`` may still look at.

    Everything else can be forgotten without changing any later frame of the same run: ranks
    and distances of remembered frames only grow. Kept by validity, not by age.
    """
    if not rules.selects_memories:
        maps, pointers = (
            frozenset(f for f in scores if 0 <= moment.behind(f) < reach)
            for reach in (slots - 1, rules.max_pointers - 1)
        )
        return Kept(maps, pointers)
    good = _good_frames(scores, moment, rules)
    last = {moment.frame} & set(scores)
    return Kept(frozenset(good[: slots - 1]) | last, frozenset(good[: rules.max_pointers - 1]))
