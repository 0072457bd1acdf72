"""The Python door, without a window: pictures, clips and projects from scripts and notebooks.

Example:
    >>> from sam3_annotator.api import Predictor
    >>> predictor = Predictor.load()                    # the bundled model, on the best device
    >>> encoded = predictor.encode(rgb)                 # (H, W, 3) uint8
    >>> answer = predictor.segment(encoded, points=[(120, 80)])
    >>> best = answer.masks[0].to_array(*rgb.shape[:2])

The command line and the window set ``OMP_WAIT_POLICY=PASSIVE``, so that torch's threads sleep
while they wait for each other; a library must not change its caller's environment. Set it
yourself, before anything imports torch, where several programs share the processors: on a busy
machine an answer took 0.3 s instead of 2 s (``docs/benchmarks.md``, "Threads that wait").
"""

from __future__ import annotations

from sam3_annotator.inference.predictor import Detections, Encoded, Predictor, Segmentation
from sam3_annotator.inference.video_predictor import VideoPredictor
from sam3_annotator.workflow.document import Document

open_project = Document.open

__all__ = [
    "Detections",
    "Document",
    "Encoded",
    "Predictor",
    "Segmentation",
    "VideoPredictor",
    "open_project",
]
