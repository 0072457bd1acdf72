"""Finding similar things: where it looks, what the judge is told, what is dropped."""

from __future__ import annotations

import pytest
import torch

from sam3_annotator.model.mini_similar import (
    FACTS,
    SimilarFinder,
    SimilarWeights,
    cell_shares,
    distinct,
    peak_cells,
    tight_boxes,
)
from sam3_annotator.model.mini_weights import load_mini_similar, write_mini
from sam3_annotator.model.sam_heads import ImageFeatures, SamHeads
from sam3_annotator.model.tracker_config import BUNDLED_HEADS

GRID = 8
THINGS = ((1, 1), (5, 5))  # row and column of two like 2 x 2 things
OTHER = (5, 1)


def picture() -> ImageFeatures:
    generator = torch.Generator().manual_seed(0)
    embedding = torch.randn(256, GRID, GRID, generator=generator) * 0.1
    kinds = torch.randn(3, 256, 1, 1, generator=generator)
    embedding += kinds[0]
    for row, column in THINGS:
        embedding[:, row : row + 2, column : column + 2] = kinds[1]
    embedding[:, OTHER[0] : OTHER[0] + 2, OTHER[1] : OTHER[1] + 2] = kinds[2]
    mid, fine = torch.zeros(1, 64, 2 * GRID, 2 * GRID), torch.zeros(1, 32, 4 * GRID, 4 * GRID)
    return ImageFeatures(embedding[None], mid, fine)


def box_of(place: tuple[int, int]) -> list[float]:
    row, column = place
    return [(column + 1) / GRID, (row + 1) / GRID, 2 / GRID, 2 / GRID]


@pytest.fixture(scope="module")
def finder() -> SimilarFinder:
    torch.manual_seed(0)
    weights = SimilarWeights().eval().requires_grad_(requires_grad=False)
    torch.nn.init.orthogonal_(weights.descriptor.direct.weight)
    torch.nn.init.zeros_(weights.descriptor.third.weight)
    torch.nn.init.zeros_(weights.descriptor.third.bias)
    heads = SamHeads(BUNDLED_HEADS).eval().requires_grad_(requires_grad=False)
    return SimilarFinder(heads, weights)


def test_agreement_peaks_on_the_like_things(finder: SimilarFinder) -> None:
    features = picture()
    finder.heads.decoder.upscale2.bias.data.fill_(0.0)
    learned = finder.learn(features, torch.tensor([box_of(THINGS[0])]), torch.tensor([1]))
    assert learned.cells.shape[1] == 96
    assert learned.middle.norm().item() == pytest.approx(1, abs=1e-4)
    assert torch.equal(learned.away_middle, torch.zeros(96))
    assert len(learned.away_cells) == 0


def test_peaks_are_local_and_ordered() -> None:
    score = torch.zeros(GRID, GRID)
    score[2, 2], score[2, 3], score[6, 6] = 0.9, 0.8, 0.7
    best = peak_cells(score.flatten(), (GRID, GRID), 2).tolist()
    assert best == [2 * GRID + 2, 6 * GRID + 6]


def test_candidates_come_with_facts(finder: SimilarFinder) -> None:
    features = picture()
    boxes = torch.tensor([box_of(THINGS[0]), box_of(OTHER)])
    alone = finder.learn(features, boxes[:1], torch.tensor([1]))
    against = finder.learn(features, boxes, torch.tensor([1, 0]))
    logits, facts = finder.candidates(features, alone)
    _, warned = finder.candidates(features, against)
    assert facts.shape == (len(logits), FACTS)
    assert (logits > 0).flatten(1).any(dim=1).all()
    assert torch.equal(facts[:, 6], torch.full((len(facts),), -1.0))
    assert (warned[:, 6] > -1).any()
    assert torch.equal(facts[:, :4], warned[:, :4])


def test_answers_are_sorted_and_distinct(finder: SimilarFinder) -> None:
    features = picture()
    learned = finder.learn(features, torch.tensor([box_of(THINGS[0])]), torch.tensor([1]))
    found = finder.find(features, learned)
    assert (found.scores.diff() <= 0).all()
    inside = (found.mask_logits > 0).flatten(1).float()
    shared = inside @ inside.transpose(0, 1)
    union = inside.sum(1)[:, None] + inside.sum(1)[None] - shared
    overlap = (shared / union).fill_diagonal_(0)
    assert overlap.max() < finder.weights.config.most_overlap
    assert len(found.above(1.1).scores) == 0


def test_shares_and_boxes() -> None:
    inside = torch.zeros(1, 16, 16, dtype=torch.bool)
    inside[0, 4:8, 8:14] = True
    shares = cell_shares(inside).view(4, 4)
    assert shares[1].tolist() == [0, 0, 1, 0.5]
    assert tight_boxes(inside)[0].tolist() == [11 / 16, 6 / 16, 6 / 16, 4 / 16]
    assert tight_boxes(inside[:0]).shape == (0, 4)


def test_weights_come_back(tmp_path, finder: SimilarFinder) -> None:
    path = tmp_path / "f.safetensors"
    write_mini(path, finder.weights, "finder", {"steps": "1"})
    back = load_mini_similar(path).state_dict()
    for name, value in finder.weights.state_dict().items():
        assert torch.allclose(back[name], value, atol=0.02), name


def test_neither_a_piece_of_better_answers_nor_several_together_are_another_thing() -> None:
    left, right, both, piece, beside = (torch.zeros(8, 16, dtype=torch.bool) for _ in range(5))
    left[:, :5], right[:, 6:11], both[:, :11] = True, True, True
    piece[2:6, 4:7], beside[:, 10:] = True, True
    assert distinct(torch.stack([left, right, both, piece, beside]), 0.5, 0.85) == [0, 1, 3, 4]
    piece[2:6, 5] = False
    assert distinct(torch.stack([left, right, both, piece, beside]), 0.5, 0.85) == [0, 1, 4]
