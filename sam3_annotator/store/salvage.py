"""Saving what is readable of a damaged project into a new one; the damaged file is only read."""

from __future__ import annotations

import sqlite3
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sam3_annotator.errors import FileTrouble, ProjectTrouble
from sam3_annotator.store import schema
from sam3_annotator.store.database import Database
from sam3_annotator.store.project_file import copy_untouched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Table

_HISTORY = frozenset({"steps", "changes"})
_ORPHANS = (
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
)


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
    with tempfile.TemporaryDirectory() as folder:
        damaged = Path(folder) / path.name
        copy_untouched(path, damaged)
        part = target.with_name(target.name + ".part")
        part.unlink(missing_ok=True)
        try:
            report = _salvaged(damaged, part)
            if not report.rows.get("media"):
                raise ProjectTrouble(
                    "Nothing of {name} can be read any more.",
                    "Take a backup, or a copy from another machine.",
                    name=path.name,
                )
            part.replace(target)
        finally:
            for end in ("", "-wal", "-shm"):
                part.with_name(part.name + end).unlink(missing_ok=True)
    return report


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
            for statement in _ORPHANS:
                connection.exec_driver_sql(statement)
            kept = connection.exec_driver_sql("SELECT count(*) FROM annotations").scalar_one()
        database.set_version(schema.schema_version())
        database.checkpoint()
    finally:
        database.close()
    return SalvageReport(rows, found - int(kept))


def _copy_table(damaged: Path, connection: Connection, table: Table) -> int:
    """Read forwards up to the damage and backwards down to it."""
    names = [column.name for column in table.columns]
    insert = table.insert().prefix_with("OR IGNORE", dialect="sqlite")
    keys = ", ".join(f'"{column.name}"' for column in table.primary_key.columns)
    columns = ", ".join(f'"{name}"' for name in names)
    count = 0
    for order in (keys, ", ".join(f"{key} DESC" for key in keys.split(", "))):
        query = f"SELECT {columns} FROM {table.name} ORDER BY {order}"  # noqa: S608 - our own names
        for values in _readable(damaged, query):
            row = dict(zip(names, values, strict=True))
            count += max(0, connection.execute(insert, row).rowcount)
    return count


def _readable(damaged: Path, query: str) -> Iterator[tuple[Any, ...]]:
    """Rows of a query until the first that cannot be read."""
    source = sqlite3.connect(damaged)
    try:
        cursor = source.execute(query)
        while (row := cursor.fetchone()) is not None:
            yield row
    except sqlite3.DatabaseError:
        return
    finally:
        source.close()
