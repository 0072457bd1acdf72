"""The exemplar detector: shapes, padding, exemplars from elsewhere, duplicates."""

from __future__ import annotations

import pytest
import torch

from sam3_annotator.errors import WeightsTrouble
from sam3_annotator.model.mini_detector import Found, MiniDetector, Proposals, chosen, similarities
from sam3_annotator.model.mini_weights import load_mini_detector, load_mini_memory, write_mini
from sam3_annotator.model.sam_heads import ImageFeatures

GRID = 8


def features(seed: int = 0) -> ImageFeatures:
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=generator)

    return ImageFeatures(
        draw(1, 256, GRID, GRID), draw(1, 64, 2 * GRID, 2 * GRID), draw(1, 32, 4 * GRID, 4 * GRID)
    )


@pytest.fixture(scope="module")
def detector() -> MiniDetector:
    torch.manual_seed(0)
    return MiniDetector().eval()


@torch.no_grad()
def test_shapes_and_ranges(detector: MiniDetector) -> None:
    boxes = torch.tensor([[[0.3, 0.3, 0.2, 0.2], [0.7, 0.7, 0.2, 0.2]]]).repeat(3, 1, 1)
    tokens = detector.exemplars(features(), boxes, torch.tensor([[1, 0], [1, 1], [1, -1]]))
    found = detector.find(features(), tokens)
    assert found.scores.shape == (3, 50)
    assert found.boxes[-1].shape == (3, 50, 4)
    assert float(found.boxes[-1].min()) >= 0
    assert float(found.boxes[-1].max()) <= 1
    assert found.mask_logits.shape == (3, 50, 4 * GRID, 4 * GRID)
    assert found.presence_logit.shape == (3,)


@torch.no_grad()
def test_padding_changes_nothing(detector: MiniDetector) -> None:
    box = torch.tensor([[[0.3, 0.3, 0.2, 0.2]]])
    padded = torch.cat([box, torch.full((1, 2, 4), 0.5)], dim=1)
    plain = detector.find(features(), detector.exemplars(features(), box, torch.tensor([[1]])))
    filled = detector.find(
        features(), detector.exemplars(features(), padded, torch.tensor([[1, -1, -1]]))
    )
    assert torch.allclose(plain.scores, filled.scores, atol=1e-4)
    assert torch.allclose(plain.boxes[-1], filled.boxes[-1], atol=1e-4)


@torch.no_grad()
def test_exemplars_may_come_from_another_picture(detector: MiniDetector) -> None:
    box, label = torch.tensor([[[0.3, 0.3, 0.2, 0.2]]]), torch.tensor([[1]])
    here = detector.find(features(), detector.exemplars(features(), box, label))
    there = detector.find(features(), detector.exemplars(features(1), box, label))
    assert not torch.allclose(here.scores, there.scores, atol=1e-4)


@torch.no_grad()
def test_similarity_peaks_on_the_exemplar_and_tells_negatives(detector: MiniDetector) -> None:
    box = torch.tensor([[[2.5 / GRID, 4.5 / GRID, 1 / GRID, 1 / GRID]]])
    picture = features()
    keys = detector.keys(picture.embedding)
    positive = similarities(keys, detector.exemplars(picture, box, torch.tensor([[1]])))
    negative = similarities(keys, detector.exemplars(picture, box, torch.tensor([[0]])))
    best = int(positive[0, :, 0].argmax())
    assert abs(best % GRID - 2) <= 1
    assert abs(best // GRID - 4) <= 1
    assert torch.equal(positive[..., 3:], torch.full_like(positive[..., 3:], -1.0))
    assert torch.allclose(negative[..., 3:], positive[..., :3])


def test_duplicates_are_dropped() -> None:
    boxes = torch.tensor([[[0.5, 0.5, 0.2, 0.2], [0.51, 0.5, 0.2, 0.2], [0.1, 0.1, 0.1, 0.1]]])
    found = Found(
        [torch.tensor([[1.0, 2.0, -8.0]])], [boxes], torch.tensor([9.0]),
        torch.zeros(1, 3, 4, 4), torch.zeros(1, 1, 4, 4),
        Proposals(torch.zeros(1, 4), torch.zeros(1, 4, 4)),
    )  # fmt: skip
    assert chosen(found, 0, least_score=0.3).queries.tolist() == [1]
    assert chosen(found, 0, least_score=0.3, most_overlap=1.0).queries.tolist() == [1, 0]
    assert chosen(found, 0, least_score=0.99).queries.tolist() == []


def test_weights_come_back_and_are_told_apart(tmp_path, detector: MiniDetector) -> None:
    path = tmp_path / "f.safetensors"
    write_mini(path, detector, "detector", {})
    assert load_mini_detector(path).config == detector.config
    with pytest.raises(WeightsTrouble, match="detector"):
        load_mini_memory(path)
