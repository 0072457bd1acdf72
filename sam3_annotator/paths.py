"""Where things live: user directories and the resources shipped inside the package."""

from __future__ import annotations

from pathlib import Path

from platformdirs import PlatformDirs

from sam3_annotator.errors import FileTrouble

_DIRS = PlatformDirs("sam3-annotator", appauthor=False)


def resources_dir() -> Path:
    """Folder of the shipped resources (icons, weights, samples), installed or in a checkout."""
    package = Path(__file__).resolve().parent
    installed = package / "resources"
    return installed if installed.is_dir() else package.parent / "resources"


def resource(relative: str) -> Path:
    """Path of one shipped resource, e.g. ``resource("icons/select.svg")``; it may not exist."""
    return resources_dir() / relative


def config_dir() -> Path:
    """Folder of the user's settings; created on first use."""
    return _made(Path(_DIRS.user_config_dir))


def log_dir() -> Path:
    """Folder of the rotating log; created on first use."""
    return _made(Path(_DIRS.user_log_dir))


def weights_dir() -> Path:
    """Folder of downloaded and converted weights; created on first use."""
    return _made(Path(_DIRS.user_data_dir) / "weights")


def cache_dir() -> Path:
    """Folder of things that can be made again (thumbnails); created on first use."""
    return _made(Path(_DIRS.user_cache_dir))


def _made(path: Path) -> Path:
    """Make a folder of the user's.

    Raises:
        FileTrouble: it may not be made: a home of somebody else's, a full disk.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileTrouble(
            "The folder {path} cannot be made: {reason}.",
            "Make it yourself, or let HOME name a folder that you may write to.",
            path=path,
            reason=error.strerror or error,
        ) from error
    return path
