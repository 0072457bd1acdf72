"""Between entities and rows of the project file."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table as SqlTable
from sqlalchemy import bindparam
from sqlalchemy.dialects import sqlite

from sam3_annotator.domain.changes import MaskletChange, RowChange, Table
from sam3_annotator.domain.entities import (
    AttributeSpec,
    Category,
    Comment,
    Media,
    MediaKind,
    MediaState,
    ModelPass,
    PromptRecord,
    ReviewMark,
    ReviewState,
    SignOff,
    TrackedObject,
)
from sam3_annotator.store import schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Connection

    from sam3_annotator.domain.changes import Change, Row
    from sam3_annotator.domain.entities import Attributes
    from sam3_annotator.domain.ids import BlobId
    from sam3_annotator.domain.masklet import Masklet

TABLES: dict[Table, tuple[SqlTable, type]] = {
    Table.MEDIA: (schema.MEDIA, Media),
    Table.CATEGORIES: (schema.CATEGORIES, Category),
    Table.OBJECTS: (schema.OBJECTS, TrackedObject),
    Table.PASSES: (schema.PASSES, ModelPass),
    Table.COMMENTS: (schema.COMMENTS, Comment),
    Table.REVIEWS: (schema.REVIEWS, ReviewMark),
    Table.SIGNOFFS: (schema.SIGNOFFS, SignOff),
    Table.PROMPTS: (schema.PROMPTS, PromptRecord),
}
"""Each table with its entity; column names are the entity's field names."""


def attributes_to_text(attributes: Attributes) -> str:
    """Attribute values as JSON text."""
    return json.dumps(dict(attributes), ensure_ascii=False, separators=(",", ":"))


def attributes_from_text(text: str) -> Attributes:
    """Inverse of :func:`attributes_to_text`."""
    return tuple(sorted(json.loads(text).items())) if text != "{}" else ()


def _specs_to_text(specs: tuple[AttributeSpec, ...]) -> str:
    rows = [[s.name, s.kind, list(s.choices), s.is_per_frame] for s in specs]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def _specs_from_text(text: str) -> tuple[AttributeSpec, ...]:
    return tuple(
        AttributeSpec(name, kind, tuple(choices), is_per_frame)
        for name, kind, choices, is_per_frame in json.loads(text)
    )


def _enum_value(member: Any) -> Any:  # noqa: ANN401 - any of our enums
    return member.value


_Codec = tuple["Callable[[Any], Any]", "Callable[[Any], Any]"]
_BY_FIELD: dict[tuple[Table, str], _Codec] = {
    (Table.MEDIA, "kind"): (_enum_value, MediaKind),
    (Table.MEDIA, "state"): (_enum_value, MediaState),
    (Table.CATEGORIES, "attributes"): (_specs_to_text, _specs_from_text),
    (Table.CATEGORIES, "is_exclusive"): (int, bool),
    (Table.OBJECTS, "is_locked"): (int, bool),
    (Table.OBJECTS, "is_hidden"): (int, bool),
    (Table.OBJECTS, "review"): (_enum_value, ReviewState),
    (Table.OBJECTS, "attributes"): (attributes_to_text, attributes_from_text),
    (Table.COMMENTS, "is_resolved"): (int, bool),
    (Table.REVIEWS, "state"): (_enum_value, ReviewState),
}
"""Fields that are written differently from how they are held: to the row, and back."""

_FIELDS = {table: tuple(f.name for f in fields(entity)) for table, (_, entity) in TABLES.items()}


def to_row(table: Table, entity: Row) -> dict[str, Any]:
    """Column names and values of an entity."""
    row = {}
    for name in _FIELDS[table]:
        value = getattr(entity, name)
        codec = _BY_FIELD.get((table, name))
        row[name] = value if codec is None else codec[0](value)
    return row


def from_rows(table: Table, rows: Iterable[Mapping[str, Any]]) -> Iterator[Any]:
    """The entities of rows that were read by column name."""
    names = _FIELDS[table]
    return from_tuples(table, ([row[name] for name in names] for row in rows))


def from_tuples(table: Table, rows: Iterable[Sequence[Any]]) -> Iterator[Any]:
    """The entities of rows whose values come in the order of :func:`columns`."""
    entity = TABLES[table][1]
    decoders = [
        (index, _BY_FIELD[table, name][1])
        for index, name in enumerate(_FIELDS[table])
        if (table, name) in _BY_FIELD
    ]
    for row in rows:
        values = list(row)
        for index, decode in decoders:
            values[index] = decode(values[index])
        yield entity(*values)


def columns(table: Table) -> list[Any]:
    """The columns of a table in the order of the entity's fields."""
    return [TABLES[table][0].c[name] for name in _FIELDS[table]]


def write_blobs(connection: Connection, blobs: Mapping[BlobId, bytes]) -> None:
    """Store masks that are not stored yet, or are damaged."""
    if blobs:
        new = sqlite.insert(schema.BLOBS)
        data = new.excluded.data
        statement = new.on_conflict_do_update(
            index_elements=["id"], set_={"data": data}, where=schema.BLOBS.c.data != data
        )
        rows = [{"id": bytes.fromhex(name), "data": data} for name, data in blobs.items()]
        connection.execute(statement, rows)


def write_sequences(connection: Connection, sequences: Mapping[str, int]) -> None:
    """Remember the highest ids given out."""
    table = schema.SEQUENCES
    for name, value in sequences.items():
        connection.execute(table.delete().where(table.c.name == name))
        connection.execute(table.insert(), {"name": name, "value": value})


def write_changes(connection: Connection, changes: Iterable[Change]) -> None:
    """Bring the rows from the before-images to the after-images."""
    for round_ in _rounds(changes):
        rows = [change for change in round_ if isinstance(change, RowChange)]
        for table in Table:
            _write_table(connection, table, [change for change in rows if change.table is table])
        _write_masklets(connection, [c for c in round_ if isinstance(c, MaskletChange)])


def _rounds(changes: Iterable[Change]) -> Iterator[list[Change]]:
    """Parts in which no row comes twice, so that each can be written in bulk."""
    seen: set[tuple[str, int]] = set()
    part: list[Change] = []
    for change in changes:
        if isinstance(change, RowChange):
            key = (change.table.value, change.key)
        else:
            key = ("annotations", int(change.object_id))
        if key in seen:
            yield part
            part, seen = [], set()
        seen.add(key)
        part.append(change)
    yield part


def _write_table(connection: Connection, table: Table, changes: list[RowChange]) -> None:
    sql = TABLES[table][0]
    new: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    gone: list[dict[str, Any]] = []
    for change in changes:
        if change.after is None:
            gone.append({"key": change.key})
        elif change.before is None:
            new.append(to_row(table, change.after))
        else:
            changed.append({"key": change.key, **to_row(table, change.after)})
    here = sql.c.id == bindparam("key")
    if gone:
        connection.execute(sql.delete().where(here), gone)
    if changed:
        values: dict[str, Any] = {name: bindparam(name) for name in _FIELDS[table] if name != "id"}
        connection.execute(sql.update().where(here).values(values), changed)
    if new:
        connection.execute(sql.insert(), new)


def _write_masklets(connection: Connection, changes: list[MaskletChange]) -> None:
    table = schema.ANNOTATIONS
    gone = [
        {"its_object": change.object_id, "its_frame": frame}
        for change in changes
        for frame in change.before.frames.tolist()
    ]
    if gone:
        here = (table.c.object_id == bindparam("its_object")) & (
            table.c.frame == bindparam("its_frame")
        )
        connection.execute(table.delete().where(here), gone)
    come = [row for change in changes for row in _annotation_rows(change.after)]
    if come:
        insert = str(table.insert().compile(dialect=connection.dialect))
        connection.exec_driver_sql(insert, come)


def _annotation_rows(masklet: Masklet) -> Iterator[tuple[Any, ...]]:
    """Values in the order of the table's columns; NaN becomes NULL by itself."""
    attributes = dict(masklet.attributes)
    object_id = int(masklet.object_id)
    for row in masklet.rows.tolist():
        *head, blob, pass_id, author, edited_at = row
        told = attributes.get(head[0])
        yield (
            object_id,
            *head,
            blob if any(blob) else None,
            pass_id or None,
            author,
            edited_at,
            None if told is None else attributes_to_text(told),
        )
