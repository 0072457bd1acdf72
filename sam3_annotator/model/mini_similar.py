"""Find similar things with the bundled model: learned descriptors say where, the click heads draw.

Every cell of a picture gets a descriptor, trained so that cells of things of one kind agree.
Peaks of agreement with the exemplars prompt the click decoder; a small judge compares the masks
it draws with the exemplars and gives each a score.

    exemplars = finder.learn(features, boxes, labels)      # on the picture that shows them
    similar = finder.find(other_features, exemplars)       # on the same or any other picture
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import nn

from sam3_annotator.model.boxes import mask_iou
from sam3_annotator.model.descriptor import Descriptor, DescriptorConfig, cells_of
from sam3_annotator.model.sam_heads import ImageFeatures, stability
from sam3_annotator.model.segmenter import Segmenter

if TYPE_CHECKING:
    from torch import Tensor

    from sam3_annotator.model.sam_heads import SamHeads
    from sam3_annotator.model.segmenter import Segmentation

LEAST_SCORE = 0.5
"""Score from which an answer is shown unless somebody chose otherwise."""
FACTS = 12
"""Numbers the judge sees of each candidate, see ``SimilarFinder._facts``."""


@dataclass(frozen=True, slots=True)
class SimilarConfig:
    """Sizes and limits.

    Attributes:
        descriptor: sizes of the descriptor network.
        peaks: places that are tried in a picture.
        judge: hidden width of the judge.
        most_overlap: mask IoU with a better answer from which an answer is dropped.
        most_within: share of an answer inside better ones from which it is dropped.
    """

    descriptor: DescriptorConfig = field(default_factory=DescriptorConfig)
    peaks: int = 36
    judge: int = 24
    most_overlap: float = 0.5
    most_within: float = 0.85


@dataclass(frozen=True, slots=True)
class Exemplars:
    """What the finder remembers of positive and negative exemplars.

    Attributes:
        cells, away_cells: (K, width) descriptors inside positive and negative exemplars.
        middle, away_middle: (width,) their mean directions; zeros where there are none.
        area: mean share of the picture that a positive exemplar's mask covers.
    """

    cells: Tensor
    away_cells: Tensor
    middle: Tensor
    away_middle: Tensor
    area: float


@dataclass(frozen=True, slots=True)
class SimilarThings:
    """Answers, best first.

    Attributes:
        scores: (K,) float32 in [0, 1].
        mask_logits: (K, 4 h, 4 w) float32 over the model input; above 0 is inside.
        boxes: (K, 4) float32, cxcywh in fractions, tight around the masks.
    """

    scores: Tensor
    mask_logits: Tensor
    boxes: Tensor

    def above(self, least_score: float) -> SimilarThings:
        """Only the answers with at least this score."""
        keep = self.scores >= least_score
        return SimilarThings(self.scores[keep], self.mask_logits[keep], self.boxes[keep])


class SimilarWeights(nn.Module):
    """What is trained: the descriptor and the judge."""

    def __init__(self, config: SimilarConfig | None = None) -> None:
        super().__init__()
        self.config = config or SimilarConfig()
        self.descriptor = Descriptor(self.config.descriptor)
        self.fact_mean: Tensor
        self.fact_spread: Tensor
        self.register_buffer("fact_mean", torch.zeros(FACTS))
        self.register_buffer("fact_spread", torch.ones(FACTS))
        self.judge = nn.Sequential(
            nn.Linear(FACTS, self.config.judge),
            nn.GELU(),
            nn.Linear(self.config.judge, 1),
        )

    def scores(self, facts: Tensor) -> Tensor:
        """(K,) logits from ``facts: (K, FACTS)``."""
        logits: Tensor = self.judge((facts - self.fact_mean) / self.fact_spread)
        return logits[:, 0]


class SimilarFinder:
    """Descriptor, click heads and judge together.

    Args:
        heads: click heads of the image model.
        weights: what was trained.
    """

    def __init__(self, heads: SamHeads, weights: SimilarWeights) -> None:
        self.heads, self.weights = heads, weights
        self._segmenter = Segmenter(heads)

    def learn(self, features: ImageFeatures, boxes: Tensor, labels: Tensor) -> Exemplars:
        """Remember exemplars of one prompt.

        Args:
            features: picture that shows them, batch 1, ``SamHeads.features`` (nothing added).
            boxes: (P, 4) float32, cxcywh in fractions of the picture; at least one positive.
            labels: (P,) int64: 1 like this, 0 not like this.
        """
        z = self.weights.descriptor(cells_of(features)[0])
        drawn = self._segment(features, boxes=boxes)
        shares = cell_shares(drawn.logits[:, 0] > 0)
        # A mask that misses every cell (very small) still counts where its box is.
        middle = F.one_hot(_centre_cells(boxes, features.grid), shares.shape[1]).float()
        shares = torch.where(shares.amax(dim=1, keepdim=True) > 0, shares, middle)
        likes, dislikes = shares[labels == 1], shares[labels == 0]
        areas = (drawn.logits[:, 0] > 0).float().mean(dim=(1, 2))[labels == 1]
        return Exemplars(
            z[_inside(likes)], z[_inside(dislikes)], _direction(likes, z), _direction(dislikes, z),
            float(areas.mean()),
        )  # fmt: skip

    def find(self, features: ImageFeatures, exemplars: Exemplars) -> SimilarThings:
        """Everything similar in a picture, best first, without duplicates, whatever the score."""
        logits, facts = self.candidates(features, exemplars)
        scores = self.weights.scores(facts).sigmoid()
        order = scores.argsort(descending=True)
        sizes = self.weights.config
        kept = distinct(logits[order] > 0, sizes.most_overlap, sizes.most_within)
        order = order[kept]
        return SimilarThings(scores[order], logits[order], tight_boxes(logits[order] > 0))

    def candidates(self, features: ImageFeatures, exemplars: Exemplars) -> tuple[Tensor, Tensor]:
        """Masks drawn at the peaks of agreement and what the judge wants to know of them.

        Returns:
            (K, 4 h, 4 w) mask logits, none empty, and (K, FACTS).
        """
        z = self.weights.descriptor(cells_of(features)[0])
        agreement = _best(z, exemplars.cells)
        peaks = peak_cells(agreement, features.grid, self.weights.config.peaks)
        points = _cell_points(peaks, features.grid)
        drawn = self._segment(features, points=points)
        logits, ious = drawn.logits.flatten(0, 1), drawn.ious.flatten()
        filled = (logits > 0).flatten(1).any(dim=1)
        logits, ious = logits[filled], ious[filled]
        return logits, self._facts(z, agreement, exemplars, logits, ious)

    def _segment(
        self, features: ImageFeatures, *, points: Tensor | None = None, boxes: Tensor | None = None
    ) -> Segmentation:
        embedding = self.heads.without_memory(features.embedding)
        ready = ImageFeatures(embedding, features.mid, features.fine)
        if points is None:
            return self._segmenter.segment(ready, boxes_cxcywh_unit=boxes, multimask=False)
        labels = torch.ones(points.shape[:2], dtype=torch.int64, device=points.device)
        return self._segmenter.segment(ready, points=points, labels=labels)

    def _facts(
        self, z: Tensor, agreement: Tensor, exemplars: Exemplars, logits: Tensor, ious: Tensor
    ) -> Tensor:
        """How each mask compares with the exemplars: (K, FACTS).

        Agreement of its mean direction, of its cells (mean, best), of the cells around it, the
        same three for negative exemplars, area against the exemplars' (log ratio and its size),
        predicted IoU, stability, and the best agreement in the picture.
        """
        inside = logits > 0
        shares = cell_shares(inside)
        total = shares.sum(dim=1, keepdim=True).clamp_min(1e-6)
        mean_z = F.normalize(shares @ z, dim=-1)
        disagreement = _best(z, exemplars.away_cells)
        around = (cell_shares(_grown(inside)) - shares).clamp_min(0)
        weight = shares / total
        ratio = (inside.float().mean(dim=(1, 2)) / max(exemplars.area, 1e-6)).log()
        best = torch.where(shares > 0.25, agreement, -1.0).amax(dim=1)
        worst = torch.where(shares > 0.25, disagreement, -1.0).amax(dim=1)
        ring = (around * agreement).sum(dim=1) / around.sum(dim=1).clamp_min(1e-6)
        return torch.stack(
            [
                mean_z @ exemplars.middle, weight @ agreement, best, ring,
                mean_z @ exemplars.away_middle, weight @ disagreement, worst,
                ratio.clamp(-3, 3), ratio.abs().clamp(0, 3),
                ious, stability(logits, 1.0), agreement.amax().expand(len(logits)),
            ],
            dim=1,
        )  # fmt: skip


def peak_cells(score: Tensor, grid: tuple[int, int], count: int) -> Tensor:
    """Cells that no neighbour beats, best first, at most ``count`` of ``score: (h * w,)``."""
    table = score.view(1, 1, *grid)
    is_peak = (table >= F.max_pool2d(table, 3, stride=1, padding=1)).flatten()
    ranked = torch.where(is_peak, score, -2.0).argsort(descending=True)
    return ranked[: min(count, int(is_peak.sum()))]


def cell_shares(inside: Tensor) -> Tensor:
    """(N, 4 h, 4 w) bool masks -> (N, h * w), share of each cell that is inside."""
    return F.avg_pool2d(inside[:, None].float(), 4).flatten(1)


def tight_boxes(inside: Tensor) -> Tensor:
    """(N, H, W) bool masks, none empty -> (N, 4) float32 cxcywh in fractions."""
    boxes = []
    for mask in inside:
        rows, columns = (torch.nonzero(mask.any(dim=axis)).flatten() for axis in (1, 0))
        top, bottom = int(rows[0]) / mask.shape[0], (int(rows[-1]) + 1) / mask.shape[0]
        left, right = int(columns[0]) / mask.shape[1], (int(columns[-1]) + 1) / mask.shape[1]
        boxes.append([(left + right) / 2, (top + bottom) / 2, right - left, bottom - top])
    return torch.tensor(boxes, device=inside.device).view(-1, 4)


def distinct(inside: Tensor, most_overlap: float, most_within: float) -> list[int]:
    """Rows of ``inside: (K, H, W)``, best first, each only if it is news beside the kept ones.

    A piece of better answers is not another thing, however little of them it covers; nor is a mask
    that takes several of them together.
    """
    overlaps = mask_iou(inside, inside)
    cells = inside.flatten(1)
    areas = cells.sum(1).clamp_min(1)
    covered = torch.zeros_like(cells[:1].sum(0), dtype=torch.bool)
    kept: list[int] = []
    for row in range(len(inside)):
        is_same = bool((overlaps[row, kept] >= most_overlap).any())
        is_piece = bool((cells[row] & covered).sum() / areas[row] >= most_within)
        if not is_same and not is_piece:
            kept.append(row)
            covered |= cells[row]
    return kept


def _best(z: Tensor, cells: Tensor) -> Tensor:
    """Best cosine of each of ``z: (S, width)`` with any of ``cells``; -1 where there are none."""
    if not len(cells):
        return torch.full((len(z),), -1.0, device=z.device)
    return (z @ cells.transpose(0, 1)).amax(dim=1)


def _inside(shares: Tensor) -> Tensor:
    """(S,) bool: cells mostly inside any of the masks, and the fullest cell of each."""
    chosen = (shares >= 0.6).any(dim=0)
    for row in shares:
        chosen[row.argmax()] = True
    return chosen


def _direction(shares: Tensor, z: Tensor) -> Tensor:
    return F.normalize((shares @ z).sum(dim=0), dim=0)


def _grown(inside: Tensor) -> Tensor:
    return F.max_pool2d(inside[:, None].float(), 17, stride=1, padding=8)[:, 0] > 0


def _centre_cells(boxes: Tensor, grid: tuple[int, int]) -> Tensor:
    row = (boxes[:, 1] * grid[0]).long().clamp(0, grid[0] - 1)
    column = (boxes[:, 0] * grid[1]).long().clamp(0, grid[1] - 1)
    return row * grid[1] + column


def _cell_points(cells: Tensor, grid: tuple[int, int]) -> Tensor:
    """Centres of cells as click positions, (P, 1, 2) fractions."""
    x = (cells % grid[1] + 0.5) / grid[1]
    y = (torch.div(cells, grid[1], rounding_mode="floor") + 0.5) / grid[0]
    return torch.stack([x, y], dim=-1)[:, None]
