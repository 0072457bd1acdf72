"""Teaches the memory's similarity keys to carry labels from frame to frame, before anything else.

The keys alone decide this, so an example costs a fortieth of one that runs the mask decoder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import nn

from sam3_annotator.model.descriptor import cells_of
from sam3_annotator.model.mini_memory import cell_places

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

    from sam3_annotator.model.mini_memory import MiniMemory
    from sam3_annotator.training.tracking_stage import Example, TrackingStage

_FLOOR = 0.02


class PropagationStage:
    """Reads true masks of other frames by similarity and place; the answer must be this frame's.

    Args:
        memory: its keys, sharpness, pulls and trusts are trained.
        source: draws the examples.
    """

    def __init__(self, memory: MiniMemory, source: TrackingStage) -> None:
        self._memory, self._source = memory, source
        self._trained = nn.Module()
        self._trained.keys = memory.keys
        for name in ("sharpness", "pull", "trust"):
            self._trained.register_parameter(name, getattr(memory, name))

    @property
    def module(self) -> nn.Module:
        """What is trained."""
        return self._trained

    def losses(self, rng: np.random.Generator, step: int) -> dict[str, Tensor]:
        """Carry the labels of one to three frames to another one."""
        example = self._source.draw(rng, step)
        if example is None:
            return {}
        last = len(example.times) - 1
        target = int(rng.integers(1, last + 1))
        recent = list(range(target - 1, 0, -1))[: int(rng.integers(0, 3))]
        soft = self.carried(example, [0, *recent], target)
        wanted = F.avg_pool2d(example.truth(target)[:, None], 4).flatten(1)
        entropy = F.binary_cross_entropy(soft.clamp(_FLOOR / 20, 1 - _FLOOR / 20), wanted)
        both = (soft * wanted).sum(dim=1)
        overlap = 1 - (2 * both + 1) / (soft.sum(dim=1) + wanted.sum(dim=1) + 1)
        shown = (wanted.sum(dim=1) > 0).float()
        return {
            "entropy": 10 * entropy,
            "overlap": (overlap * shown).sum() / shown.sum().clamp_min(1),
        }

    def carried(self, example: Example, sources: list[int], target: int) -> Tensor:
        """(N, h * w) share of every cell of ``target`` inside each thing, read from ``sources``."""
        memory = self._memory
        features = example.features(target)
        places = cell_places(*features.grid, features.embedding.device)[0]
        square = (places[:, None] - places[None]).square().sum(dim=-1)
        query = memory.keys(cells_of(features))[0]
        scores, values = [], []
        for index in sources:
            kind = 0 if index == 0 else 1
            gap = max(1, abs(example.times[index] - example.times[target]))
            key = memory.keys(cells_of(example.features(index)))[0]
            pull = F.softplus(memory.pull[kind]) * 4.0 / gap
            similarity = memory.sharpness.exp() * (query @ key.transpose(0, 1))
            scores.append(similarity - pull * square + memory.trust[kind])
            values.append(F.avg_pool2d(example.truth(index)[:, None], 4).flatten(1))
        weight = torch.cat(scores, dim=1).softmax(dim=1)
        carried: Tensor = torch.cat(values, dim=1) @ weight.transpose(0, 1)
        return carried
