"""The journal: every step's before- and after-images, and which steps are undone.

The steps that are undone are always the newest; a new step drops them.
"""

from __future__ import annotations

import contextlib
import json
import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import bindparam, func, select, update

from sam3_annotator.domain.changes import Change, MaskletChange, RowChange, Table
from sam3_annotator.domain.ids import MediaId, ObjectId
from sam3_annotator.domain.masklet import ROW, Masklet
from sam3_annotator.store import schema
from sam3_annotator.store.rows import (
    attributes_from_text,
    attributes_to_text,
    from_rows,
    to_row,
)
from sam3_annotator.wording import Wording, from_json, to_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

    from sam3_annotator.domain.changes import Row
    from sam3_annotator.domain.masklet import People

_ANNOTATIONS = "annotations"
_LENGTH = struct.Struct("<I")


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One step of the history.

    Attributes:
        made_at: seconds since the epoch, UTC.
        is_undone: whether it is undone now, so that Redo would bring it back.
    """

    id: int
    title: str
    author: str
    made_at: float
    is_undone: bool


def read_history(connection: Connection, limit: int) -> tuple[HistoryEntry, ...]:
    """The newest steps, newest first; a negative limit means all."""
    steps = schema.STEPS
    query = select(steps).order_by(steps.c.id.desc()).limit(limit if limit >= 0 else None)
    return tuple(_entry(row) for row in connection.execute(query))


def read_done(connection: Connection) -> HistoryEntry | None:
    """The step that Undo would take back."""
    return _one(connection, is_undone=False)


def read_undone(connection: Connection) -> HistoryEntry | None:
    """The step that Redo would bring back."""
    return _one(connection, is_undone=True)


def _one(connection: Connection, *, is_undone: bool) -> HistoryEntry | None:
    steps = schema.STEPS
    order = steps.c.id.asc() if is_undone else steps.c.id.desc()
    query = select(steps).where(steps.c.is_undone == int(is_undone)).order_by(order).limit(1)
    row = connection.execute(query).first()
    return None if row is None else _entry(row)


def _entry(row: Any) -> HistoryEntry:  # noqa: ANN401 - a row of STEPS
    title = row.title
    if row.wording is not None:
        with contextlib.suppress(ValueError):  # damaged: the title says the same in English
            title = from_json(row.wording)
    return HistoryEntry(row.id, title, row.author, row.made_at, bool(row.is_undone))


def append(
    connection: Connection, title: str, author: str, made_at: float, changes: Sequence[Change]
) -> int:
    """Add a step and give its id; undone steps have to be dropped before."""
    wording = to_json(title) if isinstance(title, Wording) else None
    row = {
        "title": str(title),
        "wording": wording,
        "author": author,
        "made_at": made_at,
        "is_undone": 0,
    }
    insert = schema.STEPS.insert().values(row).returning(schema.STEPS.c.id)
    step_id = int(connection.execute(insert).scalar_one())
    extend(connection, step_id, changes)
    return step_id


def extend(connection: Connection, step_id: int, changes: Iterable[Change]) -> None:
    """Add changes to a step that is the newest and not undone."""
    rows = [{"step_id": step_id, **_to_journal(change)} for change in changes]
    if rows:
        connection.execute(schema.CHANGES.insert(), rows)


def set_undone(connection: Connection, step_ids: Sequence[int], *, is_undone: bool) -> None:
    """Move steps to the other side of the cursor."""
    steps = schema.STEPS
    query = update(steps).where(steps.c.id.in_(step_ids)).values(is_undone=int(is_undone))
    connection.execute(query)


def read_changes(connection: Connection, step_id: int, people: People) -> tuple[Change, ...]:
    """The changes of a step, in the order they were made."""
    changes = schema.CHANGES
    query = select(changes).where(changes.c.step_id == step_id).order_by(changes.c.id)
    return tuple(_from_journal(row, people) for row in connection.execute(query))


def drop_undone(connection: Connection) -> None:
    """Forget the steps that Redo could have brought back."""
    connection.execute(schema.STEPS.delete().where(schema.STEPS.c.is_undone == 1))


def prune(connection: Connection, keep_bytes: int) -> int:
    """Forget the oldest steps so that the images of the rest fit; gives how many went.

    Rows are never touched, and the newest step always stays.
    """
    changes, steps = schema.CHANGES, schema.STEPS
    size = func.coalesce(func.length(changes.c.before), 0) + func.coalesce(
        func.length(changes.c.after), 0
    )
    query = select(changes.c.step_id, func.sum(size)).group_by(changes.c.step_id)
    held, oldest = 0, None
    for index, (step_id, total) in enumerate(
        connection.execute(query.order_by(changes.c.step_id.desc()))
    ):
        held += total
        if index and held > keep_bytes:
            oldest = step_id
            break
    if oldest is None:
        return 0
    return int(connection.execute(steps.delete().where(steps.c.id <= oldest)).rowcount)


def collect_garbage(connection: Connection) -> int:
    """Remove masks that neither a row nor a step names; gives how many went."""
    changes, blobs, annotations = schema.CHANGES, schema.BLOBS, schema.ANNOTATIONS
    query = select(blobs.c.id).where(
        blobs.c.id.not_in(select(annotations.c.blob).where(annotations.c.blob.is_not(None)))
    )
    loose = {bytes(row[0]) for row in connection.execute(query)}
    if not loose:
        return 0
    images = select(changes.c.before, changes.c.after).where(changes.c.target == _ANNOTATIONS)
    for row in connection.execute(images):
        for image in row:
            loose.difference_update(_blobs_of(image))
    if loose:
        one = blobs.delete().where(blobs.c.id == bindparam("its_id"))
        connection.execute(one, [{"its_id": blob_id} for blob_id in loose])
    return len(loose)


def _to_journal(change: Change) -> dict[str, Any]:
    if isinstance(change, MaskletChange):
        return {
            "target": _ANNOTATIONS,
            "row_id": int(change.object_id),
            "media_id": int(change.media_id),
            "before": _pack(change.before),
            "after": _pack(change.after),
        }
    return {
        "target": change.table.value,
        "row_id": change.key,
        "media_id": None,
        "before": _image(change.table, change.before),
        "after": _image(change.table, change.after),
    }


def _from_journal(row: Any, people: People) -> Change:  # noqa: ANN401 - a row of CHANGES
    if row.target == _ANNOTATIONS:
        object_id = ObjectId(row.row_id)
        before = _unpack(row.before, object_id, people)
        after = _unpack(row.after, object_id, people)
        return MaskletChange(MediaId(row.media_id), object_id, before, after)
    table = Table(row.target)
    return RowChange(table, row.row_id, _entity(table, row.before), _entity(table, row.after))


def _image(table: Table, entity: Row | None) -> bytes | None:
    if entity is None:
        return None
    return json.dumps(to_row(table, entity), separators=(",", ":")).encode()


def _entity(table: Table, image: bytes | None) -> Row | None:
    if image is None:
        return None
    entity: Row = next(from_rows(table, [json.loads(image)]))
    return entity


def _pack(masklet: Masklet) -> bytes | None:
    """Length of the attributes' JSON, the JSON, and the rows; all compressed."""
    if not len(masklet):
        return None
    told = [[frame, attributes_to_text(values)] for frame, values in masklet.attributes]
    text = json.dumps(told, separators=(",", ":")).encode()
    return zlib.compress(_LENGTH.pack(len(text)) + text + masklet.rows.tobytes(), 1)


def _unpack(image: bytes | None, object_id: ObjectId, people: People) -> Masklet:
    if image is None:
        return Masklet.empty(object_id, people)
    data = zlib.decompress(image)
    rows, text = _split(data)
    told = tuple((frame, attributes_from_text(values)) for frame, values in json.loads(text))
    return Masklet(object_id, rows, told, people)


def _split(data: bytes) -> tuple[np.ndarray[Any, np.dtype[np.void]], bytes]:
    end = _LENGTH.size + _LENGTH.unpack_from(data)[0]
    return np.frombuffer(data, ROW, offset=end), data[_LENGTH.size : end]


def _blobs_of(image: bytes | None) -> set[bytes]:
    if image is None:
        return set()
    rows, _ = _split(zlib.decompress(image))
    return {bytes(blob) for blob in rows["blob"].tolist()}
