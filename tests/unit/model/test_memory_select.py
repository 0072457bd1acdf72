"""Choosing memories: against a literal walk over the clip, and forgetting without harm."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sam3_annotator.model.memory_select import (
    Moment,
    kept,
    nearest_conditioning,
    recall,
    valid_frames,
)
from sam3_annotator.model.tracker_config import TrackingRules

SLOTS = 7
SELECTING = TrackingRules()
PLAIN = TrackingRules(selects_memories=False)

frames = st.integers(0, 40)
scores_of_clips = st.dictionaries(frames, st.sampled_from([0.0, 0.005, 0.02, 0.9]), max_size=40)
moments = st.builds(Moment, frames, st.booleans(), st.one_of(st.none(), st.integers(41, 60)))
rules_of = st.sampled_from([SELECTING, PLAIN, TrackingRules(max_conditioning=None)])


def walk(conditioning, scores, moment, rules):
    """What the fact sheet says, step by step: (maps, pointers) as sets."""
    t, sign = moment.frame, -1 if moment.reverse else 1
    chosen = nearest_conditioning(conditioning, t, rules.max_conditioning)
    known = set(scores) | (set(conditioning) - set(chosen))
    limit = min(moment.total or rules.max_pointers, rules.max_pointers)
    if rules.selects_memories:
        valid = walk_valid(scores, moment, rules, limit)  # farthest first
        near = [valid[-rank] for rank in range(1, SLOTS) if rank <= len(valid)]
        dated = [valid[-rank] for rank in range(1, limit) if rank < len(valid)]
    else:
        near = [t - sign * rank for rank in range(1, SLOTS)]
        dated = [t - sign * rank for rank in range(1, limit)]
    maps = {(f, SLOTS - 1) for f in chosen}
    maps |= {(f, slot) for slot, f in enumerate(near) if f in known}
    pointers = {(f, (t - f) * sign) for f in chosen if (t - f) * sign >= 0}
    pointers |= {(f, rank) for rank, f in enumerate(dated, start=1) if f in known}
    return maps, pointers


def walk_valid(scores, moment, rules, limit):
    t, sign = moment.frame, -1 if moment.reverse else 1
    end = (moment.total or 1000) if moment.reverse else 0
    if t == (end - 1 if moment.reverse else 0):
        return []
    valid = []
    for frame in range(t - sign, end, -sign):
        if frame in scores and scores[frame] > rules.min_score:
            valid.insert(0, frame)
        if len(valid) >= limit - 1:
            break
    return valid if t - sign in valid else [*valid, t - sign]


@given(st.sets(frames, min_size=1, max_size=7), scores_of_clips, moments, rules_of)
def test_recall_is_the_published_walk(conditioning, scores, moment, rules):
    scores = {f: s for f, s in scores.items() if f not in conditioning}
    chosen = recall(conditioning, scores, moment, rules, SLOTS)
    assert (set(chosen.maps), set(chosen.pointers)) == walk(conditioning, scores, moment, rules)
    assert len(chosen.maps) == len(set(chosen.maps))
    assert len(chosen.pointers) == len(set(chosen.pointers))


@given(
    st.lists(st.sampled_from([0.0, 0.02, 0.9]), min_size=30, max_size=60),
    st.booleans(),
    st.sampled_from([SELECTING, PLAIN]),
)
def test_forgetting_changes_no_later_frame(values, reverse, rules):
    """A run that forgets as it goes recalls the same as one that keeps everything."""
    total = len(values) + 1
    order = list(range(1, total))
    if reverse:
        order = [total - 1 - f for f in order]
    conditioning = {total - 1 if reverse else 0}
    everything, bank, pointers_only = {}, {}, set()
    for frame, score in zip(order, values, strict=True):
        moment = Moment(frame, reverse, total)
        full = recall(conditioning, everything, moment, rules, SLOTS)
        short = recall(conditioning, bank, moment, rules, SLOTS)
        assert short == full
        assert not pointers_only & {f for f, _ in short.maps}
        everything[frame] = bank[frame] = score
        keep = kept(bank, moment, rules, SLOTS)
        assert len(keep.maps) <= SLOTS
        assert len(keep.pointers) <= rules.max_pointers
        bank = {f: s for f, s in bank.items() if f in keep.maps | keep.pointers}
        pointers_only = set(bank) - keep.maps


def test_long_absence_does_not_push_good_memories_out():
    scores = dict.fromkeys(range(1, 10), 0.9) | dict.fromkeys(range(10, 200), 0.0)
    chosen = recall({0}, scores, Moment(200), SELECTING, SLOTS)
    # Frame 199 is always looked at; the object was last seen on frames 9 to 5.
    assert [f for f, slot in chosen.maps if slot < SLOTS - 1] == [5, 6, 7, 8, 9, 199]
    assert (199, 0) in chosen.maps
    assert (9, 1) in chosen.maps
    plain = recall({0}, scores, Moment(200), PLAIN, SLOTS)
    assert [f for f, slot in plain.maps if slot < SLOTS - 1] == list(range(194, 200))


def test_the_farthest_valid_frame_gives_no_pointer():
    scores = dict.fromkeys(range(1, 5), 0.9)
    chosen = recall({0}, scores, Moment(5), SELECTING, SLOTS)
    assert set(chosen.pointers) == {(0, 5), (4, 1), (3, 2), (2, 3)}


def test_nearest_conditioning_brackets_the_frame():
    assert nearest_conditioning([0, 10, 20, 30, 90], 25, 2) == [20, 30]
    assert nearest_conditioning([0, 10, 20, 30, 90], 25, 4) == [0, 10, 20, 30]
    assert nearest_conditioning([0, 10], 25, None) == [0, 10]
    assert nearest_conditioning([1, 2, 3, 4, 5], 9, 4) == [2, 3, 4, 5]


def test_future_prompts_are_seen_but_give_no_pointer():
    chosen = recall({0, 50}, {}, Moment(20), SELECTING, SLOTS)
    assert set(chosen.maps) == {(0, 6), (50, 6)}
    assert chosen.pointers == ((0, 20),)


def test_the_ends_of_the_clip_recall_nothing_recent():
    scores = {1: 0.9, 2: 0.9}
    assert valid_frames(scores, Moment(0), SELECTING) == []
    assert valid_frames(scores, Moment(9, reverse=True, total=10), SELECTING) == []
