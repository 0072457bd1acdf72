"""Follows things with the bundled model: a bank of memories, one step per frame."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch

from sam3_annotator.model.mini_memory import Memory, MiniMemory, Place
from sam3_annotator.model.sam_heads import ImageFeatures

if TYPE_CHECKING:
    from torch import Tensor

    from sam3_annotator.model.sam_heads import DecodedMasks, SamHeads

PROMPTED_LOGIT = 10.0


@dataclass(frozen=True, slots=True)
class TrackRules:
    """What is kept and read; no weights depend on these.

    Attributes:
        prompted: prompted frames read at once, the nearest ones and always the first.
        recent: tracked frames read at once.
        spacing: frames between the older of the recent memories, beyond the last one.
        least_iou: predicted quality from which a tracked frame is worth remembering; without it
            one bad mask behind an occluder is carried on for good.
    """

    prompted: int = 3
    recent: int = 1
    spacing: int = 1
    least_iou: float = 0.75


@dataclass(frozen=True, slots=True)
class TrackedFrame:
    """Answer for one frame and N things.

    Attributes:
        logits: (N, 4 h, 4 w) float32 mask logits over the model input; above 0 is inside.
            They are given even where the thing is judged absent: the caller decides.
        ious: (N,) float32, predicted quality in [0, 1].
        present: (N,) float32 logit, above 0 when the thing is in the frame.
    """

    logits: Tensor
    ious: Tensor
    present: Tensor


@dataclass(slots=True)
class MiniBank:
    """Memories of N things that are followed together.

    Attributes:
        prompted: frame number -> memory whose mask was given.
        tracked: frame number -> memory and (N,) bool, which things were present; frames without
            any are left out, so that what was seen before an absence is still there after it.
    """

    prompted: dict[int, Memory] = field(default_factory=dict)
    tracked: dict[int, tuple[Memory, Tensor]] = field(default_factory=dict)

    def places(self, frame: int, rules: TrackRules) -> list[Place]:
        """What to read for ``frame``: near and first prompts, then the newest usable frames."""
        first = min(self.prompted)
        others = sorted((f for f in self.prompted if f != first), key=lambda f: abs(f - frame))
        chosen = [first, *others[: rules.prompted - 1]]
        places = [Place(self.prompted[f], True, max(1, abs(f - frame))) for f in chosen]  # noqa: FBT003
        near = sorted(self.tracked, key=lambda f: abs(f - frame))
        for f in near[:: rules.spacing][: rules.recent]:
            memory, present = self.tracked[f]
            places.append(Place(memory, False, max(1, abs(f - frame)), present))  # noqa: FBT003
        return places

    def forget_tracked(self, keep: int) -> None:
        """Drop all but the ``keep`` newest tracked frames (newest by order of arrival)."""
        for frame in list(self.tracked)[: max(0, len(self.tracked) - keep)]:
            del self.tracked[frame]


class MiniTracker:
    """The frozen click heads together with the memory.

    Args:
        heads: click heads of the image model.
        memory: the trained memory.
        rules: what is read.
    """

    def __init__(
        self, heads: SamHeads, memory: MiniMemory, rules: TrackRules | None = None
    ) -> None:
        self.heads = heads
        self.memory = memory
        self.rules = rules or TrackRules()

    def prompt(self, bank: MiniBank, frame: int, features: ImageFeatures, inside: Tensor) -> None:
        """Give the masks of a frame: ``inside: (N, 4 h, 4 w)`` bool."""
        logits = (inside.float() * 2 - 1)[:, None] * PROMPTED_LOGIT
        bank.prompted[frame] = self.memory.remember(features, logits)
        bank.tracked.pop(frame, None)

    def step(self, bank: MiniBank, frame: int, features: ImageFeatures) -> TrackedFrame:
        """Find the things in a frame; remember it if it shows any of them.

        Args:
            bank: holds at least one prompted frame; the new memory is added to it.
            frame: frame number; any direction, any distance.
            features: of this frame, ``SamHeads.features`` (nothing added), batch 1.
        """
        tracked, _ = self.look(features, bank.places(frame, self.rules))
        present = (tracked.present > 0) & (tracked.ious >= self.rules.least_iou)
        bank.tracked.pop(frame, None)
        if bool(present.any()):
            memory = self.memory.remember(features, tracked.logits[:, None])
            bank.tracked[frame] = (memory, present)
        return tracked

    def look(self, features: ImageFeatures, places: list[Place]) -> tuple[TrackedFrame, Tensor]:
        """Find the things without remembering; also returns memory's own guess (N, 4 h, 4 w)."""
        recall = self.memory.recall(features, places, self.heads.no_memory)
        decoded = self._decode(features, recall.embedding, recall.mask_logits, recall.tokens)
        present = self.memory.present(recall, decoded)
        frame = TrackedFrame(decoded.logits[:, 0].float(), decoded.ious[:, 0].float(), present)
        return frame, recall.mask_logits[:, 0]

    def _decode(
        self, features: ImageFeatures, embedding: Tensor, mask_logits: Tensor, tokens: Tensor
    ) -> DecodedMasks:
        clicks = self.heads.clicks
        count = tokens.shape[0]
        none = torch.full((count, 1), -1, device=tokens.device)
        empty = clicks(tokens.new_zeros(count, 1, 2), none, features.grid)
        prompt = torch.cat([tokens, empty.to(tokens.dtype)], dim=1)
        position = clicks.grid_positions(*features.grid)
        changed = ImageFeatures(embedding, features.mid, features.fine)
        dense = clicks.mask(mask_logits)
        decoded: DecodedMasks = self.heads.decoder(changed, prompt, dense, position)
        return decoded
