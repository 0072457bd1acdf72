"""All weights of a tracker: click heads, memory, and the small parts that join them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import nn

from sam3_annotator.model.memory import MemoryAttention, MemoryEncoder
from sam3_annotator.model.sam_heads import SamHeads
from sam3_annotator.model.sam_layers import Mlp, sine_times

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from sam3_annotator.model.tracker_config import TrackerConfig


class TrackerNet(nn.Module):
    """The modules of a tracker; ``Tracker`` runs them.

    Raises:
        ValueError: the heads of ``config`` lack the object score, without which absence cannot
            be told.
    """

    def __init__(self, config: TrackerConfig) -> None:
        super().__init__()
        if not config.heads.has_object_score:
            raise ValueError("tracking needs heads with an object score")
        width, memory = config.heads.width, config.memory
        narrow = memory.memory_width
        self.config = config
        self.heads = SamHeads(config.heads)
        self.memory_attention = MemoryAttention(width, memory)
        self.memory_encoder = MemoryEncoder(width, memory)
        self.time_codes = nn.Parameter(torch.zeros(memory.slots, 1, 1, narrow))
        self.no_object_pointer = nn.Parameter(torch.zeros(1, width))
        self.mask_reducer = nn.Conv2d(1, 1, kernel_size=4, stride=4)
        self.pointer_projection = Mlp((width, width, width, width))
        self.absence = nn.Parameter(torch.zeros(1, narrow)) if memory.marks_absence else None
        self.pointer_time = nn.Linear(width, narrow) if memory.dates_pointers else None

    def pointer(self, token: Tensor, present: Tensor) -> Tensor:
        """Object pointers from the decoder's mask tokens.

        Args:
            token: (B, C), tokens of the chosen masks.
            present: (B, 1) bool; absent objects all get the same learned pointer.

        Returns:
            (B, C).
        """
        return torch.where(present, self.pointer_projection(token), self.no_object_pointer)

    def pointer_tokens(self, pointers: Sequence[Tensor]) -> Tensor:
        """Pointers (C,) cut into tokens as wide as a memory cell: (L, memory width)."""
        narrow = self.config.memory.memory_width
        if not pointers:
            return self.time_codes.new_zeros(0, narrow)
        return torch.stack(list(pointers)).to(self.time_codes.dtype).reshape(-1, narrow)

    def pointer_codes(self, distances: Sequence[int], limit: int) -> Tensor:
        """Dates of pointers, repeated for each of their tokens: (L, memory width).

        Args:
            distances: frames (or ranks) behind.
            limit: ``pointer_limit`` of the clip; distances are scaled by it less one.
        """
        heads, memory = self.config.heads, self.config.memory
        tokens = heads.width // memory.memory_width
        if self.pointer_time is None or not distances:
            return self.time_codes.new_zeros(len(distances) * tokens, memory.memory_width)
        times = torch.tensor(distances, dtype=torch.float32, device=self.time_codes.device)
        waves = sine_times(times / max(limit - 1, 1), heads.width)
        codes: Tensor = self.pointer_time(waves.to(self.time_codes.dtype))
        return codes.repeat_interleave(tokens, dim=0)

    def write_memory(self, embedding: Tensor, masks: Tensor, present: Tensor) -> Tensor:
        """Encode what is seen of objects on one frame.

        Args:
            embedding: (1, C, h, w), the frame without memory.
            masks: (B, 1, scale h, scale w), from ``memory_mask``.
            present: (B, 1) bool, whether the object is there.

        Returns:
            (B, S, memory width).
        """
        memory: Tensor = self.memory_encoder(embedding, masks).flatten(2).transpose(1, 2)
        if self.absence is None:
            return memory
        return memory + torch.where(present, 0.0, self.absence)[:, None]

    def memory_mask(self, logits: Tensor, grid: tuple[int, int], *, binary: bool) -> Tensor:
        """Mask logits as the memory encoder wants them.

        Small logits are first enlarged to the model input, as the weights were trained; logits
        that have the encoder's own size already are taken as they are.

        Args:
            logits: (B, 1, H, W), any size.
            grid: rows and columns of the embedding.
            binary: cut at 0 (prompted frames) instead of keeping the doubt.

        Returns:
            (B, 1, scale h, scale w) float32, in [bias, bias + scale].
        """
        memory, stride = self.config.memory, self.config.heads.stride
        picture = (grid[0] * stride, grid[1] * stride)
        wanted = (grid[0] * memory.mask_scale, grid[1] * memory.mask_scale)
        logits = logits.float()
        if logits.shape[-2:] != wanted and logits.shape[-2:] != picture:
            logits = F.interpolate(logits, size=picture, mode="bilinear", align_corners=False)
        mask = (logits > 0).float() if binary else logits.sigmoid()
        return resized(mask * memory.logit_scale + memory.logit_bias, wanted)


def resized(x: Tensor, size: tuple[int, int]) -> Tensor:
    """``x: (B, 1, H, W)`` antialiased-bilinearly at ``size``, as the published code resizes."""
    if x.shape[-2:] == size:
        return x
    return F.interpolate(x.float(), size=size, mode="bilinear", align_corners=False, antialias=True)
