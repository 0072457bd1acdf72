"""What the simulated person's work was worth: scores after each correction, as markdown tables."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from sam3_annotator.domain.mask_scores import boundary_f
from sam3_annotator.domain.track_scores import IdentityScore, Scene, hota, identity, switches

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sam3_annotator.domain.mask import Mask
    from tests.support.annotator import Correction, FullRun, Habit, Story

LEASTS = (0.9, 0.8)
"""Overlaps from which a frame counts as right, in the table of corrections needed."""
AFTER = (0, 1, 2, 4)
"""Corrections of each thing after which a clip is scored."""


@dataclass(frozen=True)
class Job:
    """One clip labelled by one person with one model."""

    clip: str
    size: tuple[int, int]
    stories: tuple[Story, ...]


@dataclass(frozen=True)
class Score:
    """Everything in [0, 1], but the count of switches.

    Attributes:
        j: overlap, mean over things and judged frames after the first.
        f: agreement of the outlines on the same frames, as DAVIS counts.
        right: share of the judged frames at or above each of :data:`LEASTS`.
    """

    j: float
    f: float
    switches: int
    idf1: float
    hota: float
    right: tuple[float, ...]


def score(jobs: Sequence[Job], done: int) -> Score:
    """All clips once each thing has had ``done`` corrections, or all that it needed."""
    overlaps, outlines, hotas = [], [], []
    identities, swaps = IdentityScore(), 0
    for job in jobs:
        for story in job.stories:
            counts = np.flatnonzero(story.truth.is_judged)
            counts = counts[counts != story.truth.first]
            masks = _state(story, done)
            overlaps.append(story.overlaps(done)[counts])
            pairs = [(masks[f], story.truth.masks[f]) for f in counts]
            outlines.append([outline_f(*pair, job.size) for pair in pairs])
        found = scenes(job.stories, done)
        hotas.append(hota(found).hota)
        identities += identity(found)
        swaps += switches(found)
    every = np.concatenate(overlaps)
    return Score(
        float(every.mean()),
        float(np.concatenate(outlines).mean()),
        swaps,
        identities.idf1,
        float(np.mean(hotas)),
        tuple(float((every >= least).mean()) for least in LEASTS),
    )


def outline_f(mine: Mask, right: Mask, size: tuple[int, int]) -> float:
    """DAVIS' F of two masks on a picture of (height, width)."""
    if mine == right:
        return 1.0
    return boundary_f(mine.to_array(*size), right.to_array(*size))


def scenes(stories: Sequence[Story], done: int) -> list[Scene]:
    """A clip's frames for the scores of tracks; things are numbered as they are listed."""
    states = [_state(story, done) for story in stories]
    found = []
    for frame in range(len(states[0])):
        truths = [i for i, s in enumerate(stories) if not s.truth.masks[frame].is_empty]
        answers = [i for i, state in enumerate(states) if not state[frame].is_empty]
        pairs = [[stories[t].truth.masks[frame].iou(states[a][frame]) for a in answers]
                 for t in truths]  # fmt: skip
        overlaps = np.array(pairs, np.float64).reshape(len(truths), len(answers))
        found.append(Scene(np.array(truths, np.intp), np.array(answers, np.intp), overlaps))
    return found


def _state(story: Story, done: int) -> tuple[Mask, ...]:
    return story.states[min(done, len(story.states) - 1)]


# ---------------------------------------------------------------------- tables


def quality_table(work: dict[str, Sequence[Job]]) -> str:
    """Scores of each way of working after 0, 1, 2 and 4 corrections of each thing."""
    rows = []
    for way, jobs in work.items():
        for done in AFTER:
            s = score(jobs, done)
            rights = [_percent(share) for share in s.right]
            rows.append([way if done == AFTER[0] else "", str(done), f"{(s.j + s.f) / 2:.3f}",
                         f"{s.j:.3f}", f"{s.f:.3f}", str(s.switches), f"{s.idf1:.3f}",
                         f"{s.hota:.3f}", *rights])  # fmt: skip
    heads = ["", "corrections of each thing", "J&F", "J", "F", "switches", "IDF1", "HOTA",
             *(f"frames >= {least}" for least in LEASTS)]  # fmt: skip
    return _table(heads, rows)


def needs_table(work: dict[str, Sequence[Job]], habit: Habit) -> str:
    """How many corrections each way of working needed."""
    rows = []
    for way, jobs in work.items():
        for least in LEASTS:
            needs = [s.needed(least, habit.share) for job in jobs for s in job.stories]
            rows.append([way if least == LEASTS[0] else "", f"{least}",
                         *_needs(needs, habit.limit)])  # fmt: skip
    heads = ["", "IoU", "got there", "median", "mean"]
    return _table(heads, rows)


def clips_table(work: dict[str, Sequence[Job]], habit: Habit) -> str:
    """Corrections that each thing needed, clip by clip."""
    rows = []
    for jobs in zip(*work.values(), strict=True):
        for stories in zip(*(job.stories for job in jobs), strict=True):
            needs = [
                " / ".join(_count(s.needed(least, habit.share), habit.limit) for least in LEASTS)
                for s in stories
            ]
            rows.append([f"{jobs[0].clip}: {stories[0].truth.name}", *needs])
    return _table(["IoU " + " / ".join(map(str, LEASTS)), *work], rows)


def saving_table(work: dict[str, Sequence[Job]]) -> str:
    """Frames that local corrections computed, of those that full re-runs need."""
    rows = []
    for way, jobs in work.items():
        made = [(c, len(s.truth.masks) - 1) for job in jobs for s in job.stories
                for c in s.corrections if not c.is_absence]  # fmt: skip
        computed = sum(c.computed for c, _ in made)
        gap, whole = sum(c.gap for c, _ in made), sum(count for _, count in made)
        shares = [c.computed / count for c, count in made] or [0.0]
        rows.append([way, str(len(made)), str(computed), str(gap), str(whole),
                     _percent(computed / max(1, whole)), _percent(computed / max(1, gap)),
                     _percent(median(shares))])  # fmt: skip
    heads = ["", "corrections", "frames computed", "up to the next human frames", "whole clip",
             "computed of whole", "computed of gap", "median of whole"]  # fmt: skip
    return _table(heads, rows)


def equality_table(work: dict[str, Sequence[Job]], min_iou: float) -> str:
    """Masks that local corrections kept, beside full re-runs that were made and taken back."""
    rows = []
    for way, jobs in work.items():
        runs = [c.full for job in jobs for s in job.stories for c in s.corrections
                if c.full is not None]  # fmt: skip
        if not runs:
            continue
        for title, pick in _PICKS:
            overlaps = _joined([r.overlaps[pick(r)] for r in runs])
            gains = _joined([r.gains[pick(r)] for r in runs])
            if not overlaps.size:
                continue
            differ = gains[overlaps < min_iou]
            rows.append([f"{way}, {title}", str(len(runs)), str(overlaps.size),
                         _percent(float((overlaps >= min_iou).mean())), f"{overlaps.mean():.3f}",
                         f"{overlaps.min():.3f}", f"{gains.mean():+.4f}", str(differ.size),
                         f"{int((differ < 0).sum())} / {int((differ > 0).sum())}"])  # fmt: skip
    heads = ["", "full re-runs", "kept frames", f"agree (IoU >= {min_iou})", "mean IoU",
             "worst IoU", "truth: re-run less kept", "differ",
             "of these kept nearer / re-run nearer to the truth"]  # fmt: skip
    return _table(heads, rows)


def rows_read(jobs: Sequence[Job]) -> float:
    """Rows of the queue opened for each correction, on average."""
    made: list[Correction] = [c for j in jobs for s in j.stories for c in s.corrections]
    return float(np.mean([c.rows_read for c in made])) if made else 0.0


def _short_of_human(run: FullRun) -> np.ndarray:
    return ~run.is_beyond


def _beyond_human(run: FullRun) -> np.ndarray:
    return run.is_beyond


_PICKS: tuple[tuple[str, Callable[[FullRun], np.ndarray]], ...] = (
    ("kept by agreement", _short_of_human),
    ("kept behind a human frame", _beyond_human),
)


def _joined(parts: list[np.ndarray]) -> np.ndarray:
    return np.concatenate([np.zeros(0), *parts])


def _needs(needs: list[int | None], limit: int) -> list[str]:
    """Share that got there, median, and mean with those who gave up counted as one too many."""
    counted = [limit + 1 if n is None else n for n in needs]
    middle = median(counted)
    mean = float(np.mean(counted))
    gave_up = None in needs
    return [
        f"{sum(n is not None for n in needs)} of {len(needs)}",
        f"more than {limit}" if middle > limit else f"{middle:g}",
        f"at least {mean:.1f}" if gave_up else f"{mean:.1f}",
    ]


def _count(needed: int | None, limit: int) -> str:
    return f"> {limit}" if needed is None else str(needed)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _table(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, ["---"] + ["--:"] * (len(heads) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
