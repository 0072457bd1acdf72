"""Ctrl+C in the terminal ends the program in order, wherever it is."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from sam3_annotator.ui.interrupts import INTERRUPTED, Interrupts

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="os.kill ends processes there")


class App:
    """Notes what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[object] = []

    def quit(self):
        self.asked.append("quit")

    def exit(self, code):
        self.asked.append(code)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_asks_and_the_second_insists(qtbot, number):
    app, before = App(), signal.getsignal(number)
    with Interrupts(app) as interrupts:
        for count in (1, 2):
            os.kill(os.getpid(), number)
            qtbot.waitUntil(lambda count=count: interrupts.came == count)
    assert app.asked == ["quit", INTERRUPTED]
    assert signal.getsignal(number) is before
