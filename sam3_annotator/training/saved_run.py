"""A training run on disk: weights, running average, optimiser and place in the run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from sam3_annotator.errors import FileTrouble

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor, nn

_FILE = "run.safetensors"
_WEIGHTS, _AVERAGE, _MOMENTS = "weights", "average", "optimiser"


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
    """Write a run so that ``restore_run`` continues it; a kill leaves the earlier one whole.

    Raises:
        FileTrouble: the disk is full or cannot be written.
    """
    moments = {
        f"{index}.{name}": value
        for index, entry in optimiser.state_dict()["state"].items()
        for name, value in entry.items()
    }
    parts = {_WEIGHTS: module.state_dict(), _AVERAGE: average.values, _MOMENTS: moments}
    tensors = {
        f"{part}.{name}": value.detach().cpu().contiguous()
        for part, values in parts.items()
        for name, value in values.items()
    }
    notes = {"step": str(progress.step), "seconds": str(progress.seconds)}
    partial = folder / f"{_FILE}.partial"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        save_file(tensors, partial, metadata=notes)
        partial.replace(folder / _FILE)
    except (OSError, SafetensorError) as error:
        partial.unlink(missing_ok=True)
        raise FileTrouble(
            f"The run cannot be saved in {folder}: {error}.",
            "Free some space and start it again: it goes on where it was saved last.",
        ) from error


def restore_run(
    folder: Path, module: nn.Module, average: Average, optimiser: torch.optim.Optimizer
) -> Progress | None:
    """Continue from a folder; None where it holds no run yet.

    Raises:
        FileTrouble: the folder holds a run of another module, or a damaged one.
    """
    if not (folder / _FILE).exists():
        return None
    tensors, notes = _read(folder)
    weights = _part(tensors, _WEIGHTS)
    shapes = {name: value.shape for name, value in module.state_dict().items()}
    if {name: value.shape for name, value in weights.items()} != shapes:
        raise FileTrouble(
            f"{folder} holds a run of other sizes.", "Choose another folder, or delete it."
        )
    module.load_state_dict(weights)
    for name, value in _part(tensors, _AVERAGE).items():
        average.values[name].copy_(value)
    _restore_moments(optimiser, _part(tensors, _MOMENTS))
    return Progress(int(notes["step"]), float(notes["seconds"]))


def load_average(folder: Path) -> dict[str, Tensor]:
    """The averaged weights of a run, those to be shipped; on the CPU.

    Raises:
        FileTrouble: the folder holds no run, or a damaged one.
    """
    if not (folder / _FILE).exists():
        raise FileTrouble(f"{folder} holds no training run.")
    return _part(_read(folder)[0], _AVERAGE)


def _read(folder: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    try:
        with safe_open(folder / _FILE, framework="pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}, file.metadata()  # noqa: SIM118 - no mapping
    except (OSError, SafetensorError) as error:
        raise FileTrouble(
            f"The run in {folder} is damaged: {error}.", "Choose another folder, or delete it."
        ) from error


def _part(tensors: dict[str, Tensor], part: str) -> dict[str, Tensor]:
    start = f"{part}."
    return {k.removeprefix(start): v for k, v in tensors.items() if k.startswith(start)}


def _restore_moments(optimiser: torch.optim.Optimizer, moments: dict[str, Tensor]) -> None:
    state: dict[int, dict[str, Any]] = {}
    for name, value in moments.items():
        index, _, field = name.partition(".")
        state.setdefault(int(index), {})[field] = value
    optimiser.load_state_dict({**optimiser.state_dict(), "state": state})
