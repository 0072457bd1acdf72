"""How many bytes following N objects will take, worked out before a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sam3_annotator.model.object_batches import Batching
    from sam3_annotator.model.tracker_config import TrackerConfig

_FLOAT = 4


@dataclass(frozen=True, slots=True)
class RunSize:
    """What a run will hold.

    Attributes:
        objects: followed at once.
        prompted_frames: of one object, by people.
        is_concept: whether a concept run finds the objects; it conditions frames of its own, of
            which as many are kept as are ever looked at, and the first.
        grid: rows and columns of the image embedding; None for the trained input size.
        compute_bytes: per value of activations and cached projections (2 for bfloat16).
        memory_bytes: per value of a stored spatial memory.
        caches_projections: as given to ``Tracker``.
    """

    objects: int
    prompted_frames: int = 1
    is_concept: bool = False
    grid: tuple[int, int] | None = None
    compute_bytes: int = 2
    memory_bytes: int = 2
    caches_projections: bool = True


@dataclass(frozen=True, slots=True)
class MemoryPlan:
    """Bytes of a run in its steady state; no part grows with the length of the clip.

    Attributes:
        per_object: memories, masks, pointers and cached projections of one object.
        shared: features of the frame and what is computed once for all objects.
        working: largest set of temporary tensors of one stage.
        objects: number of objects.
    """

    per_object: int
    shared: int
    working: int
    objects: int

    @property
    def total(self) -> int:
        """All bytes, weights excluded."""
        return self.objects * self.per_object + self.shared + self.working


def plan_memory(config: TrackerConfig, run: RunSize, batching: Batching) -> MemoryPlan:
    """Work out the bytes of a run.

    Args:
        config: of the tracker.
        run: what it will hold.
        batching: objects computed together; decides the temporary tensors.
    """
    grid = run.grid or (config.grid, config.grid)
    cells = grid[0] * grid[1]
    width = config.heads.width
    return MemoryPlan(
        per_object=_object_bytes(config, run, cells),
        shared=cells * run.compute_bytes * (width + 4 * width // 4 + 16 * width // 8 + width),
        working=max(
            _attention_bytes(config, run, cells, batching.attention),
            _decoder_bytes(config, run, cells, batching.decoder),
            _encoder_bytes(config, run, cells, batching.encoder),
        ),
        objects=run.objects,
    )


def _maps_held(config: TrackerConfig, run: RunSize) -> int:
    """Spatial memories one object holds: its prompts, the recent ones and the last frame."""
    automatic = 0
    if run.is_concept:  # the limit counts from behind; the newest is there before the oldest goes
        automatic = (config.rules.max_conditioning or config.rules.max_pointers) + 1
    return run.prompted_frames + automatic + config.memory.slots


def _object_bytes(config: TrackerConfig, run: RunSize, cells: int) -> int:
    memory, width = config.memory, config.heads.width
    values = cells * memory.memory_width * run.memory_bytes + 16 * cells * _FLOAT
    if run.caches_projections:
        values += 2 * memory.layers * cells * width * run.compute_bytes
    pointers = (run.prompted_frames + config.rules.max_pointers) * width * run.compute_bytes
    return _maps_held(config, run) * values + pointers


def _attention_bytes(config: TrackerConfig, run: RunSize, cells: int, batch: int) -> int:
    """Keys and values of one layer (three copies while they are put together) and the MLP."""
    limit = config.rules.max_conditioning or run.prompted_frames
    maps = min(run.prompted_frames, limit) + config.memory.slots - 1
    width = config.heads.width
    keys = 4 * maps * cells * width
    tokens = cells * (6 * width + 2 * config.memory.mlp_width)
    return batch * (keys + tokens) * run.compute_bytes


def _decoder_bytes(config: TrackerConfig, run: RunSize, cells: int, batch: int) -> int:
    heads = config.heads
    upscaled = 16 * heads.width // 8 * 2 + 4 * heads.width // 4 * 2 + 6 * heads.width
    masks = 16 * (heads.alternatives + 1)
    return batch * cells * (upscaled * run.compute_bytes + 2 * masks * _FLOAT)


def _encoder_bytes(config: TrackerConfig, run: RunSize, cells: int, batch: int) -> int:
    scale = config.memory.mask_scale**2
    mask = 3 * scale * _FLOAT
    steps = 3 * scale * run.compute_bytes  # four channels on a quarter of the cells, thrice
    fuser = (2 * config.memory.fuser_width + 4 * config.heads.width) * run.compute_bytes
    return batch * cells * (mask + steps + fuser)
