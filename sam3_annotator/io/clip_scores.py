"""Compares labels of clips with the truth: J, F and J&F per object, HOTA and IDF1 per clip."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linear_sum_assignment

from sam3_annotator.domain.mask import EMPTY_MASK
from sam3_annotator.domain.mask_scores import boundary_f
from sam3_annotator.domain.track_scores import IdentityScore, Scene, hota, identity, switches
from sam3_annotator.errors import ExchangeTrouble

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sam3_annotator.domain.mask import Mask
    from sam3_annotator.io.exchange import Labels, MediaEntry

    Masks = Mapping[int, Mask]


@dataclass(frozen=True, slots=True)
class Rules:
    """What counts.

    Attributes:
        ignores_categories: whether an answer of any category may match.
        labelled_only: whether only frames on which the truth has masks count; for truths that
            were drawn on some frames only.
        skips_ends: whether J and F leave out the first and last frame, as DAVIS 2017 does.
    """

    ignores_categories: bool = False
    labelled_only: bool = False
    skips_ends: bool = False


@dataclass(frozen=True, slots=True)
class ObjectScore:
    """One true object.

    Attributes:
        name: category and key, as the truth's file numbers it.
        j: mean overlap over the frames, in [0, 1].
        f: mean agreement of the outlines, in [0, 1].
        frames: how many frames counted.
    """

    name: str
    j: float
    f: float
    frames: int


@dataclass(frozen=True, slots=True)
class ClipScore:
    """One clip; everything in [0, 1] except counts."""

    name: str
    objects: tuple[ObjectScore, ...]
    hota: float
    detection: float
    association: float
    identity: IdentityScore
    switches: int

    @property
    def j(self) -> float:
        """Mean over objects."""
        return _mean([item.j for item in self.objects])

    @property
    def f(self) -> float:
        """Mean over objects."""
        return _mean([item.f for item in self.objects])


@dataclass(frozen=True, slots=True)
class ClipScores:
    """All clips; J, F and J&F are means over objects, HOTA over clips, IDF1 over detections."""

    clips: tuple[ClipScore, ...]

    def summary(self) -> dict[str, float]:
        """Every figure by its name, in the order to print them."""
        objects = [item for clip in self.clips for item in clip.objects]
        j, f = _mean([item.j for item in objects]), _mean([item.f for item in objects])
        total = sum((clip.identity for clip in self.clips), IdentityScore())
        return {
            "J&F": (j + f) / 2,
            "J": j,
            "F": f,
            "HOTA": _mean([clip.hota for clip in self.clips]),
            "DetA": _mean([clip.detection for clip in self.clips]),
            "AssA": _mean([clip.association for clip in self.clips]),
            "IDF1": total.idf1,
            "switches": float(sum(clip.switches for clip in self.clips)),
        }


def score_clips(truth: Labels, answers: Labels, rules: Rules | None = None) -> ClipScores:
    """Score answers against the truth.

    Clips are paired by name without suffix, or, where each side has one clip, with each other.
    Objects are matched one to one for the best mean J, so numbers need not agree.

    Raises:
        ExchangeTrouble: the truth has no clip, a clip has no answer file, or sizes differ.
    """
    rules = rules or Rules()
    if not truth.clips:
        raise ExchangeTrouble("The truth has no clip with frames in it.")
    pairs = [(clip, _partner(clip, truth, answers)) for clip in truth.clips]
    return ClipScores(tuple(_clip(truth, answers, pair, rules) for pair in pairs))


def _partner(clip: MediaEntry, truth: Labels, answers: Labels) -> MediaEntry:
    found = next((one for one in answers.clips if one.stem == clip.stem), None)
    if found is None and len(truth.clips) == len(answers.clips) == 1:
        found = answers.clips[0]
    if found is None:
        names = ", ".join(one.stem for one in answers.clips) or "none"
        raise ExchangeTrouble(
            'There is no answer for the clip "{clip}"; there are: {names}.',
            clip=clip.stem,
            names=names,
        )
    if (found.width, found.height) != (clip.width, clip.height):
        raise ExchangeTrouble(
            'The truth of "{clip}" is {width} x {height} pixels, the answer {found_width} x '
            "{found_height}.",
            "Score masks of the same size.",
            clip=clip.stem,
            width=clip.width,
            height=clip.height,
            found_width=found.width,
            found_height=found.height,
        )
    return found


def _clip(
    truth: Labels, answers: Labels, pair: tuple[MediaEntry, MediaEntry], rules: Rules
) -> ClipScore:
    clip, other = pair
    wanted, given = _tracks(truth, clip.key), _tracks(answers, other.key)
    frames = _frames(clip, other, wanted, given, labelled_only=rules.labelled_only)
    scenes = _scenes(wanted, given, frames, rules)
    whole = hota(scenes)
    counted = frames[1:-1] if rules.skips_ends else frames
    matched = _matched(wanted, given, counted, rules)
    objects = tuple(
        _object(track, None if match is None else given[match], counted, clip)
        for track, match in zip(wanted, matched, strict=True)
    )
    return ClipScore(
        clip.stem,
        objects,
        whole.hota,
        whole.detection,
        whole.association,
        identity(scenes),
        switches(scenes),
    )


@dataclass(frozen=True, slots=True)
class _Track:
    name: str
    category: str
    masks: Masks


def _tracks(labels: Labels, media: int) -> list[_Track]:
    names = {category.key: category.name for category in labels.categories}
    masks: dict[int, dict[int, Mask]] = {}
    for entry in labels.masks:
        if not entry.mask.is_empty:
            masks.setdefault(entry.object, {})[entry.frame] = entry.mask
    return [
        _Track(f"{names[item.category]} {item.key}", names[item.category], masks.get(item.key, {}))
        for item in labels.objects
        if item.media == media
    ]


def _frames(
    clip: MediaEntry,
    other: MediaEntry,
    wanted: Sequence[_Track],
    given: Sequence[_Track],
    *,
    labelled_only: bool,
) -> list[int]:
    labelled = {frame for track in wanted for frame in track.masks}
    if labelled_only:
        return sorted(labelled)
    answered = {frame for track in given for frame in track.masks}
    last = max((*labelled, *answered, clip.frame_count - 1, other.frame_count - 1))
    return list(range(last + 1))


def _fits(one: _Track, other: _Track, rules: Rules) -> bool:
    return rules.ignores_categories or one.category == other.category


def _scenes(
    wanted: Sequence[_Track], given: Sequence[_Track], frames: Sequence[int], rules: Rules
) -> list[Scene]:
    scenes = []
    for frame in frames:
        truths = [n for n, track in enumerate(wanted) if frame in track.masks]
        found = [n for n, track in enumerate(given) if frame in track.masks]
        overlaps = np.zeros((len(truths), len(found)))
        for row, truth in enumerate(truths):
            for column, answer in enumerate(found):
                if _fits(wanted[truth], given[answer], rules):
                    mask = wanted[truth].masks[frame]
                    overlaps[row, column] = mask.iou(given[answer].masks[frame])
        scenes.append(Scene(np.array(truths, np.intp), np.array(found, np.intp), overlaps))
    return scenes


def _matched(
    wanted: Sequence[_Track], given: Sequence[_Track], frames: Sequence[int], rules: Rules
) -> list[int | None]:
    """The answer of each true object, for the best sum of J."""
    worth = np.zeros((len(wanted), len(given)))
    for row, track in enumerate(wanted):
        for column, other in enumerate(given):
            if _fits(track, other, rules):
                worth[row, column] = _mean([_j(track, other, frame) for frame in frames])
    rows, columns = linear_sum_assignment(-worth)
    found: list[int | None] = [None] * len(wanted)
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        if worth[row, column] > 0:
            found[row] = column
    return found


def _j(track: _Track, other: _Track | None, frame: int) -> float:
    mask = track.masks.get(frame, EMPTY_MASK)
    answer = EMPTY_MASK if other is None else other.masks.get(frame, EMPTY_MASK)
    return mask.iou(answer)


def _object(
    track: _Track, other: _Track | None, frames: Sequence[int], clip: MediaEntry
) -> ObjectScore:
    outlines = []
    for frame in frames:
        mask = track.masks.get(frame, EMPTY_MASK)
        answer = EMPTY_MASK if other is None else other.masks.get(frame, EMPTY_MASK)
        if mask.is_empty or answer.is_empty:
            outlines.append(float(mask.is_empty and answer.is_empty))
        else:
            size = (clip.height, clip.width)
            outlines.append(boundary_f(answer.to_array(*size), mask.to_array(*size)))
    j = _mean([_j(track, other, frame) for frame in frames])
    return ObjectScore(track.name, j, _mean(outlines), len(frames))


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else 1.0
