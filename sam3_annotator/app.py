"""The composition root of the window: builds settings, engine, workspace and window; stops them.

The window is on the screen before torch is imported: the model thread waits until it is shown.
"""

from __future__ import annotations

import argparse
import gc
import logging
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from sam3_annotator import __version__, log, paths
from sam3_annotator.domain.entities import MediaKind
from sam3_annotator.domain.media_paths import PROJECT_SUFFIX
from sam3_annotator.engine.protocol import EncodeFrame, SegmentObject
from sam3_annotator.errors import FileTrouble
from sam3_annotator.io.errands import ErrandStopped
from sam3_annotator.io.opening import open_media
from sam3_annotator.io.reads import READS
from sam3_annotator.ui import qt_log
from sam3_annotator.ui.bridge import EngineBridge, ReadingBridge
from sam3_annotator.ui.interrupts import INTERRUPTED, Interrupts
from sam3_annotator.ui.main_window import MainWindow
from sam3_annotator.ui.services import Downloadable, WeightsOnDisk
from sam3_annotator.ui.settings import ModelChoice, Settings, ThemeMode
from sam3_annotator.ui.text import install_language
from sam3_annotator.ui.theme import Theme
from sam3_annotator.ui.wiring.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sam3_annotator.demo import DemoReport
    from sam3_annotator.engine.protocol import MediaRef
    from sam3_annotator.engine.session import Crashed, Failed, Session, Ticket
    from sam3_annotator.io.errands import Report
    from sam3_annotator.io.media import MediaSource

_log = logging.getLogger(__name__)
_DOCTOR_LIMIT_S = 120


class LocalServices:
    """What the dialogs need of this machine and of the model hub."""

    def doctor(self) -> str:
        """What works on this machine: a child process, so that a broken part breaks only that.

        Raises:
            FileTrouble: it could not be started or did not end.
        """
        is_frozen = getattr(sys, "frozen", False)
        command = [sys.executable, *([] if is_frozen else ["-m", "sam3_annotator"]), "doctor"]
        try:
            done = subprocess.run(  # noqa: S603 - our own program
                command, capture_output=True, text=True, timeout=_DOCTOR_LIMIT_S, check=False
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise FileTrouble("The doctor could not be asked: {error}.", error=error) from error
        return (done.stdout + done.stderr).strip()

    def weights(self) -> Sequence[WeightsOnDisk]:
        """Weights found on this machine; imports torch."""
        from sam3_annotator.inference.weights import Origin, known_weights  # noqa: PLC0415

        return [
            WeightsOnDisk(
                one.name if one.origin is Origin.BUNDLED else str(one.path),
                one.title,
                one.origin.value,
                one.trouble,
            )
            for one in known_weights()
        ]

    def downloads(self) -> Sequence[Downloadable]:
        """Weights that can be fetched."""
        from sam3_annotator.inference.download import SOURCES  # noqa: PLC0415

        return [Downloadable(s.name, s.title, s.page, s.gated) for s in SOURCES.values()]

    def download(self, name: str, token: str, report: Report) -> Path:
        """Fetch weights; see :class:`sam3_annotator.ui.services.Services`."""
        from sam3_annotator.inference.download import SOURCES, download  # noqa: PLC0415

        is_stopped = threading.Event()

        def tell(done: int, total: int) -> None:
            try:
                report(done, total, f"{done / 1e9:.2f} / {total / 1e9:.2f} GB")
            except ErrandStopped:
                is_stopped.set()

        source = SOURCES[name]
        path = download(
            source,
            paths.weights_dir(),
            on_progress=tell,
            is_cancelled=is_stopped.is_set,
            token=token or None,
        )
        if path is None:
            raise ErrandStopped(source.title)
        return path


class Program(QObject):
    """Everything that lives as long as the program does.

    Args:
        app: the application.
        settings: the user's settings.
        make_session: builds the model side, on the model thread, once the window is shown.

    Signals:
        crashed: an exception nobody caught, brought to the main thread.
    """

    crashed = Signal(object)

    def __init__(
        self, app: QApplication, settings: Settings, make_session: Callable[[], Session]
    ) -> None:
        super().__init__()
        self._is_shown = threading.Event()

        def when_shown() -> Session:
            self._is_shown.wait()
            return make_session()

        self._translators = install_language(app, settings.language)
        self.theme = Theme(app, settings.theme)
        self.engine = EngineBridge(when_shown)
        self.reading = ReadingBridge()
        self.workspace = Workspace(self.engine, self.reading, settings, self.theme)
        self.window = MainWindow(self.workspace, LocalServices())
        self.crashed.connect(self.window.dialogs.explain, Qt.ConnectionType.QueuedConnection)
        self.engine.desk.on_trouble = self._tell_trouble
        self.workspace.model_changed.connect(_leave_startup_alone)

    def start(self, files: Sequence[Path], model: ModelChoice) -> None:
        """Show the window, open what was asked for, and begin to load the model."""
        self.window.show()
        QTimer.singleShot(0, lambda: self._go_on(files, model))

    def stop(self) -> bool:
        """Stop every thread; whether all are gone."""
        self._is_shown.set()
        self.workspace.close_document()
        for timer in self.workspace.findChildren(QTimer):
            timer.stop()  # no late refresh may meet widgets that are gone
        are_stopped = (self.engine.close(), self.reading.close())
        if not all(are_stopped):
            _log.error("a thread did not stop in time; still reading: %s", READS.longest())
        return all(are_stopped)

    def _tell_trouble(self, ticket: Ticket, ending: Failed | Crashed) -> None:
        """Explain what somebody waits for; what ran by itself is one line in the status bar."""
        is_hover = isinstance(ticket.request, SegmentObject) and ticket.lane == "hover"
        if isinstance(ticket.request, EncodeFrame) or is_hover:
            _log.warning("in the background: %s", ending.error)
            self.workspace.said.emit(str(ending.error))
        else:
            self.workspace.troubled.emit(ending.error)

    def _go_on(self, files: Sequence[Path], model: ModelChoice) -> None:
        desks = self.window.desks
        projects = [path for path in files if path.suffix == PROJECT_SUFFIX]
        if projects:
            desks.files.open_path(projects[0])
        elif files:
            first = files[0]
            desks.files.add(files, first if first.is_dir() else first.parent)
        self._is_shown.set()
        desks.model.load(model)


def _leave_startup_alone() -> None:
    """Spare the garbage collector everything the start has made, torch among it.

    A full round would hold the window up for 0.1 s; of what lives as long as the program it can
    free nothing.
    """
    if not gc.get_freeze_count():
        gc.freeze()


def real_session() -> Session:
    """The model side with torch behind it; imports torch."""
    from sam3_annotator.inference.session import ModelSession  # noqa: PLC0415

    return ModelSession(open_source)


def open_source(media: MediaRef) -> MediaSource:
    """The pixels of a media, for the model thread."""
    return open_media(Path(media.path), MediaKind(media.kind), media.page, allow_huge=True)


def main(
    argv: Sequence[str] | None = None, make_session: Callable[[], Session] = real_session
) -> int:
    """Open the window; returns when it is closed.

    Args:
        argv: arguments after the program's name; ``None`` for those of this process.
        make_session: makes the model side, on its thread.
    """
    options = _parser().parse_args(argv)
    log_file = log.start_logging(verbose=options.verbose)
    app = QApplication(sys.argv[:1])
    app.setApplicationName("sam3-annotator")
    app.setApplicationDisplayName("SAM 3 Annotator")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("sam3-annotator")
    settings = Settings()
    if options.theme:
        settings.theme = ThemeMode(options.theme)
    program = Program(app, settings, make_session)
    restore_hooks = log.install_hooks(program.crashed.emit)
    restore_messages = qt_log.install()
    _log.info("SAM 3 Annotator %s, log in %s", __version__, log_file)
    model = settings.model
    if options.weights:
        model = ModelChoice(options.weights, model.device, model.dtype)
    program.window.fit_screen()
    program.start([path.absolute() for path in options.files], model)
    if options.sample:
        QTimer.singleShot(0, program.window.desks.files.open_sample)
    with Interrupts(app) as interrupts:
        code = int(app.exec())
    is_stopped = program.stop()
    restore_messages()
    restore_hooks()
    log.stop_logging()
    if not is_stopped:
        # Leaving the interpreter would wait for the thread, and its disk may never answer.
        os._exit(code)
    return INTERRUPTED if interrupts.came else code


def run_demo(folder: Path, weights: str) -> DemoReport:
    """Work through the demo in a window, then close it.

    Args:
        folder: where project, export and screenshots go.
        weights: what to load.

    Raises:
        KeyboardInterrupt: it was interrupted; nothing of it runs any more.
    """
    from sam3_annotator.demo import Demo  # noqa: PLC0415 - part of this command only

    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(sys.argv[:1])
    reports: list[DemoReport] = []

    def end(report: DemoReport) -> None:
        reports.append(report)
        app.quit()

    log.start_logging(verbose=False)
    restore_messages = qt_log.install()  # the offscreen platform talks too much
    program = Program(app, Settings(folder / "settings.ini"), real_session)
    demo = Demo(program.window, folder, end)
    program.start([], ModelChoice(weights))
    demo.start()
    with Interrupts(app) as interrupts:
        app.exec()
    program.stop()
    restore_messages()
    log.stop_logging()
    if interrupts.came or not reports:
        raise KeyboardInterrupt
    return reports[0]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sam3-annotator", description="Open the window on pictures, a clip or a project."
    )
    parser.add_argument("files", nargs="*", type=Path, help="pictures, folders, clips, a project")
    parser.add_argument("--sample", action="store_true", help="open the sample pictures")
    parser.add_argument("--weights", help='weights to load instead of the last ones; "mini"')
    parser.add_argument("--theme", choices=[mode.value for mode in ThemeMode])
    parser.add_argument("--verbose", action="store_true", help="write more into the log")
    return parser
