"""Runs a real engine with the fake session and delivers its messages, without Qt."""

from __future__ import annotations

import threading

from sam3_annotator.engine.outbox import Outbox
from sam3_annotator.engine.worker import Engine
from sam3_annotator.workflow.desk import Desk
from tests.support.fake_session import FakeSession


class Pump:
    """An engine, a desk, and ``settle()`` to wait until every open ticket has ended.

    Args:
        session: the model's side; a fake one of pictures of ``size`` unless given.
        limit: results that may wait to be delivered.
        patience_s: how long the engine may be silent.
    """

    def __init__(self, session=None, size=(200, 100), limit=2, patience_s=20.0):
        self._patience_s = patience_s
        self.session = session or FakeSession(lambda _frame: size)
        self._arrived = threading.Event()
        self.outbox = Outbox(self._arrived.set, limit)
        self.engine = Engine(lambda: self.session, self.outbox)
        self.desk = Desk(self.engine)

    def step(self):
        assert self._arrived.wait(self._patience_s), "the engine said nothing"
        self._arrived.clear()
        self.desk.deliver(self.outbox.drain())

    def settle(self):
        while self.desk.open_tickets:
            self.step()

    def close(self):
        if isinstance(self.session, FakeSession):
            self.session.gate.set()
        assert self.engine.close()
