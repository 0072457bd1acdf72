"""How many bytes following N objects will take, worked out before a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sam3_annotator.model.layers import TILE_SCORES

if TYPE_CHECKING:
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
        batch_size: as given to ``Tracker``.
        projection_bytes: as given to ``Tracker``.
        encoding_bytes: temporary tensors while a frame is encoded, or concepts are looked for.
    """

    objects: int
    prompted_frames: int = 1
    is_concept: bool = False
    grid: tuple[int, int] | None = None
    compute_bytes: int = 2
    memory_bytes: int = 2
    batch_size: int = 1
    projection_bytes: int = 0
    encoding_bytes: int = 0


@dataclass(frozen=True, slots=True)
class MemoryPlan:
    """Bytes of a run in its steady state; no part grows with the length of the clip.

    Attributes:
        per_object: memories, masks and pointers of one object.
        shared: features of the frame, and keys and values that are kept for all objects.
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


def plan_memory(config: TrackerConfig, run: RunSize) -> MemoryPlan:
    """Work out the bytes of a run.

    What is held follows from the sizes. Of temporary tensors, which of them are alive together was
    measured on a CPU (``tests/unit/model/test_memory_plan.py`` measures it again).

    Args:
        config: of the tracker.
        run: what it will hold.
    """
    grid = run.grid or (config.grid, config.grid)
    cells = grid[0] * grid[1]
    width, size = config.heads.width, run.compute_bytes
    levels = 4 * width * cells * size  # 1, 4 and 16 cells of all, a quarter, an eighth of channels
    return MemoryPlan(
        per_object=_object_bytes(config, run, cells),
        shared=levels + _projection_bytes(config, run, cells),
        working=max(
            run.encoding_bytes,
            _attention_bytes(config, run, cells),
            _decoder_bytes(config, run, cells),
            _encoder_bytes(config, run, cells),
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
    """Memories with their masks, pointers; the answer of the frame, and of a concept the first."""
    memory, width, mask = config.memory, config.heads.width, 16 * cells * _FLOAT
    maps = _maps_held(config, run)
    values = cells * memory.memory_width * run.memory_bytes + mask
    pointers = (maps + config.rules.max_pointers) * width * run.compute_bytes
    return maps * values + pointers + mask * (2 if run.is_concept else 1)


def _projection_bytes(config: TrackerConfig, run: RunSize, cells: int) -> int:
    """Keys and values that are kept: those of all objects, or what there is room for."""
    if run.projection_bytes <= 0:
        return 0
    one = 2 * config.memory.layers * cells * config.heads.width * run.compute_bytes
    return min(run.objects * _maps_held(config, run) * one, run.projection_bytes + one)


def _attention_bytes(config: TrackerConfig, run: RunSize, cells: int) -> int:
    """Keys and values of one layer while memories are projected or read, or its MLP."""
    limit = config.rules.max_conditioning or config.rules.max_pointers
    prompted = run.prompted_frames + (limit if run.is_concept else 0)
    maps = min(prompted, limit) + config.memory.slots - 1
    width, size, batch = config.heads.width, run.compute_bytes, run.batch_size
    tokens = cells * width * size
    keys = 2 * batch * maps * tokens
    projecting = 17 * cells * width  # rotary positions are turned in float32, map by map
    scores = 3 * min(TILE_SCORES, cells * cells * maps) * size if size < _FLOAT else 0
    hidden = 2 * batch * cells * config.memory.mlp_width * size
    return max(keys + projecting, keys + scores, hidden) + (2 + 3 * batch) * tokens


def _decoder_bytes(config: TrackerConfig, run: RunSize, cells: int) -> int:
    """The enlarged embedding of the last two steps, before and after norm and activation."""
    return run.batch_size * cells * 8 * config.heads.width * run.compute_bytes


def _encoder_bytes(config: TrackerConfig, run: RunSize, cells: int) -> int:
    """A mask prompt: masks at the encoder's size, its first convolution or the widest fuser."""
    scale, size, batch = config.memory.mask_scale**2, run.compute_bytes, run.batch_size
    width, fuser = config.heads.width, config.memory.fuser_width
    steps = max(21 * scale * size // 4, (3 * fuser + 2 * width) * size)
    masks = scale * (size + _FLOAT)
    one_mask = 2 * scale * _FLOAT  # made ready one by one
    weights = 9 * scale * scale // 4 * _FLOAT  # of the last halving of the mask, reordered
    return batch * cells * (steps + masks) + cells * one_mask + weights
