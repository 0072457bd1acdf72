"""Small projects for tests."""

from __future__ import annotations

import itertools
import sqlite3
from contextlib import contextmanager
from hashlib import blake2b
from typing import TYPE_CHECKING

from sqlalchemy import event

from sam3_annotator.domain.commands import (
    AddCategory,
    AddMedia,
    AddObjects,
    FrameMask,
    NewMedia,
    NewObject,
)
from sam3_annotator.domain.entities import MediaKind
from sam3_annotator.domain.geometry import PixelBox
from sam3_annotator.domain.ids import CategoryId, FrameIndex, MediaId, ObjectId
from sam3_annotator.domain.mask import Mask
from sam3_annotator.workflow.document import Document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

WIDTH, HEIGHT = 64, 48


def ticking(start: float = 1000.0) -> Callable[[], float]:
    """A clock that goes on by one second each time it is asked."""
    counter = itertools.count()
    return lambda: start + next(counter)


def square(left: int, top: int, side: int = 8) -> Mask:
    """A filled square."""
    return Mask.from_box(PixelBox(left, top, left + side, top + side))


def picture(name: str = "a.jpg") -> NewMedia:
    """A picture of 64 x 48."""
    return NewMedia(MediaKind.IMAGE, name, f"hash of {name}", WIDTH, HEIGHT)


def clip(frame_count: int = 20, name: str = "clip.mp4") -> NewMedia:
    """A clip of 64 x 48."""
    return NewMedia(MediaKind.CLIP, name, f"hash of {name}", WIDTH, HEIGHT, frame_count=frame_count)


class Made:
    """A document with one clip, two categories and some objects that have a mask on frame 0."""

    def __init__(
        self,
        path: Path,
        objects: int = 2,
        *,
        frame_count: int = 20,
        is_exclusive: bool = False,
    ) -> None:
        self.path = path
        self.document = Document.create(path, "anna", ticking())
        made = self.document.do(AddMedia((clip(frame_count),))).made
        self.media = MediaId(made[0])
        self.bus = CategoryId(
            self.document.do(AddCategory("bus", is_exclusive=is_exclusive)).made[0]
        )
        self.car = CategoryId(self.document.do(AddCategory("car")).made[0])
        self.objects = tuple(self.add(square(4 + 12 * index, 4)) for index in range(objects))

    def add(self, mask: Mask | None, frame: int = 0) -> ObjectId:
        """One more bus."""
        masks = () if mask is None else (FrameMask(FrameIndex(frame), mask),)
        new = NewObject(self.media, self.bus, masks, origin="box")
        return ObjectId(self.document.do(AddObjects((new,))).made[0])

    def reopen(self, author: str = "anna") -> None:
        """Close the document and open it again."""
        self.document.close()
        self.document = Document.open(self.path, author, ticking(5000.0))

    def close(self) -> None:
        """Close the document."""
        self.document.close()


def snapshot(document: Document) -> object:
    """Everything a project says, comparable."""
    project = document.project
    contents = {}
    for media_id in project.media:
        held = project.contents(media_id)
        contents[media_id] = (
            dict(held.objects),
            {
                key: (masklet.rows.tobytes(), masklet.attributes)
                for key, masklet in held.masklets.items()
            },
            dict(held.comments),
            dict(held.reviews),
            dict(held.signoffs),
            project.prompts(media_id),
            dict(project.object_counts(media_id)),
        )
    return dict(project.media), list(project.categories.values()), dict(project.passes), contents


def state_of(document: Document) -> str:
    """A fingerprint of :func:`snapshot`, the same in every process."""
    return blake2b(repr(snapshot(document)).encode()).hexdigest()


@contextmanager
def failing_writes(document: Document, after: int) -> Iterator[list[str]]:
    """Let the disk be full from the ``after``-th statement on; gives what was refused."""
    engine = document._file.database._engine
    refused: list[str] = []
    seen = itertools.count()

    def fail(_connection, _cursor, statement, _parameters, _context, _many):
        if statement.lstrip().upper().startswith("SELECT"):
            return
        if next(seen) >= after:
            refused.append(statement)
            raise sqlite3.OperationalError("database or disk is full")

    event.listen(engine, "before_cursor_execute", fail)
    try:
        yield refused
    finally:
        event.remove(engine, "before_cursor_execute", fail)
