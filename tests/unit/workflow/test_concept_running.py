"""A phrase tracked through a clip: objects appear, are taken back, and are never a person's."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import pytest

from sam3_annotator.domain.commands import (
    AddObjects,
    EditCategory,
    FrameMask,
    NewObject,
    SetMask,
    SetReview,
)
from sam3_annotator.domain.entities import MEASURED_DETECTOR, ReviewState, Source
from sam3_annotator.domain.geometry import Box
from sam3_annotator.domain.ids import FrameIndex
from sam3_annotator.domain.prompts import ConceptPrompt, Exemplar
from sam3_annotator.engine.protocol import (
    Capability,
    FrameMasks,
    MediaRef,
    ModelInfo,
    ObjectMask,
    TrackConcept,
)
from sam3_annotator.errors import Rejected
from sam3_annotator.workflow.concept_plan import ConceptWish
from sam3_annotator.workflow.concept_running import ConceptRunning
from sam3_annotator.workflow.run_plan import Reach, Wish
from tests.support.fake_session import FakeSession, fake_info
from tests.support.projects import Made, square
from tests.support.pump import Pump

LAST = 19
BUS = Exemplar(Box(1, 2, 9, 8))


class Finder(FakeSession):
    """A stays from frame 0 to the end, B blinks on 5 to 7 (a mistake), C is there from 10 to 14.

    Like a real one it is told of what is known already, and gives numbers to the others. B is taken
    back three frames after it was found, whichever way the walk goes.
    """

    def _tracked(self, request):
        step = 1 if request.stop >= request.start else -1
        tracks, next_track, blinked = {}, 100, None
        for seed in request.seeds:
            tracks["A" if seed.mask.box.top == 4 else "C"] = int(seed.object_id)
        for frame in range(request.start, request.stop + step, step):
            seen = {"A": square(2 + frame, 4)}
            if 5 <= frame < 8:
                seen["B"] = square(2 + frame, 30)
                blinked = frame if blinked is None else blinked
            if 10 <= frame < 15:
                seen["C"] = square(40, 30)
            found = []
            for name, mask in seen.items():
                if name not in tracks:
                    tracks[name], next_track = next_track, next_track + 1
                    found.append(ObjectMask(tracks[name], mask, 0.8, 0.9, is_new=True, concept=0))
                else:
                    found.append(
                        ObjectMask(tracks[name], mask, 0.8, 0.9, concept=0, detector_iou=0.6)
                    )
            removed = (tracks["B"],) if blinked is not None and abs(frame - blinked) == 3 else ()
            yield FrameMasks(
                request.key, request.media.media_id, FrameIndex(frame), tuple(found), removed, True
            )


@pytest.fixture
def made(tmp_path):
    made = Made(tmp_path / "p.s3a", objects=0)
    yield made
    made.close()


@pytest.fixture
def pump():
    pump = Pump(Finder(lambda _: (64, 48)))
    yield pump
    pump.close()


@pytest.fixture
def running(made, pump):
    clock = count()
    return ConceptRunning(
        made.document,
        pump.desk,
        lambda _: None,
        lambda media_id: MediaRef(media_id, "/clip.mp4", 0, "clip", "h"),
        fake_info,
        clock=lambda: float(next(clock)),
    )


def wish(made, *, at=0, first=0, last=LAST, phrase="bus", reach=Reach.BOTH, boxes=(), cuts=()):
    """A search from ``at``; boxes are frames with one exemplar each."""
    told = [(FrameIndex(frame), ConceptPrompt(phrase, (BUS,))) for frame in boxes]
    where = Wish(FrameIndex(at), reach, FrameIndex(first), FrameIndex(last), cuts=cuts)
    bare = ((FrameIndex(at), ConceptPrompt(phrase)),)
    return ConceptWish(tuple(told) or bare, where)


def asked(pump):
    return [request for request in pump.session.handled if isinstance(request, TrackConcept)]


def walks(pump):
    return [(request.start, request.stop) for request in asked(pump)]


def stop_after(running, frames):
    """Cancel once so many frames are done; the returned function ends that."""
    original = running._on_changed

    def stop(progress):
        original(progress)
        if progress.done == frames:
            running.cancel()

    def end():
        running._on_changed = original

    running._on_changed = stop
    return end


def items(made):
    return made.document.project.objects(made.media)


def frames(made, item):
    return made.document.project.masklet(item.id).frames.tolist()


def test_objects_appear_and_mistakes_are_taken_back(made, running, pump):
    running.start(made.media, wish(made), made.bus)
    pump.settle()
    first, late = items(made)
    assert frames(made, first) == list(range(20))
    assert frames(made, late) == list(range(10, 15))
    assert running.found == 2
    assert {item.review for item in items(made)} == {ReviewState.PROPOSED}
    assert {item.origin for item in items(made)} == {"concept:bus"}
    note = made.document.project.masklet(first.id).at(3)
    assert note.source is Source.MODEL
    assert note.score == pytest.approx(0.72)
    assert made.document.project.passes[note.pass_id].model == fake_info().name


def test_what_is_hidden_under_others_is_found_when_it_comes_out(made, running, pump):
    bus = made.document.project.category(made.bus)
    made.document.do(EditCategory(replace(bus, is_exclusive=True)))
    cover = made.add(square(28, 20, 28), frame=10)
    running.start(made.media, wish(made), made.bus)
    pump.settle()
    assert made.document.project.masklet(cover).frames.tolist() == [10]
    _, first, late = items(made)
    assert frames(made, first) == list(range(20))
    assert frames(made, late) == list(range(11, 15))


def test_the_whole_run_is_one_step(made, running, pump):
    running.start(made.media, wish(made), made.bus)
    pump.settle()
    made.document.undo()
    assert not items(made)
    made.document.redo()
    assert len(items(made)) == 2


def test_what_a_person_touched_is_not_taken_back(made, running, pump):
    original = running._on_changed

    def fix(progress):
        original(progress)
        if progress.done == 7:
            second = items(made)[1]
            made.document.do(SetMask(second.id, FrameIndex(6), square(9, 31)))

    running._on_changed = fix
    running.start(made.media, wish(made), made.bus)
    pump.settle()
    kept = items(made)[1]
    assert made.document.mask(kept.id, FrameIndex(6)) == square(9, 31)
    assert len(items(made)) == 3


def test_what_a_reviewer_has_accepted_is_not_taken_back(made, running, pump):
    def accept(progress):
        if progress.done == 7:
            made.document.do(SetReview((items(made)[1].id,), ReviewState.ACCEPTED, 5, 6))

    running._on_changed = accept
    running.start(made.media, wish(made), made.bus)
    pump.settle()
    kept = items(made)[1]
    assert made.document.mask(kept.id, FrameIndex(6)) == square(8, 30)
    assert len(items(made)) == 3


@pytest.mark.parametrize("source", [Source.HUMAN, Source.MODEL])
def test_what_was_there_before_outlives_a_mistake(made, running, pump, source):
    """B goes on from an object on frame 4; once B is a mistake, only frame 4 is left of both."""
    mask = FrameMask(FrameIndex(4), square(7, 30))
    made.document.do(AddObjects((NewObject(made.media, made.bus, (mask,), source=source),)))
    running.start(made.media, wish(made), made.bus)
    pump.settle()
    older = items(made)[0]
    assert frames(made, older) == [4]
    assert made.document.mask(older.id, FrameIndex(4)) == square(7, 30)
    assert len(items(made)) == 3


def test_an_object_that_is_there_already_goes_on_instead_of_being_made_twice(made, running, pump):
    new = NewObject(made.media, made.bus, (FrameMask(FrameIndex(0), square(2, 4)),))
    made.document.do(AddObjects((new,)))
    running.start(made.media, wish(made), made.bus)
    pump.settle()
    assert len(items(made)) == 2
    known = items(made)[0]
    assert frames(made, known) == list(range(20))
    assert made.document.project.masklet(known.id).at(0).source is Source.HUMAN
    assert running.found == 1


def test_cancelling_keeps_what_was_found_and_going_on_continues_the_same_objects(
    made, running, pump
):
    end = stop_after(running, 4)
    running.start(made.media, wish(made), made.bus)
    pump.settle()
    assert running.progress.can_go_on
    done = len(frames(made, items(made)[0]))
    assert 4 <= done < 20
    end()
    running.go_on()
    pump.settle()
    assert frames(made, items(made)[0]) == list(range(20))
    assert len(items(made)) == 2
    with pytest.raises(Rejected, match="stopped"):
        running.go_on()


def test_both_ways_from_the_shown_frame_with_one_identity(made, running, pump):
    """C is found going forward; A, known then, is followed to the beginning under its number."""
    running.start(made.media, wish(made, at=9), made.bus)
    pump.settle()
    assert walks(pump) == [(9, LAST), (8, 0)]
    first, second = items(made)
    assert frames(made, first) == list(range(20))
    assert frames(made, second) == list(range(10, 15))
    seeds = {(seed.object_id, seed.frame) for seed in asked(pump)[1].seeds}
    assert seeds == {(first.id, 9), (second.id, 10)}
    assert running.progress.done == running.progress.total == 20
    made.document.undo()
    assert not items(made)


def test_a_newcomer_going_backward_is_found_on_its_last_frame(made, running, pump):
    running.start(made.media, wish(made, at=17, reach=Reach.BACKWARD), made.bus)
    pump.settle()
    assert walks(pump) == [(17, 0)]
    assert [frames(made, item) for item in items(made)] == [list(range(18)), list(range(10, 15))]
    newcomer = made.document.project.masklet(items(made)[1].id)
    measured = {frame: dict(told)[MEASURED_DETECTOR] for frame, told in newcomer.attributes}
    assert measured == dict.fromkeys(range(10, 14), 0.6)


@pytest.mark.parametrize("stop", [3, 11, 13, 19])
def test_going_on_after_a_stop_anywhere_gives_the_same_as_without_one(made, running, pump, stop):
    end = stop_after(running, stop)
    running.start(made.media, wish(made, at=9), made.bus)
    pump.settle()
    end()
    if running.progress.can_go_on:
        running.go_on()
        pump.settle()
    assert [frames(made, item) for item in items(made)] == [list(range(20)), list(range(10, 15))]
    assert not running.progress.can_go_on


def test_a_persons_frame_is_neither_changed_nor_found_again_on_the_way_back(made, running, pump):
    running.start(made.media, wish(made, at=9, reach=Reach.FORWARD), made.bus)
    pump.settle()
    (known, _) = items(made)
    made.document.do(SetMask(known.id, FrameIndex(4), square(30, 20)))
    running.start(made.media, wish(made, at=8, reach=Reach.BACKWARD), made.bus)
    pump.settle()
    assert made.document.mask(known.id, FrameIndex(4)) == square(30, 20)
    assert frames(made, known) == list(range(20))
    assert len(items(made)) == 2


def test_exemplars_and_their_frames_go_with_the_request(made, running, pump):
    """The walk begins on the first of them and turns round on the last."""
    running.start(made.media, wish(made, at=0, boxes=(7, 11)), made.bus)
    pump.settle()
    forward, backward = asked(pump)
    concept = ConceptPrompt("bus", (BUS,))
    assert forward.prompts == ((7, concept), (11, concept))
    assert walks(pump) == [(7, LAST), (10, 0)]
    assert backward.prompts == ((7, concept),)
    assert items(made)[0].origin == "concept:bus"


def test_exemplars_alone_are_looked_for_on_their_frames_only(made, running, pump):
    running.start(made.media, wish(made, phrase="", boxes=(7,), first=2, last=12), made.bus)
    pump.settle()
    assert walks(pump) == [(7, 12), (6, 2)]
    assert asked(pump)[1].prompts == ()
    assert items(made)[0].origin == "exemplar"


def test_a_way_back_with_nothing_to_follow_is_not_walked(made, running, pump):
    pump.session._tracked = lambda request: iter(())
    running.start(made.media, wish(made, phrase="", boxes=(7,)), made.bus)
    pump.settle()
    assert walks(pump) == [(7, LAST)]
    assert not running.is_running
    assert not running.progress.can_go_on


def test_no_walk_crosses_a_cut(made, running, pump):
    """Every shot is searched; what is known of one shot is not told in another."""
    running.start(made.media, wish(made, at=9, cuts=(6, 12)), made.bus)
    pump.settle()
    assert walks(pump) == [(9, 11), (8, 6), (0, 5), (12, LAST)]
    assert [len(request.seeds) for request in asked(pump)] == [0, 2, 0, 0]


def test_exemplars_alone_search_their_own_shot_only(made, running, pump):
    running.start(made.media, wish(made, phrase="", at=9, boxes=(9,), cuts=(6, 12)), made.bus)
    pump.settle()
    assert walks(pump) == [(9, 11), (8, 6)]


def test_what_cannot_be_searched_for_is_refused(made, running):
    with pytest.raises(Rejected, match="Type what to find"):
        running.start(made.media, wish(made, phrase=" "), made.bus)
    with pytest.raises(Rejected, match="No example lies"):
        running.start(made.media, wish(made, phrase="", boxes=(7,), first=9), made.bus)
    unwanted = ConceptPrompt("", (replace(BUS, is_positive=False),))
    told = ((FrameIndex(3), ConceptPrompt("", (BUS,))), (FrameIndex(5), unwanted))
    where = Wish(FrameIndex(0), Reach.BOTH, FrameIndex(0), FrameIndex(LAST))
    with pytest.raises(Rejected, match="not meant"):
        running.start(made.media, ConceptWish(told, where), made.bus)
    with pytest.raises(Rejected, match="both ways"):
        running.start(made.media, wish(made, reach=Reach.BETWEEN), made.bus)


def test_a_model_that_cannot_is_refused_beforehand(made, pump):
    weak = ModelInfo("mini", "mini", frozenset({Capability.TRACK}), "0", "cpu", "fp32")
    running = ConceptRunning(
        made.document, pump.desk, lambda _: None, lambda m: MediaRef(m, "/c", 0, "clip", "h"),
        lambda: weak,
    )  # fmt: skip
    with pytest.raises(Rejected, match="cannot find and track"):
        running.start(made.media, wish(made), made.bus)


def test_abandoning_writes_nothing_more(made, running, pump):
    pump.session.gate.clear()
    running.start(made.media, wish(made), made.bus)
    running.abandon()
    pump.session.gate.set()
    pump.settle()
    assert not items(made)
    assert not running.is_running


def test_pausing_holds_and_goes_on(made, running, pump):
    pump.session.gate.clear()
    running.start(made.media, wish(made), made.bus)
    running.pause(is_paused=True)
    assert running.progress.is_paused
    pump.session.gate.set()
    running.pause(is_paused=False)
    pump.settle()
    assert running.progress.done == 20
