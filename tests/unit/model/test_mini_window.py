"""Windows around small things: their geometry, and when one is looked through."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sam3_annotator.model.mini_follow import MiniFollower, Trail, covered
from sam3_annotator.model.mini_tracker import TrackedFrame, TrackRules
from sam3_annotator.model.mini_window import Window, WindowRules, mask_box, window_around
from sam3_annotator.model.sam_heads import ImageFeatures

SIZE = (90, 160)
RULES = WindowRules(small=0.03, reach=3.0, least=12, widening=1.5, patience=2, input_side=64)


@given(
    st.floats(-20, 200), st.floats(-20, 120), st.floats(1, 40), st.floats(1, 40),
    st.floats(1.0, 6.0), st.integers(8, 60),
)  # fmt: skip
def test_a_window_lies_inside_and_is_large_enough(x, y, width, height, reach, least) -> None:
    window = window_around((x, y, x + width, y + height), SIZE, reach, least)
    wanted = max(reach * max(width, height), least)
    if window is None:
        assert wanted >= min(SIZE)
        return
    assert window.side == round(wanted)
    assert 0 <= window.left <= SIZE[1] - window.side
    assert 0 <= window.top <= SIZE[0] - window.side


def test_a_window_away_from_the_border_is_centred() -> None:
    assert window_around((70, 40, 80, 50), SIZE, 3.0, 8) == Window(60, 30, 30)


def test_a_window_larger_than_the_frame_is_none() -> None:
    assert window_around((70, 40, 100, 70), SIZE, 3.0, 8) is None
    assert window_around((70, 40, 80, 50), SIZE, 3.0, 90) is None


def picture(x: int | None, y: int = 40):
    """A bright spot of 10 x 10 pixels on black."""
    rgb = np.zeros((*SIZE, 3), np.uint8)
    if x is not None:
        rgb[y : y + 10, x : x + 10] = 255
    return rgb


def encoded(rgb) -> ImageFeatures:
    """The picture itself in place of features, on a grid of 8 x 8; the spot is the thing."""
    grey = torch.from_numpy(rgb[..., 0].astype(np.float32) / 255)[None, None]
    small = torch.nn.functional.interpolate(grey, size=(32, 32), mode="area")
    return ImageFeatures(torch.zeros(1, 4, 8, 8), torch.zeros(1, 4, 16, 16), small)


class SeesBrightness:
    """In place of the trained tracker: whatever is bright is the thing."""

    rules = TrackRules()

    def __init__(self) -> None:
        self.looked: list[str] = []

    def prompt(self, bank, frame, features, inside) -> None:
        bank.prompted[frame] = inside

    def step(self, bank, frame, features) -> TrackedFrame:
        self.looked.append("near" if frame >= 0 and bank is self.trail.near else "wide")
        bright = features.fine[0, 0]
        logits = (bright * 20 - 10)[None]
        present = torch.tensor([1.0 if bool((logits > 0).any()) else -3.0])
        return TrackedFrame(logits, torch.tensor([0.9]), present)


@pytest.fixture
def scene():
    tracker = SeesBrightness()
    follower = MiniFollower(tracker, encoded, RULES)
    trail = Trail()
    tracker.trail = trail

    def prompt(frame, x, y=40):
        mask = np.zeros(SIZE, bool)
        mask[y : y + 10, x : x + 10] = True
        follower.prompt(trail, frame, picture(x, y), encoded(picture(x, y)), mask)

    def step(frame, x, y=40):
        tracker.looked.clear()
        seen = follower.step(trail, frame, picture(x, y), encoded(picture(x, y)))
        return seen, list(tracker.looked)

    prompt(0, 60)
    return trail, prompt, step


def test_a_small_thing_is_looked_for_close_up_and_where_it_was(scene) -> None:
    trail, _, step = scene
    for frame, x in enumerate((64, 70, 77), start=1):
        seen, looked = step(frame, x)
        assert looked == ["near"]
        assert seen.window is not None
        box = trail.last[1]
        assert box == pytest.approx((x, 40, x + 10, 50), abs=1.0)
    assert abs(seen.window.left + seen.window.side / 2 - 75) <= 2, "the window follows"


def test_a_jump_is_found_in_the_whole_frame_and_then_close_up(scene) -> None:
    trail, _, step = scene
    seen, looked = step(1, 130)
    assert looked == ["near", "wide", "near"]
    assert seen.present > 0
    assert seen.window is not None
    assert trail.last[1] == pytest.approx((130, 40, 140, 50), abs=1.0)


def test_what_is_gone_is_said_to_be_gone_and_found_again(scene) -> None:
    trail, _, step = scene
    for frame in range(1, 6):
        seen, looked = step(frame, None)
        assert seen.present <= 0
        assert looked == (["near", "wide"] if frame <= 3 else ["wide"])
    assert trail.lost == 5
    seen, _ = step(6, 30)
    assert seen.present > 0
    assert trail.lost == 0


def test_where_a_person_says_it_is_not_it_is_not_and_nothing_of_it_is_kept(scene) -> None:
    trail, prompt, step = scene
    step(1, 64)
    prompt(3, 70)
    for frame in (1, 3):
        trail.deny(frame)
        seen, looked = step(frame, 64)
        assert (seen.present <= 0, looked) == (True, [])
        assert not (seen.logits > 0).any()
    assert (trail.lost, list(trail.prompted), trail.last) == (2, [0], None)
    assert step(4, 66)[0].present > 0
    prompt(3, 70)
    assert step(3, 70)[0].present > 0, "said otherwise later"


def test_the_nearest_frame_says_where_to_look(scene) -> None:
    trail, prompt, step = scene
    step(1, 64)
    prompt(9, 130)
    assert trail.box_near(8)[0] == 130
    assert trail.box_near(2)[0] == pytest.approx(64, abs=1)
    assert step(8, 128)[1] == ["near"]


def test_the_window_shrinks_slowly_when_a_mask_loses_a_part(scene) -> None:
    trail, _, _ = scene
    before = trail.box_near(1)
    follower = MiniFollower(SeesBrightness(), encoded, RULES)
    shrunk = follower._steadied(before, (64.0, 44.0, 66.0, 46.0))
    assert shrunk[2] - shrunk[0] == pytest.approx(RULES.shrinking * 10)
    assert (shrunk[0] + shrunk[2]) / 2 == pytest.approx(65), "but it moves at once"
    grown = follower._steadied(before, (50.0, 30.0, 90.0, 70.0))
    assert grown[2] - grown[0] == pytest.approx(RULES.growing * 10)


def test_a_large_thing_needs_no_window(scene) -> None:
    trail, _, _ = scene
    tracker = SeesBrightness()
    tracker.trail = Trail()
    follower = MiniFollower(tracker, encoded, RULES)
    mask = np.zeros(SIZE, bool)
    mask[10:60, 20:90] = True
    rgb = np.repeat(mask[..., None] * np.uint8(255), 3, axis=2)
    follower.prompt(tracker.trail, 0, rgb, encoded(rgb), mask)
    assert not tracker.trail.near.prompted
    seen = follower.step(tracker.trail, 1, rgb, encoded(rgb))
    assert (seen.window, tracker.looked) == (None, ["wide"])
    assert trail.near.prompted


@pytest.mark.parametrize("part", [np.s_[44:45, 20:140], np.s_[44:45, 70:71]], ids=["line", "dot"])
def test_what_is_thinner_than_a_cell_is_remembered_too(part) -> None:
    tracker = SeesBrightness()
    tracker.trail = trail = Trail()
    follower = MiniFollower(tracker, encoded, RULES)
    mask = np.zeros(SIZE, bool)
    mask[part] = True
    rgb = np.repeat(mask[..., None] * np.uint8(255), 3, axis=2)
    follower.prompt(trail, 0, rgb, encoded(rgb), mask)
    inside = trail.wide.prompted[0][0]
    assert inside.any()
    rows, columns = torch.nonzero(inside).T
    assert set(rows.tolist()) <= {15, 16}, "44.5 of 90 pixels lies at 15.8 of 32 cells"
    whole = np.flatnonzero(mask.any(axis=0)) * 32 / SIZE[1]
    assert columns.min() == pytest.approx(whole.min(), abs=1)
    assert columns.max() == pytest.approx(whole.max(), abs=1)


def test_boxes_and_coverage() -> None:
    mask = np.zeros((8, 16), bool)
    mask[2:4, 5:9] = True
    assert mask_box(mask) == (5, 2, 9, 4)
    share = covered(np.ones((64, 64), bool), encoded(picture(10)))
    assert share.shape == (32, 32)
    assert share.min() == pytest.approx(1.0)
