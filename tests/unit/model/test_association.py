"""Detections and tracks: overlap, duplicates, new objects, competition for pixels."""

from __future__ import annotations

import pytest
import torch

from sam3_annotator.model.association import (
    affinity,
    associate,
    contested,
    exclusive,
    hidden_again,
)
from sam3_annotator.model.concept_rules import ConceptRules

RULES = ConceptRules()


def linked(fit, scores, has_mask=None, rules=RULES):
    fit = torch.tensor(fit, dtype=torch.float32).reshape(-1, len(scores))
    has = torch.tensor([True] * fit.shape[0] if has_mask is None else has_mask)
    return associate(fit, torch.tensor(scores), has, rules)


def test_without_tracks_every_detection_is_new():
    found = associate(torch.zeros(0, 2), torch.tensor([0.55, 0.9]), torch.zeros(0).bool(), RULES)
    assert found.new == (1, 0)


def test_new_objects_need_a_score_and_room():
    found = linked([0.05, 0.05, 0.3], [0.72, 0.6, 0.99])
    assert found.new == (0,)
    assert found.unmatched == (0,)
    assert found.touching == ((), (), (0,))


def test_tracks_are_confirmed_from_half_overlap():
    found = linked([0.5, 0.0, 0.49, 0.2], [0.9, 0.9], [True, True])
    assert found.matched == (0,)
    assert found.unmatched == (1,)


def test_a_track_without_a_mask_is_neither_confirmed_nor_blamed():
    found = linked([0.0], [0.9], [False])
    assert found.matched == ()
    assert found.unmatched == ()
    nothing = associate(torch.zeros(1, 0), torch.zeros(0), torch.tensor([True]), RULES)
    assert nothing.new == ()
    assert nothing.unmatched == (0,)


def test_only_sure_and_well_placed_detections_refresh():
    fit = [0.85, 0.85, 0.79]
    assert linked(fit, [0.81, 0.79, 0.9]).refreshing == ((0, 0),)


def test_appearance_and_motion_count_only_when_weighed():
    iou = torch.tensor([[0.3]])
    like, close = torch.tensor([[0.9]]), torch.tensor([[0.5]])
    assert affinity(iou, like, close, RULES).equal(iou)
    weighed = ConceptRules(appearance_weight=0.5, motion_weight=0.2)
    assert float(affinity(iou, like, close, weighed)) == pytest.approx(0.85)
    assert float(affinity(iou, like * -1, None, weighed)) == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("last", "order", "hidden"),
    [
        ([5, 3], 1, [0]),
        ([5, 3], -1, [1]),
        ([5, None], 1, []),
        ([None, None], 1, []),
        ([4, 4], 1, []),
    ],
)
def test_the_more_recently_hidden_of_two_is_hidden_again(last, order, hidden):
    close = torch.tensor([[1.0, 0.8], [0.8, 1.0]])
    assert hidden_again(close, last, order, 0.7) == hidden
    assert hidden_again(close, last, order, 0.0) == []


def test_an_object_that_would_lose_most_pixels_is_contested():
    logits = torch.full((2, 4, 20), -5.0)
    logits[0, :, 0:10] = 1.0
    logits[1, :, 0:8] = 2.0
    assert contested(logits, 0.3).tolist() == [True, False]
    assert contested(logits, 0.1).tolist() == [False, False]


def test_each_pixel_goes_to_the_surest():
    logits = torch.full((2, 4, 20), -5.0)
    logits[0, :, 0:10] = 1.0
    logits[1, :, 5:15] = 9.0
    apart = exclusive(logits, torch.tensor([0.9, 0.6]))
    assert int((apart[0] > 0).sum()) == 40
    assert int((apart[1] > 0).sum()) == 20
    assert not ((apart[0] > 0) & (apart[1] > 0)).any()
