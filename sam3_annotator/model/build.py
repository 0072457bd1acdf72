"""Configuration to modules, ready for inference."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from sam3_annotator.model.detector import Detector

if TYPE_CHECKING:
    from sam3_annotator.model.config import DetectorConfig


def build_detector(
    config: DetectorConfig,
    *,
    device: torch.device | str | None = None,
    dtype: torch.dtype = torch.float32,
) -> Detector:
    """A detector in evaluation mode, frozen, with freshly drawn weights.

    Args:
        config: sizes; ``DetectorConfig()`` is the published model.
        device: where the weights go. ``"meta"`` allocates nothing: load with ``assign=True``.
        dtype: precision of the weights.
    """
    with torch.device(device or "cpu"):
        detector = Detector(config)
    return detector.to(dtype).eval().requires_grad_(requires_grad=False)
