"""The SAM 3 detector: pictures and prompts in, boxes, scores and masks out.

The work is cut where answers can be kept: a picture is encoded once, a phrase is encoded once, and
``detect`` joins any of the two with exemplars.

    features = detector.encode_image(pixels)
    phrases = detector.encode_text(tokenizer.encode(["cat", "dog"]))
    output = detector.detect(features, phrases)     # one picture, two prompts
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from sam3_annotator.model.boxes import logit
from sam3_annotator.model.decoder import QueryDecoder, Scorer
from sam3_annotator.model.fusion import FusionEncoder
from sam3_annotator.model.layers import TableCache, sine_map
from sam3_annotator.model.mask_head import MaskHead
from sam3_annotator.model.neck import ImageEncoder, ImageFeatures
from sam3_annotator.model.prompt_encoder import GeometryEncoder, GeometryPrompts
from sam3_annotator.model.text import TextEncoder, TextFeatures

if TYPE_CHECKING:
    from sam3_annotator.model.config import DetectorConfig

BOX_ONLY_PHRASE = "visual"


@dataclass(frozen=True, slots=True)
class DetectorOutput:
    """Answers for each prompt.

    Attributes:
        logits: (B, Q) float32, how well each query fits the prompt, in [-12, 12].
        presence_logit: (B,) float32, whether the concept is in the picture at all.
        boxes: (B, Q, 4) float32, cxcywh in fractions of the picture.
        mask_logits: (B, Q, h, w) float, 288 x 288 in the published model, positive inside.
        semantic_logits: (B, 1, h, w) float, all of the concept at once.
        queries: (B, Q, C) float, appearance of each candidate.
    """

    logits: Tensor
    presence_logit: Tensor
    boxes: Tensor
    mask_logits: Tensor
    semantic_logits: Tensor
    queries: Tensor

    @property
    def scores(self) -> Tensor:
        """(B, Q) float32 in [0, 1]: fit times presence, what the picture model reports."""
        return self.logits.sigmoid() * self.presence_logit.sigmoid()[:, None]

    @property
    def clip_scores(self) -> Tensor:
        """(B, Q) float32 in [0.001, 0.999]: what the published clip model compares thresholds with.

        It carries the product as a logit that saturates; ranks near 0 and 1 are lost on purpose.
        """
        return logit(self.scores).sigmoid()


class Detector(nn.Module):
    """The published detector, with the tracker's pyramid on the same trunk."""

    def __init__(self, config: DetectorConfig) -> None:
        super().__init__()
        self.config = config
        self.image_encoder = ImageEncoder(config)
        self.text_encoder = TextEncoder(config.text, config.width)
        self.geometry_encoder = GeometryEncoder(config)
        self.fusion = FusionEncoder(config.width, config.fusion)
        self.decoder = QueryDecoder(config)
        self.scorer = Scorer(config)
        self.mask_head = MaskHead(config)
        self._tables = TableCache()

    def encode_image(self, pixels: Tensor, *, with_tracker: bool = True) -> ImageFeatures:
        """Everything about pictures that does not depend on a prompt.

        Args:
            pixels: (B, 3, H, W) float in the network's precision, in [-1, 1]; see ``preprocess``.
            with_tracker: also the pyramid that clicks and tracking use.
        """
        features: ImageFeatures = self.image_encoder(pixels, with_tracker=with_tracker)
        return features

    def encode_text(self, ids: Tensor) -> TextFeatures:
        """Everything about phrases that does not depend on a picture.

        Args:
            ids: (B, L) int64 token ids from ``Tokenizer.encode``.
        """
        features: TextFeatures = self.text_encoder(ids.to(self.text_encoder.position.device))
        return features

    def detect(
        self,
        features: ImageFeatures,
        text: TextFeatures,
        geometry: GeometryPrompts | None = None,
        *,
        summary_without_exemplars: bool = True,
    ) -> DetectorOutput:
        """Find everything that fits each prompt.

        Args:
            features: one picture for all B prompts, or one per prompt; one prompt also serves
                several pictures.
            text: phrases, B of them, or one for all. Prompts that are boxes only carry the phrase
                ``BOX_ONLY_PHRASE``.
            geometry: exemplars for each prompt; None for none.
            summary_without_exemplars: keep the exemplar encoder's summary token in prompts of text
                alone, as the published model does. transformers 5.23 leaves it out there; False
                gives its numbers, for comparison only.
        """
        image = features.detector[2]
        rows, columns = image.shape[-2:]
        position = self._position(rows, columns, image)
        tokens, is_real = self._prompt(
            text, geometry, image, position, summary_alone=summary_without_exemplars
        )
        prompt = (tokens, is_real[:, None, None])
        cells = image.flatten(2).transpose(1, 2)  # (B, C, h, w) -> (B, S, C)
        cells = cells.expand(max(cells.shape[0], tokens.shape[0]), -1, -1)
        cells = self.fusion(cells, position, *prompt)
        decoded = self.decoder(cells, position, (rows, columns), prompt)
        masks, semantic = self.mask_head(cells, features.detector, decoded.queries, prompt)
        return DetectorOutput(
            logits=self.scorer(decoded.queries, tokens, is_real),
            presence_logit=decoded.presence_logit,
            boxes=decoded.boxes,
            mask_logits=masks,
            semantic_logits=semantic,
            queries=decoded.queries,
        )

    def _prompt(
        self,
        text: TextFeatures,
        geometry: GeometryPrompts | None,
        image: Tensor,
        position: Tensor,
        *,
        summary_alone: bool,
    ) -> tuple[Tensor, Tensor]:
        """All prompt tokens (B, L, C), phrase first, and which of them are real (B, L)."""
        prompts = 1 if geometry is None else geometry.boxes.shape[0]
        batch = max(text.tokens.shape[0], prompts, image.shape[0])
        words = text.tokens.expand(batch, -1, -1)
        is_word = text.is_real.expand(batch, -1)
        if geometry is None:
            if not summary_alone:
                return words, is_word
            geometry = GeometryPrompts.none(1, image.device)  # the same for every phrase
        if image.shape[0] > geometry.boxes.shape[0]:
            geometry = geometry.repeated(image.shape[0])
        tokens, is_real = self.geometry_encoder(geometry, image, position)
        tokens, is_real = tokens.expand(batch, -1, -1), is_real.expand(batch, -1)
        return torch.cat((words, tokens), dim=1), torch.cat((is_word, is_real), dim=1)

    def _position(self, rows: int, columns: int, like: Tensor) -> Tensor:
        """(1, S, C) position code of the coarsest map, in the network's precision."""
        key = (rows, columns, like.device, like.dtype)

        def make() -> Tensor:
            table = sine_map(rows, columns, self.config.width, like.device)
            return table.flatten(0, 1)[None].to(like.dtype)

        return self._tables.get(key, make)
