"""What the tracker promises beyond parity: nothing is lost, and everything can be done again."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from sam3_annotator.model.memory_bank import TrackState
from sam3_annotator.model.track_prompts import Clicks
from sam3_annotator.model.tracker import Tracker
from sam3_annotator.model.tracker_config import HeadsConfig, TrackerConfig
from sam3_annotator.model.tracker_net import TrackerNet
from tests.support.sam_reference import GRID, random_levels
from tests.support.small_tracker import (
    FRAMES,
    assert_same_bits,
    clicks_of,
    features_of,
    small_net,
    start,
    track,
)

PROJECTED = 2 * 2 * GRID * GRID * 128 * 4
"""Bytes of keys and values of one memory: two layers, 128 channels, float32."""


@pytest.fixture(scope="module")
def net():
    return small_net()


@pytest.fixture
def tracker(net):
    return Tracker(net)


def test_an_object_is_not_looked_for_before_its_first_prompt(tracker):
    state = start(tracker, (1, 0), (2, 5))
    masks = track(tracker, state)
    assert [2 in masks[frame] for frame in range(FRAMES)] == [False] * 5 + [True] * 4
    back = track(tracker, state, range(FRAMES - 1, -1, -1), reverse=True)
    assert [2 in back[frame] for frame in range(FRAMES)] == [True] * 6 + [False] * 3
    assert [1 in back[frame] for frame in range(FRAMES)] == [True] + [False] * 8


def test_a_correction_survives_tracking_again(tracker):
    state = start(tracker, (1, 0), (2, 0))
    before = track(tracker, state)
    state = start(tracker, (1, 0), (2, 0))
    track(tracker, state, range(7))
    corrected = tracker.prompt_clicks(features_of(tracker, 4), state, 1, 4, clicks_of(9, 2))
    after = track(tracker, state, range(4, FRAMES))
    assert not torch.equal(corrected.logits, before[4][1])
    assert torch.equal(after[4][1], corrected.logits)
    assert not torch.equal(after[5][1], before[5][1])
    for frame in range(4, FRAMES):
        assert torch.equal(after[frame][2], before[frame][2]), "only object 1 was corrected"


def test_a_correction_honours_the_earlier_mask(tracker):
    answers = []
    for clicks in (clicks_of(9, 2), clicks_of(9, 2, refines=False)):
        state = start(tracker, (1, 0))
        masks = track(tracker, state, range(5))
        answers.append(tracker.prompt_clicks(features_of(tracker, 4), state, 1, 4, clicks).logits)
    assert not torch.equal(*answers)
    # An earlier mask that is handed in counts the same as the remembered one.
    fresh = TrackState(total=FRAMES)
    clicks = replace(clicks_of(9, 2), previous=masks[4][1])
    output = tracker.prompt_clicks(features_of(tracker, 4), fresh, 1, 4, clicks)
    assert torch.equal(output.logits, answers[0])


def test_clicks_do_not_look_at_memories(tracker, monkeypatch):
    state = start(tracker, (1, 0))
    track(tracker, state, range(4))
    monkeypatch.setattr(tracker.net.memory_attention, "forward", None)
    tracker.prompt_clicks(features_of(tracker, 4), state, 1, 4, clicks_of(3))


def test_caches_and_places_change_no_bit(net):
    """With room for all keys and values, for some, for none; memories here or elsewhere."""
    settings = (
        {"projection_bytes": 1 << 30},
        {"projection_bytes": 3 * PROJECTED},
        {},
        {"store": torch.device("cpu")},
    )
    runs, kept = [], []
    for setting in settings:
        tracker = Tracker(net, **setting)
        state = start(tracker, (1, 0), (2, 0))
        runs.append(track(tracker, state))
        kept.append(state.projected_nbytes)
    assert kept == [2 * 7 * PROJECTED, 3 * PROJECTED, 0, 0]
    for run in runs[1:]:
        for object_id in (1, 2):
            assert_same_bits(runs[0], run, object_id)


def test_memories_are_kept_in_the_wanted_precision(net):
    for dtype in (torch.bfloat16, torch.float32):
        tracker = Tracker(net, memory_dtype=dtype)
        state = start(tracker, (1, 0))
        assert state.tracks[1].bank.conditioning[0].memory.dtype == dtype


@torch.no_grad()
def test_half_precision_tracks_the_same_object():
    """Every path runs in bfloat16; random weights magnify rounding, so only masks are compared."""
    exact, half = Tracker(small_net()), Tracker(small_net().to(torch.bfloat16))
    mask = torch.zeros(GRID, GRID)
    mask[2:6, 1:5] = 1
    logits = []
    for tracker in (exact, half):
        state = TrackState()
        dtype = tracker.net.time_codes.dtype
        for frame in range(4):
            features = tracker.features([x.to(dtype) for x in random_levels(frame)])
            if frame == 0:
                tracker.prompt_masks(features, state, 0, {1: mask})
                tracker.prompt_clicks(features, state, 2, 0, clicks_of(3, 2))
                tracker.prompt_clicks(features, state, 2, 0, clicks_of(4, 3))
            outputs = tracker.step(features, state, frame)
            tracker.remember(features, state, frame, outputs)
        assert outputs[1].logits.dtype == torch.float32
        assert outputs[1].pointer.dtype == dtype
        logits.append(torch.stack([outputs[i].logits for i in (1, 2)]))
    agreement = ((logits[0] > 0) == (logits[1] > 0)).float().mean()
    assert agreement > 0.9  # chance is 0.5; measured 0.95


def test_a_bank_stays_small(net):
    tracker = Tracker(net)
    state = TrackState()
    clicks = clicks_of(1)
    tracker.prompt_clicks(features_of(tracker, 0), state, 1, 0, clicks)
    sizes = []
    for frame in range(1, 120):
        features = features_of(tracker, frame)
        outputs = tracker.step(features, state, frame)
        tracker.remember(features, state, frame, outputs)
        if frame % 8 == 0:
            mask = torch.zeros(GRID, GRID)
            mask[2:5, 1:4] = 1
            tracker.prompt_masks(features, state, frame, {1: mask}, automatic=True)
        sizes.append(state.nbytes)
    bank = state.tracks[1].bank
    assert max(sizes[80:]) == max(sizes[40:80])
    assert len(bank.recent) <= 16
    assert sum(e.memory is not None for e in bank.recent.values()) <= 7
    assert 0 in bank.conditioning, "a person's prompt is never forgotten"
    assert len(bank.conditioning) <= 6


def test_turning_round_starts_from_the_prompts(tracker):
    """A backward run does not depend on whether a forward run came before it."""
    state = start(tracker, (1, 4))
    fresh = track(tracker, state, range(4, -1, -1), reverse=True)
    state = start(tracker, (1, 4))
    track(tracker, state, range(4, FRAMES))
    later = track(tracker, state, range(4, -1, -1), reverse=True)
    assert_same_bits(fresh, later, 1)


def test_tracking_a_stretch_again_gives_the_same(tracker):
    state = start(tracker, (1, 0))
    first = track(tracker, state, range(FRAMES))
    again = track(tracker, state, range(FRAMES))
    assert_same_bits(first, again, 1)


def test_an_empty_mask_says_absent(tracker):
    state = TrackState()
    output = tracker.prompt_masks(features_of(tracker, 0), state, 0, {1: torch.zeros(9, 9)})[1]
    assert not output.is_present
    assert torch.equal(output.pointer, tracker.net.no_object_pointer[0])
    assert float(output.logits.max()) == pytest.approx(-10.0)


def test_absence_is_written_into_mask_pointer_and_memory():
    net = small_net(presence=-60.0)
    tracker = Tracker(net, memory_dtype=torch.float32)
    state = TrackState()
    tracker.prompt_masks(features_of(tracker, 0), state, 0, {1: torch.ones(8, 8)})
    features = features_of(tracker, 1)
    output = tracker.step(features, state, 1)[1]
    assert float(output.logits.max()) == -1024.0
    assert torch.equal(output.pointer, net.no_object_pointer[0])
    tracker.remember(features, state, 1, {1: output})
    entry = state.tracks[1].bank.recent[1]
    assert entry.score == 0.0
    with torch.no_grad():
        net.absence.zero_()
    tracker.remember(features, state, 1, {1: output})
    assert not torch.equal(state.tracks[1].bank.recent[1].memory, entry.memory)


def test_a_corrected_mask_can_be_remembered_instead(tracker):
    state = start(tracker, (1, 0))
    features = features_of(tracker, 1)
    outputs = tracker.step(features, state, 1)
    tracker.remember(features, state, 1, outputs)
    plain = state.tracks[1].bank.recent[1]
    tracker.remember(
        features, state, 1, outputs, masks={1: torch.full((16 * GRID, 16 * GRID), -9.0)}
    )
    changed = state.tracks[1].bank.recent[1]
    assert not torch.equal(plain.memory, changed.memory)
    assert torch.equal(plain.pointer, changed.pointer)


@pytest.mark.parametrize("logit", [-9.0, 9.0])
@pytest.mark.parametrize("presence", [-60.0, 60.0])
def test_presence_in_memory_follows_the_mask_handed_in(logit, presence):
    """The decoder's own score is not asked when a caller says what to remember."""
    tracker = Tracker(small_net(presence), memory_dtype=torch.float32)
    state = TrackState()
    tracker.prompt_masks(features_of(tracker, 0), state, 0, {1: torch.ones(8, 8)})
    features = features_of(tracker, 1)
    mask = torch.full((16 * GRID, 16 * GRID), logit)
    outputs = tracker.step(features, state, 1)
    tracker.remember(features, state, 1, outputs, masks={1: mask})
    with torch.no_grad():
        scaled = tracker.net.memory_mask(mask[None, None], features.grid, binary=False)
        there = torch.tensor([[logit > 0]])
        expected = tracker.net.write_memory(features.embedding, scaled, there)[0]
    assert torch.equal(state.tracks[1].bank.recent[1].memory, expected)


def test_a_prompted_frame_keeps_its_memory_unless_told_otherwise(tracker):
    state = start(tracker, (1, 0))
    features = features_of(tracker, 0)
    held = state.tracks[1].bank.conditioning[0]
    outputs = tracker.step(features, state, 0)
    tracker.remember(features, state, 0, outputs)
    assert state.tracks[1].bank.conditioning[0] is held
    tracker.remember(features, state, 0, outputs, masks={1: torch.full((32, 32), 5.0)})
    new = state.tracks[1].bank.conditioning[0]
    assert not torch.equal(new.memory, held.memory)
    assert torch.equal(new.pointer, held.pointer)
    assert not state.tracks[1].bank.recent


def test_only_the_wanted_objects_are_found(tracker):
    state = start(tracker, (1, 0), (2, 0))
    assert set(tracker.step(features_of(tracker, 1), state, 1, objects=[2])) == {2}


def test_many_clicks_keep_the_first_and_the_last():
    points = torch.arange(40.0).view(20, 2)
    joined, labels = Clicks(points, torch.arange(20)).joined(16)
    assert joined.shape == (1, 16, 2)
    assert labels[0].tolist() == [*range(8), *range(12, 20)]
    with_box, kinds = Clicks(
        points[:1], torch.ones(1).long(), torch.tensor([0.5, 0.5, 0.2, 0.4])
    ).joined(16)
    assert kinds.tolist() == [[2, 3, 1]]
    torch.testing.assert_close(with_box[0, :2], torch.tensor([[0.4, 0.3], [0.6, 0.7]]))


def test_an_empty_prompt_is_refused(tracker):
    nothing = Clicks(torch.zeros(0, 2), torch.zeros(0).long())
    state = TrackState()
    with pytest.raises(ValueError, match="point or a box"):
        tracker.prompt_clicks(features_of(tracker, 0), state, 1, 0, nothing)
    assert state.objects == (), "a refused prompt starts no track"


def test_heads_without_presence_cannot_track():
    heads = HeadsConfig(width=128, mlp_width=64, has_object_score=False)
    with pytest.raises(ValueError, match="object score"):
        TrackerNet(TrackerConfig(128, heads))


def test_a_bank_moves_as_a_whole(net):
    """To another device and back; what can be worked out again stays behind."""
    tracker = Tracker(net, projection_bytes=1 << 30)
    state = start(tracker, (1, 0))
    track(tracker, state, range(3))
    bank = state.tracks[1].bank
    elsewhere = bank.moved(torch.device("meta"))
    assert (bank.device.type, elsewhere.device.type) == ("cpu", "meta")
    assert elsewhere.born == bank.born
    assert [*elsewhere.conditioning, *elsewhere.recent] == [0, 1, 2]
    for entry in (*elsewhere.conditioning.values(), *elsewhere.recent.values()):
        assert {t.device.type for t in (entry.logits, entry.pointer, entry.memory)} == {"meta"}
        assert entry.projected is None
    assert bank.projected_nbytes > 0
