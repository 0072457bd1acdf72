"""Stages two and three in miniature: the exemplar detector learns on frozen features."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F

from sam3_annotator.errors import FileTrouble
from sam3_annotator.training.detector_losses import DetectorWeights, Truth, detector_losses
from sam3_annotator.training.scene_cache import EncodedScene, load_pair

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from torch import Tensor, nn

    from sam3_annotator.model.mini_detector import ExemplarTokens, MiniDetector


@dataclass(frozen=True, slots=True)
class DetectorRules:
    """How prompts are drawn.

    Attributes:
        prompts: prompts per picture, at most.
        exemplars: boxes per prompt (padded to this).
        other_picture: share of prompts whose exemplars come from the other picture of the pair.
        negatives: share of prompts with boxes of other things as negative exemplars.
        jitter: how far an exemplar box is off, share of its size.
    """

    prompts: int = 4
    exemplars: int = 4
    other_picture: float = 0.35
    negatives: float = 0.35
    jitter: float = 0.06


@dataclass(frozen=True, slots=True)
class Ask:
    """One prompt on a picture: concept, exemplars (boxes, labels), and whose picture shows them."""

    concept: int
    boxes: Tensor
    labels: Tensor
    elsewhere: bool


class DetectorStage:
    """Draws prompts from encoded pairs and computes the losses.

    Args:
        detector: what is trained.
        folder: files written by ``save_pair``; it may still be growing.
        rules, weights: see there.
    """

    def __init__(
        self,
        detector: MiniDetector,
        folder: Path,
        rules: DetectorRules | None = None,
        weights: DetectorWeights | None = None,
    ) -> None:
        self.detector = detector
        self.rules = rules or DetectorRules()
        self.weights = weights or DetectorWeights()
        self._folder = folder
        self._files: list[Path] = []

    @property
    def module(self) -> nn.Module:
        """The detector."""
        return self.detector

    def losses(self, rng: np.random.Generator, step: int) -> dict[str, Tensor]:
        """Answer a few prompts on one picture."""
        if not self._files or step % 50 == 0:
            self._files = sorted(self._folder.glob("*.safetensors"))
        if not self._files:
            raise FileTrouble(f"{self._folder} holds no encoded pictures.")
        pair = load_pair(self._files[int(rng.integers(len(self._files)))])
        target, other = pair if rng.random() < 0.5 else pair[::-1]
        if rng.random() < 0.5:
            target, other = mirrored(target), mirrored(other)
        asks = draw_asks(rng, target, other, self.rules)
        if not asks:
            return {}
        device = next(self.detector.parameters()).device
        target, other = target.to(device), other.to(device)
        asks = [
            replace(ask, boxes=ask.boxes.to(device), labels=ask.labels.to(device)) for ask in asks
        ]
        found = self.detector.find(
            target.features(), encode_asks(self.detector, asks, target, other)
        )
        truths = [truth_of(target, ask.concept) for ask in asks]
        return detector_losses(found, truths, self.weights)


def draw_asks(
    rng: np.random.Generator, target: EncodedScene, other: EncodedScene, rules: DetectorRules
) -> list[Ask]:
    """Prompts for ``target``: present concepts, and one absent from it where the other has one."""
    here = sorted(set(target.concepts.tolist()))
    there = sorted(set(other.concepts.tolist()))
    asks: list[Ask] = []
    absent = [c for c in there if c not in here]
    if absent:
        concept = int(rng.choice(absent))
        asks.append(_ask(rng, other, concept, rules, elsewhere=True))
    for concept in rng.permutation(here).tolist():
        if len(asks) == rules.prompts:
            break
        elsewhere = concept in there and bool(rng.random() < rules.other_picture)
        asks.append(_ask(rng, other if elsewhere else target, concept, rules, elsewhere=elsewhere))
    return asks


def _ask(
    rng: np.random.Generator,
    source: EncodedScene,
    concept: int,
    rules: DetectorRules,
    *,
    elsewhere: bool,
) -> Ask:
    alike = torch.nonzero(source.concepts == concept).flatten().tolist()
    unlike = torch.nonzero(source.concepts != concept).flatten().tolist()
    count = min(len(alike), int(rng.choice([1, 1, 2, 3])))
    chosen = rng.permutation(alike)[:count].tolist()
    if unlike and rng.random() < rules.negatives:
        chosen += rng.permutation(unlike)[: int(rng.integers(1, 3))].tolist()
    chosen = chosen[: rules.exemplars]
    boxes = source.boxes[chosen]
    noise = torch.from_numpy(rng.normal(0, rules.jitter, (len(chosen), 4))).float()
    boxes = boxes + noise.clamp(-0.2, 0.2) * boxes[:, [2, 3, 2, 3]]
    labels = (source.concepts[chosen] == concept).long()
    missing = rules.exemplars - len(chosen)
    return Ask(
        concept,
        F.pad(boxes.clamp(0, 1), (0, 0, 0, missing), value=0.5),
        F.pad(labels, (0, missing), value=-1),
        elsewhere,
    )


def encode_asks(
    detector: MiniDetector, asks: list[Ask], target: EncodedScene, other: EncodedScene
) -> ExemplarTokens:
    """Exemplars of all prompts, each encoded on the picture that shows them."""
    parts: list[ExemplarTokens] = []
    for ask in asks:
        source = other if ask.elsewhere else target
        parts.append(detector.exemplars(source.features(), ask.boxes[None], ask.labels[None]))
    return type(parts[0])(
        *(torch.cat([getattr(part, name) for part in parts]) for name in parts[0].__slots__)
    )


def truth_of(scene: EncodedScene, concept: int) -> Truth:
    """Everything of one concept in a picture."""
    chosen = scene.concepts == concept
    numbers = scene.numbers[chosen]
    masks = scene.labels[None] == numbers[:, None, None].to(scene.labels.dtype)
    return Truth(scene.boxes[chosen], masks)


def mirrored(scene: EncodedScene) -> EncodedScene:
    """Left and right swapped."""
    boxes = scene.boxes.clone()
    boxes[:, 0] = 1 - boxes[:, 0]
    return EncodedScene(
        scene.fine.flip(-1),
        scene.mid.flip(-1),
        scene.embedding.flip(-1),
        scene.labels.flip(-1),
        boxes,
        scene.numbers,
        scene.concepts,
    )
