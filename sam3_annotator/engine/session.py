"""The model's side of the engine, and what becomes of a request: its ticket, messages, ending."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from sam3_annotator.engine.protocol import Item, Priority, Request
    from sam3_annotator.errors import AnnotatorError


@dataclass(frozen=True, slots=True)
class Done:
    """The job ran to its end."""


@dataclass(frozen=True, slots=True)
class Superseded:
    """A newer request in the same lane took its place."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Somebody asked to stop; items already published stand."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The job could not finish; the thread lives on."""

    error: AnnotatorError


@dataclass(frozen=True, slots=True)
class Crashed:
    """A bug of ours ended the job; the thread lives on, the log has the traceback."""

    error: BaseException


Ending = Done | Superseded | Cancelled | Failed | Crashed


@dataclass(frozen=True, slots=True)
class Ticket:
    """A request that was handed in; results carry its number."""

    number: int
    request: Request
    lane: Hashable
    priority: Priority


@dataclass(frozen=True, slots=True)
class Message:
    """One thing the worker says about one ticket."""

    ticket: Ticket
    body: Item | Ending

    @property
    def is_ending(self) -> bool:
        """Whether this is the ticket's last message."""
        return isinstance(self.body, Done | Superseded | Cancelled | Failed | Crashed)


@dataclass(frozen=True, slots=True)
class MemoryFigures:
    """Memory of the device the model is on, in bytes; total 0 when unknown."""

    used_bytes: int
    total_bytes: int


class Session(Protocol):
    """The model side of the engine; lives on the worker thread only.

    A session holds only caches: dropping them changes speed, never answers.
    """

    def run(self, request: Request) -> Iterator[Item]:
        """Answer a request step by step.

        Each step should take well under a second on its device; the worker may run a more
        urgent job between two steps, or close the iterator to cancel.

        Raises:
            AnnotatorError: the request cannot be answered; told to the user.
        """
        ...

    def free_memory(self) -> None:
        """Drop caches after an out-of-memory error, before the one retry."""
        ...

    def memory(self) -> MemoryFigures:
        """Memory in use on the device."""
        ...

    def close(self) -> None:
        """Release everything; called once, on the worker thread."""
        ...
