"""What the tracker promises beyond parity: nothing is lost, nothing leaks between objects."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from sam3_annotator.model.memory_bank import TrackState
from sam3_annotator.model.object_batches import in_batches, seats
from sam3_annotator.model.track_prompts import Clicks
from sam3_annotator.model.tracker import Tracker
from sam3_annotator.model.tracker_config import SMALL_TRACKER, HeadsConfig, TrackerConfig
from sam3_annotator.model.tracker_net import TrackerNet
from tests.support.sam_reference import GRID, random_levels, shake

FRAMES = 9
PROJECTED = 2 * 2 * GRID * GRID * 128 * 4
"""Bytes of keys and values of one memory: two layers, 128 channels, float32."""


def _net(presence=3.0):
    net = TrackerNet(SMALL_TRACKER).eval()
    shake(net)
    with torch.no_grad():
        net.heads.decoder.object_head.layers[-1].bias += presence
    return net


@pytest.fixture(scope="module")
def net():
    return _net()


@pytest.fixture
def tracker(net):
    return Tracker(net)


def _features(tracker, frame):
    return tracker.features(random_levels(frame))


def _clicks(seed, count=1, **more):
    torch.manual_seed(seed)
    return Clicks(torch.rand(count, 2), torch.tensor([1, 0, 1])[:count], **more)


def _start(tracker, *prompts):
    """A state with objects clicked at ``(object, frame)``."""
    state = TrackState(total=FRAMES)
    for object_id, frame in prompts:
        features = _features(tracker, frame)
        tracker.prompt_clicks(features, state, object_id, frame, _clicks(object_id))
    return state


def _run(tracker, state, frames=range(FRAMES), *, reverse=False):
    """Track; {frame: {object: logits}}."""
    masks = {}
    for frame in frames:
        features = _features(tracker, frame)
        outputs = tracker.step(features, state, frame, reverse=reverse)
        tracker.remember(features, state, frame, outputs, reverse=reverse)
        masks[frame] = {object_id: output.logits for object_id, output in outputs.items()}
    return masks


def _assert_same_bits(first, second, object_id):
    assert first.keys() == second.keys()
    for frame, masks in first.items():
        assert torch.equal(masks[object_id], second[frame][object_id]), f"frame {frame}"


def test_an_object_does_not_notice_the_others(tracker):
    """Bit for bit: alone, among four, with one removed on the way, prompted on other frames."""
    alone = _run(tracker, _start(tracker, (2, 0)))
    among = _run(tracker, _start(tracker, (1, 0), (2, 0), (3, 0), (4, 0)))
    _assert_same_bits(alone, among, 2)
    state = _start(tracker, (1, 0), (2, 0), (3, 4))
    masks = _run(tracker, state, range(5))
    state.remove(1)
    masks |= _run(tracker, state, range(5, FRAMES))
    _assert_same_bits(alone, masks, 2)
    assert set(masks[3]) == {1, 2}
    assert set(masks[5]) == {2, 3}


BATCHED = ((1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (6, 3))


def test_a_batch_does_not_notice_who_leaves_and_who_comes(net):
    """Bit for bit, in batches of three: one is removed, one corrected, one comes, one is left."""
    tracker = Tracker(net, batch_size=3)
    whole = _run(tracker, _start(tracker, *BATCHED))
    state = _start(tracker, *BATCHED[:-1])
    masks = _run(tracker, state, range(3))
    state.remove(1)
    state.remove(5)
    tracker.prompt_clicks(_features(tracker, 3), state, 3, 3, _clicks(8, 2))
    tracker.prompt_clicks(_features(tracker, 3), state, 9, 3, _clicks(7))
    masks |= _run(tracker, state, range(3, FRAMES))
    assert set(masks[4]) == {2, 3, 4, 9}
    for object_id in (2, 4):
        _assert_same_bits(whole, masks, object_id)
    assert not torch.equal(whole[4][3], masks[4][3]), "object 3 was corrected"


@pytest.mark.parametrize("size", [2, 3, 8])
def test_batches_answer_like_single_objects(net, size):
    """Float32; kernels of another shape sum in another order, and memories carry it on."""
    alone = _run(Tracker(net), _start(Tracker(net), *BATCHED))
    together = _run(Tracker(net, batch_size=size), _start(Tracker(net), *BATCHED))
    for frame, masks in alone.items():
        assert masks.keys() == together[frame].keys()
        for object_id, logits in masks.items():
            torch.testing.assert_close(together[frame][object_id], logits, atol=1e-3, rtol=0)


def test_objects_that_share_a_frame_run_together(net, monkeypatch):
    tracker, rows = Tracker(net, batch_size=4), []
    attention = net.memory_attention.forward
    monkeypatch.setattr(
        net.memory_attention, "forward", lambda f, r: rows.append(len(r)) or attention(f, r)
    )
    state = _start(tracker, *((i, 0) for i in range(6)))
    _run(tracker, state, [1])
    assert rows == [4, 2]
    tracker.prompt_clicks(_features(tracker, 1), state, 9, 1, _clicks(9))
    rows.clear()
    _run(tracker, state, [2])
    assert sorted(rows) == [1, 2, 4], "who comes later sits elsewhere"


def test_an_object_is_not_looked_for_before_its_first_prompt(tracker):
    state = _start(tracker, (1, 0), (2, 5))
    masks = _run(tracker, state)
    assert [2 in masks[frame] for frame in range(FRAMES)] == [False] * 5 + [True] * 4
    back = _run(tracker, state, range(FRAMES - 1, -1, -1), reverse=True)
    assert [2 in back[frame] for frame in range(FRAMES)] == [True] * 6 + [False] * 3
    assert [1 in back[frame] for frame in range(FRAMES)] == [True] + [False] * 8


def test_a_correction_survives_tracking_again(tracker):
    state = _start(tracker, (1, 0), (2, 0))
    before = _run(tracker, state)
    state = _start(tracker, (1, 0), (2, 0))
    _run(tracker, state, range(7))
    corrected = tracker.prompt_clicks(_features(tracker, 4), state, 1, 4, _clicks(9, 2))
    after = _run(tracker, state, range(4, FRAMES))
    assert not torch.equal(corrected.logits, before[4][1])
    assert torch.equal(after[4][1], corrected.logits)
    assert not torch.equal(after[5][1], before[5][1])
    for frame in range(4, FRAMES):
        assert torch.equal(after[frame][2], before[frame][2]), "only object 1 was corrected"


def test_a_correction_honours_the_earlier_mask(tracker):
    answers = []
    for clicks in (_clicks(9, 2), _clicks(9, 2, refines=False)):
        state = _start(tracker, (1, 0))
        masks = _run(tracker, state, range(5))
        answers.append(tracker.prompt_clicks(_features(tracker, 4), state, 1, 4, clicks).logits)
    assert not torch.equal(*answers)
    # An earlier mask that is handed in counts the same as the remembered one.
    fresh = TrackState(total=FRAMES)
    clicks = replace(_clicks(9, 2), previous=masks[4][1])
    output = tracker.prompt_clicks(_features(tracker, 4), fresh, 1, 4, clicks)
    assert torch.equal(output.logits, answers[0])


def test_clicks_do_not_look_at_memories(tracker, monkeypatch):
    state = _start(tracker, (1, 0))
    _run(tracker, state, range(4))
    monkeypatch.setattr(tracker.net.memory_attention, "forward", None)
    tracker.prompt_clicks(_features(tracker, 4), state, 1, 4, _clicks(3))


def test_what_is_the_same_for_all_objects_is_done_once(net, monkeypatch):
    tracker = Tracker(net, projection_bytes=1 << 30)
    state = _start(tracker, *((i, 0) for i in range(1, 6)))
    attention = tracker.net.memory_attention
    calls, shared, projected = [], attention.share, attention.project
    monkeypatch.setattr(attention, "share", lambda *a: calls.append("share") or shared(*a))
    monkeypatch.setattr(attention, "project", lambda *a: calls.append("project") or projected(*a))
    for frame in (1, 2, 3):
        features = _features(tracker, frame)
        outputs = tracker.step(features, state, frame)
        assert calls.count("share") == frame
        assert calls.count("project") == 5 * (frame - 1), "only new memories are projected"
        tracker.remember(features, state, frame, outputs)


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
        state = _start(tracker, (1, 0), (2, 0))
        runs.append(_run(tracker, state))
        kept.append(state.projected_nbytes)
    assert kept == [2 * 7 * PROJECTED, 3 * PROJECTED, 0, 0]
    for run in runs[1:]:
        for object_id in (1, 2):
            _assert_same_bits(runs[0], run, object_id)


def test_memories_are_kept_in_the_wanted_precision(net):
    for dtype in (torch.bfloat16, torch.float32):
        tracker = Tracker(net, memory_dtype=dtype)
        state = _start(tracker, (1, 0))
        assert state.tracks[1].bank.conditioning[0].memory.dtype == dtype


@torch.no_grad()
def test_half_precision_tracks_the_same_object():
    """Every path runs in bfloat16; random weights magnify rounding, so only masks are compared."""
    exact, half = Tracker(_net()), Tracker(_net().to(torch.bfloat16))
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
                tracker.prompt_clicks(features, state, 2, 0, _clicks(3, 2))
                tracker.prompt_clicks(features, state, 2, 0, _clicks(4, 3))
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
    clicks = _clicks(1)
    tracker.prompt_clicks(_features(tracker, 0), state, 1, 0, clicks)
    sizes = []
    for frame in range(1, 120):
        features = _features(tracker, frame)
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
    state = _start(tracker, (1, 4))
    fresh = _run(tracker, state, range(4, -1, -1), reverse=True)
    state = _start(tracker, (1, 4))
    _run(tracker, state, range(4, FRAMES))
    later = _run(tracker, state, range(4, -1, -1), reverse=True)
    _assert_same_bits(fresh, later, 1)


def test_tracking_a_stretch_again_gives_the_same(tracker):
    state = _start(tracker, (1, 0))
    first = _run(tracker, state, range(FRAMES))
    again = _run(tracker, state, range(FRAMES))
    _assert_same_bits(first, again, 1)


def test_masks_taken_together_equal_masks_taken_alone(tracker):
    torch.manual_seed(5)
    masks = {i: (torch.rand(50, 70) > 0.6).float() for i in (3, 7)}
    features, together, alone = _features(tracker, 0), TrackState(), TrackState()
    outputs = tracker.prompt_masks(features, together, 0, masks)
    for object_id, mask in masks.items():
        single = tracker.prompt_masks(features, alone, 0, {object_id: mask})[object_id]
        assert torch.equal(single.logits, outputs[object_id].logits)
        assert torch.equal(single.pointer, outputs[object_id].pointer)
    assert tracker.step(features, together, 0)[3].prompted


def test_an_empty_mask_says_absent(tracker):
    state = TrackState()
    output = tracker.prompt_masks(_features(tracker, 0), state, 0, {1: torch.zeros(9, 9)})[1]
    assert not output.is_present
    assert torch.equal(output.pointer, tracker.net.no_object_pointer[0])
    assert float(output.logits.max()) == pytest.approx(-10.0)


def test_absence_is_written_into_mask_pointer_and_memory():
    net = _net(presence=-60.0)
    tracker = Tracker(net, memory_dtype=torch.float32)
    state = TrackState()
    tracker.prompt_masks(_features(tracker, 0), state, 0, {1: torch.ones(8, 8)})
    features = _features(tracker, 1)
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
    state = _start(tracker, (1, 0))
    features = _features(tracker, 1)
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
    tracker = Tracker(_net(presence), memory_dtype=torch.float32)
    state = TrackState()
    tracker.prompt_masks(_features(tracker, 0), state, 0, {1: torch.ones(8, 8)})
    features = _features(tracker, 1)
    mask = torch.full((16 * GRID, 16 * GRID), logit)
    outputs = tracker.step(features, state, 1)
    tracker.remember(features, state, 1, outputs, masks={1: mask})
    with torch.no_grad():
        scaled = tracker.net.memory_mask(mask[None, None], features.grid, binary=False)
        there = torch.tensor([[logit > 0]])
        expected = tracker.net.write_memory(features.embedding, scaled, there)[0]
    assert torch.equal(state.tracks[1].bank.recent[1].memory, expected)


def test_a_prompted_frame_keeps_its_memory_unless_told_otherwise(tracker):
    state = _start(tracker, (1, 0))
    features = _features(tracker, 0)
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
    state = _start(tracker, (1, 0), (2, 0))
    assert set(tracker.step(_features(tracker, 1), state, 1, objects=[2])) == {2}


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
        tracker.prompt_clicks(_features(tracker, 0), state, 1, 0, nothing)
    assert state.objects == (), "a refused prompt starts no track"


def test_heads_without_presence_cannot_track():
    heads = HeadsConfig(width=128, mlp_width=64, has_object_score=False)
    with pytest.raises(ValueError, match="object score"):
        TrackerNet(TrackerConfig(128, heads))


def test_batches_keep_their_shape_and_objects_their_rows():
    taken = seats(5, 3, 7)
    first, second = in_batches(taken, list("abcde"))
    assert (first.rows, first.places, first.real) == (["a", "b", "c"], [0, 1, 2], [0, 1, 2])
    assert (second.rows, second.places, second.real) == (["d", "e"], [3, 4], [0, 1])
    (left,) = in_batches([taken[2], taken[1]], ["c", "b"])
    assert (left.rows, left.places, left.real) == (["c", "b", "c"], [0, 1], [2, 1])
    assert list(in_batches([], [])) == []


def test_a_bank_moves_as_a_whole(net):
    """To another device and back; what can be worked out again stays behind."""
    tracker = Tracker(net, projection_bytes=1 << 30)
    state = _start(tracker, (1, 0))
    _run(tracker, state, range(3))
    bank = state.tracks[1].bank
    elsewhere = bank.moved(torch.device("meta"))
    assert (bank.device.type, elsewhere.device.type) == ("cpu", "meta")
    assert elsewhere.born == bank.born
    assert [*elsewhere.conditioning, *elsewhere.recent] == [0, 1, 2]
    for entry in (*elsewhere.conditioning.values(), *elsewhere.recent.values()):
        assert {t.device.type for t in (entry.logits, entry.pointer, entry.memory)} == {"meta"}
        assert entry.projected is None
    assert bank.projected_nbytes > 0
