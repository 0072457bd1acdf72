"""Objects that are followed together: in batches, and without noticing each other."""

from __future__ import annotations

import pytest
import torch

from sam3_annotator.model.memory_bank import TrackState
from sam3_annotator.model.object_batches import in_batches, seats
from sam3_annotator.model.tracker import Tracker
from tests.support.small_tracker import (
    FRAMES,
    assert_same_bits,
    clicks_of,
    features_of,
    small_net,
    start,
    track,
)

BATCHED = ((1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (6, 3))


@pytest.fixture(scope="module")
def net():
    return small_net()


@pytest.fixture
def tracker(net):
    return Tracker(net)


def test_an_object_does_not_notice_the_others(tracker):
    """Bit for bit: alone, among four, with one removed on the way, prompted on other frames."""
    alone = track(tracker, start(tracker, (2, 0)))
    among = track(tracker, start(tracker, (1, 0), (2, 0), (3, 0), (4, 0)))
    assert_same_bits(alone, among, 2)
    state = start(tracker, (1, 0), (2, 0), (3, 4))
    masks = track(tracker, state, range(5))
    state.remove(1)
    masks |= track(tracker, state, range(5, FRAMES))
    assert_same_bits(alone, masks, 2)
    assert set(masks[3]) == {1, 2}
    assert set(masks[5]) == {2, 3}


def test_a_batch_does_not_notice_who_leaves_and_who_comes(net):
    """Bit for bit, in batches of three: one is removed, one corrected, one comes, one is left."""
    tracker = Tracker(net, batch_size=3)
    whole = track(tracker, start(tracker, *BATCHED))
    state = start(tracker, *BATCHED[:-1])
    masks = track(tracker, state, range(3))
    state.remove(1)
    state.remove(5)
    tracker.prompt_clicks(features_of(tracker, 3), state, 3, 3, clicks_of(8, 2))
    tracker.prompt_clicks(features_of(tracker, 3), state, 9, 3, clicks_of(7))
    masks |= track(tracker, state, range(3, FRAMES))
    assert set(masks[4]) == {2, 3, 4, 9}
    for object_id in (2, 4):
        assert_same_bits(whole, masks, object_id)
    assert not torch.equal(whole[4][3], masks[4][3]), "object 3 was corrected"


@pytest.mark.parametrize("size", [2, 3, 8])
def test_batches_answer_like_single_objects(net, size):
    """Float32; kernels of another shape sum in another order, and memories carry it on."""
    alone = track(Tracker(net), start(Tracker(net), *BATCHED))
    together = track(Tracker(net, batch_size=size), start(Tracker(net), *BATCHED))
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
    state = start(tracker, *((i, 0) for i in range(6)))
    track(tracker, state, [1])
    assert rows == [4, 2]
    tracker.prompt_clicks(features_of(tracker, 1), state, 9, 1, clicks_of(9))
    rows.clear()
    track(tracker, state, [2])
    assert sorted(rows) == [1, 2, 4], "who comes later sits elsewhere"


def test_what_is_the_same_for_all_objects_is_done_once(net, monkeypatch):
    tracker = Tracker(net, projection_bytes=1 << 30)
    state = start(tracker, *((i, 0) for i in range(1, 6)))
    attention = tracker.net.memory_attention
    calls, shared, projected = [], attention.share, attention.project
    monkeypatch.setattr(attention, "share", lambda *a: calls.append("share") or shared(*a))
    monkeypatch.setattr(attention, "project", lambda *a: calls.append("project") or projected(*a))
    for frame in (1, 2, 3):
        features = features_of(tracker, frame)
        outputs = tracker.step(features, state, frame)
        assert calls.count("share") == frame
        assert calls.count("project") == 5 * (frame - 1), "only new memories are projected"
        tracker.remember(features, state, frame, outputs)


def test_masks_taken_together_equal_masks_taken_alone(tracker):
    torch.manual_seed(5)
    masks = {i: (torch.rand(50, 70) > 0.6).float() for i in (3, 7)}
    features, together, alone = features_of(tracker, 0), TrackState(), TrackState()
    outputs = tracker.prompt_masks(features, together, 0, masks)
    for object_id, mask in masks.items():
        single = tracker.prompt_masks(features, alone, 0, {object_id: mask})[object_id]
        assert torch.equal(single.logits, outputs[object_id].logits)
        assert torch.equal(single.pointer, outputs[object_id].pointer)
    assert tracker.step(features, together, 0)[3].prompted


def test_batches_keep_their_shape_and_objects_their_rows():
    taken = seats(5, 3, 7)
    first, second = in_batches(taken, list("abcde"))
    assert (first.rows, first.places, first.real) == (["a", "b", "c"], [0, 1, 2], [0, 1, 2])
    assert (second.rows, second.places, second.real) == (["d", "e"], [3, 4], [0, 1])
    (left,) = in_batches([taken[2], taken[1]], ["c", "b"])
    assert (left.rows, left.places, left.real) == (["c", "b", "c"], [0, 1], [2, 1])
    assert list(in_batches([], [])) == []
