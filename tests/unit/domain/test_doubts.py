"""Doubts: each signal fires where it should, swaps are found, the queue covers every open frame."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sam3_annotator.domain.doubts.calibration import (
    LEAST_ERRORS,
    Judged,
    calibrate,
    found_share,
    gain_curve,
    predicted_share,
)
from sam3_annotator.domain.doubts.evidence import measure
from sam3_annotator.domain.doubts.jumps import follow_jumps
from sam3_annotator.domain.doubts.looks import Eye
from sam3_annotator.domain.doubts.pairs import compare, forget_pairs
from sam3_annotator.domain.doubts.queue import doubts_of, queue
from sam3_annotator.domain.doubts.signals import COLUMN, SIGNALS, Signal, Weights
from sam3_annotator.domain.entities import (
    MEASURED_DETECTOR,
    MEASURED_PASSES,
    Annotation,
    FrameFlag,
    Source,
)
from sam3_annotator.domain.geometry import EMPTY_PIXEL_BOX, PixelBox
from sam3_annotator.domain.ids import FrameIndex, ObjectId
from sam3_annotator.domain.mask import EMPTY_MASK, Mask
from sam3_annotator.domain.masklet import Masklet, People
from tests.support.planted import planted_clip
from tests.support.planted_queue import look_along, measured

WIDTH, HEIGHT = 200, 150


def box(left, top, width=20, height=20):
    return Mask.from_box(PixelBox(left, top, left + width, top + height))


class Track:
    """Masks by frame; frame 0 is a person's."""

    def __init__(self, masks, object_id=1, scores=None, attributes=None, human=(0,)):
        self.masks = masks
        self.id = ObjectId(object_id)
        rows = [
            Annotation(
                self.id,
                FrameIndex(frame),
                None if mask.is_empty else mask.blob_id,
                EMPTY_PIXEL_BOX if mask.is_empty else mask.box,
                mask.area,
                Source.HUMAN if frame in human else Source.MODEL,
                None if frame in human else (scores or {}).get(frame, 0.9),
                FrameFlag.ABSENT if mask.is_empty else FrameFlag.NONE,
                attributes=(attributes or {}).get(frame, ()),
            )
            for frame, mask in masks.items()
        ]
        self.masklet = Masklet.of(self.id, rows, People())

    def mask_at(self, _, frame):
        return self.masks.get(int(frame))

    def evidence(self):
        evidence = measure(self.masklet, WIDTH, HEIGHT)
        look_along(evidence, self.masklet, self.mask_at, Eye())
        follow_jumps(evidence, self.masklet)
        return evidence


def moving(frames=40, change=None):
    """A square that goes right by two pixels a frame; ``change`` gives other masks."""
    masks = {frame: box(10 + 2 * frame, 40) for frame in range(frames)}
    masks.update(change or {})
    return masks


def strength(evidence, signal, frame):
    return float(evidence.strengths[int(np.searchsorted(evidence.frames, frame)), COLUMN[signal]])


def value(evidence, signal, frame):
    return float(evidence.values[int(np.searchsorted(evidence.frames, frame)), COLUMN[signal]])


def test_a_steady_track_raises_nothing_but_distance_and_score():
    evidence = Track(moving()).evidence()
    loud = [s for s in Signal if s not in (Signal.FAR, Signal.SCORE)]
    assert evidence.strengths[:, [COLUMN[s] for s in loud]].max() == 0
    assert value(evidence, Signal.FAR, 39) == 39


def test_a_jump_of_area_says_how_much():
    evidence = Track(moving(change={20: box(50, 40, 20, 40)})).evidence()
    assert strength(evidence, Signal.AREA, 20) == 1
    assert value(evidence, Signal.AREA, 20) == pytest.approx(1.0)
    assert strength(evidence, Signal.AREA, 21) == 1
    assert strength(evidence, Signal.AREA, 19) == 0


def test_a_jump_of_centre_is_measured_in_sizes_off_the_course():
    evidence = Track(moving(change={20: box(50, 80)})).evidence()
    assert strength(evidence, Signal.CENTRE, 20) == 1
    assert value(evidence, Signal.CENTRE, 20) == pytest.approx(2.0)


def test_pieces_that_appear_are_counted_and_specks_are_not():
    split = box(50, 40, 8, 20).union(box(62, 40, 8, 20))
    speck = box(52, 40).union(box(150, 100, 1, 1))
    evidence = Track(moving(change={20: split, 21: speck})).evidence()
    assert value(evidence, Signal.PIECES, 20) == 1
    assert value(evidence, Signal.PIECES, 21) == -1
    assert strength(evidence, Signal.CENTRE, 21) == 0


def test_an_outline_that_changes_at_once():
    pixels = np.tri(20, 20, dtype=bool)
    evidence = Track(moving(change={20: Mask.from_array(pixels, 50, 40)})).evidence()
    assert strength(evidence, Signal.SHAPE, 20) == 1
    assert value(evidence, Signal.SHAPE, 20) == pytest.approx(0.5, abs=0.06)


def test_what_the_passes_and_the_detector_left_is_read():
    told = {20: ((MEASURED_PASSES, 0.31),), 21: ((MEASURED_DETECTOR, 0.5), ("colour", "red"))}
    evidence = Track(moving(), attributes=told).evidence()
    assert strength(evidence, Signal.PASSES, 20) > 0.9
    assert value(evidence, Signal.PASSES, 20) == pytest.approx(0.31)
    assert strength(evidence, Signal.DETECTOR, 21) == pytest.approx(0.4 / 0.6, abs=1e-3)


def test_a_low_score_counts_as_far_as_it_is_low():
    evidence = Track(moving(), scores={20: 0.25}).evidence()
    assert strength(evidence, Signal.SCORE, 20) == pytest.approx(0.75)


def test_a_loss_in_the_middle_is_stranger_than_one_at_the_edge():
    gone = dict.fromkeys(range(30, 40), EMPTY_MASK)
    middle = Track(moving(change=gone)).evidence()
    leaving = {f: box(max(0, 60 - 2 * f), 40) for f in range(30)} | gone
    edge = Track(leaving).evidence()
    assert strength(middle, Signal.LOST, 35) > strength(edge, Signal.LOST, 35) > 0
    assert value(middle, Signal.LOST, 35) == 10


def test_a_flicker_is_as_strange_as_can_be():
    evidence = Track(moving(change={20: EMPTY_MASK, 21: EMPTY_MASK})).evidence()
    assert strength(evidence, Signal.LOST, 20) == 1
    assert strength(evidence, Signal.RETURN, 22) == 0


def test_a_return_far_from_where_it_left():
    change = dict.fromkeys(range(15, 20), EMPTY_MASK)
    change |= {f: box(150, 110) for f in range(20, 40)}
    evidence = Track(moving(change=change)).evidence()
    assert strength(evidence, Signal.RETURN, 20) == 1
    assert value(evidence, Signal.RETURN, 20) > 4
    assert strength(evidence, Signal.NEAR_JUMP, 30) > 0.5


def test_frames_between_two_jumps_are_in_doubt_and_those_outside_are_not():
    away = {f: box(10 + 2 * f, 100) for f in range(15, 22)}
    evidence = Track(moving(change=away)).evidence()
    doubts = [strength(evidence, Signal.NEAR_JUMP, f) for f in range(40)]
    assert min(doubts[15:22]) > 0.9
    assert max(doubts[:15] + doubts[22:]) == 0


def test_doubt_ends_at_a_human_frame():
    away = {f: box(10 + 2 * f, 100) for f in range(15, 40)}
    evidence = Track(moving(change=away), human=(0, 25)).evidence()
    assert strength(evidence, Signal.NEAR_JUMP, 20) > 0.5
    assert strength(evidence, Signal.NEAR_JUMP, 30) == 0
    assert not evidence.is_open[25]


def test_before_the_first_human_frame_doubt_runs_backwards():
    away = {f: box(10 + 2 * f, 100) for f in range(10)}
    evidence = Track(moving(change=away), human=(39,)).evidence()
    assert strength(evidence, Signal.NEAR_JUMP, 5) > 0.8
    assert strength(evidence, Signal.NEAR_JUMP, 20) < 0.5


def crossing(swapped):
    """Two squares of different size that pass; swapped from the middle on if asked."""
    one = {f: box(10 + 3 * f, 50, 24, 24) for f in range(40)}
    two = {f: box(140 - 3 * f, 62, 14, 14) for f in range(40)}
    if swapped:
        for f in range(20, 40):
            one[f], two[f] = two[f], one[f]
    return Track(one, 1), Track(two, 2)


def compared(*tracks):
    evidences = {t.id: t.evidence() for t in tracks}
    masklets = {t.id: t.masklet for t in tracks}
    masks = {t.id: t.masks for t in tracks}
    found = [
        s
        for s in compare(evidences, masklets, lambda o, f: masks[o].get(int(f)), Eye())
        if s is not None
    ]
    return evidences, found


def test_a_swap_is_found_on_its_frame():
    evidences, (swap,) = compared(*crossing(swapped=True))
    assert (swap.first, swap.second, swap.frame) == (1, 2, 20)
    assert swap.strength > 0.9
    assert strength(evidences[ObjectId(1)], Signal.SWAP, 20) > 0.9
    row = np.searchsorted(evidences[ObjectId(1)].frames, 20)
    assert evidences[ObjectId(1)].others[row, COLUMN[Signal.SWAP]] == 2


def test_objects_that_pass_without_a_swap_are_left_alone():
    _, found = compared(*crossing(swapped=False))
    assert not found


def test_competing_objects_say_what_they_share():
    one = Track({f: box(50, 50) for f in range(10)}, 1)
    two = Track({f: box(60, 50) for f in range(10)}, 2)
    evidences, _ = compared(one, two)
    assert value(evidences[ObjectId(2)], Signal.COMPETES, 5) == pytest.approx(0.5)
    stale = forget_pairs(evidences, {ObjectId(1)})
    assert stale == {1, 2}
    assert strength(evidences[ObjectId(2)], Signal.COMPETES, 5) == 0


def test_the_queue_starts_with_the_planted_error_and_says_why():
    evidence = Track(moving(change={20: box(50, 100, 40, 40)})).evidence()
    first = queue([evidence], Weights.default())[0]
    assert first.covers(20)
    assert first.probability > 0.5
    assert {r.signal for r in first.reasons} >= {Signal.AREA, Signal.CENTRE}


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000))
def test_every_open_frame_is_in_exactly_one_span(seed):
    clip = planted_clip(seed, objects=2, frame_count=40, size=(160, 120), events=2)
    evidences, _ = measured(clip)
    for object_id, evidence in evidences.items():
        covered = np.zeros(clip.frame_count, int)
        for doubt in doubts_of(evidence, Weights.default()):
            assert doubt.start <= doubt.peak <= doubt.stop
            assert 0 <= doubt.probability <= 1
            covered[doubt.start : doubt.stop + 1] += 1
        is_open = ~clip.masklets[object_id].is_human
        assert (covered == is_open).all()
        assert np.isfinite(evidence.strengths).all()
        assert evidence.strengths.min() >= 0
        assert evidence.strengths.max() <= 1


# ---------------------------------------------------------------------- calibration


def judged(count, rng, wrong_share=0.2):
    strengths = np.zeros((count, len(SIGNALS)), np.float32)
    is_error = rng.random(count) < wrong_share
    strengths[:, COLUMN[Signal.AREA]] = np.where(
        is_error, rng.random(count) ** 0.5, rng.random(count) ** 3
    )
    strengths[:, COLUMN[Signal.COMPETES]] = rng.random(count)
    return Judged(strengths, is_error, np.arange(count))


def test_too_little_is_said_to_be_too_little():
    few = judged(30, np.random.default_rng(0))
    found = calibrate(few)
    assert not found.is_known
    assert found.frames == 30
    assert found.weights == Weights.default()
    none_wrong = judged(300, np.random.default_rng(0), wrong_share=0.0)
    assert not calibrate(none_wrong).is_known


def test_calibration_learns_which_signal_means_something():
    found = calibrate(judged(800, np.random.default_rng(1)))
    weights = dict(zip(SIGNALS, found.weights.of_signals, strict=True))
    assert weights[Signal.AREA] > 2
    assert weights[Signal.COMPETES] < 0.8
    assert found.errors >= LEAST_ERRORS
    assert found.found_share > 0.5
    assert abs(found.found_share - found.predicted_share) < 0.1


def test_labels_without_any_pattern_promise_nothing():
    rng = np.random.default_rng(2)
    strengths = rng.random((1500, len(SIGNALS))).astype(np.float32)
    noise = Judged(strengths, rng.random(1500) < 0.3, np.arange(1500))
    found = calibrate(noise)
    assert found.found_share == pytest.approx(0.2, abs=0.08)
    assert abs(found.found_share - found.predicted_share) < 0.1


def test_ties_are_met_together():
    chances, is_error = np.full(10, 0.3), np.arange(10) == 9
    assert found_share(chances, is_error) == pytest.approx(0.2)
    assert predicted_share(chances) == pytest.approx(0.2)
    assert predicted_share(np.zeros(5)) == pytest.approx(0.2)


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60))
def test_the_gain_curve_climbs_from_nothing_to_all(frames):
    chances = np.array([c for c, _ in frames])
    is_error = np.array([e for _, e in frames])
    curve = gain_curve(chances, is_error)
    assert curve[0].tolist() == [0, 0]
    assert (np.diff(curve, axis=0) >= -1e-12).all()
    assert curve[-1, 0] == 1
    assert curve[-1, 1] == pytest.approx(float(is_error.any()))
