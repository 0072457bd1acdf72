"""The click heads of SAM 2 and SAM 3: prompts and an image embedding in, mask logits out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import nn

from sam3_annotator.model.prompt_tokens import ClickEncoder
from sam3_annotator.model.sam_layers import Attention, ChannelNorm, Mlp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from sam3_annotator.model.tracker_config import HeadsConfig


@dataclass(frozen=True, slots=True)
class ImageFeatures:
    """What the heads need of one picture (or of a batch of them), computed once.

    Attributes:
        embedding: (B, C, h, w), the stride-14 or stride-16 level without anything added.
        mid: (B, C / 4, 2 h, 2 w), the next finer level, already projected.
        fine: (B, C / 8, 4 h, 4 w), the finest level, already projected.
    """

    embedding: Tensor
    mid: Tensor
    fine: Tensor

    @property
    def grid(self) -> tuple[int, int]:
        """Rows and columns of the embedding."""
        return self.embedding.shape[-2], self.embedding.shape[-1]


@dataclass(frozen=True, slots=True)
class DecodedMasks:
    """Everything the mask decoder says, before a choice is made among its masks.

    Attributes:
        logits: (B, 1 + M, 4 h, 4 w); mask 0 is the single-mask answer, the rest alternatives.
        ious: (B, 1 + M), predicted quality in [0, 1].
        tokens: (B, 1 + M, C), the tokens the masks came from.
        object_logits: (B, 1), above 0 when the object is there; None without that head.
    """

    logits: Tensor
    ious: Tensor
    tokens: Tensor
    object_logits: Tensor | None


@dataclass(frozen=True, slots=True)
class ChosenMasks:
    """Masks picked for an answer, with the tokens that object pointers are made of.

    Attributes:
        logits: (B, M or 1, 4 h, 4 w).
        ious: (B, M or 1).
        tokens: (B, M or 1, C). After the stability fallback this is still token 0, as the
            pointers were trained.
    """

    logits: Tensor
    ious: Tensor
    tokens: Tensor


class TwoWayBlock(nn.Module):
    """Tokens attend to themselves and to the picture, then the picture attends to them."""

    def __init__(self, config: HeadsConfig, *, first: bool) -> None:
        super().__init__()
        width, inner = config.width, config.width // config.cross_reduction
        heads = config.attention_heads
        self.first = first
        self.self_attention = Attention(width, width, heads)
        self.norm1 = nn.LayerNorm(width)
        self.token_to_image = Attention(width, inner, heads)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = Mlp((width, config.mlp_width, width))
        self.norm3 = nn.LayerNorm(width)
        self.image_to_token = Attention(width, inner, heads)
        self.norm4 = nn.LayerNorm(width)

    def forward(
        self, tokens: Tensor, image: Tensor, token_code: Tensor, image_code: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Update ``tokens: (B, P, C)`` and ``image: (B, S, C)``; the codes are positions."""
        if self.first:
            # The first block was trained without positions and without a residual here.
            tokens = self.self_attention(tokens, tokens, tokens)
        else:
            query = tokens + token_code
            tokens = tokens + self.self_attention(query, query, tokens)
        tokens = self.norm1(tokens)
        keys = image + image_code
        tokens = self.norm2(tokens + self.token_to_image(tokens + token_code, keys, image))
        tokens = self.norm3(tokens + self.mlp(tokens))
        image = image + self.image_to_token(keys, tokens + token_code, tokens)
        return tokens, self.norm4(image)


class TwoWayTransformer(nn.Module):
    """A few two-way blocks and a last look of the tokens at the picture."""

    def __init__(self, config: HeadsConfig) -> None:
        super().__init__()
        width, inner = config.width, config.width // config.cross_reduction
        self.blocks = nn.ModuleList(
            TwoWayBlock(config, first=index == 0) for index in range(config.depth)
        )
        self.final_attention = Attention(width, inner, config.attention_heads)
        self.final_norm = nn.LayerNorm(width)

    def forward(self, tokens: Tensor, image: Tensor, image_code: Tensor) -> tuple[Tensor, Tensor]:
        """Return updated ``tokens: (B, P, C)`` and ``image: (B, S, C)``."""
        code = tokens
        for block in self.blocks:
            tokens, image = block(tokens, image, code, image_code)
        looked = self.final_attention(tokens + code, image + image_code, image)
        return self.final_norm(tokens + looked), image


class MaskDecoder(nn.Module):
    """Prompt tokens and an image embedding -> one single mask and a few alternatives."""

    def __init__(self, config: HeadsConfig) -> None:
        super().__init__()
        width, masks = config.width, config.alternatives + 1
        self.config = config
        self.object_token = nn.Parameter(torch.zeros(1, width))
        self.iou_token = nn.Parameter(torch.zeros(1, width))
        self.mask_tokens = nn.Parameter(torch.zeros(masks, width))
        self.transformer = TwoWayTransformer(config)
        self.upscale1 = nn.ConvTranspose2d(width, width // 4, kernel_size=2, stride=2)
        self.upscale_norm = ChannelNorm(width // 4)
        self.upscale2 = nn.ConvTranspose2d(width // 4, width // 8, kernel_size=2, stride=2)
        self.mid_projection = nn.Conv2d(width, width // 4, kernel_size=1)
        self.fine_projection = nn.Conv2d(width, width // 8, kernel_size=1)
        self.mask_heads = nn.ModuleList(
            Mlp((width, width, width, width // 8)) for _ in range(masks)
        )
        self.iou_head = Mlp((width, width, width, masks))
        self.object_head = Mlp((width, width, width, 1)) if config.has_object_score else None

    def forward(
        self, features: ImageFeatures, prompt: Tensor, dense: Tensor, position: Tensor
    ) -> DecodedMasks:
        """Decode prompts; a batch of one picture is shared by all prompts.

        Args:
            features: of one picture, or of as many as there are prompts.
            prompt: (B, P, C) tokens of the prompts.
            dense: (B or 1, C, h, w or 1, 1), added to the embedding.
            position: (1, C, h, w), codes of the embedding's cells.
        """
        own = torch.cat([self.object_token, self.iou_token, self.mask_tokens])
        tokens = torch.cat([own.expand(prompt.shape[0], -1, -1), prompt.to(own.dtype)], dim=1)
        cells = (features.embedding + dense).flatten(2).transpose(1, 2)  # (B, C, h, w) -> (B, S, C)
        code = position.flatten(2).transpose(1, 2)
        tokens, cells = self.transformer(tokens, cells, code)
        fine = self._upscale(torch.unflatten(cells.transpose(1, 2), 2, features.grid), features)
        count = self.mask_tokens.shape[0]
        masks = tokens[:, 2 : 2 + count]
        weights = torch.stack(
            [head(masks[:, index]) for index, head in enumerate(self.mask_heads)], dim=1
        )
        logits = torch.unflatten(weights @ fine.flatten(2), 2, fine.shape[-2:])
        object_logits = None if self.object_head is None else self.object_head(tokens[:, 0])
        ious = self.iou_head(tokens[:, 1]).sigmoid()
        return DecodedMasks(logits, ious, masks, object_logits)

    def _upscale(self, cells: Tensor, features: ImageFeatures) -> Tensor:
        """Enlarge ``cells: (B, C, h, w)`` four times, adding the finer levels on the way."""
        x = F.gelu(self.upscale_norm(self.upscale1(cells) + features.mid))
        return F.gelu(self.upscale2(x) + features.fine)


class SamHeads(nn.Module):
    """Prompt encoder and mask decoder of one model, as one piece."""

    def __init__(self, config: HeadsConfig) -> None:
        super().__init__()
        self.config = config
        self.clicks = ClickEncoder(config)
        self.decoder = MaskDecoder(config)
        self.no_memory = nn.Parameter(torch.zeros(1, 1, config.width))

    def features(self, levels: Sequence[Tensor]) -> ImageFeatures:
        """Project the finer levels of a neck.

        Args:
            levels: three maps of ``width`` channels, finest first: (B, C, 4 h, 4 w),
                (B, C, 2 h, 2 w), (B, C, h, w).
        """
        fine, mid, embedding = levels
        decoder = self.decoder
        return ImageFeatures(embedding, decoder.mid_projection(mid), decoder.fine_projection(fine))

    def without_memory(self, embedding: Tensor) -> Tensor:
        """``embedding: (B, C, h, w)`` as the decoder wants it when nothing is remembered."""
        return embedding + self.no_memory.transpose(1, 2)[..., None]

    def forward(
        self,
        features: ImageFeatures,
        points: Tensor,
        labels: Tensor,
        mask_logits: Tensor | None = None,
    ) -> DecodedMasks:
        """Decode prompts on ``features`` exactly as given (nothing is added to them).

        Args:
            features: of one picture, or one per prompt.
            points: (B, P, 2) float32, fractions of the model input; P may be 0.
            labels: (B, P) int64, see ``prompt_tokens``.
            mask_logits: (B, 1, 4 h, 4 w), an earlier answer to refine, or None.
        """
        prompt = self.clicks(points, labels, features.grid)
        dense = self.clicks.without_mask() if mask_logits is None else self.clicks.mask(mask_logits)
        position = self.clicks.grid_positions(*features.grid)
        decoded: DecodedMasks = self.decoder(features, prompt, dense, position)
        return decoded


def alternatives(decoded: DecodedMasks) -> ChosenMasks:
    """All masks but the single one, for prompts that may mean several things."""
    return ChosenMasks(decoded.logits[:, 1:], decoded.ious[:, 1:], decoded.tokens[:, 1:])


def single(decoded: DecodedMasks, delta: float, threshold: float) -> ChosenMasks:
    """The single mask, or the best alternative where the single one is unstable.

    Args:
        decoded: the decoder's answer.
        delta: logits between ``-delta`` and ``delta`` count as undecided.
        threshold: least share of undecided-or-inside pixels that must be inside.
    """
    rows = torch.arange(decoded.ious.shape[0], device=decoded.ious.device)
    best = decoded.ious[:, 1:].argmax(dim=1) + 1
    stable = stability(decoded.logits[:, 0], delta) >= threshold
    index = torch.where(stable, 0, best)
    return ChosenMasks(
        decoded.logits[rows, index][:, None],
        decoded.ious[rows, index][:, None],
        decoded.tokens[:, :1],
    )


def stability(logits: Tensor, delta: float) -> Tensor:
    """Overlap of a mask cut at ``+delta`` and at ``-delta``.

    Args:
        logits: (B, h, w).
        delta: half the width of the undecided band.

    Returns:
        (B,) float32 in [0, 1]; 1 for a mask that is empty at both thresholds.
    """
    flat = logits.flatten(1)
    inner = (flat > delta).sum(dim=1).float()
    outer = (flat > -delta).sum(dim=1).float()
    return torch.where(outer > 0, inner / outer.clamp(min=1), 1.0)
