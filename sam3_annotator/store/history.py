"""History: rows and journal written together, and the cursor between done and undone steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sam3_annotator.domain.changes import inverted
from sam3_annotator.store import journal
from sam3_annotator.store.journal import HistoryEntry
from sam3_annotator.store.rows import write_blobs, write_changes, write_sequences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from sam3_annotator.domain.changes import Change, Step
    from sam3_annotator.domain.masklet import People
    from sam3_annotator.store.database import Database


class History:
    """The steps of an open project.

    Attributes:
        done: the step that Undo would take back.
        undone: the step that Redo would bring back.
        has_garbage: whether steps were dropped, so that masks may lie about unnamed.
    """

    def __init__(self, database: Database, people: People) -> None:
        self._database = database
        self._people = people
        self.done: HistoryEntry | None = None
        self.undone: HistoryEntry | None = None
        self.has_garbage = False
        self._read_cursor()

    def commit(self, step: Step, author: str, now: float, into: int | None) -> HistoryEntry:
        """Write a step's rows and its journal entry in one transaction.

        Args:
            into: a step that this one joins if it is still the newest, or None.

        Raises:
            FileTrouble: it could not be written; nothing has changed.
            ProjectTrouble: the file is damaged.
        """
        with self._database.transaction() as connection:
            entry = self._journalled(connection, step, author, now, into)
            write_blobs(connection, step.blobs)
            write_changes(connection, step.changes)
            write_sequences(connection, step.sequences)
        self.has_garbage = self.has_garbage or self.undone is not None
        self.done, self.undone = entry, None
        return entry

    def travel(self, back: Sequence[int], forth: Sequence[int]) -> tuple[Change, ...]:
        """Undo steps, newest first, and redo steps, oldest first; all or nothing.

        Returns:
            The changes that were made, in order.

        Raises:
            FileTrouble: it could not be written; nothing has changed.
            ProjectTrouble: the file is damaged.
        """
        changes: list[Change] = []
        with self._database.reading() as connection:
            for step_id in back:
                changes += inverted(journal.read_changes(connection, step_id, self._people))
            for step_id in forth:
                changes += journal.read_changes(connection, step_id, self._people)
        with self._database.transaction() as connection:
            write_changes(connection, changes)
            journal.set_undone(connection, back, is_undone=True)
            journal.set_undone(connection, forth, is_undone=False)
        self._read_cursor()
        return tuple(changes)

    def entries(self, limit: int) -> tuple[HistoryEntry, ...]:
        """The newest steps, newest first, undone ones included; a negative limit means all."""
        with self._database.reading() as connection:
            return journal.read_history(connection, limit)

    def _journalled(
        self, connection: Connection, step: Step, author: str, now: float, into: int | None
    ) -> HistoryEntry:
        if self.undone is not None:
            journal.drop_undone(connection)
        elif self.done is not None and self.done.id == into:
            journal.extend(connection, into, step.changes)
            return self.done
        step_id = journal.append(connection, step.title, author, now, step.changes)
        return HistoryEntry(step_id, step.title, author, now, is_undone=False)

    def _read_cursor(self) -> None:
        with self._database.reading() as connection:
            self.done = journal.read_done(connection)
            self.undone = journal.read_undone(connection)
