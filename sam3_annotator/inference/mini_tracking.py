"""Following objects by the previous mask as a prompt, and what following with `mini` needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from sam3_annotator.inference.clip_tracking import TrackedMask
from sam3_annotator.inference.device import translated
from sam3_annotator.model.memory_plan import MemoryPlan
from sam3_annotator.model.mini_follow import KEPT_FRAMES, covered
from sam3_annotator.model.mini_tracker import PROMPTED_LOGIT
from sam3_annotator.model.segmenter import Segmenter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from sam3_annotator.inference.backend_sam2 import Sam2Features
    from sam3_annotator.inference.prompts import ClickPrompt, RawMasks
    from sam3_annotator.model.memory_plan import RunSize
    from sam3_annotator.model.mini_memory import MiniMemoryConfig
    from sam3_annotator.model.sam_heads import SamHeads

    Encode = Callable[[NDArray[np.uint8]], Sam2Features]
    Answer = Callable[[Sam2Features, ClickPrompt], RawMasks]

BOX_MARGIN = 0.1
"""How far a previous mask's box is widened on each side, in shares of its size."""


def memory_bytes(config: MiniMemoryConfig, cells: int) -> int:
    """Bytes of one remembered frame of one object.

    Args:
        config: sizes of the memory.
        cells: of the image embedding.
    """
    near = cells * (config.descriptor.width + config.value + 1)
    deep = -(-cells // 4) * (config.width + config.value + 1)
    return 4 * (near + deep + config.embedding)


def follower_plan(
    config: MiniMemoryConfig | None, side: int, close_side: int, run: RunSize
) -> MemoryPlan:
    """Bytes of following objects with the bundled model.

    Args:
        config: sizes of its memory; None where the previous mask takes its place.
        side: of the embedding of a whole frame, in cells.
        close_side: of the embedding of a window, in cells; every object is taken for a small one.
        run: how many objects.
    """
    cells = side * side
    frames = run.prompted_frames + KEPT_FRAMES + 1  # the newest is there before the oldest goes
    held = 16 * cells * 4
    if config is not None:
        near = memory_bytes(config, close_side * close_side)
        held = frames * (memory_bytes(config, cells) + near)
    features = 4 * cells * 4 * 256
    return MemoryPlan(held, features, run.encoding_bytes, run.objects)


class PreviousMaskFollower:
    """A clip tracker without memory: each frame's mask and box prompt the next frame.

    Of the three masks offered the best-scored is taken. An object whose mask becomes empty stays
    lost until it is prompted again. Measured against the trained memory in ``docs/model_card.md``.

    Args:
        heads: click heads.
        encode: encodes a frame.
        answer: answers clicks on such a frame.
    """

    shares_features = False

    def __init__(self, heads: SamHeads, encode: Encode, answer: Answer) -> None:
        self._segmenter, self._answer = Segmenter(heads), answer
        self._last: dict[int, Tensor] = {}
        self._born: dict[int, tuple[int, int]] = {}
        self.encode = encode

    def condition(
        self, frame: int, features: Sam2Features, masks: Mapping[int, NDArray[np.bool_]]
    ) -> None:
        """Tell what objects look like on a frame."""
        for object_id, mask in masks.items():
            inside = covered(mask, features.levels)
            self._last[object_id] = (inside * 2 - 1) * PROMPTED_LOGIT
            first, last = self._born.get(object_id, (frame, frame))
            self._born[object_id] = (min(first, frame), max(last, frame))

    def click(
        self, frame: int, features: Sam2Features, object_id: int, prompt: ClickPrompt
    ) -> TrackedMask:
        """Answer clicks on one object, then go on from the best answer."""
        raw = self._answer(features, prompt)
        best = int(raw.scores.argmax())
        mask = raw.logits[best] > 0
        self.condition(frame, features, {object_id: mask})
        return TrackedMask(raw.logits[best], float(raw.scores[best]), float(mask.any()))

    def step(self, frame: int, features: Sam2Features, *, reverse: bool) -> dict[int, TrackedMask]:
        """Carry every object's mask on to a frame."""
        with translated():
            found = {}
            for object_id, (first, last) in self._born.items():
                if _is_behind(first, last, frame, reverse=reverse):
                    found[object_id] = self._one(object_id, features)
            return found

    def remove(self, object_id: int) -> None:
        """Forget an object."""
        self._last.pop(object_id, None)
        self._born.pop(object_id, None)

    def _one(self, object_id: int, features: Sam2Features) -> TrackedMask:
        previous = self._last[object_id]
        box = widened_box(previous > 0)
        if box is None:
            return TrackedMask(previous.cpu().numpy(), 0.0, 0.0)
        levels = features.prompted(self._segmenter.heads)
        answer = self._segmenter.segment(
            levels,
            boxes_cxcywh_unit=box[None],
            mask_logits=previous[None, None].to(levels.embedding.device),
        )
        best = int(answer.ious[0].argmax())
        logits = answer.logits[0, best].float()
        self._last[object_id] = logits.clamp(-32, 32)
        score = float(answer.ious[0, best])
        return TrackedMask(logits.cpu().numpy(), score, float(bool((logits > 0).any())))


def widened_box(inside: Tensor) -> Tensor | None:
    """(4,) float32 cxcywh fractions around a mask (h, w), widened; None when it is empty."""
    rows = torch.nonzero(inside.any(dim=1)).flatten()
    if rows.numel() == 0:
        return None
    columns = torch.nonzero(inside.any(dim=0)).flatten()
    height, width = inside.shape
    top, bottom = float(rows[0]), float(rows[-1]) + 1
    left, right = float(columns[0]), float(columns[-1]) + 1
    grow = 1 + 2 * BOX_MARGIN
    wide = min(1.0, (right - left) / width * grow)
    high = min(1.0, (bottom - top) / height * grow)
    middle = ((left + right) / 2 / width, (top + bottom) / 2 / height)
    return torch.tensor([*middle, wide, high], device=inside.device)


def _is_behind(first: int, last: int, frame: int, *, reverse: bool) -> bool:
    """Whether a run has come to the first prompted frame that lies in its way."""
    return frame <= last if reverse else frame >= first
