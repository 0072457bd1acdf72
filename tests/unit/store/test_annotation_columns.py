"""Annotations come back from the file bit for bit, whatever their values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sqlalchemy import create_engine

from sam3_annotator.domain.changes import MaskletChange
from sam3_annotator.domain.masklet import ROW, Masklet, People
from sam3_annotator.store import schema
from sam3_annotator.store.annotation_columns import read_annotations
from sam3_annotator.store.rows import write_changes

PEOPLE = People()


@pytest.fixture(scope="module")
def connection():
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        schema.METADATA.create_all(connection)
        connection.commit()
        yield connection
    engine.dispose()


def _written(connection, *masklets):
    """The file holds these and nothing else."""
    connection.execute(schema.ANNOTATIONS.delete())
    nothing = Masklet.empty(1, PEOPLE)
    write_changes(connection, [MaskletChange(1, m.object_id, nothing, m) for m in masklets])


def _read(connection):
    return read_annotations(connection, schema.ANNOTATIONS.c.object_id.in_((1, 2, 3)))


def _rows(count, dice):
    rows = np.zeros(count, ROW)
    rows["frame"] = np.arange(count)
    rows["source"], rows["flags"] = dice.integers(1, 5, count), dice.integers(0, 64, count)
    rows["score"] = dice.random(count, np.float32) ** dice.integers(1, 9, count)
    rows["score"][::7] = np.nan
    for name in ("area", "left", "top", "right", "bottom"):
        rows[name] = dice.integers(0, 2**31, count)
    rows["blob"] = np.frombuffer(dice.bytes(16 * count), "V16")
    rows["blob"][::5] = np.zeros(1, "V16")
    rows["pass_id"], rows["author"] = dice.integers(0, 2**31, (2, count))
    rows["edited_at"] = 1.7e9 + 1e9 * dice.random(count)
    return rows


def test_many_annotations_come_back_bit_for_bit(connection):
    dice = np.random.default_rng(3)
    ours = [Masklet(key, _rows(5_000, dice), (), PEOPLE) for key in (3, 1, 2)]
    _written(connection, *ours)
    object_ids, rows, has_attributes = _read(connection)
    assert object_ids.tolist() == [1] * 5_000 + [2] * 5_000 + [3] * 5_000
    assert rows.tobytes() == b"".join(ours[place].rows.tobytes() for place in (1, 2, 0))
    assert not has_attributes


_ONE = st.fixed_dictionaries(
    {
        "frame": st.integers(0, 2**31 - 1),
        "source": st.integers(0, 2**16 - 1),
        "flags": st.integers(0, 2**16 - 1),
        "score": st.floats(0, 1, width=32) | st.just(float("nan")),
        **{name: st.integers(-(2**31), 2**31 - 1) for name in ("left", "top", "right", "bottom")},
        "blob": arrays.arrays(np.uint8, 16).map(lambda a: a.view("V16")[0]),
        "pass_id": st.integers(0, 2**31 - 1),
        "author": st.integers(0, 2**31 - 1),
        "edited_at": st.floats(0, 2.0**40).filter(lambda x: x == 0 or x > 2.0**-22),
    }
)


@settings(max_examples=300, deadline=None)
@given(one=_ONE)
def test_any_annotation_comes_back_bit_for_bit(connection, one):
    rows = np.zeros(1, ROW)
    for name, value in one.items():
        rows[name] = value
    _written(connection, Masklet(2, rows, (), PEOPLE))
    assert _read(connection)[1].tobytes() == rows.tobytes()


def test_nothing_comes_back_as_nothing_and_attributes_are_told(connection):
    _written(connection)
    object_ids, rows, has_attributes = _read(connection)
    assert (object_ids.size, rows.size, rows.dtype, has_attributes) == (0, 0, ROW, False)
    rows = _rows(3, np.random.default_rng(1))
    _written(connection, Masklet(1, rows, ((2, (("colour", "red"),)),), PEOPLE))
    assert _read(connection)[2]
