"""Which frames a propagation computes: reach, human frames, shot cuts, gaps, seeds, agreement."""

from __future__ import annotations

import pytest

from sam3_annotator.domain.entities import Annotation, Source
from sam3_annotator.domain.geometry import PixelBox
from sam3_annotator.domain.ids import FrameIndex, ObjectId
from sam3_annotator.domain.masklet import Masklet, People
from sam3_annotator.engine.protocol import Direction
from sam3_annotator.errors import Rejected
from sam3_annotator.workflow.run_plan import (
    Agreement,
    AgreementWatch,
    Leg,
    Reach,
    Stretch,
    Wish,
    cuts_between,
    gap_around,
    plan_run,
    remaining_frames,
    seed_frames,
    split_legs,
)

A, B = ObjectId(1), ObjectId(2)


def masklet(object_id, human=(), model=(), absent=()):
    rows = [(f, Source.HUMAN, 4) for f in human]
    rows += [(f, Source.MODEL, 4) for f in model]
    rows += [(f, Source.HUMAN, 0) for f in absent]
    annotations = [
        Annotation(object_id, FrameIndex(f), None, PixelBox(0, 0, 2, 2), area, source)
        for f, source, area in rows
    ]
    return Masklet.of(object_id, annotations, People())


def wish(at, reach, *, first=0, last=99, **more):
    return Wish(FrameIndex(at), reach, FrameIndex(first), FrameIndex(last), **more)


def spans(legs):
    return [
        (leg.direction.value, [(s.object_id, s.start, s.stop) for s in leg.stretches])
        for leg in legs
    ]


def test_forward_goes_to_the_end_of_the_clip():
    legs = plan_run({A: masklet(A, [10])}, wish(10, Reach.FORWARD))
    assert spans(legs) == [("forward", [(A, 11, 99)])]
    assert legs[0].frame_count == 89


def test_both_goes_forward_then_backward():
    legs = plan_run({A: masklet(A, [10])}, wish(10, Reach.BOTH))
    assert spans(legs) == [("forward", [(A, 11, 99)]), ("backward", [(A, 9, 0)])]


def test_a_range_bounds_both_ends():
    legs = plan_run({A: masklet(A, [10])}, wish(10, Reach.BOTH, first=5, last=20))
    assert spans(legs) == [("forward", [(A, 11, 20)]), ("backward", [(A, 9, 5)])]


def test_runs_do_not_cross_shot_cuts_unless_asked():
    cut = {A: masklet(A, [10])}
    legs = plan_run(cut, wish(10, Reach.BOTH, cuts=(4, 30, 60)))
    assert spans(legs) == [("forward", [(A, 11, 29)]), ("backward", [(A, 9, 4)])]
    assert plan_run(cut, wish(10, Reach.FORWARD))[0].stop == 99
    assert cuts_between((4, 30, 60), 4, 30) == (30,)


def test_a_correction_stops_at_the_next_human_frame():
    found = plan_run({A: masklet(A, [5, 10, 20])}, wish(10, Reach.BOTH, is_local=True))
    assert spans(found) == [("forward", [(A, 11, 19)]), ("backward", [(A, 9, 6)])]
    passing = plan_run({A: masklet(A, [5, 10, 20])}, wish(10, Reach.FORWARD))
    assert passing[0].stop == 99


def test_objects_with_different_ends_walk_together():
    objects = {A: masklet(A, [10, 20]), B: masklet(B, [10])}
    (leg,) = plan_run(objects, wish(10, Reach.FORWARD, is_local=True))
    assert (leg.start, leg.stop) == (11, 99)
    assert [s.frame_count for s in leg.stretches] == [9, 89]
    assert leg.stretches[0].covers(19)
    assert not leg.stretches[0].covers(20)


def test_between_fuses_two_passes_over_the_gap():
    legs = plan_run({A: masklet(A, [10, 20])}, wish(13, Reach.BETWEEN))
    assert spans(legs) == [("forward", [(A, 11, 19)]), ("backward", [(A, 19, 11)])]
    assert legs[1].is_second_pass


@pytest.mark.parametrize(
    ("human", "at", "gap"),
    [([10, 20], 10, (11, 19)), ([10, 20], 20, None), ([10, 11], 10, None), ([10], 5, None)],
)
def test_gaps(human, at, gap):
    assert gap_around(masklet(A, human), at) == gap


def test_an_object_without_a_mask_behind_the_start_is_left_out():
    objects = {A: masklet(A, [10]), B: masklet(B, [50])}
    (leg,) = plan_run(objects, wish(10, Reach.FORWARD))
    assert [s.object_id for s in leg.stretches] == [A]


@pytest.mark.parametrize(
    ("objects", "asked", "said"),
    [
        ({}, wish(1, Reach.FORWARD), "Select"),
        ({A: masklet(A)}, wish(1, Reach.FORWARD), "Give the object a mask"),
        ({A: masklet(A, [99])}, wish(99, Reach.FORWARD), "nothing to compute"),
        ({A: masklet(A, [10])}, wish(10, Reach.FORWARD, cuts=(11,)), "shot cut"),
        ({A: masklet(A, [10])}, wish(10, Reach.BETWEEN), "human frame before and after"),
        ({A: masklet(A, absent=[10])}, wish(10, Reach.FORWARD), "Give the object a mask"),
    ],
)
def test_what_cannot_be_run_is_explained(objects, asked, said):
    with pytest.raises(Rejected, match=said):
        plan_run(objects, asked)


def test_seeds_are_human_frames_nearest_first():
    known = masklet(A, [0, 5, 10, 90], [11, 12, 13])
    (leg,) = plan_run({A: known}, wish(10, Reach.FORWARD))
    assert seed_frames(known, leg, leg.stretches[0]) == (0, 5, 10, 90)
    assert seed_frames(known, leg, leg.stretches[0], limit=2) == (5, 10)


def test_an_interrupted_masklet_goes_on_from_its_last_mask():
    known = masklet(A, [0], range(1, 31))
    (leg,) = plan_run({A: known}, wish(30, Reach.FORWARD))
    assert seed_frames(known, leg, leg.stretches[0]) == (0, 30)


def test_a_model_mask_that_a_person_has_denied_is_no_seed():
    known = masklet(A, [0], range(1, 20), absent=[20])
    (leg,) = plan_run({A: known}, wish(20, Reach.FORWARD))
    assert seed_frames(known, leg, leg.stretches[0]) == (0,)
    imported = masklet(A, [], range(1, 20), absent=[20])
    (leg,) = plan_run({A: imported}, wish(20, Reach.FORWARD))
    assert seed_frames(imported, leg, leg.stretches[0]) == (19,), "there is nothing else"


def test_nothing_is_followed_back_from_an_absence_that_a_person_has_stated():
    known = masklet(A, [0], [*range(1, 20), *range(21, 30)], absent=[20])
    legs = plan_run({A: known}, wish(20, Reach.BOTH, is_local=True))
    assert spans(legs) == [("forward", [(A, 21, 99)])]


def test_the_nearest_seed_behind_is_told_however_many_lie_ahead():
    known = masklet(A, [0, *range(50, 70)])
    (leg,) = plan_run({A: known}, wish(45, Reach.FORWARD))
    assert seed_frames(known, leg, leg.stretches[0], limit=3) == (0, 50, 51)


def test_the_next_human_frames_beyond_a_stretch_are_seeds():
    known = masklet(A, [0, 10, 30, 40, 50], [11])
    both = plan_run({A: known}, wish(10, Reach.BOTH, is_local=True))
    assert [(leg.start, leg.stop) for leg in both] == [(11, 29), (9, 1)]
    told = [seed_frames(known, leg, leg.stretches[0]) for leg in both]
    assert told == [(0, 10, 30, 40), (0, 10, 30, 40, 50)]


def test_agreement_needs_frames_in_a_row():
    watch = AgreementWatch(Agreement(0.9, 3))
    seen = [watch.sees(A, iou) for iou in (0.95, 0.95, 0.5, 0.9, 0.99, 0.95, None)]
    assert seen == [False, False, False, False, False, True, False]
    assert not watch.sees(B, 0.99)


def test_frames_that_a_stop_saves():
    known = masklet(A, [10], range(11, 40))
    forward = plan_run({A: known}, wish(10, Reach.FORWARD))[0]
    assert remaining_frames(known, forward.stretches[0], 15, Direction.FORWARD) == 24
    backward = plan_run({A: masklet(A, [10], range(10))}, wish(10, Reach.BACKWARD))[0]
    saved = remaining_frames(
        masklet(A, [10], range(10)), backward.stretches[0], 7, Direction.BACKWARD
    )
    assert saved == 7


def test_objects_that_do_not_fit_together_go_in_groups_with_all_their_walks():
    legs = tuple(
        Leg(direction, tuple(Stretch(ObjectId(n), FrameIndex(1), FrameIndex(9)) for n in (1, 2, 3)))
        for direction in (Direction.FORWARD, Direction.BACKWARD)
    )
    split = split_legs(legs, 2)
    assert [(leg.direction, [s.object_id for s in leg.stretches]) for leg in split] == [
        (Direction.FORWARD, [1, 2]),
        (Direction.BACKWARD, [1, 2]),
        (Direction.FORWARD, [3]),
        (Direction.BACKWARD, [3]),
    ]
    assert split_legs(legs, 0) == split_legs(legs, 3) == legs
