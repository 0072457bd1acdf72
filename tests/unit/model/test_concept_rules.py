"""Every threshold is documented, has the published value, and refuses what it cannot be."""

from __future__ import annotations

import math
from dataclasses import fields

import pytest

from sam3_annotator.model.concept_rules import ConceptRules


def test_every_threshold_is_documented():
    told = ConceptRules.__doc__ or ""
    assert [f.name for f in fields(ConceptRules) if f"        {f.name}:" not in told] == []


@pytest.mark.parametrize("name", [f.name for f in fields(ConceptRules) if f.type != "bool"])
def test_what_a_threshold_cannot_be_is_refused(name):
    if name == "recondition_object_logit":  # any number is a logit
        assert ConceptRules(recondition_object_logit=-9.0).recondition_object_logit == -9
        return
    with pytest.raises(ValueError, match=name):
        ConceptRules(**{name: -1})
    if getattr(ConceptRules(), name) <= 1 and "weight" not in name and name != "confirm_frames":
        for bad in (1.5, math.nan):
            with pytest.raises(ValueError, match=name):
                ConceptRules(**{name: bad})


def test_published_values():
    """``tracker.md`` section 3.2, the released build."""
    rules = ConceptRules()
    assert (rules.min_score, rules.duplicate_iou, rules.new_score) == (0.5, 0.1, 0.7)
    assert (rules.touch_iou, rules.match_iou, rules.occlusion_iou) == (0.1, 0.5, 0.7)
    assert (rules.probation_frames, rules.max_unmatched, rules.max_duplicate) == (15, 8, 8)
    assert (rules.recondition_every, rules.recondition_score, rules.recondition_iou) == (
        16,
        0.8,
        0.8,
    )
    assert (rules.keep_area_share, rules.speck_area, rules.max_objects) == (0.3, 16, 10000)
    assert (rules.appearance_weight, rules.motion_weight, rules.confirm_frames) == (0, 0, 0)
