"""Jumps: which frames a jump casts doubt on, those after it or those before it, and how far.

A jump says that one of its sides is wrong. Two jumps that lead away and back again put the frames
between them in doubt; of a single one the side that is unlike the rest of the track.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from sam3_annotator.domain.doubts.evidence import centres, sizes, visible
from sam3_annotator.domain.doubts.signals import COLUMN, JUMPS, Signal

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sam3_annotator.domain.doubts.evidence import Evidence
    from sam3_annotator.domain.masklet import Masklet

_EVENT = 0.6
"""Least strength of a jump whose consequences are followed."""
_QUIET = 0.15
"""Least strength of a jump that can begin what a strong one ends."""
_MEMORY_FRAMES = 80.0
"""How slowly the doubt after a jump fades."""
_HINDSIGHT_FRAMES = 30.0
"""How slowly it fades towards the frames before."""
_OTHER_SIDE = 0.5
"""Share of the doubt that the less likely side of a lone jump gets."""
_LONGEST = 90
"""Frames within which a second jump can take the first one back."""
_AROUND = 40
"""Frames on either side that say what is usual."""
_SLIDE = 12
"""Frames before a jump in which an object may have slid off its course."""
_STATE_ROWS = 3
_SAME_SIZE = 0.12
"""Log sizes that differ less are the same size."""


@dataclass(frozen=True, slots=True, eq=False)
class _Track:
    """One object as it is walked: rows that are seen, in the order in which a tracker made them.

    Attributes:
        rows: (V,) of the masklet.
        frames: (V,) numbers, descending when walked backwards.
        states: (V, 2) log size and log aspect.
        places: (V, 2) centres in pixels.
        jumps: (V,) strength of the jump into each row; partners: (V,) who it was swapped with.
    """

    rows: NDArray[np.intp]
    frames: NDArray[np.int64]
    states: NDArray[np.float64]
    places: NDArray[np.float64]
    jumps: NDArray[np.float32]
    partners: NDArray[np.int32]


def follow_jumps(evidence: Evidence, masklet: Masklet) -> None:
    """Write NEAR_JUMP down: the doubt that jumps leave around them, up to the next human frame."""
    column = COLUMN[Signal.NEAR_JUMP]
    evidence.strengths[:, column] = 0.0
    evidence.values[:, column] = np.nan
    columns = [COLUMN[signal] for signal in JUMPS]
    jumps = evidence.strengths[:, columns].max(axis=1)
    jumps[~evidence.is_open] = 0.0
    if not (jumps >= _EVENT).any():
        return
    human = np.flatnonzero(~evidence.is_open)
    bounds = [-1, *human.tolist(), len(masklet)]
    for before, after in pairwise(bounds):
        is_backward = before == -1 and human.size > 0
        first, last = max(0, before), min(len(masklet), after + 1)
        _follow(evidence, _walked(evidence, masklet, (first, last), jumps, is_backward=is_backward))


def _walked(
    evidence: Evidence,
    masklet: Masklet,
    part: tuple[int, int],
    jumps: NDArray[np.float32],
    *,
    is_backward: bool,
) -> _Track:
    rows = np.arange(*part)[visible(masklet)[slice(*part)]]
    # A jump is noted on the later of two frames; walked backwards it leads into the earlier one.
    into = np.concatenate((jumps[rows[1:]], [np.float32(0)])) if is_backward else jumps[rows]
    partners = evidence.others[rows, COLUMN[Signal.SWAP]]
    if is_backward:
        rows, into, partners = rows[::-1], into[::-1], np.concatenate(([0], partners[:0:-1]))
    boxes = evidence.boxes_xyxy_px[rows]
    extents = np.maximum(boxes[:, 2:] - boxes[:, :2], 1.0)
    aspect = np.log(extents[:, 0] / extents[:, 1])
    states = np.stack((np.log(sizes(masklet)[rows]), 0.5 * aspect), axis=1)
    frames = masklet.frames[rows].astype(np.int64)
    return _Track(rows, frames, states, centres(evidence)[rows], into, partners)


def _follow(evidence: Evidence, track: _Track) -> None:
    events = np.flatnonzero(track.jumps >= _EVENT).tolist()
    explained: set[int] = set()
    for number, event in enumerate(events):
        if event in explained:
            continue
        strength = float(track.jumps[event])
        end = _put_right(track, event, events[number + 1 :])
        if end is not None:
            explained.add(end)
            strength = max(strength, float(track.jumps[end]))
            _cast(evidence, track, event, np.arange(event, end), strength)
            continue
        start = None if track.partners[event] else _onset(track, event)
        if start is not None:
            _cast(evidence, track, event, np.arange(start, event), strength)
        else:
            _cast_around(evidence, track, event)


def _cast_around(evidence: Evidence, track: _Track, event: int) -> None:
    """Doubt both sides of a lone jump, the likelier one more; after a swap only what follows."""
    strength = float(track.jumps[event])
    after, before = np.arange(event, track.rows.size), np.arange(event - 1, -1, -1)
    if track.partners[event]:
        _cast(evidence, track, event, after, strength)
        return
    is_before = _is_before_odd(track, event)
    shares = (_OTHER_SIDE, 1.0) if is_before else (1.0, _OTHER_SIDE)
    _cast(evidence, track, event, after, shares[0] * strength, _MEMORY_FRAMES)
    _cast(evidence, track, event, before, shares[1] * strength, _HINDSIGHT_FRAMES)


def _onset(track: _Track, event: int) -> int | None:
    """The quiet beginning of what a jump ends; before it all was as it is after the jump.

    It is a weak jump or a return after a gap; None where there is no such thing.
    """
    gaps = np.abs(np.diff(track.frames, prepend=track.frames[0]))
    quiet = np.flatnonzero((track.jumps[:event] >= _QUIET) | (gaps[:event] > 1))
    for start in quiet[::-1].tolist():
        if abs(int(track.frames[event] - track.frames[start])) > _LONGEST:
            return None
        if start and _put_right(track, start, [event]) is not None:
            return int(start)
    return None


def _cast(
    evidence: Evidence,
    track: _Track,
    event: int,
    places: NDArray[np.intp],
    strength: float,
    memory: float = np.inf,
) -> None:
    away = np.abs(track.frames[places] - track.frames[event])
    told = np.full(places.size, float(track.frames[event]))
    evidence.note(Signal.NEAR_JUMP, track.rows[places], strength * np.exp(-away / memory), told)


def _put_right(track: _Track, event: int, later: list[int]) -> int | None:
    """The later jump that leads back to how things were before the first one."""
    if event == 0:
        return None
    old = _settled(track, event - _STATE_ROWS, event)
    for other in later:
        if abs(int(track.frames[other] - track.frames[event - 1])) > _LONGEST:
            return None
        if track.partners[event] or track.partners[other]:  # only a swap puts a swap right
            if track.partners[event] == track.partners[other]:
                return other
            continue
        grown = abs(_settled(track, other, other + _STATE_ROWS)[0] - old[0])
        odd = abs(_settled(track, event, min(other, event + _STATE_ROWS))[0] - old[0])
        is_like_before = grown < max(_SAME_SIZE, 0.4 * odd)
        if is_like_before and _is_on_course(track, event, other, float(np.exp(old[0]))):
            return other
    return None


def _is_on_course(track: _Track, event: int, other: int, size: float) -> bool:
    """Whether an object is, after a later jump, about where it was heading before the first."""
    passed = abs(int(track.frames[other] - track.frames[event - 1]))
    allowed = size * min(2.0, 0.4 + 0.06 * passed)
    before = track.places[event - 1]
    first = max(0, event - 1 - _STATE_ROWS)
    walked = max(1, abs(int(track.frames[event - 1] - track.frames[first])))
    step = (before - track.places[first]) / walked
    away = track.places[other] - before
    nearest = min(np.linalg.norm(away), np.linalg.norm(away - step * passed))
    return bool(nearest < allowed)


def _settled(track: _Track, start: int, stop: int) -> NDArray[np.float64]:
    """State (log size, half log aspect) as a median over some places."""
    part = slice(max(0, start), max(1, stop))
    return np.asarray(np.median(track.states[part], axis=0))


def _is_before_odd(track: _Track, event: int) -> bool:
    """Whether what was before a jump is unlike the track around it, and what follows is not."""
    near = np.abs(track.frames - track.frames[event]) <= _AROUND
    near[max(0, event - _STATE_ROWS) : event + _STATE_ROWS] = False
    if np.count_nonzero(near) < 2 * _STATE_ROWS or event < _STATE_ROWS:
        return False
    usual = np.median(track.states[near], axis=0)
    before = _settled(track, event - _STATE_ROWS, event)
    after = _settled(track, event, event + _STATE_ROWS)
    if np.linalg.norm(before - usual) > np.linalg.norm(after - usual) + 0.08:
        return True
    return _is_before_off_course(track, event)


def _is_before_off_course(track: _Track, event: int) -> bool:
    """Whether the course of long before a jump leads to what follows it, not to what was before."""
    away = track.frames - track.frames[event]
    past = np.flatnonzero(
        (np.abs(away) >= _SLIDE) & (np.abs(away) <= _AROUND) & (np.arange(away.size) < event)
    )
    if past.size < 2 * _STATE_ROWS:
        return False
    time = away[past].astype(np.float64)
    led = np.array(
        [np.polyval(np.polyfit(time, track.places[past, axis], 1), 0.0) for axis in (0, 1)]
    )
    size = float(np.exp(np.median(track.states[past, 0])))
    before = np.linalg.norm(track.places[event - 1] - led) / size
    after = np.linalg.norm(track.places[event] - led) / size
    return bool(before > after + 0.3)
