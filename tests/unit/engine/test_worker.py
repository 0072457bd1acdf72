"""The model thread: priorities, lanes, cancelling, memory trouble, one ending per ticket."""

from __future__ import annotations

import threading

import pytest

from sam3_annotator.domain.geometry import PixelBox, Point
from sam3_annotator.domain.ids import FrameIndex, MediaId, ObjectId
from sam3_annotator.domain.mask import Mask
from sam3_annotator.domain.prompts import Click, PromptSet
from sam3_annotator.engine.outbox import Outbox
from sam3_annotator.engine.protocol import (
    Direction,
    FrameMasks,
    FrameRef,
    MediaRef,
    Priority,
    Propagate,
    Segmented,
    SegmentObject,
    TrackSeed,
)
from sam3_annotator.engine.session import Cancelled, Crashed, Done, Failed, Superseded
from sam3_annotator.engine.worker import Engine
from sam3_annotator.errors import OutOfMemory, WeightsTrouble
from tests.support.fake_session import FakeSession

MEDIA = MediaRef(MediaId(1), "/tmp/clip", 0, "clip", "")
FRAME = FrameRef(MEDIA, FrameIndex(0))


def click_request(x: float = 50.0) -> SegmentObject:
    return SegmentObject("k", FRAME, PromptSet((Click(Point(x, 50.0)),)))


def run_request(stop: int = 9) -> Propagate:
    seed = TrackSeed(ObjectId(7), FrameIndex(0), Mask.from_box(PixelBox(0, 0, 5, 5)))
    return Propagate("run", MEDIA, (seed,), FrameIndex(0), FrameIndex(stop), Direction.FORWARD)


class Recorder:
    """Collects messages until tickets have ended."""

    def __init__(self) -> None:
        self.arrived = threading.Event()
        self.outbox = Outbox(self.arrived.set)
        self.messages = []

    def until_ended(self, *tickets, timeout=20.0):
        wanted = {t.number for t in tickets}
        while wanted - {m.ticket.number for m in self.messages if m.is_ending}:
            assert self.arrived.wait(timeout), "no message arrived"
            self.arrived.clear()
            self.messages += self.outbox.drain()
        return self

    def of(self, ticket):
        return [m.body for m in self.messages if m.ticket.number == ticket.number]


@pytest.fixture
def recorder():
    return Recorder()


@pytest.fixture
def session():
    return FakeSession(lambda _frame: (100, 100))


@pytest.fixture
def engine(recorder, session):
    engine = Engine(lambda: session, recorder.outbox)
    yield engine
    session.gate.set()
    assert engine.close()
    assert session.is_closed


def submit(engine, request, *, lane=None, priority=Priority.CLICK, latest_wins=True):
    return engine.submit(request, lane=lane, priority=priority, latest_wins=latest_wins)


def test_a_click_is_answered_with_masks_and_one_ending(engine, recorder):
    ticket = submit(engine, click_request())
    bodies = recorder.until_ended(ticket).of(ticket)
    assert [type(b) for b in bodies] == [Segmented, Done]
    assert bodies[0].choices[0].mask.contains(50, 50)


def test_a_newer_request_supersedes_the_waiting_ones_of_its_lane(engine, recorder, session):
    session.gate.clear()
    first = submit(engine, run_request(), lane="run", latest_wins=False)
    waiting = [submit(engine, click_request(i), lane="preview") for i in range(5)]
    session.gate.set()
    recorder.until_ended(first, *waiting)
    endings = [recorder.of(t)[-1] for t in waiting]
    assert endings[:-1] == [Superseded()] * 4
    assert endings[-1] == Done()


def test_a_click_is_answered_between_two_frames_of_a_run(recorder):
    clicked = []

    class Interrupting(FakeSession):
        def _propagated(self, request):
            for item in super()._propagated(request):
                if item.frame == 3:
                    clicked.append(submit(engine, click_request()))
                yield item

    engine = Engine(lambda: Interrupting(lambda _f: (100, 100)), recorder.outbox)
    run = submit(engine, run_request(), lane="run", priority=Priority.RUN, latest_wins=False)
    recorder.until_ended(run)
    recorder.until_ended(*clicked)
    order = [(m.ticket.number, type(m.body)) for m in recorder.messages]
    answered = order.index((clicked[0].number, Segmented))
    frames_before = [o for o in order[:answered] if o == (run.number, FrameMasks)]
    assert len(frames_before) == 4
    assert engine.close()


def test_cancelling_keeps_what_is_done(engine, recorder, session):
    session.gate.clear()
    run = submit(engine, run_request(10_000), lane="run", priority=Priority.RUN)
    session.gate.set()
    assert recorder.arrived.wait(20)
    engine.cancel(run)
    bodies = recorder.until_ended(run).of(run)
    assert bodies[-1] == Cancelled()
    assert all(isinstance(b, FrameMasks) for b in bodies[:-1])
    assert 1 <= len(bodies) - 1 < 10_001


def test_a_paused_run_lets_others_pass_and_goes_on(engine, recorder, session):
    session.gate.clear()
    run = submit(engine, run_request(50), lane="run", priority=Priority.RUN)
    engine.pause(run)
    session.gate.set()
    click = submit(engine, click_request())
    recorder.until_ended(click)
    assert not any(m.is_ending and m.ticket.number == run.number for m in recorder.messages)
    engine.resume(run)
    bodies = recorder.until_ended(run).of(run)
    assert [b.frame for b in bodies[:-1]] == list(range(51))


def test_trouble_ends_the_ticket_and_not_the_thread(engine, recorder, session):
    session.fail_with = trouble = WeightsTrouble("wrong file")
    failed = submit(engine, click_request())
    recorder.until_ended(failed)
    assert recorder.of(failed) == [Failed(trouble)]
    ticket = submit(engine, click_request())
    assert recorder.until_ended(ticket).of(ticket)[-1] == Done()


@pytest.mark.logs("job failed")
def test_a_bug_ends_the_ticket_and_is_logged(engine, recorder, session, caplog):
    session.fail_with = ZeroDivisionError("oops")
    ticket = submit(engine, click_request())
    body = recorder.until_ended(ticket).of(ticket)[-1]
    assert isinstance(body, Crashed)
    assert "SegmentObject" in caplog.text


def test_out_of_memory_frees_and_tries_once_more(engine, recorder, session):
    session.fail_with = OutOfMemory("full")
    ticket = submit(engine, click_request())
    assert [type(b) for b in recorder.until_ended(ticket).of(ticket)] == [Segmented, Done]
    assert session.freed == 1


def test_out_of_memory_twice_is_told(recorder):
    class Full(FakeSession):
        def _segmented(self, request):
            raise OutOfMemory("still full")

    engine = Engine(lambda: Full(lambda _f: (9, 9)), recorder.outbox)
    ticket = submit(engine, click_request())
    bodies = recorder.until_ended(ticket).of(ticket)
    assert len(bodies) == 1
    assert isinstance(bodies[0], Failed)
    assert engine.close()


@pytest.mark.logs("(measuring|freeing) memory failed|closing the model session failed")
def test_a_device_that_breaks_down_leaves_the_thread_alive(recorder, caplog):
    """After a fault every call to a GPU fails, those that measure and free its memory as well."""

    class Broken(FakeSession):
        def memory(self):
            raise RuntimeError("device lost")

        def free_memory(self):
            raise RuntimeError("device lost")

        def close(self):
            super().close()
            raise RuntimeError("device lost")

    session = Broken(lambda _frame: (100, 100))
    engine = Engine(lambda: session, recorder.outbox)
    session.fail_with = OutOfMemory("no memory", "free some")
    tickets = [submit(engine, click_request(x), lane=x) for x in (10.0, 60.0)]
    recorder.until_ended(*tickets)
    assert [recorder.of(t)[-1] for t in tickets] == [Done(), Done()]
    assert engine.memory.total_bytes == 0
    assert engine.close()
    assert session.is_closed
    for what in ("measuring memory", "freeing memory", "closing"):
        assert what in caplog.text


@pytest.mark.logs("could not be built")
def test_a_session_that_cannot_be_built_fails_every_ticket(recorder, caplog):
    def broken():
        raise WeightsTrouble("no weights")

    engine = Engine(broken, recorder.outbox)
    ticket = submit(engine, click_request())
    bodies = recorder.until_ended(ticket).of(ticket)
    assert isinstance(bodies[0], Failed)
    assert engine.close()


def test_closing_ends_everything_that_waits(recorder, session):
    engine = Engine(lambda: session, recorder.outbox)
    session.gate.clear()
    tickets = [submit(engine, run_request(), lane=i) for i in range(4)]
    threading.Timer(0.01, session.gate.set).start()
    assert engine.close()
    recorder.messages += recorder.outbox.drain()
    for ticket in tickets:
        assert sum(m.is_ending for m in recorder.messages if m.ticket == ticket) == 1
    with pytest.raises(RuntimeError):
        submit(engine, click_request())
