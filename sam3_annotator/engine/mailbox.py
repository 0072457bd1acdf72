"""Mailbox: decides which job the worker advances next, and which jobs nobody wants any more.

The mailbox holds every job that has not ended. A *lane* groups requests of which only the newest
matters (the preview of one object, the look-ahead of one frame): handing in a new one supersedes
the older ones of its lane. The worker asks for the most urgent job before every single step, so a
click is answered between two frames of a long run.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sam3_annotator.engine.session import Cancelled, Ending, Superseded, Ticket

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from sam3_annotator.engine.protocol import Item, Priority, Request


@dataclass(slots=True, eq=False)
class Job:
    """One ticket on its way; fields are the worker's, the two flags are guarded by the mailbox.

    Attributes:
        steps: the session's answer in progress; None before the first step.
        stop: the ending that somebody asked for while the job was running.
        is_paused: whether the worker passes the job over.
        has_result: whether anything but progress was published (no silent second start then).
        was_retried: whether the one retry after running out of memory is used up.
    """

    ticket: Ticket
    steps: Iterator[Item] | None = None
    stop: Ending | None = None
    is_paused: bool = False
    has_result: bool = False
    was_retried: bool = False
    is_running: bool = field(default=False)


class Mailbox:
    """All jobs that have not ended; thread-safe."""

    def __init__(self) -> None:
        self._jobs: dict[int, Job] = {}
        self._next_number = 1
        self._is_closed = False
        self._changed = threading.Condition()

    def put(
        self, request: Request, lane: Hashable, priority: Priority, *, latest_wins: bool
    ) -> tuple[Ticket | None, list[tuple[Ticket, Ending]]]:
        """Hand in a request.

        Returns:
            The new ticket (None when the mailbox is closed), and the tickets that ended because
            of it, with their endings: to be published by the caller.
        """
        with self._changed:
            if self._is_closed:
                return None, []
            ended = self._stop_lane(lane) if latest_wins else []
            ticket = Ticket(self._next_number, request, lane, priority)
            self._next_number += 1
            self._jobs[ticket.number] = Job(ticket)
            self._changed.notify_all()
            return ticket, ended

    def cancel(self, ticket: Ticket) -> list[tuple[Ticket, Ending]]:
        """Stop a job: at once when it has not begun, else after its present step."""
        with self._changed:
            job = self._jobs.get(ticket.number)
            ended = self._stop(job, Cancelled()) if job is not None else []
            self._changed.notify_all()
            return ended

    def set_paused(self, ticket: Ticket, *, is_paused: bool) -> None:
        """Pass a job over until it is resumed; other jobs go on."""
        with self._changed:
            job = self._jobs.get(ticket.number)
            if job is not None:
                job.is_paused = is_paused
                self._changed.notify_all()

    def take(self) -> Job | None:
        """Wait for the most urgent job and mark it running; None once closed and empty.

        Jobs that were asked to stop come first, so that their endings are not held back by a
        paused or less urgent place in the queue.
        """
        with self._changed:
            while True:
                job = self._most_urgent()
                if job is not None:
                    job.is_running = True
                    return job
                if self._is_closed and not self._jobs:
                    return None
                self._changed.wait()

    def give_back(self, job: Job) -> Ending | None:
        """Return a job after a step; the ending it was asked for meanwhile, if any.

        A job that has to end stays the worker's own, so that nobody else can end it too.
        """
        with self._changed:
            job.is_running = job.stop is not None
            return job.stop

    def finish(self, job: Job) -> None:
        """Forget a job that has ended."""
        with self._changed:
            self._jobs.pop(job.ticket.number, None)
            self._changed.notify_all()

    def close(self) -> list[tuple[Ticket, Ending]]:
        """Take no more requests and stop every job."""
        with self._changed:
            self._is_closed = True
            ended: list[tuple[Ticket, Ending]] = []
            for job in list(self._jobs.values()):
                ended += self._stop(job, Cancelled())
            self._changed.notify_all()
            return ended

    @property
    def waiting(self) -> int:
        """How many jobs have not ended."""
        with self._changed:
            return len(self._jobs)

    def _stop_lane(self, lane: Hashable) -> list[tuple[Ticket, Ending]]:
        ended: list[tuple[Ticket, Ending]] = []
        for job in list(self._jobs.values()):
            if job.ticket.lane == lane:
                ended += self._stop(job, Superseded())
        return ended

    def _stop(self, job: Job, ending: Ending) -> list[tuple[Ticket, Ending]]:
        if job.steps is None and not job.is_running:
            del self._jobs[job.ticket.number]
            return [(job.ticket, ending)]
        if job.stop is None:
            job.stop = ending
        return []

    def _most_urgent(self) -> Job | None:
        ready = [j for j in self._jobs.values() if j.stop is not None or not j.is_paused]
        return min(ready, key=_urgency, default=None)


def _urgency(job: Job) -> tuple[bool, int, int]:
    return (job.stop is None, int(job.ticket.priority), job.ticket.number)
