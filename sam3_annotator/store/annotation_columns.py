"""Reading annotations by the hundred thousand: SQLite joins each column, numpy takes it apart.

Fetched one by one, half a million annotations would be seven million Python objects, and the
interpreter's lock would change hands half a million times while other threads are at work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import literal_column, select

from sam3_annotator.domain.masklet import ROW
from sam3_annotator.store import schema

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sqlalchemy import ColumnElement, Connection

    from sam3_annotator.domain.masklet import RowArray

_LOW = 0xFFFFFFFF
_WORDS = {
    0: f"(frame & {_LOW}) | (source << 32) | (flags << 48)",
    2: f'("left" & {_LOW}) | (top << 32)',
    3: f'("right" & {_LOW}) | (bottom << 32)',
    6: f"(ifnull(pass_id, 0) & {_LOW}) | (author << 32)",
}
"""Neighbouring fields as one number, by which of a row's eight machine words they are."""

_SCORE = "CASE WHEN score IS NULL THEN 'nan' ELSE printf('%!.9g', score) END"
"""Nine digits tell every float32 apart."""

_TICKS, _PARTS = 1 << 22, 1 << 53
_WHOLE = f"CAST(edited_at * {_TICKS} AS INTEGER)"
_REST = f"CAST((edited_at * {_TICKS} - {_WHOLE}) * {_PARTS} AS INTEGER)"
"""A time as two whole numbers: what SQLite writes of a float64 is rounded in the last digits."""


def read_annotations(
    connection: Connection, here: ColumnElement[bool]
) -> tuple[NDArray[np.int64], RowArray, bool]:
    """The annotations for which a condition on their table holds, by object and frame.

    Returns:
        (A,) int64 object ids, (A,) :data:`ROW`, and whether any of them has attributes.

    Raises:
        ValueError: a value makes no sense, which means the file is damaged.
    """
    area = "CAST(area AS INTEGER)"
    numbers = ("object_id", *_WORDS.values(), area, _WHOLE, _REST, _SCORE)
    blob = "group_concat(hex(ifnull(blob, zeroblob(16))), '')"
    joined: list[ColumnElement[Any]] = [literal_column(f"group_concat({one})") for one in numbers]
    query = select(*joined, literal_column(blob), literal_column("count(attributes)"))
    found = connection.execute(query.select_from(schema.ANNOTATIONS).where(here)).one()
    if found[0] is None:
        return np.zeros(0, np.int64), np.zeros(0, ROW), False
    object_ids, *columns = (np.fromstring(text, np.int64, sep=",") for text in found[:8])
    rows = _rows(columns, np.fromstring(found[8], np.float64, sep=","), bytes.fromhex(found[9]))
    order = np.lexsort((rows["frame"], object_ids))
    return object_ids[order], rows[order], bool(found[10])


def _rows(
    columns: list[NDArray[np.int64]], scores: NDArray[np.float64], blobs: bytes
) -> NDArray[Any]:
    *words, area, whole, rest = columns
    rows = np.zeros(area.size, ROW)
    machine_words = rows.view("<i8").reshape(area.size, ROW.itemsize // 8)
    for index, word in zip(_WORDS, words, strict=True):
        machine_words[:, index] = word
    rows["area"], rows["score"] = area, scores
    rows["blob"] = np.frombuffer(blobs, ROW["blob"])
    rows["edited_at"] = (whole + rest / _PARTS) / _TICKS
    return rows
