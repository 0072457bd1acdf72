"""ProjectFile: creating, opening, locking and copying the one file a project is."""

from __future__ import annotations

import contextlib
import shutil
from typing import TYPE_CHECKING

from sqlalchemy import select

from sam3_annotator.domain.media_paths import PROJECT_SUFFIX, real_path, stored_path
from sam3_annotator.domain.project import Project
from sam3_annotator.errors import FileTrouble, ProjectTrouble
from sam3_annotator.store import journal, schema
from sam3_annotator.store.database import (
    Database,
    check_integrity,
    damaged,
    read_version,
    understood,
    whole_size,
)
from sam3_annotator.store.lock import ProjectLock
from sam3_annotator.store.reading import StoredRows, read_opening
from sam3_annotator.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from sam3_annotator.domain.masklet import People

SUFFIX = PROJECT_SUFFIX
"""What project files end with."""

_CHECKED_ALWAYS_BYTES = 32 << 20
_JOURNAL_BYTES = 512 << 20


class ProjectFile:
    """An open project file, held exclusively. Make one with :meth:`create` or :meth:`open`."""

    def __init__(self, path: Path, database: Database, lock: ProjectLock) -> None:
        self.path = path
        self.database = database
        self._lock = lock
        with database.reading() as connection:
            opening = read_opening(connection)
        self.people: People = opening.people
        self.project = Project(opening, StoredRows(database, opening.people))

    @staticmethod
    def create(path: Path, author: str) -> ProjectFile:
        """Make a new, empty project.

        Raises:
            FileTrouble: something is there already, or the folder cannot be written to.
        """
        lock = ProjectLock(path, author)
        try:
            return _made(path, lock)
        except BaseException:
            lock.release()
            raise

    @staticmethod
    def open(path: Path, author: str) -> ProjectFile:
        """Open a project; an older one is brought up to date after a backup is made.

        Raises:
            FileTrouble: it is missing, unreadable, or open in another window.
            ProjectTrouble: it is damaged or was written by a newer version; it is not touched.
        """
        read_version(path)
        lock = ProjectLock(path, author)
        try:
            _refuse_newer(path, read_version(path))
            _check(path)
            database = Database(path)
            try:
                version = database.version()
                if version < schema.schema_version():
                    _upgrade(path, database, version)
                return ProjectFile(path, database, lock)
            except BaseException:
                database.close()
                raise
        except BaseException:
            lock.release()
            raise

    def person(self, connection: Connection, name: str) -> int:
        """The number of a person, who is made known if need be."""
        number = self.people.number(name)
        if number or not name:
            return number
        connection.execute(schema.PEOPLE.insert(), {"name": name})
        query = select(schema.PEOPLE.c.id).where(schema.PEOPLE.c.name == name)
        return int(connection.execute(query).scalar_one())

    def tidy(self, *, has_garbage: bool) -> None:
        """Bound the journal, and remove masks that nothing names any more.

        Args:
            has_garbage: whether steps were dropped since the last time.

        Raises:
            FileTrouble: it could not be written; nothing has changed.
            ProjectTrouble: the file is damaged.
        """
        is_large = self.path.stat().st_size > _JOURNAL_BYTES
        if not has_garbage and not is_large:
            return
        with understood(self.path), self.database.transaction() as connection:
            dropped = journal.prune(connection, _JOURNAL_BYTES) if is_large else 0
            if has_garbage or dropped:
                journal.collect_garbage(connection)

    def save_copy(self, target: Path) -> None:
        """Write the present state to another file, complete or not at all.

        A copy in another folder gets the media's paths from there, and starts with an empty
        history because older steps name the old paths.

        Raises:
            FileTrouble: the target cannot be written, is this very project, or is one that is open
                in another window.
        """
        with contextlib.ExitStack() as held:
            if target.exists():
                if target.samefile(self.path):
                    raise FileTrouble(
                        "A project cannot be copied onto itself.", "Choose another name."
                    )
                held.callback(ProjectLock(target, "").release)
            part = held.enter_context(whole_copy(target))
            self.database.back_up(part)
            if target.absolute().parent != self.path.absolute().parent:
                _rebase(part, self.path.absolute().parent, target.absolute().parent)

    def close(self) -> None:
        """Close the file and let others open it; harmless when closed already."""
        self.database.close()
        self._lock.release()


def _made(path: Path, lock: ProjectLock) -> ProjectFile:
    if path.exists():
        raise FileTrouble("{path} exists already.", "Open it, or choose another name.", path=path)
    try:
        return _filled(path, lock)
    except FileTrouble:
        for leftover in (path, *_side_files(path)):
            leftover.unlink(missing_ok=True)
        raise


def _filled(path: Path, lock: ProjectLock) -> ProjectFile:
    database = Database(path)
    try:
        with database.transaction() as connection:
            schema.METADATA.create_all(connection)
        database.set_version(schema.schema_version())
        database.checkpoint()
        return ProjectFile(path, database, lock)
    except BaseException:
        database.close()
        raise


def _refuse_newer(path: Path, version: int) -> None:
    if version > schema.schema_version():
        raise ProjectTrouble(
            "{name} was written by a newer version of SAM 3 Annotator (project version {version}, "
            "this program knows {known}).",
            "Nothing was changed. Update the program, or ask for an export from the newer one.",
            name=path.name,
            version=version,
            known=schema.schema_version(),
        )
    if version < 1:
        raise damaged(path, Wording("it has no version"))


def _check(path: Path) -> None:
    """Look for damage: always in small files, in large ones after an unclean end."""
    size, whole = path.stat().st_size, whole_size(path)
    ended_cleanly = not any(side.exists() for side in _side_files(path))
    if ended_cleanly and size != whole:
        raise damaged(path, f"{size} bytes where {whole} were written")
    if size <= _CHECKED_ALWAYS_BYTES or not ended_cleanly:
        _refuse_newer(path, check_integrity(path, has_log=not ended_cleanly))


def _upgrade(path: Path, database: Database, version: int) -> None:
    backup = _free(path.with_name(f"{path.stem}.version{version}{path.suffix}"))
    with whole_copy(backup) as part:
        database.back_up(part)
    try:
        with database.transaction() as connection:
            schema.migrate(connection, version)
            connection.exec_driver_sql(f"PRAGMA user_version = {schema.schema_version()}")
    except BaseException:
        backup.unlink(missing_ok=True)  # nothing has changed; the next attempt makes another one
        raise
    database.checkpoint()


def _free(path: Path) -> Path:
    """The same, or with the first number behind the name that makes it one that is not there."""
    names = (path, *(path.with_stem(f"{path.stem} {number}") for number in range(2, 10_000)))
    return next(name for name in names if not name.exists())


def _rebase(copy: Path, old_folder: Path, new_folder: Path) -> None:
    database = Database(copy)
    try:
        with database.transaction() as connection:
            connection.execute(schema.STEPS.delete())
            rows = connection.execute(select(schema.MEDIA.c.id, schema.MEDIA.c.path)).all()
            for media_id, stored in rows:
                moved = stored_path(real_path(stored, old_folder), new_folder)
                here = schema.MEDIA.c.id == media_id
                connection.execute(schema.MEDIA.update().where(here).values(path=moved))
        database.checkpoint()
    finally:
        database.close()


def _side_files(path: Path) -> tuple[Path, ...]:
    return tuple(path.with_name(path.name + end) for end in ("-wal", "-shm", "-journal"))


@contextlib.contextmanager
def whole_copy(target: Path) -> Iterator[Path]:
    """A file to write, which takes the target's place at the end; after an error it is gone.

    Raises:
        FileTrouble: it cannot be put there.
    """
    part = target.with_name(target.name + ".part")
    try:
        part.unlink(missing_ok=True)
        yield part
        for side in _side_files(target):  # a log of what was there would be played into the copy
            side.unlink(missing_ok=True)
        part.replace(target)
    except OSError as error:
        raise FileTrouble(
            "The copy {target} could not be written: {reason}.",
            "Choose another place, or make space.",
            target=target,
            reason=error.strerror or error,
        ) from error
    finally:
        for leftover in (part, *_side_files(part)):
            leftover.unlink(missing_ok=True)


def copy_untouched(path: Path, target: Path) -> None:
    """Copy a project file byte for byte, with its write-ahead log, without opening it.

    Raises:
        FileTrouble: it cannot be read, or the target cannot be written.
    """
    try:
        shutil.copyfile(path, target)
        for side, other in zip(_side_files(path), _side_files(target), strict=True):
            with contextlib.suppress(FileNotFoundError):
                shutil.copyfile(side, other)
    except OSError as error:
        raise FileTrouble(
            "{path} could not be copied to {target}: {reason}.",
            "Choose another place, or make space.",
            path=path,
            target=target,
            reason=error.strerror or error,
        ) from error
