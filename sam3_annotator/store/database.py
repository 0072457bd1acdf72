"""Database: one SQLite file, durable to the last acknowledged transaction.

Everything that is SQLite's own way of doing things is here; the rest of the package speaks
SQLAlchemy Core.
"""

from __future__ import annotations

import sqlite3
import struct
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from sam3_annotator.errors import FileTrouble, ProjectTrouble
from sam3_annotator.store.network import is_on_network
from sam3_annotator.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

APPLICATION_ID = 0x53334131
"""Marks a SQLite file as a project of ours ("S3A1")."""

_HEADER_BYTES = 100
_BUSY_TIMEOUT_MS = 2000
_CACHE_KIB = 65536


class Database:
    """An open SQLite file.

    Args:
        path: the file; it is created when missing.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._engine = create_engine(
            URL.create("sqlite", database=str(path)),
            poolclass=StaticPool,
            connect_args={"check_same_thread": False, "isolation_level": None},
        )
        event.listen(self._engine, "connect", self._prepare)
        with translated(path):
            self._connection = self._engine.connect()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """All or nothing; when this returns the changes are on disk.

        Raises:
            FileTrouble: the disk is full, the file read-only, or locked; nothing has changed.
            ProjectTrouble: the file is damaged.
        """
        with translated(self.path), self._connection.begin():
            self._connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield self._connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for queries and for making sense of what they give; changes nothing.

        Raises:
            FileTrouble: the file cannot be read.
            ProjectTrouble: the file is damaged.
        """
        with translated(self.path), understood(self.path), self._connection.begin():
            yield self._connection

    def checkpoint(self) -> None:
        """Move everything from the write-ahead log into the file itself."""
        with translated(self.path):
            self._raw().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def version(self) -> int:
        """The schema version; unlike the header's, it includes what is still in the log."""
        with translated(self.path):
            return int(self._raw().execute("PRAGMA user_version").fetchone()[0])

    def set_version(self, version: int) -> None:
        """Write the schema version and our mark into the file's header."""
        with translated(self.path):
            self._raw().execute(f"PRAGMA application_id = {APPLICATION_ID}")
            self._raw().execute(f"PRAGMA user_version = {int(version)}")

    def back_up(self, target: Path) -> None:
        """Write a consistent copy of the present state to a file that does not exist yet."""
        with translated(target):
            copy = sqlite3.connect(target)
            try:
                self._raw().backup(copy)
            finally:
                copy.close()

    def close(self) -> None:
        """Close the file; harmless when closed already."""
        self._connection.close()
        self._engine.dispose()

    def _raw(self) -> sqlite3.Connection:
        raw = self._connection.connection.driver_connection
        if not isinstance(raw, sqlite3.Connection):  # pragma: no cover - we made it ourselves
            raise TypeError(f"expected a SQLite connection, got {type(raw).__name__}")
        return raw

    def _prepare(self, raw: sqlite3.Connection, _record: object) -> None:
        mode = "DELETE" if is_on_network(self.path) else "WAL"
        raw.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
        raw.execute(f"PRAGMA journal_mode = {mode}")
        raw.execute("PRAGMA synchronous = FULL")
        raw.execute("PRAGMA foreign_keys = ON")
        raw.execute("PRAGMA temp_store = MEMORY")
        raw.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")


def read_version(path: Path) -> int:
    """The schema version in a project file's header, read without touching the file.

    Raises:
        FileTrouble: the file is missing or cannot be read.
        ProjectTrouble: it is not a project file.
    """
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER_BYTES)
    except OSError as error:
        raise FileTrouble(
            "The project {path} cannot be opened: {reason}.",
            "Check that it is there and that you may read it.",
            path=path,
            reason=error.strerror or error,
        ) from error
    is_sqlite = len(header) == _HEADER_BYTES and header.startswith(b"SQLite format 3\0")
    if not is_sqlite or struct.unpack_from(">I", header, 68)[0] != APPLICATION_ID:
        raise ProjectTrouble(
            "{name} is not a SAM 3 Annotator project, or its beginning is damaged.",
            "Nothing was changed. Open another file, or try to save a copy of what is readable.",
            name=path.name,
        )
    return int(struct.unpack_from(">I", header, 60)[0])


def whole_size(path: Path) -> int:
    """How many bytes a project file has when nothing is missing, by its header."""
    with path.open("rb") as file:
        header = file.read(_HEADER_BYTES)
    if len(header) < _HEADER_BYTES:
        return 0
    page_size, pages = struct.unpack_from(">H", header, 16)[0], struct.unpack_from(">I", header, 28)
    return (65536 if page_size == 1 else page_size) * int(pages[0])


def check_integrity(path: Path, *, has_log: bool) -> int:
    """Read the whole file once and compare its structure, without writing to it.

    Args:
        has_log: whether a write-ahead log lies beside it that belongs to its contents.

    Returns:
        The schema version; unlike the header's, it includes what is still in the log.

    Raises:
        ProjectTrouble: the file is damaged.
        FileTrouble: the file cannot be read.
    """
    with translated(path), understood(path):
        how = "mode=ro" if has_log else "immutable=1"
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True)
        try:
            verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        finally:
            connection.close()
    if verdict != "ok":
        raise damaged(path, str(verdict).splitlines()[0])
    return version


def damaged(path: Path, detail: str) -> ProjectTrouble:
    """The error that says a project file is damaged."""
    return ProjectTrouble(
        "The project {name} is damaged ({detail}).",
        "Nothing was changed. Save a copy of what is readable and carry on in the copy.",
        name=path.name,
        detail=detail,
    )


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn SQLite's errors about the world into ours; our own mistakes pass through.

    Raises:
        FileTrouble: full disk, read-only, locked, unreadable.
        ProjectTrouble: the file is damaged.
    """
    try:
        yield
    except DBAPIError as error:
        trouble = _trouble(path, error.orig)
        if trouble is None:
            raise
        raise trouble from error
    except sqlite3.Error as error:
        trouble = _trouble(path, error)
        if trouble is None:
            raise
        raise trouble from error


@contextmanager
def understood(path: Path) -> Iterator[None]:
    """Tell of stored values that make no sense; SQLite has no check sums that would find them.

    Raises:
        ProjectTrouble: the file is damaged.
    """
    try:
        yield
    except (ValueError, LookupError, struct.error, zlib.error) as error:
        raise damaged(path, str(error)) from error


_TROUBLES: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (
        ("is full",),
        Wording("There is no space left where {path} lies; this step was not saved."),
        Wording("Everything before it is safe. Make space, then do it again."),
    ),
    (
        ("readonly", "read-only"),
        Wording("{path} may not be written to; this step was not saved."),
        Wording("Check the file's permissions, or save a copy somewhere else."),
    ),
    (
        ("is locked", "busy"),
        Wording("{path} is being used by another program; this step was not saved."),
        Wording("Close the other program, then do it again."),
    ),
    (
        ("disk i/o error", "unable to open"),
        Wording("{path} could not be read or written; this step was not saved."),
        Wording("Check that the drive is connected and has space, then do it again."),
    ),
)


def _trouble(path: Path, error: Any) -> FileTrouble | ProjectTrouble | None:  # noqa: ANN401
    text = str(error).lower()
    for marks, message, remedy in _TROUBLES:
        if any(mark in text for mark in marks):
            return FileTrouble(message, remedy, path=path)
    if any(mark in text for mark in ("malformed", "not a database", "corrupt", "decode to utf-8")):
        return damaged(path, str(error))
    return None
