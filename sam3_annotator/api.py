"""The Python door, without a window: pictures, clips and projects from scripts and notebooks.

Example:
    >>> from sam3_annotator.api import Predictor
    >>> predictor = Predictor.load()                    # the bundled model, on the best device
    >>> encoded = predictor.encode(rgb)                 # (H, W, 3) uint8
    >>> answer = predictor.segment(encoded, points=[(120, 80)])
    >>> best = answer.masks[0].to_array(*rgb.shape[:2])

Through a clip; how detections become tracks and what ends them is up to ``ConceptRules``:
    >>> from sam3_annotator.api import ConceptRules, VideoPredictor
    >>> rules = ConceptRules(new_score=0.6, gone_frames=60)
    >>> with VideoPredictor.open("clip.mp4", weights="sam3.pt", rules=rules) as video:
    ...     number = video.add_concept("coin")
    ...     video.add_concept(frame=40, boxes=[(9, 9, 60, 60)], box_labels=[0], concept=number)
    ...     for found in video.propagate(0, 99):
    ...         masks = {one.track: one.mask for one in found.objects}

The command line and the window set ``OMP_WAIT_POLICY=PASSIVE``, so that torch's threads sleep
while they wait for each other; a library must not change its caller's environment. Set it
yourself, before anything imports torch, where several programs share the processors: on a busy
machine an answer took 0.3 s instead of 2 s (``docs/benchmarks.md``, "Threads that wait").
"""

from __future__ import annotations

from sam3_annotator.domain.mask import Mask
from sam3_annotator.engine.protocol import FrameMasks, ObjectMask, RunNeeds
from sam3_annotator.inference.predictor import Detections, Encoded, Predictor, Segmentation
from sam3_annotator.inference.video_predictor import ConceptRules, VideoPredictor
from sam3_annotator.workflow.document import Document

open_project = Document.open

__all__ = [
    "ConceptRules",
    "Detections",
    "Document",
    "Encoded",
    "FrameMasks",
    "Mask",
    "ObjectMask",
    "Predictor",
    "RunNeeds",
    "Segmentation",
    "VideoPredictor",
    "open_project",
]
