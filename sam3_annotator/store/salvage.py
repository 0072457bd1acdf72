"""Saving what is readable of a damaged project into a new one; the damaged file is only read.

A page that cannot be read is walked around: stretches of keys are halved until what is left is the
unreadable ones alone.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from sam3_annotator.domain.changes import Table
from sam3_annotator.errors import FileTrouble, ProjectTrouble
from sam3_annotator.store import schema
from sam3_annotator.store.database import Database, whole_size
from sam3_annotator.store.project_file import copy_untouched, whole_copy
from sam3_annotator.store.rows import attributes_from_text, from_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection
    from sqlalchemy import Table as SqlTable

_HISTORY = frozenset({"steps", "changes"})
_LEVELS = {"annotations": ("object_id", "frame")}
"""Whole numbers that a table is kept in the order of; of others it is SQLite's own."""
_HIGHEST = (1 << 31) - 1
_PATIENCE = 20_000
"""Queries that may fail in a row; where the top of a table is gone there is no end to them."""
_BATCH = 1000
_LONGEST_END = 16
"""Times the size of what is there that a cut file may have had; more is a damaged header."""
_ENTITIES = frozenset(table.value for table in Table)
_REPAIRS = (
    "DELETE FROM blobs WHERE length(id) != 16",
    "DELETE FROM objects WHERE media_id NOT IN (SELECT id FROM media)",
    "DELETE FROM objects WHERE category_id NOT IN (SELECT id FROM categories)",
    "DELETE FROM annotations WHERE object_id NOT IN (SELECT id FROM objects)",
    "DELETE FROM annotations WHERE blob IS NOT NULL AND blob NOT IN (SELECT id FROM blobs)",
    *(
        f"DELETE FROM {name} WHERE {condition}"  # noqa: S608 - our own constants
        for name in ("comments", "reviews", "signoffs")
        for condition in (
            "media_id NOT IN (SELECT id FROM media)",
            "object_id NOT IN (SELECT id FROM objects)",
        )
    ),
    "UPDATE annotations SET author = 0 WHERE author NOT IN (SELECT id FROM people)",
    "UPDATE annotations SET pass_id = NULL WHERE pass_id NOT IN (SELECT id FROM passes)",
    *(
        "INSERT INTO sequences (name, value) "  # noqa: S608 - our own constants
        f"SELECT '{table.value}', coalesce(max(id), 0) FROM {table.value} WHERE true "
        "ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)"
        for table in Table
    ),
)
"""What makes sense of the rest when rows are missing: nothing refers to what is not there, and no
id is given again."""


@dataclass(frozen=True, slots=True)
class SalvageReport:
    """What could be saved.

    Attributes:
        rows: number of rows saved, by table.
        lost_masks: annotations that were readable but whose mask was not.
    """

    rows: dict[str, int]
    lost_masks: int


def salvage_copy(path: Path, target: Path) -> SalvageReport:
    """Copy every readable row into a new project, without its history.

    Args:
        path: the damaged project; it is not opened, a copy of it is.
        target: the new project; must not exist.

    Raises:
        FileTrouble: the target exists or cannot be written, or ``path`` cannot be read.
        ProjectTrouble: nothing at all could be read.
    """
    if target.exists():
        raise FileTrouble("{target} exists already.", "Choose another name.", target=target)
    with whole_copy(target) as part, tempfile.TemporaryDirectory(dir=target.parent) as folder:
        damaged = Path(folder) / path.name
        copy_untouched(path, damaged)
        _fill_up(damaged)
        report = _salvaged(damaged, part) if _has_tables(damaged) else None
        if report is None or not report.rows.get("media"):
            raise ProjectTrouble(
                "Nothing of {name} can be read any more.",
                "Take a backup, or a copy from another machine.",
                name=path.name,
            )
    return report


def _fill_up(damaged: Path) -> None:
    """Put empty pages where the end was cut off: SQLite opens no file that is shorter than told."""
    size, whole = damaged.stat().st_size, whole_size(damaged)
    if size < whole <= _LONGEST_END * size:
        os.truncate(damaged, whole)


def _has_tables(damaged: Path) -> bool:
    """Whether the list of tables can be read; nothing else can without it."""
    source = sqlite3.connect(damaged)
    try:
        return bool(source.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        return False
    finally:
        source.close()


def _salvaged(damaged: Path, part: Path) -> SalvageReport:
    database = Database(part)
    rows = {}
    try:
        with database.transaction() as connection:
            schema.METADATA.create_all(connection)
            for table in schema.METADATA.sorted_tables:
                if table.name not in _HISTORY:
                    rows[table.name] = _copy_table(damaged, connection, table)
            found = rows["annotations"]
            for statement in _REPAIRS:
                connection.exec_driver_sql(statement)
            kept = connection.exec_driver_sql("SELECT count(*) FROM annotations").scalar_one()
        database.set_version(schema.schema_version())
        database.checkpoint()
    finally:
        database.close()
    return SalvageReport(rows, found - int(kept))


def _copy_table(damaged: Path, connection: Connection, table: SqlTable) -> int:
    names = [column.name for column in table.columns]
    insert = table.insert().prefix_with("OR IGNORE", dialect="sqlite")
    source = sqlite3.connect(damaged)
    source.text_factory = lambda raw: raw.decode("utf-8", "replace")
    try:
        read = _Reading(source, table.name, names).rows((), (0, _HIGHEST))
        named = (dict(zip(names, values, strict=True)) for values in read)
        sound = (row for row in named if _makes_sense(table.name, row))
        while batch := list(islice(sound, _BATCH)):
            connection.execute(insert, batch)
    finally:
        source.close()
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def _makes_sense(table: str, row: dict[str, Any]) -> bool:
    """Whether a row would be understood; one that is not would keep the whole project closed."""
    try:
        if table in _ENTITIES:
            next(from_rows(Table(table), [row]))
        elif row.get("attributes") is not None:
            attributes_from_text(row["attributes"])
    except (ValueError, LookupError):
        return False
    return True


@dataclass(slots=True)
class _Reading:
    """One table read around its damage; some rows may come twice."""

    source: sqlite3.Connection
    table: str
    columns: list[str]
    patience: int = field(default=_PATIENCE)

    def rows(self, above: tuple[int, ...], span: tuple[int, int]) -> Iterator[tuple[Any, ...]]:
        """The rows of a stretch of keys, both ends included.

        Args:
            above: the keys of the levels above, one value each.
        """
        levels = _LEVELS.get(self.table, ("rowid",))
        key = levels[len(above)]
        fixed = "".join(
            f"{name} = {value} AND " for name, value in zip(levels, above, strict=False)
        )
        names = ", ".join(f'"{name}"' for name in self.columns)
        query = (
            f"SELECT {key}, {names} FROM {self.table} "  # noqa: S608 - our own names
            f"WHERE {fixed}{key} BETWEEN ? AND ? ORDER BY {key}"
        )
        low, high = span
        try:
            for reached, *values in self.source.execute(query, span):
                low, self.patience = reached, _PATIENCE
                yield tuple(values)
        except (sqlite3.DatabaseError, UnicodeDecodeError):  # its own messages may be scribble, too
            self.patience -= 1
        else:
            return
        if self.patience <= 0:
            return
        if low < high:
            middle = (low + high) // 2
            yield from self.rows(above, (low, middle))
            yield from self.rows(above, (middle + 1, high))
        elif len(above) + 1 < len(levels):
            yield from self.rows((*above, low), (0, _HIGHEST))
