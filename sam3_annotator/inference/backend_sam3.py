"""SAM 3 weights: phrases, exemplars and clicks on one shared image encoder."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch

from sam3_annotator.errors import Rejected
from sam3_annotator.inference.backend_sam2 import answer_clicks
from sam3_annotator.inference.clip_tracking import SamClipTracker
from sam3_annotator.inference.device import translated
from sam3_annotator.inference.prompts import RawDetections
from sam3_annotator.inference.tracking_backend import TrackingBackend
from sam3_annotator.model.concept_tracker import ConceptTracker
from sam3_annotator.model.detector import BOX_ONLY_PHRASE
from sam3_annotator.model.memory_bank import TrackState
from sam3_annotator.model.preprocess import SAM3_INPUT, prepare_image
from sam3_annotator.model.prompt_encoder import GeometryPrompts
from sam3_annotator.model.segmenter import Segmenter

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from sam3_annotator.engine.protocol import ModelInfo
    from sam3_annotator.inference.clip_tracking import ClipTracker
    from sam3_annotator.inference.prompts import ClickPrompt, RawMasks
    from sam3_annotator.model.concept_rules import ConceptRules
    from sam3_annotator.model.detector import Detector
    from sam3_annotator.model.neck import ImageFeatures as NeckFeatures
    from sam3_annotator.model.sam_heads import ImageFeatures, SamHeads
    from sam3_annotator.model.text import TextFeatures
    from sam3_annotator.model.tokenizer import Tokenizer
    from sam3_annotator.model.tracker import Tracker

_KEPT_PHRASES = 64


@dataclass(frozen=True, slots=True)
class Sam3Features:
    """An encoded picture.

    Attributes:
        image: for concepts.
        clicks: for clicks and tracking, with nothing added to the embedding yet; None when the
            weights have no click heads.
    """

    image: NeckFeatures
    clicks: ImageFeatures | None

    @property
    def size_bytes(self) -> int:
        """Memory held, bytes."""
        clicks = self.clicks
        maps = () if clicks is None else (clicks.embedding, clicks.mid, clicks.fine)
        return self.image.size_bytes + sum(m.numel() * m.element_size() for m in maps)


class Sam3Backend(TrackingBackend):
    """The SAM 3 detector and click heads behind the common door.

    Args:
        detector: image encoder, phrase encoder and concept detector.
        heads: click heads; None when the weights have none.
        tracker: the memory tracker; None when the weights have none.
        tokenizer: turns phrases into token ids.
        info: what to say about it.
    """

    def __init__(
        self,
        detector: Detector,
        heads: SamHeads | None,
        tracker: Tracker | None,
        tokenizer: Tokenizer,
        info: ModelInfo,
    ) -> None:
        self._detector = detector
        self._segmenter = None if heads is None else Segmenter(heads)
        self._tokenizer = tokenizer
        self._phrases: dict[str, TextFeatures] = {}
        super().__init__(info, tracker)
        self.device = torch.device(info.device)

    @property
    def low_resolution(self) -> int:
        """Side of mask logits, in cells."""
        return self._detector.config.vit.grid * 4

    def encode(self, picture: NDArray[np.uint8]) -> Sam3Features:
        """Encode a picture: (H, W, 3) uint8 RGB."""
        with translated():
            dtype = next(self._detector.parameters()).dtype
            spec = replace(SAM3_INPUT, size=self._detector.config.vit.image_size)
            pixels = prepare_image(picture, spec, device=self.device, dtype=dtype)
            image = self._detector.encode_image(pixels)
            clicks = None
            if self._segmenter is not None and image.tracker is not None:
                clicks = self._segmenter.heads.features(image.tracker)
            return Sam3Features(image, clicks)

    def segment(self, features: Sam3Features, prompt: ClickPrompt) -> RawMasks:
        """Answer clicks, a box and an earlier mask."""
        if self._segmenter is None or features.clicks is None:
            raise Rejected("{name}: this file has no click heads.", name=self.info.name)
        with translated():
            return answer_clicks(self._segmenter, features.clicks, prompt, self.device)

    def detect(
        self,
        features: Sam3Features,
        phrase: str,
        boxes: NDArray[np.float32],
        labels: NDArray[np.int64],
        min_score: float,
    ) -> RawDetections:
        """Find every instance of a phrase, of exemplars, or of both."""
        with translated():
            geometry = None
            if len(boxes):
                geometry = GeometryPrompts.of_boxes(
                    torch.from_numpy(boxes)[None].to(self.device),
                    torch.from_numpy(labels)[None].to(self.device),
                )
            text = self.text(phrase or BOX_ONLY_PHRASE)
            output = self._detector.detect(features.image, text, geometry)
            scores = output.scores[0]
            kept = torch.nonzero(scores >= min_score).flatten()
            return RawDetections(
                logits=output.logits[0, kept].float().cpu().numpy(),
                presence_logit=float(output.presence_logit[0]),
                scores=scores[kept].float().cpu().numpy(),
                boxes=output.boxes[0, kept].float().cpu().numpy(),
                mask_logits=output.mask_logits[0, kept].float().cpu().numpy(),
            )

    def clip_tracker(self, total: int) -> ClipTracker[Sam3Features]:
        """Start following objects on a clip."""
        return self.object_tracker(TrackState(total))

    def object_tracker(self, state: TrackState) -> SamClipTracker[Sam3Features]:
        """Follow single objects with given memories."""
        return SamClipTracker(self.need_tracker(), self.encode, _tracker_levels, state)

    def concept_tracker(self, rules: ConceptRules | None = None) -> ConceptTracker:
        """Find and follow concepts."""
        return ConceptTracker(self._detector, self.need_tracker(), rules)

    def text(self, phrase: str) -> TextFeatures:
        """An encoded phrase; the latest ones are kept."""
        if phrase not in self._phrases:
            while len(self._phrases) >= _KEPT_PHRASES:
                del self._phrases[next(iter(self._phrases))]
            ids = self._tokenizer.encode([phrase]).to(self.device)
            self._phrases[phrase] = self._detector.encode_text(ids)
        return self._phrases[phrase]


def _tracker_levels(features: Sam3Features) -> ImageFeatures:
    if features.clicks is None:
        raise Rejected("This file has no click heads, so it cannot track.")
    return features.clicks
