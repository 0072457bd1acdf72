"""The signals of doubt: what can look wrong about an object on a frame, and how much each counts.

No single number finds the errors of a tracker; a plain sort by confidence is hardly better than
chance. Each signal is measured as a strength in [0, 1]; a weighted sum of them, squeezed into
[0, 1], is the chance that a person would correct the frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Strengths = NDArray[np.float32]


class Signal(str, Enum):
    """One thing that can look wrong; the value is what is stored."""

    AREA = "area"
    """The area jumped; told as the relative change."""
    CENTRE = "centre"
    """The centre left its course; told in sizes of the object."""
    SHAPE = "shape"
    """The outline changed at once; told as the overlap with the frame before."""
    PIECES = "pieces"
    """Pieces appeared or vanished; told as how many more (or, negative, fewer)."""
    PASSES = "passes"
    """Forward and backward pass disagree; told as their overlap."""
    DETECTOR = "detector"
    """Detector and tracker disagree; told as their overlap."""
    COMPETES = "competes"
    """Another object claims the same pixels; told as the share of the smaller one."""
    SWAP = "swap"
    """Two objects have probably changed places."""
    RETURN = "return"
    """It came back after a gap far from where it left; told in sizes of the object."""
    LOST = "lost"
    """The model lost it in the middle of the picture; told as the length of the gap in frames."""
    SCORE = "score"
    """The model's own confidence is low; told as the score."""
    FAR = "far"
    """Nobody has looked nearby; told as the distance to the nearest human frame in frames."""
    NEAR_JUMP = "near_jump"
    """A jump nearby casts doubt on it; told as the frame of the jump."""


SIGNALS: tuple[Signal, ...] = tuple(Signal)
"""The columns of every strength matrix, in order."""
COLUMN: dict[Signal, int] = {signal: index for index, signal in enumerate(SIGNALS)}
"""Where a signal stands in a strength matrix."""
JUMPS = (Signal.AREA, Signal.CENTRE, Signal.SHAPE, Signal.RETURN, Signal.SWAP)
"""Signals of a moment; what follows such a moment is in doubt as well."""

_DEFAULT_WEIGHTS = {
    Signal.AREA: 2.6,
    Signal.CENTRE: 1.8,
    Signal.SHAPE: 2.2,
    Signal.PIECES: 1.6,
    Signal.PASSES: 4.5,
    Signal.DETECTOR: 3.5,
    Signal.COMPETES: 1.0,
    Signal.SWAP: 4.5,
    Signal.RETURN: 2.8,
    Signal.LOST: 5.0,
    Signal.SCORE: 1.2,
    Signal.FAR: 0.8,
    Signal.NEAR_JUMP: 4.6,
}
_DEFAULT_BIAS = -4.6


@dataclass(frozen=True, slots=True)
class Weights:
    """How strengths become a probability.

    Attributes:
        bias: log-odds of an error where no signal fires.
        of_signals: (S,) float64 log-odds that each signal adds at full strength.
    """

    bias: float
    of_signals: tuple[float, ...]

    @staticmethod
    def default() -> Weights:
        """The weights before anybody has reviewed anything."""
        return Weights(_DEFAULT_BIAS, tuple(_DEFAULT_WEIGHTS[signal] for signal in SIGNALS))

    def log_odds(self, strengths: Strengths) -> NDArray[np.float64]:
        """(A, S) strengths in [0, 1] -> (A,) log-odds of an error."""
        return np.asarray(strengths.astype(np.float64) @ np.array(self.of_signals) + self.bias)

    def probabilities(self, strengths: Strengths) -> NDArray[np.float64]:
        """(A, S) strengths in [0, 1] -> (A,) chance in [0, 1] that a person would correct it."""
        return squeezed(self.log_odds(strengths))


def squeezed(log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """The logistic function, safe for any finite input."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * log_odds)))


def ramp(values: NDArray[np.floating], low: float, high: float) -> NDArray[np.float64]:
    """0 up to ``low``, 1 from ``high`` on, straight in between."""
    return np.clip((values.astype(np.float64) - low) / (high - low), 0.0, 1.0)
