"""Reading rows of a project file into entities, much at a time."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import func, select

from sam3_annotator.domain.changes import Table
from sam3_annotator.domain.contents import MediaContents, OpeningRows
from sam3_annotator.domain.ids import BlobId, MediaId, ObjectId
from sam3_annotator.domain.masklet import Masklet, People
from sam3_annotator.errors import ProjectTrouble
from sam3_annotator.store import schema
from sam3_annotator.store.annotation_columns import read_annotations
from sam3_annotator.store.rows import TABLES, attributes_from_text, columns, from_tuples

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection

    from sam3_annotator.domain.entities import PromptRecord, TrackedObject
    from sam3_annotator.store.database import Database

_IN_BATCH = 500


class StoredRows:
    """The project's :class:`~sam3_annotator.domain.contents.RowSource`, from its file."""

    def __init__(self, database: Database, people: People) -> None:
        self._database = database
        self._people = people

    def load(self, media_ids: Sequence[MediaId]) -> dict[MediaId, MediaContents]:
        """Everything on the given media."""
        found = {media_id: MediaContents() for media_id in media_ids}
        if not found:
            return found
        with self._database.reading() as connection:
            for batch in _batches(found):
                self._load_batch(connection, batch, found)
        return found

    def media_of(self, object_id: ObjectId) -> MediaId | None:
        """The media an object is on; None when there is no such object."""
        table = schema.OBJECTS
        query = select(table.c.media_id).where(table.c.id == object_id)
        with self._database.reading() as connection:
            value = connection.execute(query).scalar()
        return None if value is None else MediaId(int(value))

    def objects_of(self, category_id: int) -> tuple[TrackedObject, ...]:
        """Every object of a category, on any media."""
        query = select(*columns(Table.OBJECTS)).where(schema.OBJECTS.c.category_id == category_id)
        with self._database.reading() as connection:
            return tuple(from_tuples(Table.OBJECTS, connection.execute(query)))

    def prompts(self, media_id: MediaId) -> tuple[PromptRecord, ...]:
        """The prompt log of a media, oldest first."""
        table = schema.PROMPTS
        query = select(*columns(Table.PROMPTS)).where(table.c.media_id == media_id)
        with self._database.reading() as connection:
            return tuple(from_tuples(Table.PROMPTS, connection.execute(query.order_by(table.c.id))))

    def blob(self, blob_id: BlobId) -> bytes:
        """A stored mask.

        Raises:
            ProjectTrouble: it is not there, which means the file is damaged.
        """
        table = schema.BLOBS
        query = select(table.c.data).where(table.c.id == bytes.fromhex(blob_id))
        with self._database.reading() as connection:
            data = connection.execute(query).scalar()
        if data is None:
            raise ProjectTrouble(
                "A mask is missing from the project {name}.",
                "Draw it again, or take it from an older copy of the project.",
                name=self._database.path.name,
            )
        return bytes(data)

    def blobs(self, blob_ids: Sequence[BlobId]) -> dict[BlobId, bytes]:
        """Many stored masks in one go; those that are not there are left out."""
        table = schema.BLOBS
        keys = [bytes.fromhex(one) for one in blob_ids]
        query = select(table.c.id, table.c.data).where(table.c.id.in_(keys))
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return {BlobId(bytes(key).hex()): bytes(data) for key, data in rows}

    def _load_batch(
        self,
        connection: Connection,
        media_ids: Sequence[MediaId],
        found: dict[MediaId, MediaContents],
    ) -> None:
        homes = {}
        for item in _of_media(connection, Table.OBJECTS, media_ids):
            found[item.media_id].objects[item.id] = item
            homes[item.id] = item.media_id
        for masklet in self._masklets(connection, media_ids):
            found[homes[masklet.object_id]].masklets[masklet.object_id] = masklet
        for comment in _of_media(connection, Table.COMMENTS, media_ids):
            found[comment.media_id].comments[comment.id] = comment
        for mark in _of_media(connection, Table.REVIEWS, media_ids):
            found[mark.media_id].reviews[mark.id] = mark
        for sign_off in _of_media(connection, Table.SIGNOFFS, media_ids):
            found[sign_off.media_id].signoffs[sign_off.id] = sign_off

    def _masklets(self, connection: Connection, media_ids: Sequence[MediaId]) -> Iterator[Masklet]:
        table, objects = schema.ANNOTATIONS, schema.OBJECTS
        here = table.c.object_id.in_(select(objects.c.id).where(objects.c.media_id.in_(media_ids)))
        object_ids, rows, has_attributes = read_annotations(connection, here)
        if not rows.size:
            return
        attributes = _attributes(connection, here) if has_attributes else {}
        different, starts = np.unique(object_ids, return_index=True)
        for object_id, part in zip(different.tolist(), np.split(rows, starts[1:]), strict=True):
            told = tuple(attributes.get(object_id, ()))
            yield Masklet(ObjectId(object_id), part, told, self._people)


def read_opening(connection: Connection) -> OpeningRows:
    """What a project needs in memory from the start."""
    objects = schema.OBJECTS
    counts: dict[MediaId, dict[Any, int]] = {}
    grouped = select(objects.c.media_id, objects.c.category_id, func.count()).group_by(
        objects.c.media_id, objects.c.category_id
    )
    for media_id, category_id, count in connection.execute(grouped):
        counts.setdefault(media_id, {})[category_id] = count
    people = connection.execute(select(schema.PEOPLE.c.id, schema.PEOPLE.c.name))
    sequences = connection.execute(select(schema.SEQUENCES.c.name, schema.SEQUENCES.c.value))
    categories = sorted(_every(connection, Table.CATEGORIES), key=lambda c: (c.position, c.id))
    return OpeningRows(
        media={media.id: media for media in _every(connection, Table.MEDIA)},
        categories={category.id: category for category in categories},
        passes={record.id: record for record in _every(connection, Table.PASSES)},
        object_counts=counts,
        people=People((number, name) for number, name in people),
        sequences={row.name: row.value for row in sequences},
    )


def _every(connection: Connection, table: Table) -> Iterator[Any]:
    query = select(*columns(table)).order_by(TABLES[table][0].c.id)
    return from_tuples(table, connection.execute(query))


def _of_media(connection: Connection, table: Table, media_ids: Sequence[MediaId]) -> Iterator[Any]:
    sql = TABLES[table][0]
    query = select(*columns(table)).where(sql.c.media_id.in_(media_ids)).order_by(sql.c.id)
    return from_tuples(table, connection.execute(query))


def _attributes(
    connection: Connection, here: ColumnElement[bool]
) -> dict[int, list[tuple[int, Any]]]:
    table = schema.ANNOTATIONS
    query = select(table.c.object_id, table.c.frame, table.c.attributes).where(
        here & table.c.attributes.is_not(None)
    )
    found: dict[int, list[tuple[int, Any]]] = {}
    for object_id, frame, text in connection.execute(query.order_by(table.c.frame)):
        found.setdefault(object_id, []).append((frame, attributes_from_text(text)))
    return found


def _batches(media_ids: Iterable[MediaId]) -> Iterator[list[MediaId]]:
    iterator = iter(media_ids)
    while batch := list(islice(iterator, _IN_BATCH)):
        yield batch
