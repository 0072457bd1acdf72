"""The tables of a project file, and how older files become like this."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

METADATA = MetaData()


def _belongs_to(target: str) -> ForeignKey:
    """Checked at the end of a transaction, so that changes may be written in any order."""
    return ForeignKey(target, deferrable=True, initially="DEFERRED")


PEOPLE = Table(
    "people",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
)
SEQUENCES = Table(
    "sequences",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("value", Integer, nullable=False),
)
MEDIA = Table(
    "media",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("page", Integer, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("frame_count", Integer, nullable=False),
    Column("state", Text, nullable=False),
)
CATEGORIES = Table(
    "categories",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("color", Text, nullable=False),
    Column("hotkey", Text, nullable=False),
    Column("supercategory", Text, nullable=False),
    Column("attributes", Text, nullable=False),
    Column("is_exclusive", Integer, nullable=False),
    Column("position", Integer, nullable=False),
)
OBJECTS = Table(
    "objects",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("media_id", Integer, _belongs_to("media.id"), nullable=False),
    Column("category_id", Integer, _belongs_to("categories.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("z_order", Integer, nullable=False),
    Column("origin", Text, nullable=False),
    Column("score", Float),
    Column("is_locked", Integer, nullable=False),
    Column("is_hidden", Integer, nullable=False),
    Column("review", Text, nullable=False),
    Column("attributes", Text, nullable=False),
    Index("objects_by_media", "media_id", "category_id"),
    Index("objects_by_category", "category_id"),
)
ANNOTATIONS = Table(
    "annotations",
    METADATA,
    Column("object_id", Integer, _belongs_to("objects.id"), nullable=False),
    Column("frame", Integer, nullable=False),
    Column("source", Integer, nullable=False),
    Column("flags", Integer, nullable=False),
    Column("score", Float),
    Column("area", Integer, nullable=False),
    Column("left", Integer, nullable=False),
    Column("top", Integer, nullable=False),
    Column("right", Integer, nullable=False),
    Column("bottom", Integer, nullable=False),
    Column("blob", LargeBinary),
    Column("pass_id", Integer),
    Column("author", Integer, nullable=False),
    Column("edited_at", Float, nullable=False),
    Column("attributes", Text),
    PrimaryKeyConstraint("object_id", "frame"),
    sqlite_with_rowid=False,  # rows are small: kept in key order a clip reads in one sweep
)
"""Columns as in :data:`sam3_annotator.domain.masklet.ROW`, except that NULL stands for "none"."""

BLOBS = Table(
    "blobs",
    METADATA,
    Column("id", LargeBinary, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)
PASSES = Table(
    "passes",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("model", Text, nullable=False),
    Column("weights_hash", Text, nullable=False),
    Column("settings", Text, nullable=False),
    Column("started_at", Float, nullable=False),
)
COMMENTS = Table(
    "comments",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("media_id", Integer, _belongs_to("media.id"), nullable=False),
    Column("object_id", Integer, _belongs_to("objects.id")),
    Column("frame", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("written_at", Float, nullable=False),
    Column("is_resolved", Integer, nullable=False),
    Index("comments_by_media", "media_id"),
    Index("comments_by_object", "object_id"),
)
REVIEWS = Table(
    "reviews",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("media_id", Integer, _belongs_to("media.id"), nullable=False),
    Column("object_id", Integer, _belongs_to("objects.id"), nullable=False),
    Column("start", Integer, nullable=False),
    Column("stop", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("marked_at", Float, nullable=False),
    Index("reviews_by_media", "media_id"),
    Index("reviews_by_object", "object_id"),
)
SIGNOFFS = Table(
    "signoffs",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("media_id", Integer, _belongs_to("media.id"), nullable=False),
    Column("object_id", Integer, _belongs_to("objects.id")),
    Column("start", Integer, nullable=False),
    Column("stop", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("signed_at", Float, nullable=False),
    Index("signoffs_by_media", "media_id"),
    Index("signoffs_by_object", "object_id"),
)
PROMPTS = Table(
    "prompts",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("media_id", Integer, nullable=False),
    Column("object_id", Integer),
    Column("frame", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("given_at", Float, nullable=False),
    Index("prompts_by_media", "media_id"),
)
"""A log: it outlives the objects that were made from it, so it refers to nothing."""

STEPS = Table(
    "steps",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("title", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("made_at", Float, nullable=False),
    Column("is_undone", Integer, nullable=False),
    Column("wording", Text),
    sqlite_autoincrement=True,  # an id that an open step remembers must not come back
)
"""``title`` is English; ``wording`` what it was made of, or NULL: :mod:`sam3_annotator.wording`."""

CHANGES = Table(
    "changes",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("step_id", Integer, ForeignKey("steps.id", ondelete="CASCADE"), nullable=False),
    Column("target", Text, nullable=False),
    Column("row_id", Integer, nullable=False),
    Column("media_id", Integer),
    Column("before", LargeBinary),
    Column("after", LargeBinary),
    Index("changes_by_step", "step_id"),
)
"""``target`` is a table's name; ``row_id`` the row's id, for annotations their object's."""


def _add_wording(connection: Connection) -> None:
    connection.exec_driver_sql("ALTER TABLE steps ADD COLUMN wording TEXT")


MIGRATIONS: tuple[Callable[[Connection], None], ...] = (_add_wording,)
"""The entry at index i turns a file of version i + 1 into one of version i + 2."""


def schema_version() -> int:
    """The version this program writes."""
    return 1 + len(MIGRATIONS)


def migrate(connection: Connection, version: int) -> None:
    """Bring a file of an older version up to the present one, inside one transaction."""
    for migration in MIGRATIONS[version - 1 :]:
        migration(connection)
