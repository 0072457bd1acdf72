"""Arrival: whether a correction's walk reached the next human frame as the same thing.

The old masks beside a human frame were followed from it, one step away. A walk that ends there with
something else has lost its way (two look-alikes crossed, say), and on the human frame's side the
old masks are the better ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sam3_annotator.domain.commands import FrameMask, ObjectFrames, SetMasks
from sam3_annotator.workflow.fusion import DISAGREEMENT_IOU

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sam3_annotator.domain.entities import Annotation
    from sam3_annotator.domain.mask import Mask
    from sam3_annotator.domain.masklet import Masklet
    from sam3_annotator.workflow.run_plan import Stretch


@dataclass(frozen=True, slots=True)
class Replaced:
    """What a walk has replaced on one frame.

    Attributes:
        old: what was there.
        mask: its mask; None when it had none.
        overlap: IoU of the new mask with it, in [0, 1].
    """

    old: Annotation
    mask: Mask | None
    overlap: float


def second_thoughts(
    masklet: Masklet, stretch: Stretch, walk: Sequence[Replaced]
) -> tuple[SetMasks, ...]:
    """The commands that bring back old masks a walk should not have replaced; mostly none.

    They come back from the frame nearest to the human frame on which both still agreed, or from
    half way where they never did.

    Args:
        masklet: the object as it is now.
        stretch: what was computed; a human frame lies right behind its ``stop``.
        walk: what was replaced, in the order of the walk.
    """
    if not walk or walk[-1].old.frame != stretch.stop or not _ends_at_a_mask(masklet, stretch):
        return ()
    last = walk[-1]
    if last.mask is None or last.mask.is_empty or last.overlap >= DISAGREEMENT_IOU:
        return ()
    agreed = [i for i, one in enumerate(walk) if one.overlap >= DISAGREEMENT_IOU]
    parted = agreed[-1] + 1 if agreed else len(walk) // 2
    return _restoring(walk[parted:])


def _ends_at_a_mask(masklet: Masklet, stretch: Stretch) -> bool:
    """Whether a person has drawn the object on the frame that the walk came to."""
    step = 1 if stretch.stop >= stretch.start else -1
    beyond = masklet.between(stretch.stop + step, stretch.stop + step)
    return bool((beyond.is_human & (beyond.rows["area"] > 0)).any())


def _restoring(frames: Sequence[Replaced]) -> tuple[SetMasks, ...]:
    by_origin: dict[tuple[object, object], list[Replaced]] = {}
    for one in frames:
        by_origin.setdefault((one.old.source, one.old.pass_id), []).append(one)
    commands = []
    for group in by_origin.values():
        old = group[0].old
        edits = tuple(
            FrameMask(o.old.frame, o.mask, o.old.score, o.old.flags, o.old.attributes)
            for o in group
        )
        commands.append(SetMasks((ObjectFrames(old.object_id, edits),), old.source, old.pass_id))
    return tuple(commands)
