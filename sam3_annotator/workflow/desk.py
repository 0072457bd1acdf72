"""Desk: hands requests to the engine and brings each answer to whoever asked.

Lives on the main thread. The bridge drains the engine's outbox there and calls
:meth:`Desk.deliver`; nothing here is ever called by the worker.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sam3_annotator.engine.protocol import Item, Progress
from sam3_annotator.engine.session import Crashed, Ending, Failed

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from sam3_annotator.engine.protocol import Priority, Request
    from sam3_annotator.engine.session import Message, Ticket


class Asks(Protocol):
    """The part of the engine that takes requests."""

    def submit(
        self, request: Request, *, lane: Hashable, priority: Priority, latest_wins: bool = True
    ) -> Ticket:
        """Hand in a request; see ``engine.worker.Engine.submit``."""
        ...

    def cancel(self, ticket: Ticket) -> None:
        """Ask a job to stop."""
        ...

    def pause(self, ticket: Ticket) -> None:
        """Hold a job between two steps."""
        ...

    def resume(self, ticket: Ticket) -> None:
        """Let a held job go on."""
        ...


@dataclass(frozen=True, slots=True)
class Listener:
    """Who wants to hear about one ticket."""

    on_item: Callable[[Item], None]
    on_ending: Callable[[Ending], None]


class Desk:
    """Routes messages by ticket.

    Attributes:
        on_trouble: told about every failed or crashed ticket, after its own listener.
        on_progress: told about every progress report: (ticket, progress).
        on_idle_changed: told whenever a ticket was opened or has ended.
    """

    def __init__(self, engine: Asks) -> None:
        self._engine = engine
        self._listeners: dict[int, Listener] = {}
        self.on_trouble: Callable[[Ticket, Failed | Crashed], None] = _ignore
        self.on_progress: Callable[[Ticket, Progress], None] = _ignore
        self.on_idle_changed: Callable[[int], None] = _ignore

    @property
    def open_tickets(self) -> int:
        """How many requests have not ended."""
        return len(self._listeners)

    def ask(
        self,
        request: Request,
        *,
        lane: Hashable,
        priority: Priority,
        listener: Listener,
        latest_wins: bool = True,
    ) -> Ticket:
        """Hand in a request; the listener hears its items and its one ending."""
        ticket = self._engine.submit(request, lane=lane, priority=priority, latest_wins=latest_wins)
        self._listeners[ticket.number] = listener
        self.on_idle_changed(len(self._listeners))
        return ticket

    def cancel(self, ticket: Ticket) -> None:
        """Ask a job to stop; its ending still arrives."""
        self._engine.cancel(ticket)

    def pause(self, ticket: Ticket) -> None:
        """Hold a job between two steps."""
        self._engine.pause(ticket)

    def resume(self, ticket: Ticket) -> None:
        """Let a held job go on."""
        self._engine.resume(ticket)

    def deliver(self, messages: Iterable[Message]) -> None:
        """Bring drained messages to their listeners, in order."""
        for message in messages:
            listener = self._listeners.get(message.ticket.number)
            if listener is None:
                continue
            if isinstance(message.body, Ending):
                self._end(message.ticket, message.body, listener)
                continue
            if isinstance(message.body, Progress):
                self.on_progress(message.ticket, message.body)
            listener.on_item(message.body)

    def _end(self, ticket: Ticket, ending: Ending, listener: Listener) -> None:
        del self._listeners[ticket.number]
        listener.on_ending(ending)
        if isinstance(ending, Failed | Crashed):
            self.on_trouble(ticket, ending)
        self.on_idle_changed(len(self._listeners))


def _ignore(*_: object) -> None:
    """Stands where nobody listens."""


def silent(_: object) -> None:
    """A listener's method for what it does not need to hear."""
