"""Memory of the bundled model: how a thing looked lets the frozen click decoder find it again.

Cells of a new frame look for similar cells of remembered frames and read whether those belonged to
the thing. Cells are compared by learned descriptors, trained beforehand and cheaply, so that the
untrained reader already carries labels from frame to frame. What is read
reaches the decoder three ways: a mask prompt, two prompt tokens, and a change of the embedding.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import nn

from sam3_annotator.model.descriptor import Descriptor, DescriptorConfig, cells_of
from sam3_annotator.model.sam_layers import ChannelNorm, Mlp, sine_positions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from sam3_annotator.model.sam_heads import DecodedMasks, ImageFeatures


UNUSABLE = -1e4
"""Score of memories that a thing may not read."""


@dataclass(frozen=True, slots=True)
class MiniMemoryConfig:
    """Sizes; the grid may have any size, positions are shares of it.

    Attributes:
        embedding: channels of the image embedding and of prompt tokens.
        mid, fine: channels of the two finer feature maps.
        descriptor: sizes of the network that makes the similarity keys.
        value: channels remembered per cell.
        width: channels of the reading stream.
        heads: heads of the second, learned reading.
        prompt_range: largest mask logit that is written into the mask prompt.
    """

    embedding: int = 256
    mid: int = 64
    fine: int = 32
    descriptor: DescriptorConfig = field(default_factory=DescriptorConfig)
    value: int = 96
    width: int = 160
    heads: int = 5
    prompt_range: float = 10.0


@dataclass(frozen=True, slots=True)
class Memory:
    """One remembered frame of N things.

    Attributes:
        key: (N or 1, h * w, key) unit vectors.
        deep_key: (N, h / 2 * w / 2, width), keys of the second reading.
        deep_value: (N, h / 2 * w / 2, value + 1), what it reads.
        value: (N, h * w, value).
        inside: (N, h * w), share of the cell that belonged to the thing.
        pointer: (N, embedding), what the thing looked like as a whole.
    """

    key: Tensor
    deep_key: Tensor
    deep_value: Tensor
    value: Tensor
    inside: Tensor
    pointer: Tensor


@dataclass(frozen=True, slots=True)
class Place:
    """How a memory relates to the frame that is looked at.

    Attributes:
        memory: the memory.
        prompted: whether a person (or a detector) gave its mask; else it was tracked.
        gap: distance in frames, at least 1.
        usable: (N,) bool, whether thing n may read it (it was present there); None for all.
    """

    memory: Memory
    prompted: bool
    gap: int
    usable: Tensor | None = None


@dataclass(frozen=True, slots=True)
class Recall:
    """What memory says about a frame, for N things.

    Attributes:
        embedding: (N, C, h, w), the frame's embedding with what was read added.
        mask_logits: (N, 1, 4 h, 4 w), where the thing is expected; goes in as a mask prompt.
        tokens: (N, 2, C), prompt tokens: how the thing looked when prompted, and lately.
        summary: (N, width + 2), what the presence head wants.
    """

    embedding: Tensor
    mask_logits: Tensor
    tokens: Tensor
    summary: Tensor


class Mixer(nn.Module):
    """Depthwise 5 x 5 convolution, then an MLP on the channels (ConvNeXt), residual."""

    def __init__(self, width: int, growth: int = 3) -> None:
        super().__init__()
        self.spatial = nn.Conv2d(width, width, 5, padding=2, groups=width)
        self.norm = ChannelNorm(width)
        self.widen = nn.Conv2d(width, width * growth, 1)
        self.narrow = nn.Conv2d(width * growth, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Map ``x: (B, C, h, w)`` to the same shape."""
        mixed: Tensor = self.narrow(F.gelu(self.widen(self.norm(self.spatial(x)))))
        return x + mixed


class MemoryWriter(nn.Module):
    """A frame and a thing's mask in it -> ``Memory``."""

    def __init__(self, config: MiniMemoryConfig) -> None:
        super().__init__()
        self.shrink1 = nn.Conv2d(1, 16, 2, stride=2)
        self.norm1 = ChannelNorm(16)
        self.shrink2 = nn.Conv2d(16, config.value, 2, stride=2)
        self.picture = nn.Conv2d(config.embedding, config.value, 1)
        self.mix = nn.Sequential(Mixer(config.value), Mixer(config.value))
        self.deep_key = nn.Conv2d(config.descriptor.width + config.value, config.width, 1)
        self.pointer = Mlp((config.embedding + config.value, 192, config.embedding), F.gelu)

    def forward(self, embedding: Tensor, key: Tensor, mask_logits: Tensor) -> Memory:
        """Write ``mask_logits: (N, 1, 4 h, 4 w)`` of one frame.

        Args:
            embedding: (N or 1, C, h, w).
            key: (N or 1, h * w, key), the frame's similarity keys.
            mask_logits: see above.
        """
        inside = mask_logits.float().sigmoid()
        x = self.shrink2(F.gelu(self.norm1(self.shrink1(2 * inside - 1))))
        x = self.mix(x + self.picture(embedding))
        value = x.flatten(2).transpose(1, 2)  # (N, C, h, w) -> (N, h * w, C)
        count = value.shape[0]
        share = F.avg_pool2d(inside, 4)
        half = F.avg_pool2d(torch.cat([x, share.to(x.dtype)], dim=1), 2, ceil_mode=True)
        deep_value = half.flatten(2).transpose(1, 2)
        small = F.avg_pool2d(grid(key, *embedding.shape[-2:]), 2, ceil_mode=True)
        both = torch.cat([small.expand(count, -1, -1, -1).to(half.dtype), half[:, :-1]], dim=1)
        deep = self.deep_key(both)
        deep = deep + sine_positions(deep.shape[2], deep.shape[3], deep.shape[1], deep)
        deep_key = deep.flatten(2).transpose(1, 2)
        share = share.flatten(1)
        weight = share / share.sum(dim=1, keepdim=True).clamp_min(1e-3)
        cells = embedding.flatten(2).transpose(1, 2).expand(count, -1, -1)
        looks = torch.cat([cells, value.to(cells.dtype)], dim=-1)
        pooled = (weight.unsqueeze(1).to(looks.dtype) @ looks).squeeze(1)
        return Memory(key, deep_key, deep_value, value, share, self.pointer(pooled))


class MiniMemory(nn.Module):
    """Write frames into memory, read them back for another frame, judge presence."""

    def __init__(self, config: MiniMemoryConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or MiniMemoryConfig()
        width = config.width
        self.keys = Descriptor(config.descriptor)
        self.writer = MemoryWriter(config)
        # Of similarity: sharpness, and pull towards the same place (prompted, recent).
        self.sharpness = nn.Parameter(torch.tensor(math.log(18.0)))
        self.pull = nn.Parameter(torch.tensor([-1.5, 1.5]))
        self.trust = nn.Parameter(torch.zeros(2))
        self.stem = nn.Conv2d(config.embedding, width, 1)
        self.first_read = nn.Conv2d(config.value + 2, width, 1)
        self.before = Mixer(width)
        self.query = nn.Conv2d(width, width, 1)
        self.read = nn.Linear(config.value + 1, width)
        self.merge = nn.Linear(width, width)
        self.mark = nn.Parameter(torch.zeros(2, width))
        self.after = nn.Sequential(Mixer(width), Mixer(width))
        self.residual = nn.Conv2d(width, config.embedding, 1)
        self.grow1 = nn.ConvTranspose2d(width, 48, 2, stride=2)
        self.mid = nn.Conv2d(config.mid, 48, 1)
        self.grow2 = nn.ConvTranspose2d(48, 24, 2, stride=2)
        self.fine = nn.Conv2d(config.fine, 24, 1)
        self.draw = nn.Conv2d(24, 1, 1)
        self.base_gain = nn.Parameter(torch.tensor(8.0))
        self.token = nn.ModuleList(nn.Linear(config.embedding, config.embedding) for _ in range(2))
        self.presence = Mlp((width + 2 + config.embedding + 2, 192, 1), F.gelu)
        for layer in (self.residual, self.draw):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)  # type: ignore[arg-type]  # both are built with a bias

    def remember(self, features: ImageFeatures, mask_logits: Tensor) -> Memory:
        """Remember N things of one frame.

        Args:
            features: of that frame, batch 1 or N, nothing added to the embedding.
            mask_logits: (N, 1, 4 h, 4 w); for a mask a person gave use +-10.
        """
        key = self.keys(cells_of(features))
        memory: Memory = self.writer(features.embedding, key, mask_logits)
        return memory

    def recall(self, features: ImageFeatures, places: Sequence[Place], blank: Tensor) -> Recall:
        """Look for N things in a frame.

        Args:
            features: of one frame (batch 1 or N).
            places: what to read, at least one memory; every thing must be able to use one.
            blank: (1, 1, C), the vector the decoder expects on an embedding without memory.
        """
        embedding = features.embedding
        height, width = features.grid
        count = places[0].memory.value.shape[0]
        query = self.keys(cells_of(features))
        cells = cell_places(height, width, embedding.device)
        seen = self._look(query, places, cells)
        soft = seen[..., -1:]
        x = self.stem(embedding).expand(count, -1, -1, -1)
        both = torch.cat([seen, soft.square()], dim=-1)
        x = self.before(x + self.first_read(grid(both, height, width).to(x.dtype)))
        asking = self.query(x + sine_positions(height, width, x.shape[1], x))
        x = x + grid(self._look_closer(asking, places), height, width)
        x = self.after(x)
        logits = self._drawn(x, grid(soft, height, width), features)
        changed = embedding + blank.transpose(1, 2)[..., None] + self.residual(x)
        return Recall(changed, logits, self._tokens(places), self._summary(x, logits, soft))

    def present(self, recall: Recall, decoded: DecodedMasks) -> Tensor:
        """(N,) float32 logit, above 0 when the thing is in the frame."""
        mask = decoded.logits[:, 0].float()
        strength = torch.stack([mask.flatten(1).amax(dim=1), decoded.ious[:, 0].float()], dim=1)
        scaled = strength * strength.new_tensor([0.1, 1.0])
        facts = torch.cat([recall.summary, decoded.tokens[:, 0].float(), scaled], dim=1)
        score: Tensor = self.presence(facts)
        return score[:, 0].float()

    def _look(self, query: Tensor, places: Sequence[Place], cells: Tensor) -> Tensor:
        """First reading, by similarity alone: (N, h * w, value + 1), the last channel is inside.

        The score of two cells is sharpness * cosine - pull * squared distance + trust. Written as
        one dot product of longer vectors it needs no table of all pairs.
        """
        count = places[0].memory.value.shape[0]
        square = cells.square().sum(dim=-1, keepdim=True)
        lengthened = torch.cat([cells, square, torch.ones_like(square)], dim=-1)
        q = torch.cat(
            [query.float() * self.sharpness.exp(), lengthened.expand(len(query), -1, -1)], -1
        )
        keys, values = [], []
        for place in places:
            kind = 0 if place.prompted else 1
            memory = place.memory
            pull = F.softplus(self.pull[kind]) * 4.0 / place.gap
            offset = self.trust[kind] - pull * square
            key = torch.cat([2 * pull * cells, -pull.expand_as(square), offset], dim=-1)
            key = key.expand(count, -1, -1)
            if place.usable is not None:
                barred = torch.where(place.usable, 0.0, UNUSABLE)[:, None, None]
                key = torch.cat([key[..., :-1], key[..., -1:] + barred], dim=-1)
            keys.append(torch.cat([memory.key.float().expand(count, -1, -1), key], dim=-1))
            values.append(_with_inside(memory))
        k, v = torch.cat(keys, dim=1), torch.cat(values, dim=1)
        # The fast attention kernels want one width for keys and values.
        padded = F.pad(v, (0, k.shape[-1] - v.shape[-1]))
        q, k, padded = (x.unsqueeze(1).to(v.dtype) for x in (q.expand(count, -1, -1), k, padded))
        seen = F.scaled_dot_product_attention(q, k, padded, scale=1.0)
        return seen.squeeze(1)[..., : v.shape[-1]]

    def _look_closer(self, query: Tensor, places: Sequence[Place]) -> Tensor:
        """Second reading, learned, several heads, memory at half the grid: (N, h * w, width)."""
        heads = self.config.heads
        q = _split(query.flatten(2).transpose(1, 2), heads)
        keys, values = [], []
        for place in places:
            memory = place.memory
            # An unusable memory is read as blank rather than barred: the kernels stay fast.
            use = _usable(place, len(q), q.device)[:, None, None].to(memory.deep_value.dtype)
            keys.append(memory.deep_key + self.mark[0 if place.prompted else 1])
            values.append(self.read(memory.deep_value * use) * use)
        k, v = (_split(torch.cat(parts, dim=1), heads) for parts in (keys, values))
        mixed = F.scaled_dot_product_attention(q, k.to(q.dtype), v.to(q.dtype))
        merged: Tensor = self.merge(mixed.transpose(1, 2).flatten(2))
        return merged

    def _drawn(self, x: Tensor, soft: Tensor, features: ImageFeatures) -> Tensor:
        """Mask logits at four times the grid: the read mask enlarged, plus a learned correction."""
        up = F.gelu(self.grow1(x) + self.mid(features.mid))
        up = F.gelu(self.grow2(up) + self.fine(features.fine))
        base = F.interpolate(soft.float(), scale_factor=4.0, mode="bilinear")
        logits: Tensor = self.base_gain * (2 * base - 1) + self.draw(up).float()
        return logits.clamp(-self.config.prompt_range, self.config.prompt_range)

    def _tokens(self, places: Sequence[Place]) -> Tensor:
        tokens = []
        for kind, project in enumerate(self.token):
            chosen = [p for p in places if p.prompted == (kind == 0)] or list(places)
            stacked = torch.stack([p.memory.pointer for p in chosen])  # (M, N, C)
            use = torch.stack([_usable(p, stacked.shape[1], stacked.device) for p in chosen])
            share = use / use.sum(dim=0).clamp_min(1)
            tokens.append(project((stacked * share[..., None].to(stacked.dtype)).sum(dim=0)))
        return torch.stack(tokens, dim=1)

    def _summary(self, x: Tensor, logits: Tensor, soft: Tensor) -> Tensor:
        share = F.avg_pool2d(logits.sigmoid(), 4).flatten(1)
        weight = (share + 1e-4) / (share + 1e-4).sum(dim=1, keepdim=True)
        pooled = (x.flatten(2).float() @ weight[..., None]).squeeze(-1)
        best = soft.float().amax(dim=(1, 2))
        return torch.cat([pooled, best[:, None], share.amax(dim=1, keepdim=True)], dim=1)


def grid(cells: Tensor, height: int, width: int) -> Tensor:
    """``cells: (B, h * w, C)`` -> (B, C, h, w)."""
    return torch.unflatten(cells.transpose(1, 2), 2, (height, width))


def cell_places(height: int, width: int, device: torch.device) -> Tensor:
    """(1, h * w, 2) float32 cell places around 0; 1 = the grid's longer side."""
    y = (torch.arange(height, device=device) - (height - 1) / 2) / max(height, width)
    x = (torch.arange(width, device=device) - (width - 1) / 2) / max(height, width)
    return torch.stack(torch.meshgrid(y, x, indexing="ij"), dim=-1).reshape(1, -1, 2)


def _with_inside(memory: Memory) -> Tensor:
    return torch.cat([memory.value, memory.inside[..., None].to(memory.value)], dim=-1)


def _usable(place: Place, count: int, device: torch.device) -> Tensor:
    if place.usable is None:
        return torch.ones(count, device=device)
    return place.usable.float()


def _split(x: Tensor, heads: int) -> Tensor:
    return torch.unflatten(x, -1, (heads, -1)).transpose(1, 2)  # (B, S, C) -> (B, heads, S, c)
