"""Stage four in miniature: the memory learns to follow things while everything else is frozen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F

from sam3_annotator.errors import FileTrouble
from sam3_annotator.model.mini_memory import Memory, Place
from sam3_annotator.model.mini_tracker import PROMPTED_LOGIT, MiniTracker
from sam3_annotator.model.sam_heads import ImageFeatures
from sam3_annotator.training.feature_cache import EncodedClip, load_clip
from sam3_annotator.training.losses import dice, mask_focal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from torch import Tensor, nn

    from sam3_annotator.model.mini_memory import MiniMemory
    from sam3_annotator.model.mini_tracker import TrackedFrame
    from sam3_annotator.model.sam_heads import SamHeads


@dataclass(frozen=True, slots=True)
class TrackingRules:
    """How examples are drawn from encoded clips, and what the losses weigh.

    Attributes:
        length: frames per example, the prompted one included.
        most_things: followed at once.
        least_cells: mask cells (stride 4) from which a thing counts as visible when prompted.
        doubtful_cells: below this many visible cells presence is not judged.
        second_prompt: share of examples with another prompted frame.
        true_presence: share of examples whose memories are filtered by the true presence.
        focal, dice, presence: loss weights.
        guess: weight of the same mask losses on memory's own guess.
        recent: tracked frames read at once, at most; an example draws how many.
        least_iou: predicted quality from which a tracked frame is read again, as when following.
    """

    length: int = 6
    most_things: int = 3
    least_cells: int = 20
    doubtful_cells: int = 6
    second_prompt: float = 0.2
    true_presence: float = 0.5
    focal: float = 20.0
    dice: float = 1.0
    presence: float = 1.0
    guess: float = 0.5
    recent: int = 3
    least_iou: float = 0.75


@dataclass(frozen=True, slots=True)
class Example:
    """Part of a clip: frames in the order they are tracked, and the things that are followed.

    Attributes:
        clip: the chosen frames, first the prompted one.
        numbers: label of every followed thing.
        times: frame number of every frame in the original clip.
        second: index of another prompted frame, 0 for none.
    """

    clip: EncodedClip
    numbers: tuple[int, ...]
    times: tuple[int, ...]
    second: int

    def truth(self, index: int) -> Tensor:
        """(N, 4 h, 4 w) float masks of the followed things."""
        return torch.stack([(self.clip.labels[index] == n).float() for n in self.numbers])

    def features(self, index: int) -> ImageFeatures:
        """Features of one frame, float32, batch 1."""
        part = slice(index, index + 1)
        clip = self.clip
        return ImageFeatures(
            clip.embedding[part].float(), clip.mid[part].float(), clip.fine[part].float()
        )


class TrackingStage:
    """Draws examples from a folder of encoded clips and computes the losses.

    Args:
        heads: frozen click heads.
        memory: what is trained.
        folder: files written by ``save_clip``; it may still be growing.
        rules: see there.
    """

    def __init__(
        self, heads: SamHeads, memory: MiniMemory, folder: Path, rules: TrackingRules | None = None
    ) -> None:
        self.rules = rules or TrackingRules()
        self.memory = memory
        self.tracker = MiniTracker(heads, memory)
        self._folder = folder
        self._files: list[Path] = []

    @property
    def module(self) -> nn.Module:
        """The memory."""
        return self.memory

    def losses(self, rng: np.random.Generator, step: int) -> dict[str, Tensor]:
        """Follow the things of one example and judge every frame."""
        example = self.draw(rng, step)
        if example is None:
            return {}
        terms: dict[str, list[Tensor]] = {"focal": [], "dice": [], "presence": [], "guess": []}
        bank = _Bank(int(rng.integers(1, self.rules.recent + 1)))
        trusts_truth = bool(rng.random() < self.rules.true_presence)
        for index in [0, example.second] if example.second else [0]:
            prompt = (example.truth(index)[:, None] * 2 - 1) * PROMPTED_LOGIT
            bank.prompted[index] = self.memory.remember(example.features(index), prompt)
        for index in range(1, len(example.times)):
            if index == example.second:
                continue
            features, truth = example.features(index), example.truth(index)
            frame, guess = self.tracker.look(features, bank.places(index, example.times))
            for name, value in self._judge(frame, guess, truth).items():
                terms[name].append(value)
            seen = self._seen(frame, truth, trusts_truth=trusts_truth)
            memory = self.memory.remember(features, frame.logits[:, None])
            bank.tracked[index] = (memory, seen)
        return {name: torch.stack(values).mean() for name, values in terms.items() if values}

    def _seen(self, frame: TrackedFrame, truth: Tensor, *, trusts_truth: bool) -> Tensor:
        """(N,) bool, whose memory of this frame may be read later."""
        if trusts_truth:
            return truth.flatten(1).sum(dim=1) > 0
        return (frame.present > 0) & (frame.ious >= self.rules.least_iou)

    def _judge(self, frame: TrackedFrame, guess: Tensor, truth: Tensor) -> dict[str, Tensor]:
        """Losses of one frame; mask losses only where the thing is present."""
        rules = self.rules
        cells = truth.flatten(1).sum(dim=1)
        present = (cells > 0).float()
        sure = ((cells == 0) | (cells >= rules.doubtful_cells)).float()
        focal = mask_focal(frame.logits, truth) * present
        overlap = dice(frame.logits, truth) * present
        entropy = F.binary_cross_entropy_with_logits(frame.present, present, reduction="none")
        own = rules.focal * mask_focal(guess, truth) + rules.dice * dice(guess, truth) * present
        count = present.sum().clamp_min(1)
        return {
            "focal": rules.focal * focal.sum() / count,
            "dice": rules.dice * overlap.sum() / count,
            "presence": rules.presence * (entropy * sure).mean(),
            "guess": rules.guess * own.mean(),
        }

    def draw(self, rng: np.random.Generator, step: int) -> Example | None:
        """A random part of a random clip, forwards or backwards; None if nothing is visible."""
        if not self._files or step % 50 == 0:
            self._files = sorted(self._folder.glob("*.safetensors"))
        if not self._files:
            raise FileTrouble(f"{self._folder} holds no encoded clips.")
        clip = load_clip(self._files[int(rng.integers(len(self._files)))])
        times = _times(rng, len(clip), self.rules.length)
        labels = clip.labels[list(times)]
        areas = labels[0].flatten().bincount(minlength=256).tolist()
        numbers = [n for n in range(1, 256) if areas[n] >= self.rules.least_cells]
        if not numbers:
            return None
        chosen = rng.permutation(numbers)[: self.rules.most_things].tolist()
        second = int(rng.integers(1, len(times))) if rng.random() < self.rules.second_prompt else 0
        if second and any((labels[second] == n).sum() < self.rules.least_cells for n in chosen):
            second = 0
        device = next(self.memory.parameters()).device
        part = _mirrored(_frames(clip, times), flip=bool(rng.random() < 0.5)).to(device)
        return Example(part, tuple(int(n) for n in chosen), times, second)


class _Bank:
    """Memories of one example, gradients included."""

    def __init__(self, recent: int) -> None:
        self.prompted: dict[int, Memory] = {}
        self.tracked: dict[int, tuple[Memory, Tensor]] = {}
        self._recent = recent

    def places(self, index: int, times: Sequence[int]) -> list[Place]:
        def gap(other: int) -> int:
            return max(1, abs(times[other] - times[index]))

        given = [Place(m, prompted=True, gap=gap(i)) for i, m in self.prompted.items()]
        newest = list(self.tracked.items())[-self._recent :]
        return given + [Place(m, prompted=False, gap=gap(i), usable=u) for i, (m, u) in newest]


def _times(rng: np.random.Generator, frames: int, length: int) -> tuple[int, ...]:
    """Frame numbers of an example: a stride of 1 or 2, in either direction."""
    stride = 2 if frames >= 2 * length - 1 and rng.random() < 0.3 else 1
    span = min(frames, (length - 1) * stride + 1)
    start = int(rng.integers(frames - span + 1))
    times = tuple(range(start, start + span, stride))
    return times[::-1] if rng.random() < 0.5 else times


def _frames(clip: EncodedClip, times: Sequence[int]) -> EncodedClip:
    index = list(times)
    return EncodedClip(clip.fine[index], clip.mid[index], clip.embedding[index], clip.labels[index])


def _mirrored(clip: EncodedClip, *, flip: bool) -> EncodedClip:
    """Left and right swapped: the frozen features follow a mirrored picture closely enough."""
    if not flip:
        return clip
    return EncodedClip(
        clip.fine.flip(-1), clip.mid.flip(-1), clip.embedding.flip(-1), clip.labels.flip(-1)
    )
