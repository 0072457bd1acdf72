"""Clicks, boxes and earlier masks on a still picture -> masks with their predicted quality."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch

from sam3_annotator.model.mask_cleanup import fill_holes
from sam3_annotator.model.prompt_tokens import BOX_BOTTOM_RIGHT, BOX_TOP_LEFT
from sam3_annotator.model.sam_heads import ImageFeatures, alternatives, single

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from sam3_annotator.model.sam_heads import ChosenMasks, DecodedMasks, SamHeads

HOLE_AREA = 256
"""Cells of mask logits up to which the published image predictor fills a hole."""
HOLE_LOGIT = 10.0
"""What it writes into filled cells."""
LOGIT_CLAMP = 32.0
"""Range of mask logits that are fed back as a prompt, as the published predictor does it."""


@dataclass(frozen=True, slots=True)
class Segmentation:
    """Masks that answer B prompts, M each (1, or the alternatives).

    Attributes:
        logits: (B, M, 4 h, 4 w) float32 over the whole model input; above 0 is inside.
        ious: (B, M) float32, predicted quality in [0, 1].
        object_logits: (B, 1) float32, above 0 when something is there; None for weights
            without that head (the bundled model).
    """

    logits: Tensor
    ious: Tensor
    object_logits: Tensor | None

    def best(self) -> Tensor:
        """Number of the mask with the highest predicted quality of each prompt, (B,)."""
        return self.ious.argmax(dim=1)

    def filled(self, max_area: int = HOLE_AREA) -> Segmentation:
        """The same with small holes in the masks closed.

        Args:
            max_area: largest hole, in cells of the logits, that is filled.
        """
        return replace(self, logits=fill_holes(self.logits, max_area, HOLE_LOGIT))

    def as_prompt(self, index: Tensor) -> Tensor:
        """The chosen masks as a prompt for the next round.

        Args:
            index: (B,) int64, which of the M masks.

        Returns:
            (B, 1, 4 h, 4 w), clamped to +-32.
        """
        rows = torch.arange(index.shape[0], device=index.device)
        return self.logits[rows, index][:, None].clamp(-LOGIT_CLAMP, LOGIT_CLAMP)


class Segmenter:
    """Image clicks with any model that has click heads; needs no memory weights."""

    def __init__(self, heads: SamHeads) -> None:
        self.heads = heads

    def features(self, levels: Sequence[Tensor]) -> ImageFeatures:
        """Prepare a picture for any number of prompts.

        Args:
            levels: the neck's three maps, finest first, each with ``width`` channels.
        """
        features = self.heads.features(levels)
        return replace(features, embedding=self.heads.without_memory(features.embedding))

    def segment(
        self,
        features: ImageFeatures,
        *,
        points: Tensor | None = None,
        labels: Tensor | None = None,
        boxes_cxcywh_unit: Tensor | None = None,
        mask_logits: Tensor | None = None,
        multimask: bool = True,
    ) -> Segmentation:
        """Answer B prompts on one picture.

        Args:
            features: from ``features``.
            points: (B, P, 2), fractions of the model input (pixel index / picture size).
            labels: (B, P) int64: 1 inside, 0 outside, -1 no point (to fill rows up).
            boxes_cxcywh_unit: (B, 4), fractions of the model input.
            mask_logits: (B, 1, 4 h, 4 w), an earlier answer, see ``Segmentation.as_prompt``.
            multimask: the alternatives if True, else the single mask (or the best alternative
                where that one is unstable).

        Raises:
            ValueError: no prompt at all, or points without labels.
        """
        decoded = self._decoded(features, points, labels, boxes_cxcywh_unit, mask_logits)
        return _answer(decoded, alternatives(decoded) if multimask else self._single(decoded))

    def refine(
        self,
        features: ImageFeatures,
        *,
        mask_logits: Tensor,
        points: Tensor | None = None,
        labels: Tensor | None = None,
        boxes_cxcywh_unit: Tensor | None = None,
    ) -> Segmentation:
        """All there is to choose from when an earlier mask is changed.

        Takes what ``segment`` takes; the single mask comes first, then the alternatives.
        """
        decoded = self._decoded(features, points, labels, boxes_cxcywh_unit, mask_logits)
        first, others = _answer(decoded, self._single(decoded)), alternatives(decoded)
        return replace(
            first,
            logits=torch.cat([first.logits, others.logits.float()], dim=1),
            ious=torch.cat([first.ious, others.ious.float()], dim=1),
        )

    def _single(self, decoded: DecodedMasks) -> ChosenMasks:
        config = self.heads.config
        return single(decoded, config.stability_delta, config.stability_threshold)

    def _decoded(
        self,
        features: ImageFeatures,
        points: Tensor | None,
        labels: Tensor | None,
        boxes_cxcywh_unit: Tensor | None,
        mask_logits: Tensor | None,
    ) -> DecodedMasks:
        points, labels = joined_points(points, labels, boxes_cxcywh_unit)
        if points is None or labels is None:
            if mask_logits is None:
                raise ValueError("a prompt needs points, a box or earlier mask logits")
            # Without points the model was trained with one empty one (besides the closing one).
            points = mask_logits.new_zeros(mask_logits.shape[0], 1, 2)
            labels = torch.full((points.shape[0], 1), -1, device=points.device)
        decoded: DecodedMasks = self.heads(features, points, labels, mask_logits)
        return decoded


def _answer(decoded: DecodedMasks, chosen: ChosenMasks) -> Segmentation:
    score = decoded.object_logits
    return Segmentation(
        chosen.logits.float(), chosen.ious.float(), None if score is None else score.float()
    )


def joined_points(
    points: Tensor | None, labels: Tensor | None, boxes_cxcywh_unit: Tensor | None
) -> tuple[Tensor | None, Tensor | None]:
    """Write boxes as two points with labels 2 and 3, ahead of the clicks.

    Args:
        points: (B, P, 2) fractions, or None.
        labels: (B, P) int64, or None.
        boxes_cxcywh_unit: (B, 4) fractions, or None.

    Returns:
        Points (B, P + 2, 2) and labels (B, P + 2); both None if nothing was given.

    Raises:
        ValueError: points without labels or labels without points.
    """
    if (points is None) != (labels is None):
        raise ValueError("points and labels come together")
    if boxes_cxcywh_unit is None:
        return points, labels
    centre, half = boxes_cxcywh_unit[:, :2], boxes_cxcywh_unit[:, 2:] / 2
    corners = torch.stack([centre - half, centre + half], dim=1)  # (B, 4) -> (B, 2, 2)
    kinds = torch.tensor([[BOX_TOP_LEFT, BOX_BOTTOM_RIGHT]], device=corners.device)
    kinds = kinds.expand(corners.shape[0], -1)
    if points is None or labels is None:
        return corners, kinds
    return torch.cat([corners, points.to(corners)], dim=1), torch.cat([kinds, labels], dim=1)
