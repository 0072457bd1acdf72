"""The memory of SAM 2 and SAM 3: an encoder that writes it and an attention that reads it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import nn

from sam3_annotator.model.layers import attend
from sam3_annotator.model.rotary_grid import GridRotation, grid_rotation, rotate
from sam3_annotator.model.sam_layers import ChannelNorm, Mlp, sine_positions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from sam3_annotator.model.tracker_config import MemoryConfig

_POSITION_SHARE = 0.1  # how much of the position code is added to the queries, as trained


class FuserBlock(nn.Module):
    """One ConvNeXt block (Liu et al. 2022)."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(width, width, kernel_size=7, padding=3, groups=width)
        self.norm = ChannelNorm(width)
        self.mlp = Mlp((width, hidden, width), F.gelu)
        self.scale = nn.Parameter(torch.full((width,), 1e-6))

    def forward(self, x: Tensor) -> Tensor:
        """Map ``x: (B, C, h, w)`` to the same shape."""
        cells = self.norm(self.depthwise(x)).permute(0, 2, 3, 1)  # (B, C, h, w) -> (B, h, w, C)
        change: Tensor = self.scale * self.mlp(cells)
        return x + change.permute(0, 3, 1, 2)  # (B, h, w, C) -> (B, C, h, w)


class MemoryEncoder(nn.Module):
    """An image embedding and an object's mask -> one narrow map to remember both by."""

    def __init__(self, width: int, config: MemoryConfig) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels = 1
        for _ in range(config.mask_scale.bit_length() - 1):  # every step halves the mask's side
            layers += [
                nn.Conv2d(channels, 4 * channels, kernel_size=3, stride=2, padding=1),
                ChannelNorm(4 * channels),
                nn.GELU(),
            ]
            channels *= 4
        self.mask_net = nn.Sequential(*layers, nn.Conv2d(channels, width, kernel_size=1))
        self.feature_projection = nn.Conv2d(width, width, kernel_size=1)
        self.fuser = nn.Sequential(
            *(FuserBlock(width, config.fuser_width) for _ in range(config.fuser_layers))
        )
        self.projection = nn.Conv2d(width, config.memory_width, kernel_size=1)

    def forward(self, embedding: Tensor, masks: Tensor) -> Tensor:
        """Encode masks seen on one picture.

        Args:
            embedding: (1 or B, C, h, w), the picture without any memory in it.
            masks: (B, 1, scale h, scale w), scaled mask values (about -10 to 10).

        Returns:
            (B, memory width, h, w).
        """
        written = self.mask_net(masks.to(self.projection.weight.dtype))
        memory: Tensor = self.projection(self.fuser(self.feature_projection(embedding) + written))
        return memory


@dataclass(frozen=True, slots=True)
class ProjectedMemory:
    """One spatial memory as keys and values of every attention layer, ready to be attended to.

    Attributes:
        keys: (layers, S, C), rotated by position; the temporal code is not in them yet.
        values: (layers, S, C).
    """

    keys: Tensor
    values: Tensor

    @property
    def nbytes(self) -> int:
        """Bytes of both."""
        return self.keys.nbytes + self.values.nbytes


@dataclass(frozen=True, slots=True)
class RecalledMap:
    """One spatial memory that a frame looks at.

    Attributes:
        memory: (S, memory width), any dtype, on the device of the frame.
        slot: number of its temporal code.
        projected: keys and values of every layer, if they were kept; else each layer works out its
            own, to the same bits.
    """

    memory: Tensor
    slot: int
    projected: ProjectedMemory | None = None


@dataclass(frozen=True, slots=True)
class Recalled:
    """Everything one object remembers for one frame.

    Attributes:
        maps: spatial memories.
        pointers: (L, memory width), object pointers cut into tokens; L may be 0.
        pointer_codes: (L, memory width), their dates.
    """

    maps: tuple[RecalledMap, ...]
    pointers: Tensor
    pointer_codes: Tensor

    @property
    def size(self) -> tuple[int, int]:
        """Number of maps and of pointer tokens; objects of one batch must agree in it."""
        return len(self.maps), self.pointers.shape[0]


@dataclass(frozen=True, slots=True)
class SharedFrame:
    """What is the same for all objects of a frame, computed once.

    Attributes:
        tokens: (1, S, C), the embedding after the self-attention of the first layer.
        rotation: rotary table of its grid.
        time_columns: (layers, slots, w, C / 2), share of the temporal codes in the keys that
            depends on the column.
        time_rows: (layers, slots, h, C / 2), the share that depends on the row.
    """

    tokens: Tensor
    rotation: GridRotation
    time_columns: Tensor
    time_rows: Tensor


class OneHeadAttention(nn.Module):
    """Projections of a single-head attention whose keys may come from a narrower source."""

    def __init__(self, width: int, source_width: int) -> None:
        super().__init__()
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(source_width, width)
        self.value = nn.Linear(source_width, width)
        self.output = nn.Linear(width, width)

    def forward(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        """Attend with projected ``query: (B, S, C)`` and ``key, value: (B, L, C)``."""
        mixed = attend(query[:, None], key[:, None], value[:, None])
        out: Tensor = self.output(mixed[:, 0])
        return out


class MemoryLayer(nn.Module):
    """The frame attends to itself and to the memories, then passes an MLP (pre-norm)."""

    def __init__(self, width: int, config: MemoryConfig) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.self_attention = OneHeadAttention(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.cross_attention = OneHeadAttention(width, config.memory_width)
        self.norm3 = nn.LayerNorm(width)
        self.mlp = Mlp((width, config.mlp_width, width))

    def look_around(self, x: Tensor, rotation: GridRotation) -> Tensor:
        """Self-attention with residual; ``x: (B, S, C)``."""
        normed, attention = self.norm1(x), self.self_attention
        query, key = (rotate(p(normed), rotation) for p in (attention.query, attention.key))
        looked: Tensor = attention(query, key, attention.value(normed))
        return x + looked

    def look_back(self, x: Tensor, keys: Tensor, values: Tensor, rotation: GridRotation) -> Tensor:
        """Attention to memories; ``x: (1 or B, S, C)``, ``keys, values: (B, L, C)``."""
        query = rotate(self.cross_attention.query(self.norm2(x)), rotation)
        query = query.expand(keys.shape[0], -1, -1)
        looked: Tensor = x + self.cross_attention(query, keys, values)
        return looked

    def refine(self, x: Tensor) -> Tensor:
        """MLP with residual; ``x: (B, S, C)``."""
        refined: Tensor = x + self.mlp(self.norm3(x))
        return refined


class MemoryAttention(nn.Module):
    """Mixes what objects remember into the embedding of a frame."""

    def __init__(self, width: int, config: MemoryConfig) -> None:
        super().__init__()
        self.config = config
        self.width = width
        self.layers = nn.ModuleList(MemoryLayer(width, config) for _ in range(config.layers))
        self.norm = nn.LayerNorm(width)

    def share(self, embedding: Tensor, time_codes: Tensor) -> SharedFrame:
        """Do the part of a frame that all its objects have in common.

        Args:
            embedding: (1, C, h, w), the frame without memory.
            time_codes: (slots, memory width), the learned temporal codes.
        """
        height, width = embedding.shape[-2:]
        rotation = self._rotation(height, width, embedding.device)
        position = sine_positions(height, width, self.width, embedding)
        x = (embedding + _POSITION_SHARE * position).flatten(2).transpose(1, 2)
        first = self._layer(0)
        columns, rows = self._time_keys(time_codes, rotation)
        return SharedFrame(first.look_around(x, rotation), rotation, columns, rows)

    def project(self, memory: Tensor, grid: tuple[int, int]) -> ProjectedMemory:
        """Keys and values of one stored memory for all layers.

        Args:
            memory: (S, memory width), any dtype.
            grid: rows and columns, ``S = rows * columns``.
        """
        rotation = self._rotation(*grid, memory.device)
        layers = [self._projected(i, memory, rotation) for i in range(self.config.layers)]
        keys, values = zip(*layers, strict=True)
        return ProjectedMemory(torch.stack(keys), torch.stack(values))

    def forward(self, frame: SharedFrame, recalled: Sequence[Recalled]) -> Tensor:
        """Mix memories into a frame for several objects.

        Args:
            frame: from ``share``.
            recalled: one per object; all must agree in ``size``.

        Returns:
            (B, C, h, w), one embedding per object.
        """
        x = frame.tokens
        for index in range(self.config.layers):
            layer = self._layer(index)
            if index > 0:
                x = layer.look_around(x, frame.rotation)
            keys, values = self._keys_and_values(index, frame, recalled)
            x = layer.look_back(x, keys, values, frame.rotation)
            del keys, values  # the MLP's hidden layer is about as large
            x = layer.refine(x)
        height, width = frame.rotation.grid
        return torch.unflatten(self.norm(x).transpose(1, 2), 2, (height, width))

    def _layer(self, index: int) -> MemoryLayer:
        layer = self.layers[index]
        assert isinstance(layer, MemoryLayer)
        return layer

    def _rotation(self, height: int, width: int, device: torch.device) -> GridRotation:
        return grid_rotation(height, width, self.width, self.config.rope_theta, device)

    def _time_keys(self, codes: Tensor, rotation: GridRotation) -> tuple[Tensor, Tensor]:
        """Rotated keys of the bare temporal codes.

        Keys are linear in memory plus code, so the code's share can be added to keys that were
        projected earlier, when the memory was nearer. Rotary positions turn the first half of
        the channels by column, the second by row: the share is kept in these two factors.
        """
        half = self.width // 2
        projections = [self._layer(i).cross_attention.key for i in range(self.config.layers)]
        keys = torch.stack([F.linear(codes, p.weight) for p in projections])  # (layers, slots, C)
        first, second = keys[..., None, :half], keys[..., None, half:]
        height, width = rotation.grid
        columns = rotate(first.expand(-1, -1, width, -1), rotation.columns())
        rows = rotate(second.expand(-1, -1, height, -1), rotation.rows())
        return columns, rows

    def _keys_and_values(
        self, index: int, frame: SharedFrame, recalled: Sequence[Recalled]
    ) -> tuple[Tensor, Tensor]:
        """What the objects are compared with in one layer: (B, maps * S + L, C) each."""
        attention = self._layer(index).cross_attention
        cells = frame.tokens.shape[1]
        maps, tokens = recalled[0].size
        # Filled in place: with full memories these are the largest tensors of a frame.
        keys = frame.tokens.new_empty(len(recalled), maps * cells + tokens, self.width)
        values = torch.empty_like(keys)
        for row, memories in enumerate(recalled):
            for place, one in enumerate(memories.maps):
                here = slice(place * cells, (place + 1) * cells)
                key, values[row, here] = self._of_map(index, one, frame.rotation)
                keys[row, here] = _dated(key, index, one.slot, frame)
            keys[row, maps * cells :] = attention.key(memories.pointers + memories.pointer_codes)
            values[row, maps * cells :] = attention.value(memories.pointers)
        return keys, values

    def _of_map(
        self, index: int, one: RecalledMap, rotation: GridRotation
    ) -> tuple[Tensor, Tensor]:
        """Keys and values of a memory in one layer, kept or worked out: (S, C) each."""
        if one.projected is None:
            return self._projected(index, one.memory, rotation)
        return one.projected.keys[index], one.projected.values[index]

    def _projected(
        self, index: int, memory: Tensor, rotation: GridRotation
    ) -> tuple[Tensor, Tensor]:
        """Keys, turned by position, and values of a memory in one layer: (S, C) each."""
        attention = self._layer(index).cross_attention
        memory = memory.to(attention.key.weight.dtype)
        placed = memory + _place_codes(*rotation.grid, memory.shape[1], memory.dtype, memory.device)
        return rotate(attention.key(placed), rotation), attention.value(memory)


def _dated(key: Tensor, index: int, slot: int, frame: SharedFrame) -> Tensor:
    """Keys (S, C) of one layer with the share of their temporal code added."""
    cells = torch.unflatten(torch.unflatten(key, 0, frame.rotation.grid), -1, (2, -1))
    columns = cells[..., 0, :] + frame.time_columns[index, slot][None]  # (h, w, C / 2)
    rows = cells[..., 1, :] + frame.time_rows[index, slot][:, None]
    return torch.cat([columns, rows], dim=-1).flatten(0, 1)


@lru_cache(maxsize=8)
def _place_codes(
    height: int, width: int, channels: int, dtype: torch.dtype, device: torch.device
) -> Tensor:
    """What says where the cells of a memory lie: (S, channels)."""
    # A table made in inference mode could not be used by a later training step.
    with torch.inference_mode(mode=False):
        like = torch.zeros(1, dtype=dtype, device=device)
        return sine_positions(height, width, channels, like)[0].flatten(1).t()
