"""Writes files so that a full disk or a crash leaves the old content or the new, never half."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sam3_annotator.errors import FileTrouble

if TYPE_CHECKING:
    from collections.abc import Iterator


def write_file(path: Path, content: bytes) -> None:
    """Replace ``path`` by ``content``: temporary file beside it, flushed to disk, renamed.

    Raises:
        FileTrouble: full disk, read-only or missing folder; an existing file is untouched.
    """
    if path.exists() and not (path.is_file() or path.is_dir()):
        _write_through(path, content)
        return
    try:
        handle, name = tempfile.mkstemp(
            dir=path.parent, prefix=f".{path.name[:40]}.", suffix=".part"
        )
    except OSError as error:
        raise unwritable(path, error) from error
    part = Path(name)
    is_whole = False
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        part.chmod(0o666 & ~_umask())
        part.replace(path)
        is_whole = True
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        if not is_whole:  # interrupted, too
            part.unlink(missing_ok=True)
    _sync_folder(path.parent)


def make_folder(path: Path) -> None:
    """Make the folder ``path``, and those above it, unless it is there.

    Raises:
        FileTrouble: it cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(path, error) from error


def check_writable(path: Path) -> None:
    """Find out before long work whether ``write_file`` will be able to write ``path``.

    Raises:
        FileTrouble: missing or read-only folder, or a folder of that name.
    """
    if path.is_dir():
        raise unwritable(path, IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR)))
    if not path.parent.is_dir():
        raise unwritable(path, FileNotFoundError(errno.ENOENT, ""))
    if not os.access(path.parent, os.W_OK):
        raise unwritable(path, PermissionError(errno.EACCES, ""))


def check_new_folder(path: Path) -> None:
    """Find out before long work whether ``new_folder`` may use ``path``.

    Raises:
        FileTrouble: it exists and is not an empty folder, or lies in one that is read-only.
    """
    if path.is_symlink() or (path.exists() and not (path.is_dir() and not any(path.iterdir()))):
        raise FileTrouble(
            "{path} already holds files.", "Choose a new or an empty folder.", path=path
        )
    above = next((one for one in path.absolute().parents if one.exists()), None)
    if above is not None and not (above.is_dir() and os.access(above, os.W_OK)):
        raise unwritable(path, PermissionError(errno.EACCES, ""))


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Yield a temporary folder that becomes ``path`` when the block ends well.

    Raises:
        FileTrouble: ``path`` exists and is not an empty folder, or cannot be written; then, and
            whenever the block raises, nothing is left behind.
    """
    check_new_folder(path)
    part: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name[:40]}.", suffix=".part"))
        part.chmod(0o777 & ~_umask())
        yield part
        if path.exists():
            path.rmdir()
        part.replace(path)
        part = None
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        if part is not None:
            shutil.rmtree(part, ignore_errors=True)
    _sync_folder(path.parent)


def _write_through(path: Path, content: bytes) -> None:
    """Write to a device or pipe (``/dev/stdout``), which must not be replaced by a file."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise unwritable(path, error) from error


def unwritable(path: Path, error: OSError) -> FileTrouble:
    """Translate what the operating system said about writing ``path`` into a ``FileTrouble``."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return FileTrouble(
            "The disk is full: {path} was not written.", "Make space, try again.", path=path
        )
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return FileTrouble(
            "{path} may not be written.", "Choose a folder you may write to.", path=path
        )
    if error.errno == errno.ENOENT:
        return FileTrouble(
            "The folder of {path} does not exist.", "Choose another folder.", path=path
        )
    return FileTrouble(
        "{path} was not written: {reason}.",
        "Try another place.",
        path=path,
        reason=error.strerror or error,
    )


def _umask() -> int:
    # There is no call that only reads it.
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _sync_folder(folder: Path) -> None:
    """Make a rename durable where the system allows it (not on Windows)."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        return
    finally:
        os.close(handle)
