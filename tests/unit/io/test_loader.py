"""The loader: newest wish of a lane, most urgent first, never a late answer, always an end."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sam3_annotator.errors import FileTrouble
from sam3_annotator.io.loader import Loader


class Desk:
    """A loader whose answers are drained when it rings."""

    def __init__(self) -> None:
        self.rung = threading.Event()
        self.loader = Loader(self.rung.set)
        self.answers: list[object] = []
        self.errors: list[Exception] = []

    def wish(self, lane, work, urgency=0):
        self.loader.request(lane, work, self.answers.append, self.errors.append, urgency=urgency)

    def settle(self):
        while self.loader.waiting:
            assert self.rung.wait(10), "the loader said nothing"
            self.rung.clear()
            self.loader.drain()


@pytest.fixture
def desk():
    made = Desk()
    yield made
    assert made.loader.close()


@pytest.fixture
def gate(desk):
    """Holds the loader's thread until it is set."""
    event, began = threading.Event(), threading.Event()

    def hold():
        began.set()
        event.wait(10)
        return "gate"

    desk.wish("gate", hold, urgency=-1)
    assert began.wait(10)
    yield event
    event.set()


def test_answers_come_in_drain_and_nowhere_else(desk):
    threads = []
    desk.loader.request(
        "a",
        threading.get_ident,
        lambda _: threads.append(threading.get_ident()),
        desk.errors.append,
    )
    desk.settle()
    assert threads == [threading.get_ident()]


def test_the_newest_wish_of_a_lane_is_the_only_one_answered(desk, gate):
    for number in range(5):
        desk.wish("picture", lambda n=number: n)
    gate.set()
    desk.settle()
    assert desk.answers == ["gate", 4]


def test_a_finished_answer_is_dropped_when_a_newer_wish_follows(desk):
    desk.wish("picture", lambda: "old")
    assert desk.rung.wait(10)
    desk.wish("picture", lambda: "new")
    desk.settle()
    assert desk.answers == ["new"]


def test_urgent_wishes_overtake(desk, gate):
    desk.wish("far", lambda: "far", urgency=10)
    desk.wish("near", lambda: "near", urgency=1)
    gate.set()
    desk.settle()
    assert desk.answers == ["gate", "near", "far"]


def test_what_is_forgotten_is_never_answered(desk, gate):
    desk.wish("picture", lambda: "no")
    desk.loader.forget("picture")
    gate.set()
    desk.settle()
    assert desk.answers == ["gate"]


@pytest.mark.logs("loading failed")
def test_errors_are_handed_over_and_the_thread_lives_on(desk):
    def fail():
        raise FileTrouble("gone")

    desk.wish("a", fail)
    desk.wish("b", lambda: 1 / 0)
    desk.wish("c", lambda: "fine")
    desk.settle()
    assert desk.answers == ["fine"]
    assert [type(error) for error in desk.errors] == [FileTrouble, ZeroDivisionError]


def test_closing_drops_what_waits(desk, gate):
    desk.wish("later", lambda: "later")
    gate.set()
    assert desk.loader.close()
    desk.wish("too late", lambda: "too late")
    assert desk.loader.waiting == 0
    desk.loader.drain()
    assert "later" not in desk.answers


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=30))
def test_each_lane_ends_with_its_newest_wish(wishes):
    desk, newest = Desk(), {}
    for number, (lane, drains) in enumerate(wishes):
        desk.wish(lane, lambda value=(lane, number): value)
        newest[lane] = number
        if drains:
            desk.loader.drain()
    desk.settle()
    assert desk.loader.close()
    last = {}
    for lane, number in desk.answers:
        assert number > last.get(lane, -1), "an older answer came after a newer one"
        last[lane] = number
    assert last == newest
