"""How paths of media are written in a project: relative to its file, with forward slashes."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

PROJECT_SUFFIX = ".s3a"
"""What project files end with."""


def stored_path(file: Path, folder: Path) -> str:
    """What to write for a media file in a project that lies in ``folder``.

    Relative wherever that is possible, so that the project can move together with its media.
    """
    try:
        relative = os.path.relpath(file.absolute(), folder.absolute())
    except ValueError:  # another drive
        return file.absolute().as_posix()
    return Path(relative).as_posix()


def real_path(stored: str, folder: Path) -> Path:
    """The file that a stored path means for a project in ``folder``."""
    return Path(os.path.normpath(folder.absolute() / Path(PurePosixPath(stored))))
