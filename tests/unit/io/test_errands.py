"""Errands: one after the other, progress that melts, cancel between steps, no idle thread."""

from __future__ import annotations

import threading

import pytest

from sam3_annotator.errors import FileTrouble
from sam3_annotator.io.errands import Errands, ErrandStopped


class Desk:
    def __init__(self) -> None:
        self.rung = threading.Event()
        self.errands = Errands(self.rung.set)
        self.done, self.errors, self.progress = [], [], []

    def start(self, work, title="job"):
        return self.errands.start(
            title,
            work,
            self.done.append,
            self.errors.append,
            lambda done, total, text: self.progress.append((done, total, text)),
        )

    def settle(self, count=1):
        while len(self.done) + len(self.errors) < count:
            assert self.rung.wait(10), "nothing was said"
            self.rung.clear()
            self.errands.drain()


@pytest.fixture
def desk():
    made = Desk()
    yield made
    assert made.errands.close()


def test_results_and_progress_arrive_in_order(desk):
    def work(report):
        report(1, 2, "half")
        report.hand_over(desk.done.append, "part")
        report(2, 2, "all")
        return "result"

    desk.start(work)
    desk.settle(2)
    assert desk.done == ["part", "result"]
    assert desk.progress[-1] == (2, 2, "all")


def test_progress_melts_while_nobody_drains(desk):
    finished = threading.Event()

    def work(report):
        for step in range(500):
            report(step, 500)
        finished.set()

    desk.start(work)
    assert finished.wait(10)
    desk.settle()
    assert desk.progress == [(499, 500, "")]


def test_cancel_stops_at_the_next_step(desk):
    began, go_on = threading.Event(), threading.Event()

    def work(report):
        report(0, 2)
        began.set()
        go_on.wait(10)
        report(1, 2)
        raise AssertionError("it should have stopped")

    errand = desk.start(work)
    assert began.wait(10)
    errand.cancel()
    go_on.set()
    desk.settle()
    assert [type(error) for error in desk.errors] == [ErrandStopped]


def test_errands_wait_for_each_other(desk):
    running = []

    def work(name):
        def job(_report):
            running.append(name)
            assert len(running) == 1
            running.clear()
            return name

        return job

    for name in "abc":
        desk.start(work(name))
    desk.settle(3)
    assert desk.done == ["a", "b", "c"]


@pytest.mark.logs("errand failed")
def test_errors_are_told_and_the_next_errand_runs(desk):
    def fail(_report):
        raise FileTrouble("no")

    def bug(_report):
        return 1 / 0

    desk.start(fail)
    desk.start(bug)
    desk.start(lambda _report: "fine")
    desk.settle(3)
    assert [type(error) for error in desk.errors] == [FileTrouble, ZeroDivisionError]
    assert desk.done == ["fine"]


def test_the_thread_ends_with_the_work(desk):
    desk.start(lambda _report: None)
    desk.settle()
    for thread in threading.enumerate():
        if thread.name == "errands":
            thread.join(10)
    assert not desk.errands.is_busy


def test_closing_cancels_what_runs_and_drops_what_waits(desk):
    began = threading.Event()

    def work(report):
        began.set()
        while True:
            report(0, 0)

    desk.start(work)
    desk.start(lambda _report: "never")
    assert began.wait(10)
    assert desk.errands.close()
    desk.errands.drain()
    assert desk.done == []
