"""Pairs: two objects that claim the same pixels, or that have probably changed places."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from sam3_annotator.domain.doubts.evidence import sizes, visible
from sam3_annotator.domain.doubts.looks import likeness
from sam3_annotator.domain.doubts.signals import COLUMN, Signal, ramp, squeezed
from sam3_annotator.domain.ids import FrameIndex, ObjectId

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from numpy.typing import NDArray

    from sam3_annotator.domain.doubts.evidence import Evidence
    from sam3_annotator.domain.doubts.looks import Eye, Look
    from sam3_annotator.domain.mask import Mask
    from sam3_annotator.domain.masklet import Masklet

    MaskAt = Callable[[ObjectId, FrameIndex], Mask | None]
    _Meeting = tuple[tuple[int, int], float]
    """First and last place of a meeting, and the log-odds of an exchange there."""

_WINDOW = 6
"""Frames before and after a meeting that say what each object was like."""
_LEAST_OVERLAP = 0.05
"""Share of the smaller box below which masks are not compared."""
_JUMP_SIZES = 0.35
"""Both objects' steps must shrink by this many sizes for a jump to be looked into."""
_MOMENTS = 3
"""Moments of a meeting that are looked into."""
_MOST_SAY = 4.0
"""Log-odds that one comparison may add or take at most."""
_PRIOR = 4.0
"""Log-odds against a swap at a meeting."""
_PRIOR_BESIDE = 1.5
"""The same where the two have changed places elsewhere for certain."""
_LONGEST_EXCHANGE = 150
"""Frames within which two exchanges are put together."""
_LEAST_STRENGTH = 0.5


@dataclass(frozen=True, slots=True)
class LikelySwap:
    """Two objects that have probably changed places.

    Attributes:
        frame: the first frame on which they are exchanged.
        strength: in (0, 1].
    """

    first: ObjectId
    second: ObjectId
    frame: FrameIndex
    strength: float


@dataclass(frozen=True, slots=True, eq=False)
class _Shared:
    """Both objects of a pair on the frames where both are seen, in columns.

    Attributes:
        at: rows of each masklet, (2, K).
        places: (2, K, 2) centres in pixels; looks: (2, K, 2) log size and log aspect.
    """

    frames: NDArray[np.int64]
    at: NDArray[np.intp]
    places: NDArray[np.float64]
    looks: NDArray[np.float64]
    overlap: NDArray[np.float64]
    touch: NDArray[np.bool_]


def compare(
    evidences: Mapping[ObjectId, Evidence],
    masklets: Mapping[ObjectId, Masklet],
    mask_at: MaskAt,
    eye: Eye,
    only: AbstractSet[ObjectId] | None = None,
) -> Iterator[LikelySwap | None]:
    """Add COMPETES and SWAP to the evidence of all objects, a little for each ``next()``.

    Args:
        evidences: of every object; changed in place.
        masklets: every object.
        mask_at: decodes a mask.
        eye: remembers what masks look like.
        only: look at pairs with at least one of these; None at all pairs.

    Yields:
        The likely swaps as they are found, and None in between.
    """
    for one, other in combinations(sorted(masklets), 2):
        if only is not None and one not in only and other not in only:
            continue
        pair = evidences[one], evidences[other]
        shared = _shared(pair, (masklets[one], masklets[other]))
        yield None
        if shared is None:
            continue
        yield from _competition(pair, shared, mask_at)
        outlines = _Outlines((masklets[one], masklets[other]), mask_at, eye)
        meetings: list[_Meeting] = []
        for span in _meetings(shared):
            gain = _gain(shared, *span) + _outline_gain(shared, span, outlines)
            meetings.append((span, gain))
            yield None
        for swap in _swaps(one, other, shared, meetings):
            _note_swap(pair, shared, swap)
            yield swap


def _shared(
    evidences: tuple[Evidence, Evidence], masklets: tuple[Masklet, Masklet]
) -> _Shared | None:
    one, other = masklets
    frames, in_one, in_other = np.intersect1d(
        one.frames, other.frames, assume_unique=True, return_indices=True
    )
    both = visible(one)[in_one] & visible(other)[in_other]
    if not both.any():
        return None
    at = np.stack((in_one[both], in_other[both]))
    boxes = np.stack(
        [evidence.boxes_xyxy_px[rows] for evidence, rows in zip(evidences, at, strict=True)]
    )
    low = np.maximum(boxes[0, :, :2], boxes[1, :, :2])
    high = np.minimum(boxes[0, :, 2:], boxes[1, :, 2:])
    inner = np.clip(high - low, 0, None).prod(axis=1)
    extents = boxes[:, :, 2:] - boxes[:, :, :2]
    smaller = np.maximum(extents.prod(axis=2).min(axis=0), 1.0)
    margin = 0.25 * extents.min(axis=2).mean(axis=0)[:, None]
    looks = [
        np.stack(
            (
                np.log(sizes(masklet)[rows]),
                np.log(np.maximum(extent[:, 0], 1) / np.maximum(extent[:, 1], 1)),
            ),
            axis=1,
        )
        for masklet, rows, extent in zip(masklets, at, extents, strict=True)
    ]
    places = (boxes[:, :, :2] + boxes[:, :, 2:]) / 2
    return _Shared(
        frames[both].astype(np.int64),
        at,
        places,
        np.stack(looks),
        inner / smaller,
        ((high - low) > -margin).all(axis=1),
    )


# ---------------------------------------------------------------------- competition


def _competition(
    pair: tuple[Evidence, Evidence], shared: _Shared, mask_at: MaskAt
) -> Iterator[None]:
    near = np.flatnonzero(shared.overlap > _LEAST_OVERLAP)
    shares = np.zeros(near.size)
    for place, index in enumerate(near.tolist()):
        frame = FrameIndex(int(shared.frames[index]))
        first = mask_at(pair[0].object_id, frame)
        second = mask_at(pair[1].object_id, frame)
        if first is not None and second is not None:
            common = first.intersection(second).area
            shares[place] = common / max(1, min(first.area, second.area))
        yield None
    strength = ramp(shares, 0.02, 0.4)
    for me, evidence in enumerate(pair):
        other = int(pair[1 - me].object_id)
        evidence.note(Signal.COMPETES, shared.at[me, near], strength, shares, other)


# ---------------------------------------------------------------------- swaps


@dataclass(frozen=True, slots=True)
class _Outlines:
    """What both objects look like on any frame."""

    pair: tuple[Masklet, Masklet]
    mask_at: MaskAt
    eye: Eye

    def exchanged(self, before: int, now: int) -> float:
        """How much better both outlines fit if exchanged between two frames, in [-2, 2]."""
        looks = [[self._look(masklet, frame) for masklet in self.pair] for frame in (before, now)]
        (one, two), (new_one, new_two) = looks
        if one is None or two is None or new_one is None or new_two is None:
            return 0.0
        stay = likeness(one, new_one) + likeness(two, new_two)
        return likeness(one, new_two) + likeness(two, new_one) - stay

    def _look(self, masklet: Masklet, frame: int) -> Look | None:
        where = partial(self.mask_at, masklet.object_id, FrameIndex(frame))
        return self.eye.look(masklet.blob_at(frame), where)


def _swaps(
    one: ObjectId, other: ObjectId, shared: _Shared, meetings: list[_Meeting]
) -> list[LikelySwap]:
    """Meetings of two objects that an exchange explains better; of neighbours the likeliest."""
    sure = [span[0] for span, gain in meetings if gain > _PRIOR and _is_apart(shared, span)]
    found: list[LikelySwap] = []
    for (start, stop), gain in meetings:
        # Objects that change places far from each other return to their own: a meeting on either
        # side of that is where they were exchanged.
        has_cause = any(0 < abs(place - start) <= _LONGEST_EXCHANGE for place in sure)
        strength = float(squeezed(np.array(gain - (_PRIOR_BESIDE if has_cause else _PRIOR))))
        if strength < _LEAST_STRENGTH:
            continue
        frame = FrameIndex(int(shared.frames[_crossing(shared, start, stop)]))
        found.append(LikelySwap(one, other, frame, strength))
    kept: list[LikelySwap] = []
    for swap in sorted(found, key=lambda s: -s.strength):
        if all(abs(swap.frame - best.frame) > _WINDOW for best in kept):
            kept.append(swap)
    return sorted(kept, key=lambda s: s.frame)


def _is_apart(shared: _Shared, span: tuple[int, int]) -> bool:
    place = span[0]
    return span[1] < place and not bool(shared.touch[max(0, place - 1) : place + 1].any())


def _meetings(shared: _Shared) -> list[tuple[int, int]]:
    """Places (first, last) in the shared frames: while boxes touch, and where both jump."""
    count = shared.frames.size
    if count < 4:
        return []
    edges = np.flatnonzero(np.diff(np.concatenate(([False], shared.touch, [False]))))
    meetings = [(int(a), int(b) - 1) for a, b in edges.reshape(-1, 2)]
    moments = {int(place) for place in _jumps(shared)}
    for start, stop in meetings:
        moments.update(_likeliest(shared, start, stop))
    return meetings + [(place, place - 1) for place in sorted(moments)]


def _jumps(shared: _Shared) -> NDArray[np.intp]:
    """Places at which both objects jump to about where the other was."""
    smoother = _smoother(shared, np.arange(1, shared.frames.size))
    return np.flatnonzero(smoother > _JUMP_SIZES) + 1


def _likeliest(shared: _Shared, start: int, stop: int) -> list[int]:
    """The few places of a meeting at which an exchange fits best, apart from each other."""
    places = np.arange(max(1, start), min(stop + 2, shared.frames.size))
    found: list[int] = []
    for at in np.argsort(-_fit(shared, places), kind="stable"):
        place = int(places[at])
        if all(abs(place - other) > _WINDOW for other in found):
            found.append(place)
        if len(found) == _MOMENTS:
            break
    return found


def _outline_gain(shared: _Shared, span: tuple[int, int], outlines: _Outlines) -> float:
    """Log-odds that the outlines tell; for exchanges of a moment, where they hardly change."""
    place = span[0]
    if span[1] >= place or place == 0:
        return 0.0
    better = outlines.exchanged(int(shared.frames[place - 1]), int(shared.frames[place]))
    return min(_MOST_SAY, max(-_MOST_SAY, better / 0.1))


def _smoother(shared: _Shared, places: NDArray[np.intp]) -> NDArray[np.float64]:
    """How many sizes shorter both objects' steps would be if exchanged from each place on."""
    before, now = shared.places[:, places - 1], shared.places[:, places]
    stay = np.linalg.norm(now - before, axis=2).sum(axis=0)
    cross = np.linalg.norm(now[::-1] - before, axis=2).sum(axis=0)
    return np.asarray((stay - cross) / np.exp(shared.looks[:, places, 0].min(axis=0)))


def _gain(shared: _Shared, start: int, stop: int) -> float:
    """Log-odds that the objects were exchanged between two places, before any prior.

    What each was like before (size, aspect, course) is compared with what each is like after the
    meeting; each comparison counts by its usual spread and has a bounded say.
    """
    before = np.arange(max(0, start - _WINDOW), start)
    after = np.arange(stop + 1, min(shared.frames.size, stop + 1 + _WINDOW))
    if before.size < 2 or after.size < 2:
        return 0.0
    length = int(shared.frames[after[0]] - shared.frames[before[-1]])
    old, new = shared.looks[:, before].mean(axis=1), shared.looks[:, after].mean(axis=1)
    scale = float(np.exp(shared.looks[:, before, 0].mean()))
    speed, turned = _speed(shared, before), _speed(shared, after)
    led = shared.places[:, before[-1]] + speed * length
    slack = 0.15 + 0.05 * length
    pace = 0.02 * scale + float(np.linalg.norm(speed, axis=1).mean())
    crossing = np.array([_crossing(shared, start, stop)])
    return (
        _favour(old[:, :1], new[:, :1], 0.08 + 0.01 * length)
        + _favour(old[:, 1:], new[:, 1:], 0.2 + 0.02 * length)
        + _favour(led / scale, shared.places[:, after[0]] / scale, slack)
        + 0.5 * _favour(speed / pace, turned / pace, 0.6 + 0.03 * length)
        + min(_MOST_SAY, max(-_MOST_SAY, float(_smoother(shared, crossing)[0]) / 0.2))
    )


def _favour(before: NDArray[np.float64], after: NDArray[np.float64], spread: float) -> float:
    """(2, D) and (2, D): log-likelihood of the exchange over that of staying, bounded."""
    stay = float(((after - before) ** 2).sum())
    cross = float(((after[::-1] - before) ** 2).sum())
    return min(_MOST_SAY, max(-_MOST_SAY, (stay - cross) / (2 * spread**2)))


def _speed(shared: _Shared, at: NDArray[np.intp]) -> NDArray[np.float64]:
    """(2, 2) mean step per frame of both objects."""
    passed = max(1, int(shared.frames[at[-1]] - shared.frames[at[0]]))
    return np.asarray((shared.places[:, at[-1]] - shared.places[:, at[0]]) / passed)


def _crossing(shared: _Shared, start: int, stop: int) -> int:
    """The place from which on the exchange makes both courses smoothest."""
    places = np.arange(max(1, start), min(stop + 2, shared.frames.size))
    return int(places[int(np.argmax(_fit(shared, places)))])


def _fit(shared: _Shared, places: NDArray[np.intp]) -> NDArray[np.float64]:
    """How much smoother position, size and aspect become if exchanged from each place on."""
    stays = np.abs(shared.looks[:, places] - shared.looks[:, places - 1]).sum(axis=(0, 2))
    turns = np.abs(shared.looks[::-1, places] - shared.looks[:, places - 1]).sum(axis=(0, 2))
    return np.asarray(_smoother(shared, places) + stays - turns)


def _note_swap(pair: tuple[Evidence, Evidence], shared: _Shared, swap: LikelySwap) -> None:
    place = int(np.searchsorted(shared.frames, swap.frame))
    for me, evidence in enumerate(pair):
        evidence.note(
            Signal.SWAP,
            shared.at[me, place : place + 1],
            np.array([swap.strength]),
            np.array([float(swap.frame)]),
            int(pair[1 - me].object_id),
        )


def forget_pairs(
    evidences: Mapping[ObjectId, Evidence], changed: AbstractSet[ObjectId]
) -> set[ObjectId]:
    """Drop what objects hold about changed ones; gives all whose pairs must be compared anew."""
    columns = [COLUMN[signal] for signal in (Signal.COMPETES, Signal.SWAP)]
    gone = np.array(sorted(changed), np.int32)
    stale = set()
    for object_id, evidence in evidences.items():
        if object_id in changed or np.isin(evidence.others[:, columns], gone).any():
            stale.add(object_id)
            evidence.strengths[:, columns] = 0.0
            evidence.values[:, columns] = np.nan
            evidence.others[:, columns] = 0
    return stale
