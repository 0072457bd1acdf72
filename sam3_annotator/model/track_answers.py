"""From the mask decoder's masks to one answer and one object pointer per object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from sam3_annotator.model.sam_heads import alternatives, single
from sam3_annotator.model.track_prompts import TrackOutput, no_points

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from sam3_annotator.model.sam_heads import DecodedMasks, ImageFeatures
    from sam3_annotator.model.tracker_net import TrackerNet


@dataclass(frozen=True, slots=True)
class ChosenRows:
    """One mask per object of a batch.

    Attributes:
        logits: (B, 4 h, 4 w) float32.
        pointers: (B, C).
        scores: (B, 2) float32, predicted IoU and object logit.
    """

    logits: Tensor
    pointers: Tensor
    scores: Tensor

    def at(self, rows: Sequence[int]) -> ChosenRows:
        """Some of the rows; the others only filled the batch up."""
        if len(rows) == len(self.logits):
            return self
        chosen = list(rows)
        return ChosenRows(self.logits[chosen], self.pointers[chosen], self.scores[chosen])


def chosen_rows(net: TrackerNet, decoded: DecodedMasks, *, multimask: bool) -> ChosenRows:
    """Choose the mask of the highest predicted quality; write absence into mask and pointer.

    Args:
        net: for its pointer projection and its thresholds.
        decoded: the decoder's answer.
        multimask: choose among the alternatives; otherwise the single mask, unless unstable.
    """
    heads, absent = net.config.heads, net.config.rules.absent_logit
    if multimask:
        masks = alternatives(decoded)
    else:
        masks = single(decoded, heads.stability_delta, heads.stability_threshold)
    rows = torch.arange(masks.ious.shape[0], device=masks.ious.device)
    best = masks.ious.argmax(dim=1)
    score = object_logits(decoded)
    present = score > 0
    logits = masks.logits[rows, best].float().masked_fill(~present[..., None], absent)
    pointers = net.pointer(masks.tokens[rows, best], present)
    scores = torch.cat([masks.ious[rows, best][:, None], score], dim=1).float()
    return ChosenRows(logits, pointers, scores)


def answers(chosen: Sequence[ChosenRows]) -> list[TrackOutput]:
    """Answers of all rows in order, with a single wait for the device."""
    numbers = torch.cat([part.scores for part in chosen]).tolist()
    logits = [row for part in chosen for row in part.logits]
    pointers = [row for part in chosen for row in part.pointers]
    return [
        TrackOutput(mask, iou, score, pointer)
        for mask, (iou, score), pointer in zip(logits, numbers, pointers, strict=True)
    ]


def mask_pointers(net: TrackerNet, features: ImageFeatures, masks: Tensor) -> Tensor:
    """Pointers of given masks: the heads look at the mask as a prompt and answer once.

    Args:
        net: all weights.
        features: of the frame, used without the no-memory vector, as trained.
        masks: (B, 1, scale h, scale w) in [0, 1].

    Returns:
        (B, C); empty masks get the pointer of an absent object.
    """
    points, labels = no_points(masks.shape[0], masks.device)
    prompts = net.mask_reducer(masks.to(net.mask_reducer.weight.dtype))
    decoded = net.heads(features, points, labels, prompts)
    seen = (masks > 0).flatten(1).any(dim=1, keepdim=True)
    return net.pointer(decoded.tokens[:, 0], (object_logits(decoded) > 0) & seen)


def object_logits(decoded: DecodedMasks) -> Tensor:
    """Presence of the objects, (B, 1); a tracker's heads always have it."""
    assert decoded.object_logits is not None
    return decoded.object_logits
