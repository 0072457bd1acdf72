"""Losses, matching and scores against values worked out by hand or by an independent library."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from sam3_annotator.domain.mask_scores import boundary_f, mask_iou
from sam3_annotator.training.losses import box_l1, dice, focal, generalised_iou
from sam3_annotator.training.matching import match
from sam3_annotator.training.metrics import (
    Asked,
    Counts,
    box_overlaps,
    concept_score,
    counts_at,
    presence_correlation,
)


def test_focal_turns_easy_elements_down() -> None:
    logits = torch.tensor([4.0, 0.0, -4.0])
    ones = torch.ones(3)
    entropy = torch.nn.functional.binary_cross_entropy_with_logits(logits, ones, reduction="none")
    expected = 0.25 * entropy * (1 - logits.sigmoid()) ** 2
    assert torch.allclose(focal(logits, ones), expected)
    assert torch.allclose(focal(logits, ones, alpha=-1, gamma=0), entropy)


def test_dice_of_right_and_wrong_masks() -> None:
    truth = torch.zeros(1, 20, 20)
    truth[:, :10] = 1
    sure = (truth * 2 - 1) * 20
    assert float(dice(sure, truth)) < 1e-3
    assert float(dice(-sure, truth)) > 0.99


def test_generalised_iou_against_torchvision_values() -> None:
    one = torch.tensor([[0.5, 0.5, 0.4, 0.4], [0.2, 0.2, 0.2, 0.2]])
    other = torch.tensor([[0.5, 0.5, 0.4, 0.4], [0.7, 0.7, 0.2, 0.2]])
    # second pair: no overlap, union 0.08, hull 0.7 x 0.7
    assert generalised_iou(one, other).tolist() == pytest.approx([1.0, 0 - (0.49 - 0.08) / 0.49])
    assert box_l1(one, other).tolist() == pytest.approx([0.0, 1.0])


def test_matching_takes_the_cheapest_assignment() -> None:
    boxes = torch.tensor([[0.2, 0.2, 0.1, 0.1], [0.8, 0.8, 0.1, 0.1], [0.21, 0.2, 0.1, 0.1]])
    truth = torch.tensor([[0.8, 0.8, 0.1, 0.1], [0.2, 0.2, 0.1, 0.1]])
    rows, columns = match(torch.tensor([0.0, 0.0, 3.0]), boxes, truth)
    assert dict(zip(columns.tolist(), rows.tolist(), strict=True)) == {0: 1, 1: 2}
    assert match(torch.zeros(3), boxes, truth[:0])[0].numel() == 0


def test_mask_scores() -> None:
    truth = np.zeros((100, 100), bool)
    truth[20:60, 20:60] = True
    moved = np.roll(truth, 1, axis=1)
    assert mask_iou(truth, truth) == 1
    assert mask_iou(truth, moved) == pytest.approx(39 / 41)
    assert boundary_f(truth, moved) == 1.0  # within the tolerance of two pixels
    assert boundary_f(truth, np.roll(truth, 20, axis=1)) < 0.6
    nothing = np.zeros_like(truth)
    assert boundary_f(nothing, nothing) == 1
    assert boundary_f(truth, nothing) == 0
    assert boundary_f(np.ones_like(truth), truth) == 0


def test_counts_assign_one_answer_per_thing() -> None:
    overlaps = np.array([[0.9, 0.6], [0.8, 0.0]])  # the greedy choice would lose one
    assert counts_at(overlaps, 0.5) == Counts(2, 0, 0)
    assert counts_at(overlaps, 0.7) == Counts(1, 1, 1)
    assert counts_at(np.zeros((0, 3)), 0.5) == Counts(0, 0, 3)
    total = Counts(2, 0, 0) + Counts(1, 1, 1)
    assert (total.precision, total.recall, total.f1) == (0.75, 0.75, 0.75)


def test_concept_score_needs_presence() -> None:
    right, absent = Asked(np.eye(2)), Asked(np.zeros((0, 0)))
    alarm = Asked(np.zeros((2, 0)))
    assert concept_score([right, absent]) == pytest.approx(1.0)
    assert presence_correlation([right, alarm]) == 0.0
    assert presence_correlation([right, right, absent, alarm]) == pytest.approx(
        (2 * 1 - 1 * 0) / np.sqrt(3 * 2 * 2 * 1)
    )


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 1000))
def test_box_overlaps_agree_with_masks(seed: int) -> None:
    rng = np.random.default_rng(seed)
    low = rng.integers(0, 15, (2, 2))
    boxes = np.concatenate([low, low + rng.integers(1, 10, (2, 2))], axis=1)
    masks = np.zeros((2, 30, 30), bool)
    for mask, (x0, y0, x1, y1) in zip(masks, boxes, strict=True):
        mask[y0:y1, x0:x1] = True
    expected = mask_iou(masks[0], masks[1])
    assert box_overlaps(boxes[:1].astype(float), boxes[1:].astype(float))[0, 0] == pytest.approx(
        expected
    )
