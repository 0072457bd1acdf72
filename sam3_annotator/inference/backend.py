"""Backend: what every family of weights offers to the predictor, whatever is inside.

A backend speaks in fractions of the model input and in low-resolution logits; pixels of the
original picture are the predictor's business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from sam3_annotator.inference.features import Encoding

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray

    from sam3_annotator.engine.protocol import ModelInfo
    from sam3_annotator.inference.clip_tracking import ClipTracker
    from sam3_annotator.inference.prompts import ClickPrompt, RawDetections, RawMasks


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
