"""A phrase tracked through a clip: objects appear, are taken back, and are never a person's."""

from __future__ import annotations

from itertools import count

import pytest

from sam3_annotator.domain.commands import AddObjects, FrameMask, NewObject, SetMask
from sam3_annotator.domain.entities import ReviewState, Source
from sam3_annotator.domain.geometry import Box
from sam3_annotator.domain.ids import FrameIndex
from sam3_annotator.domain.prompts import ConceptPrompt, Exemplar
from sam3_annotator.engine.fake import FakeSession, fake_info
from sam3_annotator.engine.protocol import (
    Capability,
    FrameMasks,
    MediaRef,
    ModelInfo,
    ObjectMask,
    TrackConcept,
)
from sam3_annotator.errors import Rejected
from sam3_annotator.workflow.concept_running import ConceptRunning, ConceptWish
from tests.support.projects import Made, square
from tests.support.pump import Pump

LAST = 19


class Finder(FakeSession):
    """Track 0 from frame 0 on; track 1 from frame 5 on, taken back on frame 8; 2 from 10 to 14."""

    def _tracked(self, request):
        step = 1 if request.stop >= request.start else -1
        for frame in range(request.start, request.stop + step, step):
            found = [(0, square(2 + frame, 4))]
            if 5 <= frame < 8:
                found.append((1, square(2 + frame, 30)))
            if 10 <= frame < 15:
                found.append((2, square(40, 30)))
            objects = tuple(ObjectMask(t, m, 0.8, 0.9, concept=0) for t, m in found)
            removed = (1,) if frame == 8 else ()
            yield FrameMasks(
                request.key, request.media.media_id, FrameIndex(frame), objects, removed, True
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


def wish(made, start=0, stop=LAST, phrase="bus"):
    return ConceptWish(
        ConceptPrompt(phrase), made.bus, FrameIndex(start), FrameIndex(start), FrameIndex(stop)
    )


def items(made):
    return made.document.project.objects(made.media)


def frames(made, item):
    return made.document.project.masklet(item.id).frames.tolist()


def test_objects_appear_and_mistakes_are_taken_back(made, running, pump):
    running.start(made.media, wish(made))
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


def test_the_whole_run_is_one_step(made, running, pump):
    running.start(made.media, wish(made))
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
    running.start(made.media, wish(made))
    pump.settle()
    kept = items(made)[1]
    assert made.document.mask(kept.id, FrameIndex(6)) == square(9, 31)
    assert len(items(made)) == 3


def test_an_object_that_is_there_already_is_not_made_twice(made, running, pump):
    new = NewObject(made.media, made.bus, (FrameMask(FrameIndex(0), square(2, 4)),))
    made.document.do(AddObjects((new,)))
    running.start(made.media, wish(made))
    pump.settle()
    assert len(items(made)) == 2
    assert frames(made, items(made)[0]) == [0]


def test_cancelling_keeps_what_was_found_and_going_on_continues_the_same_objects(
    made, running, pump
):
    original = running._on_changed

    def stop(progress):
        original(progress)
        if progress.done == 4:
            running.cancel()

    running._on_changed = stop
    running.start(made.media, wish(made))
    pump.settle()
    assert running.progress.can_go_on
    done = len(frames(made, items(made)[0]))
    assert 4 <= done < 20
    running._on_changed = original
    running.go_on()
    pump.settle()
    assert frames(made, items(made)[0]) == list(range(20))
    with pytest.raises(Rejected, match="stopped"):
        running.go_on()


def test_exemplars_and_their_frame_go_with_the_request(made, running, pump):
    concept = ConceptPrompt("bus", (Exemplar(Box(1, 2, 9, 8)),))
    at = FrameIndex(7)
    running.start(made.media, ConceptWish(concept, made.bus, at, at, FrameIndex(LAST)))
    pump.settle()
    (request,) = [r for r in pump.session.handled if isinstance(r, TrackConcept)]
    assert request.concepts == ((7, concept),)
    assert (request.start, request.stop) == (7, LAST)


def test_a_model_that_cannot_is_refused_beforehand(made, pump):
    weak = ModelInfo("mini", "mini", frozenset({Capability.TRACK}), "0", "cpu", "fp32")
    running = ConceptRunning(
        made.document, pump.desk, lambda _: None, lambda m: MediaRef(m, "/c", 0, "clip", "h"),
        lambda: weak,
    )  # fmt: skip
    with pytest.raises(Rejected, match="cannot find and track"):
        running.start(made.media, wish(made))
    with pytest.raises(Rejected, match="Type what to find"):
        running.start(made.media, wish(made, phrase=""))


def test_abandoning_writes_nothing_more(made, running, pump):
    pump.session.gate.clear()
    running.start(made.media, wish(made))
    running.abandon()
    pump.session.gate.set()
    pump.settle()
    assert not items(made)
    assert not running.is_running


def test_pausing_holds_and_goes_on(made, running, pump):
    pump.session.gate.clear()
    running.start(made.media, wish(made))
    running.pause(is_paused=True)
    assert running.progress.is_paused
    pump.session.gate.set()
    running.pause(is_paused=False)
    pump.settle()
    assert running.progress.done == 20
