"""Document: the one door through which the rows of a project change.

A command is decided, written to disk together with its before-images in one transaction, and
only then made known. What has been acknowledged is on disk.
"""

from __future__ import annotations

import contextlib
import logging
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sam3_annotator.domain.changes import Touched, touched_by
from sam3_annotator.domain.decide import decide
from sam3_annotator.domain.draft import Stamp
from sam3_annotator.domain.media_paths import real_path
from sam3_annotator.errors import FileTrouble, ProjectTrouble, Rejected
from sam3_annotator.store.history import History
from sam3_annotator.store.project_file import ProjectFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType

    from typing_extensions import Self

    from sam3_annotator.domain.changes import Change, Step
    from sam3_annotator.domain.commands import Command
    from sam3_annotator.domain.ids import FrameIndex, MediaId, ObjectId
    from sam3_annotator.domain.mask import Mask
    from sam3_annotator.domain.project import Project
    from sam3_annotator.store.journal import HistoryEntry

    Listener = Callable[[Touched], None]

_log = logging.getLogger(__name__)

BEGINNING = 0
"""Where :meth:`Document.jump_to` goes to undo everything."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command, an undo or a redo has done; it is on disk.

    Attributes:
        title: names the step in menus; the newest one's when several were travelled.
        touched: what has changed; empty when the command changed nothing.
        made: ids of the rows that the command was asked to make, in its order.
        skipped: how many parts of a batch were left out because a rule protects them.
        step_id: the journal's step, or None when nothing changed.
    """

    title: str
    touched: Touched
    made: tuple[int, ...] = ()
    skipped: int = 0
    step_id: int | None = None


class Document:
    """An open project. Use it from one thread only.

    Args:
        author: who edits; written beside every change.
        clock: seconds since the epoch, UTC.
    """

    def __init__(
        self, file: ProjectFile, author: str, clock: Callable[[], float] = time.time
    ) -> None:
        self._file = file
        self._author = author
        self._clock = clock
        self._listeners: list[Listener] = []
        self._merge: tuple[int, str] | None = None
        self._gesture: OpenStep | None = None
        self._is_closed = False
        self._history = History(file.database, file.people)

    @staticmethod
    def create(path: Path, author: str = "", clock: Callable[[], float] = time.time) -> Document:
        """Make a new, empty project.

        Raises:
            FileTrouble: something is there already, or the folder cannot be written to.
        """
        return Document(ProjectFile.create(path, author), author, clock)

    @staticmethod
    def open(path: Path, author: str = "", clock: Callable[[], float] = time.time) -> Document:
        """Open a project.

        Raises:
            FileTrouble: it is missing, unreadable, or open in another window.
            ProjectTrouble: it is damaged or was written by a newer version; it is not touched.
        """
        return Document(ProjectFile.open(path, author), author, clock)

    @property
    def path(self) -> Path:
        """The project file."""
        return self._file.path

    @property
    def project(self) -> Project:
        """The rows of the present, for reading."""
        return self._file.project

    @property
    def author(self) -> str:
        """Who edits."""
        return self._author

    @property
    def undo_title(self) -> str:
        """The step that :meth:`undo` would take back; "" when there is none."""
        return "" if self._history.done is None else self._history.done.title

    @property
    def redo_title(self) -> str:
        """The step that :meth:`redo` would bring back; "" when there is none."""
        return "" if self._history.undone is None else self._history.undone.title

    def do(self, command: Command, origin: object = None) -> Outcome:
        """Carry out a command; when this returns it is on disk.

        Args:
            origin: comes back in ``Touched.origin``, so that the giver can ignore its own echo.

        Raises:
            Rejected: the command makes no sense now; nothing has changed.
            FileTrouble: it could not be written; nothing has changed.
            ProjectTrouble: the file is damaged; nothing has changed.
        """
        if self._gesture is not None:
            return self._gesture.do(command, origin)
        step = self._decide(command)
        into = None
        if step.merge_key and self._merge is not None and self._merge[1] == step.merge_key:
            into = self._merge[0]
        outcome = self._commit(step, into, origin)
        if outcome.step_id is not None:
            self._merge = (outcome.step_id, step.merge_key)
        return outcome

    def do_within(self, title: str, into: int | None, command: Command, origin: object) -> Outcome:
        """Carry out a command as a part of an open step; used by :class:`OpenStep`.

        Args:
            title: names the step when a new one has to be made.
            into: the open step so far; None or no longer the newest makes a new one.
        """
        step = replace(self._decide(command), title=title)
        self._merge = None
        return self._commit(step, into, origin)

    def undo(self, origin: object = None) -> Outcome:
        """Take the newest step back.

        Raises:
            Rejected: there is none.
            FileTrouble: it could not be written; nothing has changed.
        """
        if self._history.done is None:
            raise Rejected("There is nothing to undo.")
        return self._travel(self._history.done.title, [self._history.done.id], [], origin)

    def redo(self, origin: object = None) -> Outcome:
        """Bring the step back that was undone last.

        Raises:
            Rejected: there is none.
            FileTrouble: it could not be written; nothing has changed.
        """
        if self._history.undone is None:
            raise Rejected("There is nothing to redo.")
        return self._travel(self._history.undone.title, [], [self._history.undone.id], origin)

    def history(self, limit: int = 500) -> tuple[HistoryEntry, ...]:
        """The newest steps, newest first, undone ones included."""
        return self._history.entries(limit)

    def jump_to(self, step_id: int, origin: object = None) -> Outcome:
        """Undo or redo until ``step_id`` is the newest step that is done, all or nothing.

        Args:
            step_id: an entry of :meth:`history`, or :data:`BEGINNING` to undo everything.

        Raises:
            Rejected: the history has no such step.
            FileTrouble: it could not be written; nothing has changed.
        """
        entries = self.history(limit=-1)
        known = {entry.id for entry in entries}
        if step_id != BEGINNING and step_id not in known:
            raise Rejected("This step is no longer in the history.")
        back = [e.id for e in entries if not e.is_undone and e.id > step_id]
        forth = [e.id for e in reversed(entries) if e.is_undone and e.id <= step_id]
        title = next((e.title for e in entries if e.id == step_id), "")
        return self._travel(title, back, forth, origin)

    def open_step(self, title: str) -> OpenStep:
        """A step that several commands will share, each on disk at once; for long runs."""
        return OpenStep(self, title)

    @contextlib.contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Make everything that :meth:`do` does inside one step; for gestures of several parts.

        An error takes the parts back that were done before it. Steps inside steps join the
        outer one.
        """
        if self._gesture is not None:
            yield
            return
        self._gesture = OpenStep(self, title)
        try:
            yield
        except BaseException:
            self._gesture.take_back()
            raise
        finally:
            self._gesture = None

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` after every change; gives the function that ends it."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            with contextlib.suppress(ValueError):
                self._listeners.remove(listener)

        return unsubscribe

    def mask(self, object_id: ObjectId, frame: FrameIndex) -> Mask | None:
        """An object's mask on a frame; None when there is none."""
        return self.project.mask(object_id, frame)

    def media_path(self, media_id: MediaId) -> Path:
        """The file or folder of a media, absolute; it may be missing."""
        return real_path(self.project.medium(media_id).path, self.path.parent)

    def save_copy(self, target: Path) -> None:
        """Write the present state to another file; this one stays open.

        Raises:
            FileTrouble: the target cannot be written.
        """
        self._file.save_copy(target)

    def close(self) -> None:
        """Tidy up, close the file and let others open it; harmless when closed already."""
        if self._is_closed:
            return
        self._is_closed = True
        try:
            self._file.tidy(has_garbage=self._history.has_garbage)
        except (OSError, FileTrouble, ProjectTrouble):
            _log.warning("could not tidy %s while closing it", self.path, exc_info=True)
        finally:
            self._file.close()

    def _decide(self, command: Command) -> Step:
        self._introduce()
        return decide(self.project, command, Stamp(self._author, self._clock()))

    def _introduce(self) -> None:
        """Give the author a number, at the first edit and not before: reading needs none."""
        people = self._file.people
        if not self._author or people.number(self._author):
            return
        with self._file.database.transaction() as connection:
            number = self._file.person(connection, self._author)
        people.add(number, self._author)

    def _commit(self, step: Step, into: int | None, origin: object) -> Outcome:
        """Write a decided step, as a part of step ``into`` while that is still the newest."""
        if not step.changes:
            return Outcome(step.title, Touched(origin=origin), step.made, step.skipped)
        entry = self._history.commit(step, self._author, self._clock(), into)
        touched = self._publish(step.changes, step.sequences, origin)
        return Outcome(step.title, touched, step.made, step.skipped, entry.id)

    def _travel(
        self, title: str, back: Sequence[int], forth: Sequence[int], origin: object
    ) -> Outcome:
        changes = self._history.travel(back, forth)
        self._merge = None
        return Outcome(title, self._publish(changes, {}, origin))

    def _publish(
        self, changes: Iterable[Change], sequences: Mapping[str, int], origin: object
    ) -> Touched:
        """Bring memory up to disk and tell everybody."""
        self.project.apply(changes, sequences)
        touched = touched_by(changes, origin)
        for listener in tuple(self._listeners):
            listener(touched)
        return touched


class OpenStep:
    """Several commands, each on disk at once, that Undo takes back together.

    When somebody edits or undoes in between, what follows becomes a new step with the same
    title. A cancelled or crashed run keeps what it has done.
    """

    def __init__(self, document: Document, title: str) -> None:
        self._document = document
        self._title = title
        self._step_id: int | None = None

    def do(self, command: Command, origin: object = None) -> Outcome:
        """Carry out one more command; raises as :meth:`Document.do` does."""
        outcome = self._document.do_within(self._title, self._step_id, command, origin)
        if outcome.step_id is not None:
            self._step_id = outcome.step_id
        return outcome

    def take_back(self) -> None:
        """Undo what was done, if it is still the newest step."""
        newest = next(iter(self._document.history(limit=1)), None)
        if newest is not None and newest.id == self._step_id and not newest.is_undone:
            self._document.undo()

    def close(self) -> None:
        """Say that nothing more will come; all of it is on disk already."""
        self._step_id = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
