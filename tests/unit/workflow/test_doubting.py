"""Doubting: a queue at once, masks in the order that helps most, and no work done twice."""

from __future__ import annotations

import sqlite3

import numpy as np
import pytest

from sam3_annotator.domain.commands import FrameMask, ObjectFrames, RemoveObjects, SetMask, SetMasks
from sam3_annotator.domain.doubts.looking import STRETCH
from sam3_annotator.domain.doubts.looks import Eye
from sam3_annotator.domain.doubts.signals import COLUMN, Signal
from sam3_annotator.domain.entities import Source
from sam3_annotator.domain.ids import FrameIndex
from sam3_annotator.domain.mask import Mask
from sam3_annotator.workflow.doubting import Doubting
from tests.support.projects import Made

FRAMES = 20 * STRETCH
JUMP = 13 * STRETCH + 5


class Watched(Eye):
    """Remembers in which order masks are looked at."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def look(self, blob, mask):
        if blob is not None and not self.knows(blob):
            self.seen.append(blob)
        return super().look(blob, mask)


def shape(frame, top, extra=0):
    """A block that moves slowly, no two frames alike; ``extra`` makes it suddenly wider."""
    pixels = np.zeros((8, 13 + extra), bool)
    pixels[:, : 8 + extra] = True
    pixels[frame % 8, 8 + extra + frame // 8 % 5] = True
    return Mask.from_array(pixels, frame // 40, top)


@pytest.fixture
def made(tmp_path):
    made = Made(tmp_path / "p.s3a", objects=0, frame_count=FRAMES)
    yield made
    made.close()


def track(made, top, wide=()):
    """An object of a model with a human frame 0, wider on some frames."""
    item = made.add(shape(0, top))
    masks = tuple(
        FrameMask(FrameIndex(f), shape(f, top, 9 if f in wide else 0), 0.9)
        for f in range(1, FRAMES)
    )
    made.document.do(SetMasks((ObjectFrames(item, masks),), Source.MODEL))
    return item


def frames_of(made, item, blobs):
    masklet = made.document.project.masklet(item)
    place = {masklet.blob_at(f): f for f in masklet.frames.tolist()}
    return [place[blob] for blob in blobs if blob in place]


def until(doubting, is_so):
    while not is_so() and not doubting.is_done:
        doubting.work(0.0005)
    assert is_so()


def finished(doubting):
    while doubting.work(0.05):
        pass
    return doubting


def state(doubting):
    """Everything that was measured, comparable."""
    evidences = {
        key: (one.strengths.tobytes(), one.others.tobytes(), one.boxes_xyxy_px.tobytes())
        for key, one in doubting._evidences.items()
    }
    return evidences, dict(doubting.doubts_by_object), doubting.swaps


def test_columns_make_a_queue_before_any_mask_is_decoded(made):
    item, eye = track(made, 4, wide=range(JUMP, JUMP + 4)), Watched()
    doubting = Doubting(made.document.project, made.media, eye)
    until(doubting, lambda: item in doubting.doubts_by_object)
    assert not eye.seen
    assert doubting.masks == (0, FRAMES)
    (best,) = sorted(doubting.doubts_by_object[item], key=lambda d: -d.probability)[:1]
    assert JUMP - 1 <= best.peak <= JUMP + 4


def test_the_likeliest_errors_are_looked_at_first(made):
    item, eye = track(made, 4, wide=range(JUMP, JUMP + 4)), Watched()
    track(made, 24)
    doubting = Doubting(made.document.project, made.media, eye)
    until(doubting, lambda: len(eye.seen) > STRETCH // 2)
    first = frames_of(made, item, eye.seen)
    assert len(first) == len(eye.seen), "the other object has to wait"
    assert all(13 * STRETCH - 1 <= frame < 14 * STRETCH for frame in first)


def test_what_is_on_the_screen_is_looked_at_before_that(made):
    one, other = track(made, 4, wide=range(JUMP, JUMP + 4)), track(made, 24)
    eye = Watched()
    doubting = Doubting(made.document.project, made.media, eye)
    doubting.look_near(5 * STRETCH + 1)
    until(doubting, lambda: len(eye.seen) > 2 * STRETCH - 4)
    for item in (one, other):
        seen = frames_of(made, item, eye.seen)
        assert seen
        assert all(5 * STRETCH - 1 <= frame < 6 * STRETCH for frame in seen)


@pytest.mark.slow
def test_any_order_ends_with_the_same_evidence(made):
    for top in (2, 12, 22):
        track(made, top, wide=range(JUMP + top, JUMP + top + 3))
    project = made.document.project
    plain = finished(Doubting(project, made.media, Eye()))
    dice = np.random.default_rng(4)
    for _ in range(8):
        jumpy = Doubting(project, made.media, Eye())
        while not jumpy.is_done:
            jumpy.look_near(int(dice.integers(FRAMES)))
            for _ in range(int(dice.integers(1, 900))):
                jumpy.work(1e-6)  # a step or none
            jumpy.forget(())  # work in progress is dropped
        assert state(jumpy) == state(plain)
    assert plain.masks == (3 * FRAMES, 3 * FRAMES)
    assert plain.evidence(1).strengths[:, COLUMN[Signal.SHAPE]].max() > 0


def test_an_edit_costs_only_the_masks_it_changed(made):
    one, other = track(made, 4), track(made, 24)
    eye = Watched()
    doubting = Doubting(made.document.project, made.media, eye)
    until(doubting, lambda: doubting.masks[0] > FRAMES)
    begun, kept = len(eye.seen), doubting.evidence(other)
    made.document.do(SetMask(one, FrameIndex(50), shape(50, 4, 3)))
    doubting.forget((one,))
    finished(doubting)
    assert doubting.evidence(other) is kept
    assert len(eye.seen) - begun <= 2 * FRAMES - begun + 1, "nothing was decoded twice"
    fresh = finished(Doubting(made.document.project, made.media, Eye()))
    assert state(doubting) == state(fresh)


def test_what_was_said_about_a_pair_goes_when_one_of_them_moves_away(made):
    one, other = track(made, 4), track(made, 7)
    doubting = finished(Doubting(made.document.project, made.media, Eye()))
    column = COLUMN[Signal.COMPETES]
    assert doubting.evidence(other).strengths[:, column].max() > 0
    away = tuple(FrameMask(FrameIndex(f), shape(f, 30), 0.9) for f in range(1, FRAMES))
    made.document.do(SetMasks((ObjectFrames(one, away),), Source.MODEL))
    doubting.forget((one,))
    finished(doubting)
    assert doubting.evidence(other).strengths[1:, column].max() == 0
    assert state(doubting) == state(finished(Doubting(made.document.project, made.media, Eye())))


def test_a_removed_object_leaves_nothing_behind(made):
    one, other = track(made, 4), track(made, 6)
    doubting = finished(Doubting(made.document.project, made.media, Eye()))
    made.document.do(RemoveObjects((one,)))
    doubting.forget(())
    doubting.use(type(doubting._weights)(-1.0, doubting._weights.of_signals))
    finished(doubting)
    assert set(doubting.doubts_by_object) == {other}
    assert doubting.evidence(one) is None


def test_the_version_tells_when_the_queue_has_changed(made):
    item = track(made, 4, wide=range(JUMP, JUMP + 4))
    doubting = Doubting(made.document.project, made.media, Eye())
    told = {}
    while doubting.work(0.0005):
        told.setdefault(doubting.version, doubting.doubts_by_object.get(item))
        assert told[doubting.version] is doubting.doubts_by_object.get(item)
    assert len(told) > 2


def test_a_mask_that_cannot_be_read_keeps_nobody_from_looking_at_the_others(made):
    item = track(made, 4, range(JUMP, JUMP + 6))
    whole = finished(Doubting(made.document.project, made.media, Eye()))
    blob = made.document.project.masklet(item).blob_at(JUMP + 20)
    made.close()
    raw = sqlite3.connect(made.path)
    raw.execute("UPDATE blobs SET data = x'00' WHERE id = ?", (bytes.fromhex(blob),))
    raw.execute("DELETE FROM blobs WHERE id = (SELECT blob FROM annotations WHERE frame = 7)")
    raw.commit()
    raw.close()
    made.reopen()
    doubting = finished(Doubting(made.document.project, made.media, Eye()))
    assert doubting.masks == (FRAMES, FRAMES)
    best, usual = (max(d.doubts_by_object[item], key=_chance) for d in (doubting, whole))
    assert (best.start, best.stop) == (usual.start, usual.stop)


def _chance(doubt):
    return doubt.probability
