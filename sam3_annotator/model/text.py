"""The phrase encoder: a causal transformer over byte-pair tokens, projected to detector width."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sam3_annotator.model.layers import Attention, FeedForward

if TYPE_CHECKING:
    from sam3_annotator.model.config import TextConfig

PADDING_ID = 0


@dataclass(frozen=True, slots=True)
class TextFeatures:
    """Encoded phrases, ready to be used with any picture.

    Attributes:
        tokens: (B, L, C) float, one row per phrase.
        is_real: (B, L) bool, False on padding.
    """

    tokens: Tensor
    is_real: Tensor

    def phrase(self, index: int) -> TextFeatures:
        """The phrase at ``index`` alone, still with a batch dimension of one."""
        part = slice(index, index + 1)
        return TextFeatures(self.tokens[part], self.is_real[part])


def _longest(ids: Tensor) -> int:
    """Tokens of the longest phrase of ``ids: (B, L)``, at least one."""
    places = torch.arange(1, ids.shape[1] + 1, device=ids.device)
    return max(1, int((places * (ids != PADDING_ID)).max()))


class TextBlock(nn.Module):
    """One pre-norm transformer block in which a token sees only those before it."""

    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(config.width)
        self.attn = Attention(config.width, config.heads)
        self.norm2 = nn.LayerNorm(config.width)
        self.mlp = FeedForward(config.width, config.mlp_width, "gelu")

    def forward(self, x: Tensor) -> Tensor:
        """(B, L, C) float to the same."""
        normed = self.norm1(x)
        x = x + self.attn(normed, normed, normed, causal=True)
        out: Tensor = x + self.mlp(self.norm2(x))
        return out


class TextEncoder(nn.Module):
    """Token ids to features.

    Padding needs no mask inside: it stands on the right, where causality hides it from the rest.
    """

    def __init__(self, config: TextConfig, width_out: int) -> None:
        super().__init__()
        self.token_embed = nn.Embedding(config.vocabulary, config.width)
        self.position = nn.Parameter(torch.zeros(config.context, config.width))
        nn.init.normal_(self.position, std=0.01)
        self.blocks = nn.ModuleList(TextBlock(config) for _ in range(config.depth))
        self.norm = nn.LayerNorm(config.width)
        self.project = nn.Linear(config.width, width_out)

    def forward(self, ids: Tensor) -> TextFeatures:
        """Encode phrases.

        Args:
            ids: (B, L) int64, as ``Tokenizer.encode`` gives them; 0 is padding.

        Returns:
            Features (B, L, C), L as long as the longest phrase: padding that all phrases share
            can reach no answer and is left out. As in the published model every id 0 counts as
            padding, even in the rare phrase whose own tokens contain it.
        """
        ids = ids[:, : _longest(ids)]
        x = F.embedding(ids, self.token_embed.weight) + self.position[: ids.shape[1]]
        for block in self.blocks:
            x = block(x)
        return TextFeatures(tokens=self.project(self.norm(x)), is_real=ids != PADDING_ID)
