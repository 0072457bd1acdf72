"""Which detections belong to which tracks: pure functions over masks and scores.

Nothing here is learned and nothing remembers; see ``tracker.md`` section 3.1, steps 3 and 5. One
concept at a time: objects of different concepts never compete.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor

    from sam3_annotator.model.concept_rules import ConceptRules


@dataclass(frozen=True, slots=True)
class Association:
    """What one frame's detections say about the tracks.

    Attributes:
        new: detections that are objects of their own, best first.
        matched: tracks that a detection confirms.
        unmatched: tracks with a mask that no detection confirms.
        touching: for each detection, the tracks it overlaps at all.
        refreshing: (track, detection) pairs good enough to recondition the track.
    """

    new: tuple[int, ...]
    matched: tuple[int, ...]
    unmatched: tuple[int, ...]
    touching: tuple[tuple[int, ...], ...]
    refreshing: tuple[tuple[int, int], ...]


def affinity(
    iou: Tensor, likeness: Tensor | None, closeness: Tensor | None, rules: ConceptRules
) -> Tensor:
    """Overlap, with appearance and motion added as the rules weigh them.

    Args:
        iou: (N, M) mask overlap of tracks and detections.
        likeness: (N, M) cosine of appearance in [-1, 1], or None.
        closeness: (N, M) box overlap with the predicted place in [0, 1], or None.
        rules: their weights; with both 0 the overlap itself comes back.

    Returns:
        (N, M) float32 in [0, 1].
    """
    total = iou
    if likeness is not None and rules.appearance_weight:
        total = total + rules.appearance_weight * likeness.clamp(0, 1)
    if closeness is not None and rules.motion_weight:
        total = total + rules.motion_weight * closeness
    return total.clamp(max=1.0)


def associate(fit: Tensor, scores: Tensor, has_mask: Tensor, rules: ConceptRules) -> Association:
    """Sort out one frame of one concept.

    Args:
        fit: (N, M) affinity of tracks and detections; N or M may be 0.
        scores: (M,) float in [0, 1].
        has_mask: (N,) bool, whether each track has a mask on this frame.
        rules: the thresholds.
    """
    fit, scores, has_mask = fit.cpu(), scores.cpu(), has_mask.cpu()
    tracks, detections = fit.shape
    if tracks == 0:
        # As published: the first objects of a concept need no more than to be detected.
        order = torch.argsort(scores, descending=True, stable=True).tolist()
        return Association(tuple(order), (), (), ((),) * detections, ())
    touches = fit >= rules.touch_iou
    is_matched = (fit >= rules.match_iou).any(dim=1) if detections else has_mask & False
    is_new = ~touches.any(dim=0) & (scores >= rules.new_score)
    new = sorted(torch.nonzero(is_new).flatten().tolist(), key=lambda d: -float(scores[d]))
    return Association(
        new=tuple(new),
        matched=_indices(is_matched),
        unmatched=_indices(has_mask & ~is_matched),
        touching=tuple(_indices(touches[:, d]) for d in range(detections)),
        refreshing=_refreshing(fit, scores, is_new, rules),
    )


def _refreshing(
    fit: Tensor, scores: Tensor, is_new: Tensor, rules: ConceptRules
) -> tuple[tuple[int, int], ...]:
    pairs = []
    for detection in range(fit.shape[1]):
        if is_new[detection] or scores[detection] < rules.recondition_score:
            continue
        track = int(fit[:, detection].argmax())
        if fit[track, detection] >= rules.recondition_iou:
            pairs.append((track, detection))
    return tuple(pairs)


def hidden_again(
    iou: Tensor, last_hidden: list[int | None], order: int, min_iou: float
) -> list[int]:
    """Tracks to hide on this frame, because an overlapping one was hidden longer ago.

    Args:
        iou: (N, N) mask overlap of tracks of one concept.
        last_hidden: the frame on which each was last without a visible mask; None for never.
        order: 1 when frames count up, -1 when they count down.
        min_iou: overlap from which two tracks are taken for one object; 0 hides nobody.

    Returns:
        Indices, ascending. A track that was never hidden neither hides nor is hidden.
    """
    if min_iou <= 0:
        return []
    was_hidden = torch.tensor([frame is not None for frame in last_hidden], dtype=torch.bool)
    when = order * torch.tensor([frame or 0 for frame in last_hidden], dtype=torch.int64)
    later = (when[:, None] > when[None]) & was_hidden[:, None] & was_hidden[None]
    return list(_indices(((iou >= min_iou).cpu() & later).any(dim=1)))


def contested(logits: Tensor, keep_share: float) -> Tensor:
    """Objects that lose most of their mask when every pixel goes to one object only.

    Args:
        logits: (N, h, w) of all objects of a frame.
        keep_share: the share of its own pixels that an object must keep.

    Returns:
        (N,) bool, True for those that keep less. As published, an object without any pixels
        is among them, but an object that is alone never is.
    """
    if logits.shape[0] < 2:
        return torch.zeros(logits.shape[0], dtype=torch.bool, device=logits.device)
    inside = logits > 0
    winner = logits.argmax(dim=0)
    numbers = torch.arange(logits.shape[0], device=logits.device)[:, None, None]
    kept = (inside & (winner[None] == numbers)).flatten(1).sum(1)
    area = inside.flatten(1).sum(1).clamp(min=1)
    return kept / area < keep_share


def exclusive(logits: Tensor, sureness: Tensor, losing_logit: float = -10.0) -> Tensor:
    """Masks without overlap: each pixel goes to the surest of the objects that claim it.

    Args:
        logits: (N, h, w); above 0 is a claim.
        sureness: (N,) probability that each object is there; ties go to the lower index.
        losing_logit: written where an object loses a pixel it claimed.

    Returns:
        (N, h, w), in the order given.
    """
    if logits.shape[0] < 2:
        return logits
    claims = torch.where(logits > 0, sureness[:, None, None], -1.0)
    winner = claims.argmax(dim=0)
    numbers = torch.arange(logits.shape[0], device=logits.device)[:, None, None]
    loses = (logits > 0) & (winner[None] != numbers)
    return torch.where(loses, losing_logit, logits)


def _indices(flags: Tensor) -> tuple[int, ...]:
    return tuple(torch.nonzero(flags).flatten().tolist())
