"""Whatever is submitted, cancelled, paused and closed when: one ending per ticket, always last."""

from __future__ import annotations

import threading
from collections import defaultdict

from hypothesis import given, settings
from hypothesis import strategies as st

from sam3_annotator.engine.outbox import Outbox
from sam3_annotator.engine.protocol import Priority, Progress
from sam3_annotator.engine.worker import Engine
from sam3_annotator.errors import OutOfMemory, WeightsTrouble
from tests.support.fake_session import FakeSession


class Scripted(FakeSession):
    """Runs requests of the form ("steps", n, trouble)."""

    def _answer(self, request):
        _, steps, trouble = request
        for step in range(steps):
            if trouble is not None and step == steps // 2:
                raise trouble
            yield Progress(step, steps)


action = st.one_of(
    st.tuples(
        st.just("submit"),
        st.integers(0, 6),
        st.sampled_from([None, OutOfMemory("m"), WeightsTrouble("w"), ValueError("v")]),
        st.integers(0, 3),
        st.sampled_from(list(Priority)),
        st.booleans(),
    ),
    st.tuples(st.sampled_from(["cancel", "pause", "resume"]), st.integers(0, 30)),
    st.just(("drain",)),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(action, max_size=40))
def test_exactly_one_ending_and_always_last(actions):
    outbox = Outbox(lambda: None, limit=8)
    messages = []
    draining = threading.Event()

    def drain():
        while not draining.wait(0.0005):
            messages.extend(outbox.drain())

    drainer = threading.Thread(target=drain)
    drainer.start()
    engine = Engine(lambda: Scripted(lambda _f: (9, 9)), outbox)
    tickets = []
    for name, *values in actions:
        if name == "submit":
            steps, trouble, lane, priority, latest = values
            request = ("steps", steps, trouble)
            tickets.append(engine.submit(request, lane=lane, priority=priority, latest_wins=latest))
        elif name != "drain" and tickets:
            getattr(engine, name)(tickets[values[0] % len(tickets)])
    assert engine.close()
    draining.set()
    drainer.join()
    messages.extend(outbox.drain())
    per_ticket = defaultdict(list)
    for message in messages:
        per_ticket[message.ticket.number].append(message)
    assert set(per_ticket) == {t.number for t in tickets}
    for said in per_ticket.values():
        assert sum(m.is_ending for m in said) == 1
        assert said[-1].is_ending
