"""An exemplar detector of SAM 3's shape at a reduced size, on the frozen bundled backbone.

Geometry encoder, fusion encoder, decoder with a presence token, scorer and mask head are SAM 3's
own modules. Two things differ, so that little training suffices. Every cell is told how similar
its frozen embedding is to the exemplars. And the decoder does not start from learned anchors: each
fused cell proposes a box, and the best proposals become the queries.

    tokens = detector.exemplars(features, boxes, labels)      # on the picture that shows them
    found = detector.find(other_features, tokens)             # on the same or any other picture
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import nn

from sam3_annotator.model.boxes import box_iou, cxcywh_to_xyxy, logit
from sam3_annotator.model.config import DetectorConfig, LayerConfig
from sam3_annotator.model.decoder import BoxBias, DecoderLayer, Scorer
from sam3_annotator.model.fusion import FusionEncoder
from sam3_annotator.model.layers import sine_code
from sam3_annotator.model.mask_head import MaskHead
from sam3_annotator.model.prompt_encoder import GeometryEncoder, GeometryPrompts, roi_align
from sam3_annotator.model.sam_layers import Mlp, sine_positions

if TYPE_CHECKING:
    from torch import Tensor

    from sam3_annotator.model.sam_heads import ImageFeatures

LOOK_BINS = 3
PRIOR_LOGIT = -3.0


def _sizes() -> DetectorConfig:
    return DetectorConfig(
        geometry=LayerConfig(depth=1, heads=4, mlp_width=384),
        fusion=LayerConfig(depth=3, heads=4, mlp_width=512),
        decoder=LayerConfig(depth=3, heads=4, mlp_width=512),
        width=128,
        queries=50,
        roi=5,
        point_prompts=False,
        score_mlp_width=384,
        mask_attention_heads=4,
        tracker_neck=False,
    )


@dataclass(frozen=True, slots=True)
class MiniDetectorConfig:
    """Sizes.

    Attributes:
        detector: sizes of SAM 3's modules (its trunk and text parts are not used).
        embedding, mid, fine: channels of the frozen feature maps.
        key: channels in which cells and exemplars are compared.
    """

    detector: DetectorConfig = field(default_factory=_sizes)
    embedding: int = 256
    mid: int = 64
    fine: int = 32
    key: int = 96


@dataclass(frozen=True, slots=True)
class ExemplarTokens:
    """Exemplars of B prompts, encoded on the pictures that show them.

    Attributes:
        tokens: (B, L, C), one per exemplar and one summary.
        is_real: (B, L) bool, False on padding.
        looks: (B, P, bins * bins, key) unit vectors of the exemplars' insides.
        labels: (B, P) int64: 1 like this, 0 not like this, -1 padding.
    """

    tokens: Tensor
    is_real: Tensor
    looks: Tensor
    labels: Tensor


@dataclass(frozen=True, slots=True)
class Proposals:
    """What every cell says: (B, S) logits and (B, S, 4) boxes, cxcywh in fractions."""

    logits: Tensor
    boxes: Tensor


@dataclass(frozen=True, slots=True)
class Found:
    """Answers for B prompts.

    Attributes:
        logits: per decoder layer, (B, Q) float32; the last one counts.
        boxes: per decoder layer, (B, Q, 4) float32, cxcywh in fractions of the picture.
        presence_logit: (B,) float32, whether anything like it is in the picture.
        mask_logits: (B, Q, 4 h, 4 w).
        semantic_logits: (B, 1, 4 h, 4 w), everything like it at once.
        proposals: what the queries were chosen from.
    """

    logits: list[Tensor]
    boxes: list[Tensor]
    presence_logit: Tensor
    mask_logits: Tensor
    semantic_logits: Tensor
    proposals: Proposals

    @property
    def scores(self) -> Tensor:
        """(B, Q) float32 in [0, 1]: fit times presence."""
        return self.logits[-1].sigmoid() * self.presence_logit.sigmoid()[:, None]


@dataclass(frozen=True, slots=True)
class Similar:
    """What one prompt found, best first.

    Attributes:
        queries: (K,) int64, rows of ``Found``.
        scores: (K,) float32 in [0, 1].
        boxes: (K, 4) float32, cxcywh in fractions of the picture.
    """

    queries: Tensor
    scores: Tensor
    boxes: Tensor


class MiniDetector(nn.Module):
    """Finds everything that looks like the exemplars."""

    def __init__(self, config: MiniDetectorConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or MiniDetectorConfig()
        sizes = config.detector
        width = sizes.width
        self.level_in = nn.ModuleList(
            nn.Conv2d(channels, width, 1)
            for channels in (config.fine, config.mid, config.embedding)
        )
        self.keys = nn.Conv2d(config.embedding, config.key, 1, bias=False)
        nn.init.orthogonal_(self.keys.weight.data.view(config.key, -1))
        self.similar_in = nn.Sequential(nn.Linear(6, width), nn.GELU(), nn.Linear(width, width))
        self.geometry = GeometryEncoder(sizes)
        self.fusion = FusionEncoder(width, sizes.fusion)
        self.propose = Mlp((width, width, 5))
        self.content = nn.Linear(width, width)
        self.presence_token = nn.Parameter(torch.zeros(1, width))
        self.layers = nn.ModuleList(
            DecoderLayer(width, sizes.decoder) for _ in range(sizes.decoder.depth)
        )
        self.norm = nn.LayerNorm(width)
        self.box_head = Mlp((width, width, 4))
        self.place_head = Mlp((2 * width, width, width))
        self.box_bias = BoxBias(width, sizes.decoder.heads)
        self.presence_norm = nn.LayerNorm(width)
        self.presence_head = Mlp((width, width, 1))
        self.scorer = Scorer(sizes)
        self.quality = Mlp((width, width, 1))
        self.mask_head = MaskHead(sizes)
        # Few cells and few queries show a wanted thing: start from "probably not".
        for head in (self.propose, self.quality):
            nn.init.constant_(last_bias(head)[:1], PRIOR_LOGIT)

    def exemplars(self, features: ImageFeatures, boxes: Tensor, labels: Tensor) -> ExemplarTokens:
        """Encode exemplars of B prompts.

        Args:
            features: pictures that show them, batch 1 or B, nothing added to the embedding.
            boxes: (B, P, 4) float32, cxcywh in fractions of the picture.
            labels: (B, P) int64: 1 like this, 0 not like this, -1 padding.
        """
        image = self.level_in[2](features.embedding)
        position = self._position(image)
        prompts = GeometryPrompts.of_boxes(boxes, labels)
        tokens, is_real = self.geometry(prompts, image, position)
        keys = self.keys(features.embedding)
        looks = roi_align(_inner(keys), boxes, LOOK_BINS).flatten(3).transpose(2, 3)
        return ExemplarTokens(tokens, is_real, F.normalize(looks, dim=-1), labels)

    def find(self, features: ImageFeatures, exemplars: ExemplarTokens) -> Found:
        """Find everything that looks like the exemplars, on ``features`` of batch 1 or B."""
        levels = [
            conv(level)
            for conv, level in zip(
                self.level_in, (features.fine, features.mid, features.embedding), strict=True
            )
        ]
        image = levels[2]
        position = self._position(image)
        batch = exemplars.tokens.shape[0]
        likeness = similarities(self.keys(features.embedding), exemplars)
        cells = image.flatten(2).transpose(1, 2).expand(batch, -1, -1)
        cells = cells + self.similar_in(likeness.to(cells.dtype))
        prompt = (exemplars.tokens, exemplars.is_real[:, None, None])
        cells = self.fusion(cells, position, *prompt)
        proposals = self._proposals(cells, features.grid)
        logits, boxes, presence, queries = self._decode(
            cells, position, features.grid, exemplars, proposals
        )
        levels = [level.expand(batch, -1, -1, -1) for level in levels]
        masks, semantic = self.mask_head(cells, tuple(levels), queries, prompt)
        return Found(logits, boxes, presence, masks, semantic, proposals)

    def _position(self, image: Tensor) -> Tensor:
        height, width = image.shape[-2:]
        table = sine_positions(height, width, image.shape[1], image)
        return table.flatten(2).transpose(1, 2)

    def _proposals(self, cells: Tensor, grid: tuple[int, int]) -> Proposals:
        """A box per cell, as distances from the cell's centre to its four sides."""
        raw = self.propose(cells).float()
        y = (torch.arange(grid[0], device=cells.device) + 0.5) / grid[0]
        x = (torch.arange(grid[1], device=cells.device) + 0.5) / grid[1]
        centre_y, centre_x = torch.meshgrid(y, x, indexing="ij")
        centre = torch.stack([centre_x, centre_y], dim=-1).reshape(1, -1, 2)
        near, far = (F.softplus(raw[..., part]) * 0.1 for part in (slice(1, 3), slice(3, 5)))
        low, high = (centre - near).clamp(0, 1), (centre + far).clamp(0, 1)
        boxes = torch.cat([(low + high) / 2, high - low], dim=-1)
        return Proposals(raw[..., 0], boxes)

    def _decode(
        self,
        cells: Tensor,
        position: Tensor,
        grid: tuple[int, int],
        exemplars: ExemplarTokens,
        proposals: Proposals,
    ) -> tuple[list[Tensor], list[Tensor], Tensor, Tensor]:
        """Refine the best proposals: logits and boxes of every layer, presence, query states."""
        count = min(self.config.detector.queries, cells.shape[1])
        best = spread_peaks(proposals.logits, grid).topk(count, dim=1).indices
        boxes = proposals.boxes.gather(1, best[..., None].expand(-1, -1, 4)).detach()
        chosen = cells.gather(1, best[..., None].expand(-1, -1, cells.shape[-1]))
        first = self.presence_token.expand(len(cells), 1, -1).to(chosen.dtype)
        x = torch.cat([first, self.content(chosen)], dim=1)
        prompt = (exemplars.tokens, exemplars.is_real[:, None, None])
        all_logits, all_boxes = [], []
        queries = x[:, 1:]
        for layer in self.layers:
            code = sine_code(boxes[..., [1, 0, 2, 3]], x.shape[-1] // 2).flatten(-2)
            place = F.pad(self.place_head(code.to(x.dtype)), (0, 0, 1, 0))
            bias = self.box_bias(boxes, grid, x.dtype)
            x = layer(x, place, prompt, (cells, cells + position), bias)
            queries = self.norm(x[:, 1:])
            refined = (logit(boxes) + self.box_head(queries).float()).sigmoid()
            fit = self.scorer(queries, exemplars.tokens, exemplars.is_real)
            all_logits.append(fit + self.quality(queries).float().squeeze(-1))
            all_boxes.append(refined)
            boxes = refined.detach()
        presence = self.presence_head(self.presence_norm(x[:, 0])).float().squeeze(-1)
        return all_logits, all_boxes, presence, queries


def chosen(found: Found, row: int, *, least_score: float, most_overlap: float = 0.6) -> Similar:
    """Answers of one prompt above a score, without duplicates.

    Args:
        found: answers to B prompts.
        row: which prompt.
        least_score: in [0, 1].
        most_overlap: box IoU with a better answer from which an answer is dropped.
    """
    scores, boxes = found.scores[row], found.boxes[-1][row]
    order = scores.argsort(descending=True)
    order = order[scores[order] >= least_score]
    corners = cxcywh_to_xyxy(boxes)
    kept: list[int] = []
    for index in order.tolist():
        overlaps = box_iou(corners[index : index + 1], corners[kept]) if kept else None
        if overlaps is None or bool(overlaps.max() < most_overlap):
            kept.append(index)
    queries = torch.tensor(kept, dtype=torch.int64, device=scores.device)
    return Similar(queries, scores[queries], boxes[queries])


def last_bias(head: Mlp) -> Tensor:
    """Bias of a head's last linear layer, without its gradient history."""
    (*_, last) = (module for module in head.modules() if isinstance(module, nn.Linear))
    return last.bias.data


def similarities(keys: Tensor, exemplars: ExemplarTokens) -> Tensor:
    """How every cell compares with the exemplars.

    Args:
        keys: (B or 1, key, h, w), not normalised.
        exemplars: B prompts.

    Returns:
        (B, h * w, 6): for the positive, then for the negative exemplars, the best cosine with any
        part, with the middle, and with the parts on average; -1 where there are none.
    """
    cells = F.normalize(keys.float().flatten(2).transpose(1, 2), dim=-1)  # (B, S, key)
    looks = exemplars.looks.float()
    batch, count, parts, _ = looks.shape
    cosine = cells @ looks.flatten(1, 2).transpose(1, 2)
    cosine = cosine.view(batch, -1, count, parts)
    out = []
    for label in (1, 0):
        counts = (exemplars.labels == label)[:, None, :]
        for value in (cosine.amax(-1), cosine[..., parts // 2], cosine.mean(-1)):
            out += [value.masked_fill(~counts, -1.0).amax(dim=-1)]
    return torch.stack(out, dim=-1)


def spread_peaks(logits: Tensor, grid: tuple[int, int]) -> Tensor:
    """Lower the cells of ``logits: (B, S)`` that have a better neighbour, so queries spread out."""
    table = logits.detach().view(-1, 1, *grid)
    peak = F.max_pool2d(table, 3, stride=1, padding=1)
    return torch.where(table >= peak, table, table - 4.0).flatten(1)


def _inner(keys: Tensor) -> Tensor:
    return F.normalize(keys.float(), dim=1)
