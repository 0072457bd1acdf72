"""Concepts on clips, with a scripted detector and tracker: births, mistakes, ends, returns."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from sam3_annotator.model.concept_frames import ConceptQuery, ConceptState, Probation
from sam3_annotator.model.concept_life import NO_CONCEPT, TrackLife, judged
from sam3_annotator.model.concept_rules import ConceptRules
from sam3_annotator.model.concept_tracker import ConceptTracker
from sam3_annotator.model.memory_bank import MemoryEntry
from sam3_annotator.model.neck import ImageFeatures as NeckFeatures
from tests.support.scripted_concepts import (
    FEATURES,
    LEVEL,
    Detector,
    Thing,
    Tracker,
    go_on,
    ids,
    logits,
    pinned_at,
    run,
    still,
)


def test_everything_detected_on_the_first_frame_is_tracked():
    world = {"cat": [still(0), still(15, look=1, score=0.6)]}
    seen, _state, _ = run(world, range(5))
    assert seen[0].began == (0, 1)
    assert [ids(f) for f in seen] == [{0, 1}] * 5
    assert seen[3].masks[0].score == pytest.approx(0.95, abs=1e-3)


def test_newcomers_are_picked_up_if_sure():
    late = still(15, look=1, is_detected=lambda f: f >= 3)
    unsure = still(24, look=2, score=0.65, is_detected=lambda f: f >= 3)
    seen, _, _ = run({"cat": [still(0), late, unsure]}, range(6))
    assert seen[3].began == (1,)
    assert ids(seen[5]) == {0, 1}


def test_a_false_alarm_is_taken_back_late():
    ghost = still(15, look=1, is_detected=lambda f: f == 0)
    seen, state, _ = run({"cat": [still(0), ghost]}, range(12))
    assert [f.frame for f in seen if 1 in f.removed] == [8]
    assert 1 not in state.lives
    probation = Probation(14)
    settled = [g for f in seen for g in probation.push(f)] + probation.flush()
    assert [f.frame for f in settled] == list(range(12))
    assert all(ids(f) == {0} for f in settled)


def test_unmatched_after_probation_is_no_mistake():
    fading = still(15, look=1, is_detected=lambda f: f < 8)
    seen, state, _ = run({"cat": [still(0), fading]}, range(40))
    assert 1 in state.lives
    assert all(not f.removed for f in seen)


def test_two_tracks_on_one_thing_become_one():
    state = ConceptState()
    world = {"cat": [still(3)]}
    _, state, tracker = run(world, range(1), state=state)
    state.lives[1] = TrackLife(1, 0, 0, 0.9)
    state.tracks.track(1)
    state.next_id = 2
    detector = Detector(world)
    tracker.follows[1] = world["cat"][0]
    concepts = ConceptTracker(detector, tracker)
    removed = []
    for frame in range(1, 12):
        detector.frame = frame
        removed += concepts.step(frame, FEATURES, [ConceptQuery(0, "cat")], state).removed
    assert removed == [1]


def test_several_concepts_do_not_compete():
    same_place = {"cat": [still(5)], "animal": [still(5)]}
    seen, state, _ = run(same_place, range(3), ConceptRules(exclusive_output=False))
    assert {m.concept for m in seen[2].masks} == {0, 1}
    assert len(state.lives) == 2


def test_exemplars_alone_keep_their_objects_without_later_detections():
    world = {"visual": [still(5)]}

    def only_on_first(frame):
        return [ConceptQuery(0, "visual", "exemplars only")] if frame == 0 else []

    seen, _state, _ = run(world, range(30), queries=only_on_first)
    assert ids(seen[-1]) == {0}
    assert all(not f.removed for f in seen)


def test_good_detections_refresh_their_own_track_only():
    weak = still(15, look=1, score=0.75)
    _, _, tracker = run({"cat": [still(0), weak]}, range(33))
    assert tracker.prompted == [(0, (0, 1)), (16, (0,)), (32, (0,))]


def test_a_track_that_is_gone_ends_and_takes_its_identity_up_again():
    def here(frame):
        return None if 5 <= frame < 30 else 15

    comes_back = Thing(here, look=1, is_detected=lambda f: here(f) is not None)
    rules = ConceptRules(gone_frames=10)
    seen, _state, _ = run({"cat": [still(0), comes_back]}, range(35), rules)
    assert [f.frame for f in seen if 1 in f.ended] == [14]
    assert ids(seen[-1]) == {0, 1}
    strangers = ConceptRules(gone_frames=10, recover_likeness=0)
    seen, _, _ = run({"cat": [still(0), comes_back]}, range(35), strangers)
    assert ids(seen[-1]) == {0, 2}


def test_ids_are_never_used_twice():
    ghost = still(15, look=1, is_detected=lambda f: f == 0)
    late = still(24, look=2, is_detected=lambda f: f >= 10)
    seen, _, _ = run({"cat": [still(0), ghost, late]}, range(14))
    assert ids(seen[-1]) == {0, 2}


def test_an_object_without_a_mask_remembers_that_it_was_absent():
    leaves = still(0, is_tracked=lambda f: f < 2, is_detected=lambda f: f < 2)
    _, _, tracker = run({"cat": [leaves]}, range(4))
    assert tracker.remembered[-1] == (3, {0: False})
    assert tracker.remembered[0] == (1, {0: True})


def test_what_a_person_pointed_at_is_never_taken_back():
    ghost = still(15, look=1, is_detected=lambda f: f == 0)
    world = {"cat": [still(0), ghost]}
    _, state, tracker = run(world, range(1))
    state.lives[1] = replace(state.lives[1], is_pinned=True)
    detector = Detector(world)
    concepts = ConceptTracker(detector, tracker)
    for frame in range(1, 20):
        detector.frame = frame
        last = concepts.step(frame, FEATURES, [ConceptQuery(0, "cat")], state)
    assert ids(last) == {0, 1}


def test_late_confirmation_hides_until_confirmed():
    rules = ConceptRules(confirm_frames=3)
    seen, _, _ = run({"cat": [still(0)]}, range(4), rules)
    assert [len(f.masks) for f in seen] == [0, 0, 1, 1]


def test_backward_runs_judge_by_distance_too():
    ghost = still(15, look=1, is_detected=lambda f: f == 40)
    seen, _state, _ = run({"cat": [still(0), ghost]}, range(40, 25, -1), reverse=True)
    assert [f.frame for f in seen if 1 in f.removed] == [32]


def test_there_is_a_limit_to_the_number_of_objects():
    world = {"cat": [still(0, score=0.8), still(15, look=1, score=0.9)]}
    seen, state, _ = run(world, range(3), ConceptRules(max_objects=1))
    assert len(state.lives) == 1
    assert seen[0].masks[0].logits[12, 17] > 0


def test_features_without_the_trackers_pyramid_are_refused():
    with pytest.raises(ValueError, match="pyramid"):
        ConceptTracker(Detector({}), Tracker({})).step(
            0, NeckFeatures((LEVEL,) * 3, None), [], ConceptState()
        )


def test_phrases_do_not_take_pixels_from_each_other():
    """A wheel lies within its car: both keep their masks, and both are remembered."""
    car, wheel = still(5), still(5)
    seen, _, tracker = run({"car": [car], "wheel": [wheel]}, range(3))
    areas = {m.concept: int((m.logits > 0).sum()) for m in seen[2].masks}
    assert areas == {0: 80, 1: 80}
    assert tracker.remembered[-1] == (2, {0: True, 1: True})


def test_what_was_pointed_at_is_not_found_once_more_and_keeps_its_pixels():
    world = {"cat": [still(0), still(15, look=1)]}
    state, tracker = ConceptState(), Tracker(world)
    pinned_at(state, tracker, 7, 0, world["cat"][0])
    seen = go_on(world, range(4), state, tracker)
    assert [ids(f) for f in seen] == [{7, 8}] * 4
    assert {m.object_id: m.concept for m in seen[3].masks} == {7: NO_CONCEPT, 8: 0}


def test_a_second_run_starts_with_the_same_objects():
    """Also with those that were given up, or lost their detector after probation."""
    leaves = Thing(lambda f: 15 if f < 20 else None, look=1, is_detected=lambda f: f < 20)
    fading = still(24, look=2, is_detected=lambda f: f < 15)
    world = {"cat": [still(0), leaves, fading]}
    rules = ConceptRules(gone_frames=10)
    first, state, tracker = run(world, range(120), rules)
    again = go_on(world, range(120), state, tracker, rules)
    assert [ids(f) for f in again] == [ids(f) for f in first]
    assert [f.ended for f in again] == [f.ended for f in first]
    assert not any(f.began or f.removed for f in again)


def test_turning_round_takes_nothing_back_that_outlived_its_probation():
    fading = still(15, look=1, is_detected=lambda f: 50 <= f < 56)
    world = {"cat": [still(0), fading]}
    rules = ConceptRules(max_unmatched=12)
    _, state, tracker = run(world, range(50, 80), rules)
    seen = go_on(world, range(49, 30, -1), state, tracker, rules, reverse=True)
    assert all(ids(f) == {0, 1} for f in seen)


def test_a_frame_that_is_run_over_twice_counts_once():
    ghost = still(15, look=1, is_detected=lambda f: f == 0)
    world = {"cat": [still(0), ghost]}
    _, state, tracker = run(world, range(6))
    seen = go_on(world, range(6), state, tracker)
    assert not any(f.removed for f in seen)
    assert state.lives[1].unmatched == frozenset(range(1, 6))


def test_duplicates_count_against_the_first_only():
    """Three on one thing: the third is held against the first, not against the second."""
    lives = {i: TrackLife(i, 0, 0, 0.9) for i in range(3)}
    for frame in range(1, 5):
        lives = judged(lives, [0, 1, 2], [], [[0, 1, 2]], frame, ConceptRules())
    for frame in range(5, 9):
        lives = judged(lives, [1, 2], [], [[1, 2]], frame, ConceptRules())
    assert {k: len(v) for k, v in lives[2].duplicates.items()} == {0: 4, 1: 4}
    assert not lives[2].is_mistake(ConceptRules())


def test_a_pinned_track_counts_as_the_first():
    lives = {0: TrackLife(0, 0, 0, 0.9), 5: TrackLife(5, 0, 3, 1.0, is_pinned=True)}
    after = judged(lives, [0, 5], [], [[0, 5]], 4, ConceptRules())
    assert after[0].duplicates == {5: frozenset({4})}
    assert not after[5].duplicates


def test_confirmation_wants_detections_in_a_row():
    rules = ConceptRules(confirm_frames=3)
    gappy = still(15, look=1, is_detected=lambda f: f not in (2, 4))
    seen, _, _ = run({"cat": [still(0), gappy]}, range(10), rules)
    assert [f.frame for f in seen if 1 in ids(f)] == [7, 8, 9]


def test_an_unwanted_object_is_neither_told_of_nor_found_again():
    world = {"cat": [still(0), still(15, look=1)]}
    _, state, tracker = run(world, range(3))
    unwanted = replace(state.lives[1], is_unwanted=True, is_settled=True)
    state.lives[1] = unwanted
    seen = go_on(world, range(3, 20), state, tracker)
    assert all(ids(f) == {0} and not f.began for f in seen)


def test_newcomers_win_pixels_by_the_detectors_score_only():
    """As published: an old track that is surer keeps what both claim."""
    late = still(7, look=1, score=0.9, is_detected=lambda f: f >= 3)
    rules = ConceptRules(touch_iou=0.9, match_iou=0.9, duplicate_iou=0.9)
    seen, _, _ = run({"cat": [still(0), late]}, range(4), rules)
    areas = {m.object_id: int((m.logits > 0).sum()) for m in seen[3].masks}
    assert areas == {0: 80, 1: 70}


def test_a_refresh_of_another_run_is_forgotten_ahead():
    world = {"cat": [still(0)]}
    _, state, tracker = run(world, range(40))
    assert set(state.tracks.tracks[0].bank.conditioning) == {0, 16, 32}
    go_on(world, range(1, 3), state, tracker)
    assert set(state.tracks.tracks[0].bank.conditioning) == {0}


def test_what_is_kept_of_ended_tracks_is_bounded():
    state = ConceptState()
    for number in range(200):
        state.lives[number] = TrackLife(number, 0, number, 0.9, first=logits(0))
        entry = MemoryEntry(number, logits(0), torch.zeros(4), 1.0, 10.0, automatic=True)
        state.tracks.track(number).bank.condition(entry)
        state.end(number)
    assert len(state.former) == 200
    held = [one for one in state.former.values() if one.bank.nbytes or one.life.first is not None]
    assert len(held) == 64
    state.advance(3, reverse=False)
    assert 3 in state.former
    state.advance(199, reverse=False)
    assert 199 in state.lives


def test_it_is_told_how_far_the_detector_agrees():
    """Half of what is followed, all of it, nothing of it; unknown at birth and unasked."""
    seen_as = {1: 4, 2: 0, 3: None}
    thing = Thing(lambda frame: 0, look=0)
    detected = Thing(lambda frame: seen_as.get(frame, 0), look=0, is_detected=lambda f: f != 3)
    tracker, detector = Tracker({"cat": [thing]}), Detector({"cat": [detected]})
    concepts, state = ConceptTracker(detector, tracker), ConceptState()
    told = []
    for frame in range(5):
        detector.frame = frame
        asked = [] if frame == 4 else [ConceptQuery(0, "cat")]
        (mask,) = concepts.step(frame, FEATURES, asked, state).masks
        told.append(mask.detector_iou)
    assert told == [None, pytest.approx(1 / 3), 1.0, 0.0, None]
