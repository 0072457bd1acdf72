"""A training run on disk: weights, running average, optimiser and place in the run."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from safetensors.torch import load_file, save_file

from sam3_annotator.errors import FileTrouble

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor, nn

_WEIGHTS, _AVERAGE, _MOMENTS, _STATE = "weights", "average", "optimiser", "state.json"


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands: optimiser steps done and seconds spent."""

    step: int
    seconds: float


class Average:
    """Exponential moving average of a module's weights.

    Args:
        module: the module that is trained.
        decay: share of the old average kept per step; lower during the first steps.
    """

    def __init__(self, module: nn.Module, decay: float) -> None:
        self.decay = decay
        self.values = {name: value.detach().clone() for name, value in module.state_dict().items()}

    @torch.no_grad()
    def update(self, module: nn.Module, step: int) -> None:
        """Move the average towards the module's present weights."""
        decay = min(self.decay, (1 + step) / (10 + step))
        for name, value in module.state_dict().items():
            self.values[name].lerp_(value, 1 - decay)


def save_run(
    folder: Path,
    module: nn.Module,
    average: Average,
    optimiser: torch.optim.Optimizer,
    progress: Progress,
) -> None:
    """Write a run so that ``restore_run`` continues it; each file is replaced whole."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / f"{_WEIGHTS}.safetensors", module.state_dict())
    _write(folder / f"{_AVERAGE}.safetensors", average.values)
    moments = {
        f"{index}.{name}": value
        for index, entry in optimiser.state_dict()["state"].items()
        for name, value in entry.items()
    }
    _write(folder / f"{_MOMENTS}.safetensors", moments)
    state = {"step": progress.step, "seconds": progress.seconds}
    partial = folder / f"{_STATE}.partial"
    partial.write_text(json.dumps(state))
    partial.replace(folder / _STATE)


def restore_run(
    folder: Path, module: nn.Module, average: Average, optimiser: torch.optim.Optimizer
) -> Progress | None:
    """Continue from a folder; None where it holds no run yet.

    Raises:
        FileTrouble: the folder holds a run of another module.
    """
    if not (folder / _STATE).exists():
        return None
    try:
        module.load_state_dict(load_file(folder / f"{_WEIGHTS}.safetensors"))
    except RuntimeError as error:
        raise FileTrouble(
            f"{folder} holds a run of other sizes.", "Choose another folder, or delete it."
        ) from error
    average.values = load_file(folder / f"{_AVERAGE}.safetensors")
    _restore_moments(optimiser, load_file(folder / f"{_MOMENTS}.safetensors"))
    state = json.loads((folder / _STATE).read_text())
    return Progress(int(state["step"]), float(state["seconds"]))


def load_average(folder: Path) -> dict[str, Tensor]:
    """The averaged weights of a run, those to be shipped.

    Raises:
        FileTrouble: the folder holds no run.
    """
    path = folder / f"{_AVERAGE}.safetensors"
    if not path.exists():
        raise FileTrouble(f"{folder} holds no training run.")
    return load_file(path)


def _restore_moments(optimiser: torch.optim.Optimizer, moments: dict[str, Tensor]) -> None:
    state: dict[int, dict[str, Any]] = {}
    for name, value in moments.items():
        index, _, field = name.partition(".")
        state.setdefault(int(index), {})[field] = value
    optimiser.load_state_dict({**optimiser.state_dict(), "state": state})


def _write(path: Path, tensors: dict[str, Tensor]) -> None:
    partial = path.with_suffix(".partial")
    save_file({name: value.contiguous() for name, value in tensors.items()}, partial)
    partial.replace(path)
