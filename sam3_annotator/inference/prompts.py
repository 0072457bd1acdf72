"""What goes into a backend and what comes out: fractions of the picture, low-resolution logits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class ClickPrompt:
    """Prompts for one object.

    Attributes:
        points: (P, 2) float32, fractions of the picture; P may be 0.
        labels: (P,) int64, 1 inside, 0 outside.
        box: (4,) float32 cxcywh in fractions of the picture, or None.
        mask_logits: (h, w) float32 at the backend's low resolution, or None.
        wants_three: whole, part and sub-part instead of one mask.
    """

    points: NDArray[np.float32]
    labels: NDArray[np.int64]
    box: NDArray[np.float32] | None
    mask_logits: NDArray[np.float32] | None
    wants_three: bool


@dataclass(frozen=True, slots=True)
class RawMasks:
    """Answers to one :class:`ClickPrompt`.

    Attributes:
        logits: (M, h, w) float32, low resolution over the whole picture.
        scores: (M,) float32, predicted IoU in [0, 1].
        object_score: probability in [0, 1] that something is there; None if unknown.
    """

    logits: NDArray[np.float32]
    scores: NDArray[np.float32]
    object_score: float | None


@dataclass(frozen=True, slots=True)
class RawDetections:
    """Answers to one concept.

    Attributes:
        logits: (Q,) float32, how well each query fits.
        presence_logit: whether the concept is there at all; None where nothing judges that.
        scores: (Q,) float32 in [0, 1], both together.
        boxes: (Q, 4) float32 cxcywh in fractions of the picture.
        mask_logits: (Q, h, w) float32.
    """

    logits: NDArray[np.float32]
    presence_logit: float | None
    scores: NDArray[np.float32]
    boxes: NDArray[np.float32]
    mask_logits: NDArray[np.float32]
