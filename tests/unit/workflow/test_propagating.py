"""Runs over a clip: results on disk as one step, cancel and go on, human frames, local fixes."""

from __future__ import annotations

from contextlib import ExitStack
from itertools import count

import pytest

from sam3_annotator.domain.commands import (
    AddCategory,
    AddMedia,
    AddObjects,
    FrameMask,
    NewMedia,
    NewObject,
    RemoveObjects,
    SetMask,
    SetReview,
)
from sam3_annotator.domain.entities import MEASURED_PASSES, MediaKind, ReviewState, Source
from sam3_annotator.domain.geometry import PixelBox
from sam3_annotator.domain.ids import CategoryId, FrameIndex, MediaId, ObjectId
from sam3_annotator.domain.mask import Mask
from sam3_annotator.engine.protocol import MediaRef, Propagate
from sam3_annotator.errors import ProjectTrouble, Rejected, WeightsTrouble
from sam3_annotator.workflow.document import Document
from sam3_annotator.workflow.propagating import Propagating
from sam3_annotator.workflow.run_plan import Agreement, Reach, Wish
from tests.support.fake_session import fake_info
from tests.support.projects import failing_writes

FRAMES = 40


def square(left, side=10):
    return Mask.from_box(PixelBox(left, 20, left + side, 20 + side))


@pytest.fixture
def document(tmp_path):
    document = Document.create(tmp_path / "clip.s3a", author="ann")
    yield document
    document.close()


@pytest.fixture
def clip(document):
    new = NewMedia(MediaKind.CLIP, "clip.mp4", "h", 200, 100, frame_count=FRAMES)
    (media_id,) = document.do(AddMedia((new,))).made
    document.do(AddCategory("car"))
    return MediaId(media_id)


@pytest.fixture
def car(document, clip):
    category = next(iter(document.project.categories))
    masks = (FrameMask(FrameIndex(10), square(50)),)
    (made,) = document.do(AddObjects((NewObject(clip, CategoryId(category), masks),))).made
    return ObjectId(made)


@pytest.fixture
def propagating(document, pump):
    clock = count()
    return Propagating(
        document,
        pump.desk,
        lambda _progress: None,
        lambda media_id: MediaRef(media_id, "/clip.mp4", 0, "clip", "h"),
        fake_info,
        clock=lambda: float(next(clock)),
    )


def wish(at, reach, **more):
    return Wish(FrameIndex(at), reach, FrameIndex(0), FrameIndex(FRAMES - 1), **more)


def sources(document, object_id):
    return {int(a.frame): a.source for a in document.project.masklet(object_id).annotations()}


def test_a_correction_ends_before_accepted_frames_and_is_told_the_next_one(
    document, clip, car, propagating, pump
):
    propagating.start(clip, (car,), wish(10, Reach.BOTH))
    pump.settle()
    document.do(SetReview((car,), ReviewState.ACCEPTED, FrameIndex(22), FrameIndex(28)))
    document.do(SetMask(car, FrameIndex(16), square(80)))
    propagating.start(clip, (car,), wish(16, Reach.BOTH, is_local=True))
    told = propagating._run.ticket.request
    pump.settle()
    assert (told.start, told.stop) == (17, 21)
    assert {int(seed.frame) for seed in told.seeds} == {10, 16, 22}
    newest = max(document.project.passes)
    rows = document.project.masklet(car).rows
    computed = rows["frame"][rows["pass_id"] == newest].tolist()
    assert computed == [11, 12, 13, 14, 15, 17, 18, 19, 20, 21]


def test_a_correction_amid_accepted_frames_says_that_there_is_nothing_to_compute(
    document, clip, car, propagating, pump
):
    propagating.start(clip, (car,), wish(10, Reach.BOTH))
    pump.settle()
    document.do(SetReview((car,), ReviewState.ACCEPTED, FrameIndex(0), FrameIndex(FRAMES - 1)))
    document.do(SetMask(car, FrameIndex(16), square(80)))
    with pytest.raises(Rejected, match="accepted frame"):
        propagating.start(clip, (car,), wish(16, Reach.BOTH, is_local=True))


def test_both_ways_fill_the_clip_as_one_step(document, clip, car, propagating, pump):
    propagating.start(clip, (car,), wish(10, Reach.BOTH))
    pump.settle()
    found = sources(document, car)
    assert found.pop(10) is Source.HUMAN
    assert found == {f: Source.MODEL for f in range(FRAMES) if f != 10}
    assert document.mask(car, FrameIndex(15)) == square(55)
    assert propagating.progress.done == FRAMES - 1
    assert not propagating.is_running
    document.undo()
    assert sources(document, car) == {10: Source.HUMAN}
    document.redo()
    assert len(sources(document, car)) == FRAMES


def test_results_know_their_model(document, clip, car, propagating, pump):
    propagating.start(clip, (car,), wish(10, Reach.FORWARD))
    pump.settle()
    annotation = document.project.masklet(car).at(20)
    assert document.project.passes[annotation.pass_id].model == fake_info().name


def test_human_frames_are_never_changed(document, clip, car, propagating, pump):
    document.do(SetMask(car, FrameIndex(20), square(5)))
    propagating.start(clip, (car,), wish(10, Reach.FORWARD))
    pump.settle()
    assert document.mask(car, FrameIndex(20)) == square(5)
    assert document.project.masklet(car).at(20).source is Source.HUMAN


def test_cancelling_keeps_what_is_done_and_going_on_finishes(
    document, clip, car, propagating, pump
):
    pump.session.gate.clear()
    propagating.start(clip, (car,), wish(10, Reach.BOTH))
    original = propagating._on_changed

    def stop_soon(progress):
        original(progress)
        if progress.done == 5:
            propagating.cancel()

    propagating._on_changed = stop_soon
    pump.session.gate.set()
    pump.settle()
    done = len(sources(document, car))
    assert 6 <= done < FRAMES
    assert propagating.progress.can_go_on
    propagating._on_changed = original
    propagating.go_on()
    pump.settle()
    assert len(sources(document, car)) == FRAMES
    assert document.mask(car, FrameIndex(39)) == square(79)
    with pytest.raises(Rejected):
        propagating.go_on()


def damage(document, object_id, frame):
    """The mask of a frame cannot be read any more, and nothing remembers it."""
    blob = bytes.fromhex(document.project.masklet(object_id).blob_at(frame))
    with document._file.database.transaction() as connection:
        connection.exec_driver_sql("UPDATE blobs SET data = x'00' WHERE id = ?", (blob,))
    document.project.masks._masks.clear()


def test_a_damaged_mask_on_the_way_stops_the_run_and_is_told(
    document, clip, car, propagating, pump
):
    troubles = []
    propagating.on_trouble = troubles.append
    propagating.start(clip, (car,), wish(10, Reach.FORWARD))
    pump.settle()
    document.do(SetMask(car, FrameIndex(20), square(0)))
    damage(document, car, 25)
    propagating.start(clip, (car,), wish(20, Reach.FORWARD, is_local=True), Agreement(0.95, 3))
    pump.settle()
    assert ["damaged" in str(one) for one in troubles] == [True]
    assert not propagating.is_running
    assert document.mask(car, FrameIndex(24)) == square(4)
    propagating.on_trouble = lambda _: None
    propagating.start(clip, (car,), wish(30, Reach.FORWARD))
    pump.settle()
    assert not propagating.is_running


def test_a_run_that_cannot_set_out_is_no_run(document, clip, car, propagating, pump):
    damage(document, car, 10)
    for _ in range(2):
        with pytest.raises(ProjectTrouble, match="damaged"):
            propagating.start(clip, (car,), wish(10, Reach.FORWARD))
    assert not propagating.is_running
    assert not propagating.progress.is_running
    document.do(SetMask(car, FrameIndex(10), square(50)))
    propagating.start(clip, (car,), wish(10, Reach.BOTH))
    pump.settle()
    assert len(sources(document, car)) == FRAMES


def test_a_correction_is_local(document, clip, car, propagating, pump):
    propagating.start(clip, (car,), wish(10, Reach.BOTH))
    pump.settle()
    asked = len(pump.session.handled)
    # The fix equals what is there, so both directions agree at once.
    document.do(SetMask(car, FrameIndex(20), square(60)))
    fix = wish(20, Reach.BOTH, is_local=True)
    propagating.start(clip, (car,), fix, Agreement(0.95, 3))
    pump.settle()
    forward, backward = pump.session.handled[asked:]
    assert isinstance(forward, Propagate)
    assert (backward.start, backward.stop) == (19, 11)
    assert propagating.progress.saved == (39 - 23) + (17 - 11)
    assert len(sources(document, car)) == FRAMES


def test_between_blends_both_passes(document, clip, car, propagating, pump):
    document.do(SetMask(car, FrameIndex(20), square(62)))
    propagating.start(clip, (car,), wish(15, Reach.BETWEEN))
    pump.settle()
    lefts = [document.mask(car, FrameIndex(f)).box.left for f in range(10, 21)]
    assert lefts == sorted(lefts)
    assert lefts[-1] - lefts[0] == 12
    assert {f for f, s in sources(document, car).items() if s is Source.HUMAN} == {10, 20}


def test_between_keeps_how_well_the_passes_agree(document, clip, car, propagating, pump):
    document.do(SetMask(car, FrameIndex(20), square(62)))
    propagating.start(clip, (car,), wish(15, Reach.BETWEEN))
    pump.settle()
    masklet = document.project.masklet(car)
    told = {frame: dict(values)[MEASURED_PASSES] for frame, values in masklet.attributes}
    assert sorted(told) == list(range(11, 20))
    assert all(0.0 <= overlap <= 1.0 for overlap in told.values())
    document.do(SetMask(car, FrameIndex(15), square(30)))
    assert document.project.masklet(car).at(15).attributes == ()


def test_pausing_holds_and_unpausing_goes_on(document, clip, car, propagating, pump):
    pump.session.gate.clear()
    propagating.start(clip, (car,), wish(10, Reach.FORWARD))
    propagating.pause(is_paused=True)
    assert propagating.progress.is_paused
    pump.session.gate.set()
    propagating.pause(is_paused=False)
    pump.settle()
    assert propagating.progress.done == 29


def test_a_pause_that_comes_when_the_first_walk_is_over_holds_the_second(
    document, clip, car, propagating, pump
):
    held = []
    original = pump.desk.pause
    pump.desk.pause = lambda ticket: (held.append(ticket), original(ticket))

    def pause_at_the_end(progress):
        if progress.done == FRAMES - 11 and not held:
            propagating.pause(is_paused=True)

    propagating._on_changed = pause_at_the_end
    propagating.start(clip, (car,), wish(10, Reach.BOTH))
    first = propagating._run.ticket
    while propagating._run.ticket == first:
        pump.step()
    assert propagating.progress.is_paused
    assert held == [first, propagating._run.ticket]
    propagating.pause(is_paused=False)
    pump.settle()
    assert propagating.progress.done == FRAMES - 1


def test_a_failing_run_keeps_what_is_done(document, clip, car, propagating, pump):
    pump.session.gate.clear()
    propagating.start(clip, (car,), wish(10, Reach.FORWARD))
    original = propagating._on_changed

    def break_soon(progress):
        original(progress)
        if progress.done == 4:
            pump.session.fail_with = WeightsTrouble("gone")

    propagating._on_changed = break_soon
    pump.session.gate.set()
    pump.settle()
    assert not propagating.is_running
    assert propagating.progress.done >= 4
    assert len(sources(document, car)) == propagating.progress.done + 1


def test_one_run_at_a_time(clip, car, propagating, pump):
    pump.session.gate.clear()
    propagating.start(clip, (car,), wish(10, Reach.FORWARD))
    with pytest.raises(Rejected, match="in progress"):
        propagating.start(clip, (car,), wish(10, Reach.FORWARD))
    pump.session.gate.set()
    pump.settle()


def test_progress_tells_speed_and_time_left(clip, car, propagating, pump):
    seen = []
    propagating._on_changed = seen.append
    propagating.start(clip, (car,), wish(10, Reach.FORWARD))
    pump.settle()
    middle = next(p for p in seen if p.done == 10)
    assert middle.total == 29
    assert middle.frames_per_s > 0
    assert middle.seconds_left == pytest.approx(19 / middle.frames_per_s)


def test_a_cancel_that_comes_when_the_first_walk_is_over_stops_the_second(
    document, clip, car, propagating, pump
):
    propagating.start(clip, (car,), wish(10, Reach.BOTH))
    original, seen = propagating._on_changed, []

    def cancel_at_the_end(progress):
        original(progress)
        seen.append(progress.done)
        if progress.done == FRAMES - 11:
            propagating.cancel()

    propagating._on_changed = cancel_at_the_end
    pump.settle()
    assert propagating.progress.can_go_on
    assert min(sources(document, car)) == 10
    propagating._on_changed = original
    propagating.go_on()
    pump.settle()
    assert len(sources(document, car)) == FRAMES


def test_an_object_removed_meanwhile_is_left_out(document, clip, car, propagating, pump):
    category = next(iter(document.project.categories))
    masks = (FrameMask(FrameIndex(10), square(120)),)
    (other,) = document.do(AddObjects((NewObject(clip, CategoryId(category), masks),))).made
    original = propagating._on_changed

    def remove(progress):
        original(progress)
        if progress.done == 5:
            document.do(RemoveObjects((car,)))

    propagating._on_changed = remove
    propagating.start(clip, (car, ObjectId(other)), wish(10, Reach.FORWARD))
    pump.settle()
    assert len(sources(document, ObjectId(other))) == FRAMES - 10
    assert not sources(document, car)


def test_a_full_disk_stops_the_run_and_is_told(document, clip, car, propagating, pump):
    told = []
    propagating.on_trouble = told.append
    pump.session.gate.clear()
    propagating.start(clip, (car,), wish(10, Reach.FORWARD))
    with failing_writes(document, 0):
        pump.session.gate.set()
        pump.settle()
    assert not propagating.is_running
    assert "full" in str(told[0])
    assert sources(document, car) == {10: Source.HUMAN}
    propagating.go_on()
    pump.settle()
    assert len(sources(document, car)) == FRAMES - 10


def test_frames_under_way_leave_no_gap_after_one_that_could_not_be_written(
    document, clip, car, propagating, pump
):
    """Space is made at once; even so what follows the failed frame is left for going on."""
    told, fault = [], ExitStack()
    propagating.on_trouble = lambda error: (told.append(error), fault.close())
    pump.session.gate.clear()
    propagating.start(clip, (car,), wish(10, Reach.FORWARD))
    fault.enter_context(failing_writes(document, 0))
    pump.session.gate.set()
    pump.settle()
    assert len(told) == 1
    assert sources(document, car) == {10: Source.HUMAN}
    propagating.go_on()
    pump.settle()
    assert len(sources(document, car)) == FRAMES - 10


def test_an_abandoned_run_writes_nothing_more(document, clip, car, propagating, pump):
    pump.session.gate.clear()
    propagating.start(clip, (car,), wish(10, Reach.FORWARD))
    propagating.abandon()
    pump.session.gate.set()
    pump.settle()
    assert sources(document, car) == {10: Source.HUMAN}


def test_what_is_heard_of_an_ended_run_does_not_end_the_next_one(
    document, clip, car, propagating, pump
):
    propagating.start(clip, (car,), wish(10, Reach.FORWARD))
    while propagating.progress.done < 3:
        pump.step()
    propagating.end()
    document.undo()
    assert len(document.project.masklet(car)) == 1
    propagating.start(clip, (car,), wish(10, Reach.FORWARD))
    pump.settle()
    assert propagating.progress.done == FRAMES - 11
    assert not propagating.progress.can_go_on
    assert document.project.masklet(car).frames.tolist() == list(range(10, FRAMES))
