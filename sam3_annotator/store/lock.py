"""The lock that keeps two windows from opening one project; it ends with the process."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sys
import time
from typing import TYPE_CHECKING, BinaryIO

from sam3_annotator.errors import FileTrouble
from sam3_annotator.wording import Wording

if TYPE_CHECKING:
    from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_FAR = 1 << 30
_ATTEMPTS = 5


class ProjectLock:
    """Exclusive use of a project file, across processes and within one.

    The operating system lets go of it when the process ends, however it ends.

    Args:
        project: the project file; the lock is a small file beside it.
        author: shown to whoever is refused.

    Raises:
        FileTrouble: another window has the project open, or the folder cannot be written to.
    """

    def __init__(self, project: Path, author: str) -> None:
        self._path = project.with_name(project.name + ".lock")
        self._file: BinaryIO | None = self._acquire(project)
        self._write_owner(author)

    def release(self) -> None:
        """Let others open the project; harmless when released already."""
        if self._file is None:
            return
        if sys.platform != "win32":
            self._path.unlink(missing_ok=True)
        self._file.close()
        self._file = None
        if sys.platform == "win32":
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)

    def _acquire(self, project: Path) -> BinaryIO:
        for _ in range(_ATTEMPTS):
            try:
                file = self._path.open("a+b")
            except OSError as error:
                raise FileTrouble(
                    "The folder of {project} cannot be written to: {reason}.",
                    "Copy the project to a folder of your own and open it there.",
                    project=project,
                    reason=error.strerror or error,
                ) from error
            if not _try_lock(file):
                owner = _owner(file)
                file.close()
                raise FileTrouble(
                    "{name} is already open{owner}.",
                    "Use that window, or close it and try again.",
                    name=project.name,
                    owner=owner,
                )
            if self._is_current(file):
                return file
            file.close()
        raise FileTrouble(
            "{name} is being opened elsewhere.", "Try again in a moment.", name=project.name
        )

    def _is_current(self, file: BinaryIO) -> bool:
        """Whether the locked file is still the one with that name, not one just removed."""
        try:
            return os.path.samestat(os.fstat(file.fileno()), self._path.stat())
        except FileNotFoundError:
            return False

    def _write_owner(self, author: str) -> None:
        if self._file is None:
            return
        owner = {"author": author, "host": socket.gethostname(), "pid": os.getpid()}
        with contextlib.suppress(OSError):  # a full disk must not keep a project closed
            self._file.truncate(0)
            self._file.write(json.dumps({**owner, "since": time.time()}).encode())
            self._file.flush()


def _try_lock(file: BinaryIO) -> bool:
    try:
        if sys.platform == "win32":
            file.seek(_FAR)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _owner(file: BinaryIO) -> str:
    """Who holds the lock, as words to put after "is already open"."""
    try:
        file.seek(0)
        owner = json.loads(file.read())
        return Wording(
            " by {author} on {host}",
            author=owner["author"] or Wording("somebody"),
            host=owner["host"],
        )
    except (OSError, ValueError, KeyError, TypeError):
        return Wording(" in another window")
