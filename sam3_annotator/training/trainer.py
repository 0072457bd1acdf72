"""The training loop: any stage, any device, resumable, with curves and the time left."""

from __future__ import annotations

import logging
import math
import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import torch

from sam3_annotator.training.curves import Curves
from sam3_annotator.training.saved_run import Average, Progress, restore_run, save_run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from torch import Tensor, nn

_log = logging.getLogger(__name__)


class Stage(Protocol):
    """What is trained, and on what."""

    @property
    def module(self) -> nn.Module:
        """The part that is trained; everything else is frozen."""
        ...

    def losses(self, rng: np.random.Generator, step: int) -> dict[str, Tensor]:
        """Draw one example and return its weighted losses, scalars, to be added up."""
        ...


@dataclass(frozen=True, slots=True)
class TrainingRules:
    """How a stage is trained.

    Attributes:
        steps: optimiser steps in all.
        rate: highest learning rate.
        warm_up: steps until it is reached; afterwards it falls with 1 / sqrt(step).
        cool_down: share of the steps at the end over which it falls to zero.
        accumulate: examples per optimiser step.
        decay: weight decay of matrices.
        clip: largest gradient norm.
        average: decay of the running average of the weights.
        bf16: bfloat16 autocast.
        save_every: steps between checkpoints.
        seed: of all randomness.
        max_seconds: stop (and save) after this long; 0 for no limit.
    """

    steps: int
    rate: float = 4e-4
    warm_up: int = 100
    cool_down: float = 0.2
    accumulate: int = 2
    decay: float = 0.02
    clip: float = 1.0
    average: float = 0.997
    bf16: bool = True
    save_every: int = 100
    seed: int = 0
    max_seconds: float = 0.0


def learning_rate(step: int, rules: TrainingRules) -> float:
    """Linear warm-up, inverse square root, linear cool-down at the end."""
    warm = min(1.0, (step + 1) / max(1, rules.warm_up))
    fall = math.sqrt(max(1, rules.warm_up) / max(step + 1, rules.warm_up, 1))
    left = (rules.steps - step) / max(1.0, rules.cool_down * rules.steps)
    return rules.rate * warm * fall * min(1.0, max(0.0, left))


class Trainer:
    """Runs one stage in one folder; an interrupted run goes on where it was saved.

    Args:
        stage: what is trained.
        rules: how.
        folder: where checkpoints and curves go.

    Raises:
        FileTrouble: the folder holds another run.
    """

    def __init__(self, stage: Stage, rules: TrainingRules, folder: Path) -> None:
        self.stage, self.rules, self.folder = stage, rules, folder
        folder.mkdir(parents=True, exist_ok=True)
        self.optimiser = _optimiser(stage.module, rules)
        self.average = Average(stage.module, rules.average)
        self.curves = Curves(folder / "curves.csv")
        self.progress = restore_run(folder, stage.module, self.average, self.optimiser) or Progress(
            0, 0.0
        )
        self.curves.cut(self.progress.step)

    def run(self, on_step: Callable[[str], None] = _log.info) -> Progress:
        """Train to the end (or to the time limit); ``on_step`` gets one line per checkpoint.

        Raises:
            FileTrouble: a checkpoint cannot be written.
        """
        start = time.monotonic() - self.progress.seconds
        first_step, began = self.progress.step, time.monotonic()
        seen: dict[str, list[float]] = {}
        for step in range(self.progress.step, self.rules.steps):
            for name, value in self._one_step(step).items():
                seen.setdefault(name, []).append(value)
            self.average.update(self.stage.module, step)
            done = Progress(step + 1, time.monotonic() - start)
            self.progress = done
            last = done.step == self.rules.steps or self._out_of_time(began)
            if done.step % self.rules.save_every == 0 or last:
                pace = (time.monotonic() - began) / (done.step - first_step)
                means = {name: sum(values) / len(values) for name, values in seen.items()}
                on_step(self._record(done, means, pace))
                seen = {}
            if last:
                break
        return self.progress

    def _one_step(self, step: int) -> dict[str, float]:
        """One optimiser step; returns the mean of every loss that an example had."""
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate(step, self.rules)
        self.optimiser.zero_grad(set_to_none=True)
        seen: dict[str, list[float]] = {}
        kind = next(self.stage.module.parameters()).device.type
        mixed: AbstractContextManager[object] = nullcontext()
        if self.rules.bf16:
            mixed = torch.autocast(kind, torch.bfloat16)
        for part in range(self.rules.accumulate):
            rng = np.random.default_rng([self.rules.seed, step, part])
            with mixed:
                losses = self.stage.losses(rng, step)
            if not losses:
                continue
            total = torch.stack(list(losses.values())).sum() / self.rules.accumulate
            total.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
            for name, value in losses.items():
                seen.setdefault(name, []).append(float(value.detach()))
        norm = torch.nn.utils.clip_grad_norm_(self.stage.module.parameters(), self.rules.clip)
        if bool(torch.isfinite(norm)):
            self.optimiser.step()
        means = {name: sum(values) / len(values) for name, values in seen.items()}
        return {**means, "gradient": float(norm)}

    def _record(self, done: Progress, means: dict[str, float], pace: float) -> str:
        rate = learning_rate(done.step - 1, self.rules)
        self.curves.add({"step": done.step, "seconds": done.seconds, "rate": rate, **means})
        self.curves.draw(self.folder / "curves.png")
        save_run(self.folder, self.stage.module, self.average, self.optimiser, done)
        left = pace * (self.rules.steps - done.step) / 60
        shown = "  ".join(f"{name} {value:.4f}" for name, value in means.items())
        return (
            f"step {done.step}/{self.rules.steps}  {pace:.2f} s/step  {left:.0f} min left  {shown}"
        )

    def _out_of_time(self, began: float) -> bool:
        limit = self.rules.max_seconds
        return limit > 0 and time.monotonic() - began > limit


def _optimiser(module: nn.Module, rules: TrainingRules) -> torch.optim.AdamW:
    matrices = [p for p in module.parameters() if p.requires_grad and p.dim() > 1]
    others = [p for p in module.parameters() if p.requires_grad and p.dim() <= 1]
    groups = [
        {"params": matrices, "weight_decay": rules.decay},
        {"params": others, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=rules.rate, betas=(0.9, 0.98))
