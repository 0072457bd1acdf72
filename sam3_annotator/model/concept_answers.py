"""What people are told of one frame of concept tracking: masks cleaned, chosen and kept apart."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

import torch

from sam3_annotator.model.association import exclusive
from sam3_annotator.model.concept_frames import ConceptMask
from sam3_annotator.model.mask_cleanup import fill_holes, remove_specks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

    from sam3_annotator.model.concept_life import TrackLife
    from sam3_annotator.model.concept_rules import ConceptRules
    from sam3_annotator.model.track_prompts import TrackOutput

HIDDEN_LOGIT = -10.0
"""Written over a mask that is hidden, or that loses its pixels to another."""


def cleaned(logits: Tensor, speck_area: int) -> Tensor:
    """A mask (h, w) without holes and islands of up to ``speck_area`` cells; 0 leaves it alone."""
    return remove_specks(fill_holes(logits, speck_area), speck_area) if speck_area > 0 else logits


def presence_logit(score: float) -> float:
    """A detector's score in [0, 1] as the logit of an object that is there."""
    return float(torch.logit(torch.tensor(score), eps=1e-6))


def at_birth(output: TrackOutput, life: TrackLife, frame: int) -> TrackOutput:
    """The answer for a track, as it was told at its birth if another run comes by that frame."""
    if not is_reborn(output, life, frame) or life.first is None:
        return output
    return replace(
        output, logits=life.first, object_logit=presence_logit(life.score), iou=life.score
    )


def is_reborn(output: TrackOutput, life: TrackLife, frame: int) -> bool:
    """Whether a run comes by the frame on which another run has found the object."""
    return output.prompted and life.born == frame and not life.is_pinned


def shown(
    lives: Mapping[int, TrackLife],
    outputs: Mapping[int, TrackOutput],
    rules: ConceptRules,
    overlaps: Mapping[int, float],
) -> list[ConceptMask]:
    """Followed tracks with a mask; what a person pointed at is told of without one, too.

    Args:
        lives: of all tracks, by object id.
        outputs: of those that are not hidden.
        rules: the thresholds.
        overlaps: IoU with the detector's nearest mask, of those that were looked for.
    """
    return [
        ConceptMask(
            object_id,
            life.concept,
            output.logits,
            1.0 if life.is_pinned else life.score,
            output.object_logit,
            output.iou,
            life.is_pinned,
            overlaps.get(object_id),
        )
        for object_id, output in outputs.items()
        if (life := lives[object_id]).is_shown(rules)
        and (life.is_pinned or bool((output.logits > 0).any()))
    ]


def shown_new(
    lives: Mapping[int, TrackLife], found: Mapping[int, tuple[float, Tensor]], rules: ConceptRules
) -> list[ConceptMask]:
    """Tracks that begin here; as published, the detector's score stands for their presence.

    Args:
        lives: of all tracks, by object id.
        found: score in [0, 1] and mask logits (h, w) of each new one.
        rules: the thresholds.
    """
    return [
        ConceptMask(
            object_id,
            lives[object_id].concept,
            logits,
            lives[object_id].score,
            presence_logit(score),
            score,
        )
        for object_id, (score, logits) in found.items()
        if lives[object_id].is_shown(rules)
    ]


def without_overlap(
    masks: list[ConceptMask], lives: Mapping[int, TrackLife]
) -> tuple[ConceptMask, ...]:
    """Each pixel given to the surest object of every concept.

    What a person pointed at competes with nobody, unless it was found as part of a concept.

    Args:
        masks: in order of id.
        lives: of all tracks, by object id.
    """
    groups: defaultdict[int, list[ConceptMask]] = defaultdict(list)
    final: dict[int, ConceptMask] = {}
    for mask in masks:
        final[mask.object_id] = mask
        if lives[mask.object_id].competes:
            groups[mask.concept].append(mask)
    for group in groups.values():
        logits = torch.stack([m.logits for m in group])
        sureness = torch.tensor([m.object_logit for m in group]).sigmoid().to(logits)
        apart = exclusive(logits, sureness, HIDDEN_LOGIT)
        for mask, row in zip(group, apart, strict=True):
            final[mask.object_id] = replace(mask, logits=row)
    return tuple(m for m in final.values() if m.is_pinned or bool((m.logits > 0).any()))
