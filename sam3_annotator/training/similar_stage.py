"""Trains the parts of "find similar": the descriptor by contrast, the judge by outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
import torch.nn.functional as F

from sam3_annotator.model.boxes import mask_iou
from sam3_annotator.model.descriptor import cells_of
from sam3_annotator.training.detector_stage import truth_of
from sam3_annotator.training.scene_cache import EncodedScene, load_pair

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from torch import Tensor, nn

    from sam3_annotator.model.descriptor import Descriptor
    from sam3_annotator.model.mini_similar import Exemplars, SimilarFinder, SimilarWeights

OWNED = 0.4
"""Share of a cell that an instance must cover to own it."""
_PAIR_LABELS = 1000  # more than any pair has instances or concepts
_HIT_IOU = 0.5


@dataclass(frozen=True, slots=True)
class Cells:
    """A picture as the descriptor's training wants it.

    Attributes:
        inputs: (S, channels) float16.
        instance: (S,) int64, number of the instance that owns the cell, 0 for none.
        concept: (S,) int64, its concept, -1 for none.
    """

    inputs: Tensor
    instance: Tensor
    concept: Tensor


@dataclass(frozen=True, slots=True)
class ContrastRules:
    """How contrastive examples are drawn.

    Attributes:
        pairs: pairs of pictures per example.
        things, ground: cells on things, and of the background, per picture.
    """

    pairs: int = 3
    things: int = 96
    ground: int = 160


class DescriptorStage:
    """Cells of one concept in different instances attract; everything else repels (InfoNCE).

    Args:
        descriptor: what is trained.
        folder: files written by ``save_pair``.
        rules: see there.
    """

    def __init__(
        self, descriptor: Descriptor, folder: Path, rules: ContrastRules | None = None
    ) -> None:
        self.rules = rules or ContrastRules()
        self.descriptor = descriptor
        self._pairs = [
            tuple(cells_and_owners(scene) for scene in load_pair(path))
            for path in sorted(folder.glob("*.safetensors"))
        ]
        every = torch.cat([cells.inputs[::8].float() for pair in self._pairs for cells in pair])
        self.descriptor.mean.copy_(every.mean(dim=0))
        self.descriptor.spread.copy_(every.std(dim=0).clamp_min(1e-3))
        self._sharpness = 12.0

    @property
    def module(self) -> nn.Module:
        """The descriptor."""
        return self.descriptor

    def losses(self, rng: np.random.Generator, step: int) -> dict[str, Tensor]:
        """One contrastive example over a few pairs."""
        del step
        chosen = rng.integers(len(self._pairs), size=self.rules.pairs)
        inputs, concepts, instances = [], [], []
        for place, index in enumerate(chosen.tolist()):
            for side, cells in enumerate(self._pairs[index]):
                rows = self._draw(rng, cells)
                inputs.append(cells.inputs[rows].float())
                concept = cells.concept[rows]
                concepts.append(torch.where(concept >= 0, concept + place * _PAIR_LABELS, -1))
                instances.append(cells.instance[rows] + (2 * place + side) * _PAIR_LABELS)
        device = self.descriptor.mean.device
        z = self.descriptor(torch.cat(inputs).to(device)).float()
        kinds, things = torch.cat(concepts).to(device), torch.cat(instances).to(device)
        loss = contrast(z, kinds, things, self._sharpness)
        return {"contrast": loss} if loss is not None else {}

    def _draw(self, rng: np.random.Generator, cells: Cells) -> Tensor:
        things = torch.nonzero(cells.concept >= 0).flatten().numpy()
        ground = torch.nonzero(cells.concept < 0).flatten().numpy()
        picked = [
            rng.permutation(things)[: self.rules.things],
            rng.permutation(ground)[: self.rules.ground],
        ]
        return torch.from_numpy(np.concatenate(picked))


def contrast(z: Tensor, concept: Tensor, instance: Tensor, sharpness: float) -> Tensor | None:
    """InfoNCE over cells; a cell's own instance counts neither for nor against it.

    Args:
        z: (S, width) unit vectors.
        concept: (S,) int64, -1 for background.
        instance: (S,) int64.
        sharpness: inverse temperature.

    Returns:
        A scalar; None if no concept is shown by two instances.
    """
    anchors = concept >= 0
    same = concept[anchors][:, None] == concept[None]
    own = instance[anchors][:, None] == instance[None]
    wanted = same & ~own
    useful = wanted.any(dim=1)
    if not bool(useful.any()):
        return None
    scores = (sharpness * (z[anchors] @ z.transpose(0, 1))).masked_fill(own & same, -1e4)
    share = scores - scores.logsumexp(dim=1, keepdim=True)
    each = -(share * wanted).sum(dim=1)[useful] / wanted.sum(dim=1)[useful]
    return each.mean()


def cells_and_owners(scene: EncodedScene) -> Cells:
    """The descriptor's inputs of a picture and what every cell shows."""
    inputs = cells_of(scene.features())[0].half()
    instance = torch.zeros(len(inputs), dtype=torch.int64)
    concept = torch.full((len(inputs),), -1, dtype=torch.int64)
    for number, kind in zip(scene.numbers.tolist(), scene.concepts.tolist(), strict=True):
        cover = F.avg_pool2d((scene.labels == number).float()[None, None], 4).flatten()
        instance[cover >= OWNED] = number
        concept[cover >= OWNED] = kind
    return Cells(inputs, instance, concept)


@dataclass(frozen=True, slots=True)
class Prompt:
    """One way of asking for a concept: which instances are exemplars, on which picture."""

    source: EncodedScene
    target: EncodedScene
    concept: int
    rows: tuple[int, ...]

    def boxes_and_labels(self) -> tuple[Tensor, Tensor]:
        """(P, 4) boxes and (P,) int64, 1 like this, 0 not like this."""
        rows = list(self.rows)
        return self.source.boxes[rows], (self.source.concepts[rows] == self.concept).long()

    def exemplars(self, finder: SimilarFinder) -> Exemplars:
        """Learn them."""
        return finder.learn(self.source.features(), *self.boxes_and_labels())


def draw_prompts(
    rng: np.random.Generator, pair: tuple[EncodedScene, EncodedScene]
) -> Iterable[Prompt]:
    """Prompts with one to three positive and no or one negative exemplar, for every concept."""
    for target, other in (pair, pair[::-1]):
        for concept in sorted(set(target.concepts.tolist()) | set(other.concepts.tolist())):
            source = target if rng.random() < 0.6 else other
            alike = torch.nonzero(source.concepts == concept).flatten().tolist()
            unlike = torch.nonzero(source.concepts != concept).flatten().tolist()
            if not alike:
                continue
            rows = rng.permutation(alike)[: int(rng.integers(1, 4))].tolist()
            rows += rng.permutation(unlike)[: int(rng.random() < 0.4)].tolist()
            yield Prompt(source, target, concept, tuple(rows))


@torch.no_grad()
def gather_verdicts(finder: SimilarFinder, prompts: Iterable[Prompt]) -> tuple[Tensor, Tensor]:
    """What the judge is to learn from: facts (K, FACTS) and (K,) 1 for masks that are right."""
    facts, right = [], []
    for prompt in prompts:
        masks, seen = finder.candidates(prompt.target.features(), prompt.exemplars(finder))
        truth = truth_of(prompt.target, prompt.concept).masks
        overlaps = mask_iou(masks > 0, truth) if len(truth) else masks.new_zeros(len(masks), 1)
        facts.append(seen)
        right.append((overlaps.amax(dim=1) >= _HIT_IOU).float())
    return torch.cat(facts), torch.cat(right)


def fit_judge(
    weights: SimilarWeights, facts: Tensor, right: Tensor, *, steps: int = 600, seed: int = 0
) -> float:
    """Fit the judge to verdicts by weight-decayed logistic loss; returns the final loss."""
    torch.manual_seed(seed)
    weights.fact_mean.copy_(facts.mean(dim=0))
    weights.fact_spread.copy_(facts.std(dim=0).clamp_min(1e-3))
    optimiser = torch.optim.AdamW(weights.judge.parameters(), lr=0.02, weight_decay=0.02)
    loss = torch.zeros(())
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = 0.02 * (1 - step / steps)
        loss = F.binary_cross_entropy_with_logits(weights.scores(facts), right)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        optimiser.step()
    return loss.item()


def pairs_of(
    paths: Sequence[Path], device: torch.device
) -> Iterable[tuple[EncodedScene, EncodedScene]]:
    """Read encoded pairs one after the other onto a device."""
    for path in paths:
        first, second = load_pair(path)
        yield first.to(device), second.to(device)
