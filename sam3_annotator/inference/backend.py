"""Backend: what every family of weights offers to the predictor, whatever is inside.

A backend speaks in fractions of the model input and in low-resolution logits; pixels of the
original picture are the predictor's business.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sam3_annotator.inference.features import Encoding

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray

    from sam3_annotator.engine.protocol import ModelInfo
    from sam3_annotator.inference.clip_tracking import ClipTracker


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
        presence_logit: whether the concept is there at all.
        scores: (Q,) float32 in [0, 1], both together.
        boxes: (Q, 4) float32 cxcywh in fractions of the picture.
        mask_logits: (Q, h, w) float32.
    """

    logits: NDArray[np.float32]
    presence_logit: float
    scores: NDArray[np.float32]
    boxes: NDArray[np.float32]
    mask_logits: NDArray[np.float32]


class Backend(Protocol[Encoding]):
    """One loaded model; what it encodes only it can read."""

    @property
    def info(self) -> ModelInfo:
        """What it is and what it can do."""
        ...

    @property
    def device(self) -> torch.device:
        """Where it computes."""
        ...

    @property
    def low_resolution(self) -> int:
        """Side of mask logits, in cells."""
        ...

    def encode(self, picture: NDArray[np.uint8]) -> Encoding:
        """Encode a picture: (H, W, 3) uint8 RGB."""
        ...

    def segment(self, features: Encoding, prompt: ClickPrompt) -> RawMasks:
        """Answer clicks, a box and an earlier mask."""
        ...

    def detect(
        self,
        features: Encoding,
        phrase: str,
        boxes: NDArray[np.float32],
        labels: NDArray[np.int64],
        min_score: float,
    ) -> RawDetections:
        """Find every instance of a concept that scores at least ``min_score``.

        Args:
            features: from :meth:`encode`.
            phrase: noun phrase, or "" for exemplars alone.
            boxes: (P, 4) float32 cxcywh in fractions of the picture.
            labels: (P,) int64, 1 like this, 0 not like this.
            min_score: only queries with this score get their masks computed.

        Raises:
            Rejected: the family cannot do that.
        """
        ...

    def clip_tracker(self, total: int) -> ClipTracker[Encoding]:
        """Start following objects on a clip of ``total`` frames.

        Raises:
            Rejected: the weights have no memory.
        """
        ...
