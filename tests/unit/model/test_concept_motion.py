"""Where tracks are expected, and that weighing it matches what moved too far to overlap."""

from __future__ import annotations

import pytest
import torch

from sam3_annotator.model.association import affinity, associate
from sam3_annotator.model.concept_motion import box_of, closeness, expected, noted
from sam3_annotator.model.concept_rules import ConceptRules


def mask(left, top, side=4):
    inside = torch.zeros(32, 32, dtype=torch.bool)
    inside[top : top + side, left : left + side] = True
    return inside


def test_a_straight_line_goes_on():
    places = noted(noted((), 3, mask(0, 0)), 5, mask(8, 4))
    assert expected(places, 6) == (12, 6, 16, 10)
    assert expected(places, 9) == (24, 12, 28, 16)


def test_backward_runs_extrapolate_too():
    places = noted(noted((), 9, mask(20, 0)), 8, mask(16, 0))
    assert expected(places, 7) == (12, 0, 16, 4)


def test_one_place_stays_and_none_is_nowhere():
    assert expected(noted((), 3, mask(2, 2)), 9) == (2, 2, 6, 6)
    assert expected((), 9) is None
    assert box_of(torch.zeros(4, 4, dtype=torch.bool)) is None
    assert noted(((1, (0, 0, 1, 1)),), 2, torch.zeros(4, 4, dtype=torch.bool)) == (
        (1, (0, 0, 1, 1)),
    )


def test_only_the_last_two_places_are_kept():
    places = ()
    for frame in range(5):
        places = noted(places, frame, mask(frame, 0))
    assert [frame for frame, _ in places] == [3, 4]


def test_overlap_with_the_expected_place():
    places = noted(noted((), 0, mask(0, 0)), 1, mask(8, 0))
    near = closeness([places, ()], torch.stack([mask(16, 0), mask(8, 0)]), 2)
    assert near.tolist() == [[1.0, 0.0], [0.0, 0.0]]
    assert closeness([], torch.zeros(2, 4, 4, dtype=torch.bool), 1).shape == (0, 2)


@pytest.mark.parametrize(("weight", "matched"), [(0.0, ()), (0.6, (0,))])
def test_weighing_motion_confirms_a_fast_track(weight, matched):
    rules = ConceptRules(motion_weight=weight)
    places = noted(noted((), 0, mask(0, 0)), 1, mask(8, 0))
    detections = torch.stack([mask(16, 0)])
    near = closeness([places], detections, 2)
    fit = affinity(torch.zeros(1, 1), None, near, rules)
    assert associate(fit, torch.tensor([0.9]), torch.tensor([True]), rules).matched == matched
