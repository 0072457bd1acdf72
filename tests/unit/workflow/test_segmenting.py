"""Clicks and boxes on one object: answers, choices, taking back, accepting, stale answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sam3_annotator.domain.geometry import Box, PixelBox, Point
from sam3_annotator.domain.ids import FrameIndex, ObjectId
from sam3_annotator.domain.mask import Mask
from sam3_annotator.errors import WeightsTrouble
from sam3_annotator.workflow.segmenting import Segmenting


@pytest.fixture
def accepted():
    return []


@pytest.fixture
def segmenting(pump, frame, accepted):
    segmenting = Segmenting(pump.desk, lambda _attempt: None, accepted.append)
    segmenting.open_frame(frame)
    pump.settle()
    return segmenting


def test_a_lone_click_offers_three_masks_to_choose_from(segmenting, pump):
    segmenting.click(Point(50, 50), is_positive=True)
    assert segmenting.attempt.is_waiting
    pump.settle()
    attempt = segmenting.attempt
    assert not attempt.is_waiting
    assert len(attempt.choices) == 3
    first = attempt.mask
    segmenting.next_choice()
    assert segmenting.attempt.mask != first
    segmenting.next_choice(-1)
    assert segmenting.attempt.mask == first


def test_a_second_click_refines_the_chosen_answer(segmenting, pump):
    segmenting.click(Point(50, 50), is_positive=True)
    pump.settle()
    segmenting.click(Point(60, 50), is_positive=False)
    pump.settle()
    request = pump.session.handled[-1]
    assert request.previous_logits is not None
    assert not request.wants_three
    assert not segmenting.attempt.mask.contains(60, 50)


def test_a_scribble_is_one_prompt_with_the_click_it_began_with(segmenting, pump):
    segmenting.click(Point(50, 50), is_positive=True)
    pump.settle()
    segmenting.draw_on((Point(60, 50), Point(70, 50)), is_positive=True)
    pump.settle()
    request = pump.session.handled[-1]
    assert [click.point.x for click in request.prompts.clicks] == [50, 60, 70]
    assert request.previous_logits is None, "as if placed at once"
    assert not request.wants_three
    assert segmenting.attempt.mask.contains(70, 50)
    assert segmenting.undo_prompt()
    assert not segmenting.attempt.is_open


def test_a_scribble_whose_click_is_gone_is_nothing(segmenting, pump):
    segmenting.click(Point(50, 50), is_positive=True)
    pump.settle()
    segmenting.accept()
    segmenting.draw_on((Point(60, 50),), is_positive=True)
    assert not segmenting.attempt.is_open
    segmenting.draw_box(Box(10, 10, 60, 60))
    segmenting.draw_on((Point(60, 50),), is_positive=True)
    assert segmenting.attempt.prompts.clicks == ()


def test_accepting_hands_over_and_starts_anew(segmenting, pump, accepted):
    segmenting.draw_box(Box(10, 10, 60, 60))
    pump.settle()
    mask = segmenting.attempt.mask
    assert segmenting.accept()
    assert [a.mask for a in accepted] == [mask]
    assert accepted[0].target is None
    assert not segmenting.attempt.is_open
    assert not segmenting.accept()


def test_accepting_while_the_model_works_keeps_its_answer(segmenting, pump, accepted):
    pump.session.gate.clear()
    segmenting.click(Point(50, 50), is_positive=True)
    assert segmenting.accept()
    assert accepted == []
    pump.session.gate.set()
    pump.settle()
    assert len(accepted) == 1


def test_an_answer_to_older_prompts_is_dropped_and_counted(segmenting, pump):
    pump.session.gate.clear()
    pump.session.began.clear()
    segmenting.click(Point(50, 50), is_positive=True)
    assert pump.session.began.wait(20)
    segmenting.click(Point(90, 50), is_positive=True)
    pump.session.gate.set()
    pump.settle()
    assert segmenting.stale_answers == 1
    assert len(segmenting.attempt.answered.clicks) == 2


def test_an_answer_for_another_frame_never_lands_here(segmenting, pump, frame):
    pump.session.gate.clear()
    segmenting.click(Point(50, 50), is_positive=True)
    segmenting.open_frame(replace(frame, frame=FrameIndex(3)))
    pump.session.gate.set()
    pump.settle()
    assert segmenting.attempt.choices == ()


def test_prompts_are_taken_back_one_by_one(segmenting, pump):
    segmenting.click(Point(50, 50), is_positive=True)
    pump.settle()
    first = segmenting.attempt.mask
    segmenting.click(Point(90, 50), is_positive=True)
    pump.settle()
    assert segmenting.undo_prompt()
    pump.settle()
    assert segmenting.attempt.mask == first
    assert segmenting.undo_prompt()
    assert not segmenting.attempt.is_open
    assert not segmenting.undo_prompt()


def test_taking_a_click_back_gives_the_chosen_mask_back_without_asking(segmenting, pump):
    segmenting.click(Point(50, 50), is_positive=True)
    pump.settle()
    segmenting.next_choice()
    before = segmenting.attempt
    assert before.chosen == 1
    segmenting.click(Point(90, 50), is_positive=False)
    pump.settle()
    asked = len(pump.session.handled)
    segmenting.undo_prompt()
    pump.settle()
    assert segmenting.attempt == before
    assert len(pump.session.handled) == asked


def test_taking_a_click_back_while_the_model_works_waits_for_the_one_before(
    segmenting, pump, accepted
):
    pump.session.gate.clear()
    segmenting.click(Point(50, 50), is_positive=True)
    segmenting.click(Point(90, 50), is_positive=True)
    segmenting.undo_prompt()
    assert segmenting.attempt.is_waiting
    assert segmenting.accept()
    pump.session.gate.set()
    pump.settle()
    (kept,) = accepted
    assert len(kept.prompts.clicks) == 1
    assert kept.mask.contains(50, 50)
    assert not kept.mask.contains(90, 50)


def test_correcting_an_object_starts_from_its_mask(segmenting, pump, accepted):
    mask = Mask.from_box(PixelBox(0, 0, 30, 30))
    segmenting.aim_at(ObjectId(4), mask)
    segmenting.click(Point(100, 50), is_positive=True)
    pump.settle()
    assert segmenting.attempt.mask.contains(5, 5)
    segmenting.accept()
    assert accepted[0].target == 4


def test_hovering_previews_and_clicking_ends_the_preview(segmenting, pump):
    segmenting.hover(Point(20, 20))
    pump.settle()
    assert segmenting.attempt.hover.contains(20, 20)
    segmenting.hover(None)
    assert segmenting.attempt.hover is None
    segmenting.hover(Point(20, 20))
    segmenting.click(Point(50, 50), is_positive=True)
    pump.settle()
    assert segmenting.attempt.hover is None


def test_a_failing_model_does_not_leave_the_attempt_waiting(segmenting, pump):
    told = []
    pump.desk.on_trouble = lambda ticket, ending: told.append(ending)
    pump.session.fail_with = WeightsTrouble("gone")
    segmenting.click(Point(50, 50), is_positive=True)
    pump.settle()
    assert not segmenting.attempt.is_waiting
    assert len(told) == 1


def test_dropping_forgets_the_prompts(segmenting, pump):
    segmenting.click(Point(50, 50), is_positive=True)
    pump.settle()
    assert segmenting.drop()
    assert not segmenting.attempt.is_open
    assert not segmenting.drop()
