"""Everything the queue measures on a planted clip, in one go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sam3_annotator.domain.doubts.evidence import measure
from sam3_annotator.domain.doubts.jumps import follow_jumps
from sam3_annotator.domain.doubts.looking import Looking
from sam3_annotator.domain.doubts.looks import Eye
from sam3_annotator.domain.doubts.pairs import compare

if TYPE_CHECKING:
    from tests.support.planted import Planted


def look_along(evidence, masklet, mask_at, eye) -> None:
    """Look at every mask of an object and write down what was seen."""
    looking = Looking(evidence, masklet, mask_at, eye)
    for stretch in range(looking.is_open.size):
        for _ in looking.look(stretch):
            pass
    looking.note()


def measured(clip: Planted):
    """Evidence by object, and the likely swaps."""
    evidences = {o: measure(m, clip.width, clip.height) for o, m in clip.masklets.items()}
    eye = Eye()
    for object_id, masklet in clip.masklets.items():
        look_along(evidences[object_id], masklet, clip.mask_at, eye)
    swaps = [s for s in compare(evidences, clip.masklets, clip.mask_at, eye) if s is not None]
    for object_id, masklet in clip.masklets.items():
        follow_jumps(evidences[object_id], masklet)
    return evidences, swaps
