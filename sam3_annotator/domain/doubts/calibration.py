"""Calibration: what reviewed frames say about the queue, and weights fitted to them.

The fit is a logistic regression whose prior is the default weights, so that ten reviewed frames
change little and a thousand change much. Every figure shown is measured on frames that the
weights in question had not seen (cross-validation), otherwise it would flatter the queue.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sam3_annotator.domain.doubts.signals import Weights, squeezed

if TYPE_CHECKING:
    from numpy.typing import NDArray

FIRST_SHARE = 0.2
"""The part of the queue that is spoken of."""
LEAST_FRAMES = 40
"""Fewer reviewed frames than this say nothing."""
LEAST_ERRORS = 8
"""Fewer errors than this say nothing."""
_FOLDS = 5
_PRIOR_DEVIATION = 1.5
"""How far, in log-odds, a weight may plausibly lie from its default."""
_BIAS_DEVIATION = 4.0
_ROUNDS = 40
_CURVE_POINTS = 51


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Frames that somebody has reviewed.

    Attributes:
        strengths: (R, S) float32 in [0, 1], the signals as they were when the frame was judged.
        is_error: (R,) bool, whether it was rejected or corrected.
        groups: (R,) int, frames of one group (an object's span) are never split between
            fitting and measuring.
    """

    strengths: NDArray[np.float32]
    is_error: NDArray[np.bool_]
    groups: NDArray[np.int64]

    def __len__(self) -> int:
        return int(self.is_error.size)


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """How good the queue has been.

    Attributes:
        weights: to be used from now on.
        frames: reviewed frames that were looked at.
        errors: those of them that were wrong.
        found_share: of all errors, in the first 20 % of the queue; None when too little is known.
        predicted_share: the same as the probabilities predicted it.
        curve: (51, 2) float64, share of the queue walked and share of the errors met, from
            (0, 0) to (1, 1); None when too little is known.
    """

    weights: Weights
    frames: int = 0
    errors: int = 0
    found_share: float | None = None
    predicted_share: float | None = None
    curve: NDArray[np.float64] | None = None

    @property
    def is_known(self) -> bool:
        """Whether there was enough to measure anything."""
        return self.found_share is not None


def calibrate(judged: Judged) -> Calibration:
    """Fit weights to what was reviewed, and measure the queue on it."""
    frames, errors = len(judged), int(np.count_nonzero(judged.is_error))
    default = Weights.default()
    if frames < LEAST_FRAMES or errors < LEAST_ERRORS or errors == frames:
        return Calibration(default, frames, errors)
    chances = _unseen_chances(judged, default)
    return Calibration(
        fitted(judged, default),
        frames,
        errors,
        found_share(chances, judged.is_error),
        predicted_share(chances),
        gain_curve(chances, judged.is_error),
    )


def fitted(judged: Judged, prior: Weights) -> Weights:
    """The most plausible weights (Newton steps on the penalised log-likelihood).

    Weights of signals stay at or above zero: a signal never speaks for a frame.
    """
    design = np.hstack((np.ones((len(judged), 1)), judged.strengths.astype(np.float64)))
    target = judged.is_error.astype(np.float64)
    start = np.array((prior.bias, *prior.of_signals))
    deviation = np.full(start.size, _PRIOR_DEVIATION)
    deviation[0] = _BIAS_DEVIATION
    precision = 1.0 / deviation**2
    present = start.copy()
    for _ in range(_ROUNDS):
        chances = squeezed(design @ present)
        gradient = design.T @ (target - chances) - precision * (present - start)
        curvature = (design * (chances * (1 - chances))[:, None]).T @ design + np.diag(precision)
        step = np.linalg.solve(curvature, gradient)
        present = present + step * min(1.0, 3.0 / max(1e-12, float(np.abs(step).max())))
        present[1:] = np.maximum(present[1:], 0.0)
        if float(np.abs(step).max()) < 1e-6:
            break
    return Weights(float(present[0]), tuple(present[1:].tolist()))


def found_share(
    chances: NDArray[np.float64], is_error: NDArray[np.bool_], first: float = FIRST_SHARE
) -> float:
    """Share of the errors in the first part of a queue sorted by chance, ties shared fairly."""
    return float(np.interp(first, *gain_curve(chances, is_error).T))


def predicted_share(chances: NDArray[np.float64], first: float = FIRST_SHARE) -> float:
    """The share of the errors that the chances themselves expect in the first part."""
    order = np.sort(chances)[::-1]
    total = float(order.sum())
    walked = np.concatenate(([0.0], np.cumsum(order)))
    if total <= 0.0:
        return first
    return float(np.interp(first * order.size, np.arange(walked.size), walked)) / total


def gain_curve(chances: NDArray[np.float64], is_error: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(51, 2) float64: share of the queue walked, share of the errors met by then.

    Frames of equal chance are met all at once, as if shuffled.
    """
    levels, where = np.unique(-chances, return_inverse=True)
    counts = np.bincount(where, minlength=levels.size)
    errors = np.bincount(where, weights=is_error.astype(np.float64), minlength=levels.size)
    walked = np.concatenate(([0.0], np.cumsum(counts))) / max(1, chances.size)
    met = np.concatenate(([0.0], np.cumsum(errors))) / max(1.0, float(errors.sum()))
    points = np.linspace(0.0, 1.0, _CURVE_POINTS)
    return np.stack((points, np.interp(points, walked, met)), axis=1)


def _unseen_chances(judged: Judged, prior: Weights) -> NDArray[np.float64]:
    """(R,) chance of each frame under weights fitted without its fold."""
    names, where = np.unique(judged.groups, return_inverse=True)
    folds = np.random.default_rng(0).permutation(names.size) % min(_FOLDS, max(2, names.size))
    chances = np.zeros(len(judged))
    for fold in np.unique(folds):
        is_held = folds[where] == fold
        rest = Judged(
            judged.strengths[~is_held], judged.is_error[~is_held], judged.groups[~is_held]
        )
        weights = fitted(rest, prior) if len(rest) else prior
        chances[is_held] = weights.probabilities(judged.strengths[is_held])
    return chances
