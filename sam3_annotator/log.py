"""The log file on this machine, and the hooks that bring every unforeseen error into it.

Nothing is ever sent anywhere: the log is a file the user may choose to show to somebody.
"""

from __future__ import annotations

import logging
import sys
import threading
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING

from sam3_annotator import paths
from sam3_annotator.errors import FileTrouble

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

ROOT = "sam3_annotator"
MAX_BYTES = 2_000_000
KEPT_FILES = 4

_log = logging.getLogger(__name__)


def log_file() -> Path:
    """Path of the newest log file."""
    return paths.log_dir() / "sam3-annotator.log"


def start_logging(*, verbose: bool = False) -> Path | None:
    """Write the program's log to a rotating file; calling it again changes the level only.

    Args:
        verbose: whether debug records are written too.

    Returns:
        The path of the log file; ``None`` where there is no place for one, and warnings go to
        stderr instead.
    """
    logger = logging.getLogger(ROOT)
    logger.setLevel(logging.DEBUG if verbose else logging.INFO)
    try:
        path = log_file()
    except FileTrouble as error:  # Python's handler of last resort writes to stderr
        logger.warning("no log file: %s", error)
        return None
    if not any(isinstance(handler, RotatingFileHandler) for handler in logger.handlers):
        handler = RotatingFileHandler(
            path, maxBytes=MAX_BYTES, backupCount=KEPT_FILES, encoding="utf-8", delay=True
        )
        handler.setFormatter(
            logging.Formatter("%(asctime)s %(levelname)-7s %(threadName)s %(name)s: %(message)s")
        )
        logger.addHandler(handler)
    return path


def stop_logging() -> None:
    """Close the log file; for tests and for the end of the program."""
    logger = logging.getLogger(ROOT)
    for handler in list(logger.handlers):
        if isinstance(handler, RotatingFileHandler):
            logger.removeHandler(handler)
            handler.close()


def install_hooks(on_crash: Callable[[BaseException], None]) -> Callable[[], None]:
    """Log every exception nobody caught, on any thread, and hand it to ``on_crash``.

    Args:
        on_crash: called on the thread that failed, after the record is written; what it raises
            is logged and goes no further.

    Returns:
        A function that puts the previous hooks back.
    """
    before_main, before_thread = sys.excepthook, threading.excepthook

    def report(error: BaseException, traceback: TracebackType | None) -> None:
        _log.critical("unhandled error", exc_info=(type(error), error, traceback))
        try:
            on_crash(error)
        except Exception:  # noqa: BLE001 - the last hook there is
            _log.exception("the crash report failed too")

    def main_hook(
        kind: type[BaseException], error: BaseException, traceback: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            before_main(kind, error, traceback)
            return
        report(error, traceback)

    def thread_hook(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            report(args.exc_value, args.exc_traceback)

    sys.excepthook, threading.excepthook = main_hook, thread_hook

    def restore() -> None:
        sys.excepthook, threading.excepthook = before_main, before_thread

    return restore
