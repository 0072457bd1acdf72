"""Engine: one thread that owns the model, advances jobs step by step, ends each exactly once."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, TypeVar

from sam3_annotator.engine.mailbox import Job, Mailbox
from sam3_annotator.engine.protocol import Item, Priority, Progress, Request
from sam3_annotator.engine.session import (
    Crashed,
    Done,
    Ending,
    Failed,
    MemoryFigures,
    Message,
    Session,
    Ticket,
)
from sam3_annotator.errors import AnnotatorError, OutOfMemory

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from sam3_annotator.engine.outbox import Outbox

_log = logging.getLogger(__name__)

Answer = TypeVar("Answer")


class Engine:
    """The model thread.

    Args:
        make_session: builds the session; called on the worker thread, so that the heavy imports
            happen there.
        outbox: where messages go.
    """

    def __init__(self, make_session: Callable[[], Session], outbox: Outbox) -> None:
        self._make_session = make_session
        self._outbox = outbox
        self._mailbox = Mailbox()
        self._memory = MemoryFigures(0, 0)
        self._thread = threading.Thread(target=self._work, name="engine", daemon=False)
        self._thread.start()

    def submit(
        self,
        request: Request,
        *,
        lane: Hashable,
        priority: Priority,
        latest_wins: bool = True,
    ) -> Ticket:
        """Hand in a request; its messages arrive in the outbox, exactly one of them an ending.

        Args:
            lane: requests of which only the newest matters share a lane.
            latest_wins: False lets requests of one lane queue up behind each other (runs).

        Raises:
            RuntimeError: the engine is closed.
        """
        ticket, ended = self._mailbox.put(request, lane, priority, latest_wins=latest_wins)
        self._publish_ended(ended)
        if ticket is None:
            raise RuntimeError("the engine is closed")
        return ticket

    def cancel(self, ticket: Ticket) -> None:
        """Ask a job to stop; what it has published stands. Does nothing once it has ended."""
        self._publish_ended(self._mailbox.cancel(ticket))

    def pause(self, ticket: Ticket) -> None:
        """Hold a job between two steps; others go on."""
        self._mailbox.set_paused(ticket, is_paused=True)

    def resume(self, ticket: Ticket) -> None:
        """Let a held job go on."""
        self._mailbox.set_paused(ticket, is_paused=False)

    @property
    def waiting(self) -> int:
        """How many jobs have not ended."""
        return self._mailbox.waiting

    @property
    def memory(self) -> MemoryFigures:
        """Device memory as of the last finished step."""
        return self._memory

    def close(self, timeout_s: float = 30.0) -> bool:
        """Stop every job and the thread; whether the thread is gone within the limit."""
        self._publish_ended(self._mailbox.close())
        self._outbox.close()
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    # ------------------------------------------------------------------ worker thread

    def _work(self) -> None:
        session: Session | None = None
        trouble: BaseException | None = None
        try:
            session = self._make_session()
        except Exception as error:  # noqa: BLE001 - the worker loop: every job must get its ending
            _log.exception("the model session could not be built")
            trouble = error
        while (job := self._mailbox.take()) is not None:
            if session is None:
                self._end(job, _ending_for(trouble))
            else:
                self._advance(session, job)
        if session is not None:
            _survived(session.close, "closing the model session")

    def _advance(self, session: Session, job: Job) -> None:
        ending = job.stop or self._step(session, job)
        ending = self._mailbox.give_back(job) if ending is None else ending
        if ending is not None:
            self._end(job, ending)
        self._memory = _survived(session.memory, "measuring memory") or self._memory

    def _step(self, session: Session, job: Job) -> Ending | None:
        try:
            if job.steps is None:
                job.steps = session.run(job.ticket.request)
            item = next(job.steps)
        except StopIteration:
            return Done()
        except OutOfMemory as error:
            # Freed outside this block: the traceback keeps the failed step's tensors alive.
            failure = Failed(error.with_traceback(None))
        except AnnotatorError as error:
            return Failed(error)
        except Exception as error:  # noqa: BLE001 - the worker loop: a bug ends the job, not us
            _log.exception("job failed: %r", job.ticket.request)
            return Crashed(error)
        else:
            self._publish(job, item)
            return None
        return self._after_out_of_memory(session, job, failure)

    @staticmethod
    def _after_out_of_memory(session: Session, job: Job, failure: Failed) -> Ending | None:
        job.steps = None
        _survived(session.free_memory, "freeing memory")
        if job.was_retried or job.has_result:
            return failure
        job.was_retried = True
        return None

    def _publish(self, job: Job, item: Item) -> None:
        if not isinstance(item, Progress):
            job.has_result = True
        self._outbox.put(Message(job.ticket, item), may_wait=True)

    def _end(self, job: Job, ending: Ending) -> None:
        close = getattr(job.steps, "close", None)
        if close is not None:
            _survived(close, "cleaning up after a job")
        self._mailbox.finish(job)
        self._outbox.put(Message(job.ticket, ending), may_wait=True)

    # ------------------------------------------------------------------ any thread

    def _publish_ended(self, ended: list[tuple[Ticket, Ending]]) -> None:
        for ticket, ending in ended:
            self._outbox.put(Message(ticket, ending), may_wait=False)


def _survived(act: Callable[[], Answer], what: str) -> Answer | None:
    """What is done around jobs; a broken device may make it fail, and the thread must live on."""
    try:
        return act()
    except Exception:  # noqa: BLE001 - the worker loop
        _log.exception("%s failed", what)
        return None


def _ending_for(trouble: BaseException | None) -> Ending:
    if isinstance(trouble, AnnotatorError):
        return Failed(trouble)
    return Crashed(trouble or RuntimeError("the model session could not be built"))
