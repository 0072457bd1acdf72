"""The demo: a scripted person does the whole job on the sample, in the real window.

Every gesture is a real mouse or key event. Each step waits for what it caused, told by the
workspace's signals, before the next begins.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt, QTimer
from PySide6.QtTest import QTest

from sam3_annotator import paths
from sam3_annotator.domain.geometry import Point
from sam3_annotator.engine.protocol import Capability
from sam3_annotator.errors import AnnotatorError, FileTrouble
from sam3_annotator.io.registry import export_labels
from sam3_annotator.store.project_file import SUFFIX
from sam3_annotator.workflow.exchanging import Scope, collect_labels, finished
from sam3_annotator.workflow.view_state import Tool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from sam3_annotator.domain.ids import MediaId, ObjectId
    from sam3_annotator.io.exchange import ExportReport
    from sam3_annotator.store.journal import HistoryEntry
    from sam3_annotator.ui.main_window import MainWindow

_PATIENCE_MS = 300_000
_SETTLE_MS = 300
_CAT, _CUP, _SUIT, _COIN = (225, 130), (168, 14, 408, 296), (110, 330), (20, 33, 68, 77)
_ELSEWHERE = "Give another folder with --output."
_BACKGROUND, _STROKE = (330, 60), ((60, 480), (90, 495), (120, 503))


@dataclass(slots=True)
class DemoReport:
    """What the demo has done.

    Attributes:
        lines: one for each gesture, in words.
        pictures: screenshots.
        export: of the COCO file; None when the demo did not get that far.
        trouble: why it stopped early, or "".
    """

    lines: list[str] = field(default_factory=list)
    pictures: list[Path] = field(default_factory=list)
    export: ExportReport | None = None
    trouble: str = ""


class Demo(QObject):
    """Drives one window through the script, then calls ``on_ended``.

    Args:
        window: shown, with a model being loaded.
        folder: where project, export and screenshots go.
        on_ended: called once, with the report.
    """

    def __init__(
        self, window: MainWindow, folder: Path, on_ended: Callable[[DemoReport], None]
    ) -> None:
        super().__init__(window)
        self._window, self._folder, self._on_ended = window, folder, on_ended
        self._workspace = window.workspace
        self._canvas = window.parts.canvas
        self.report = DemoReport()
        self._script = self._gestures()
        self._is_met: Callable[[], bool] = lambda: True
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._patience.timeout.connect(lambda: self._end("The program did not answer in time."))
        workspace = self._workspace
        for signal in (
            workspace.document_changed, workspace.touched, workspace.view_changed,
            workspace.attempt_changed, workspace.search_changed, workspace.model_changed,
            self._canvas.view_changed,
        ):  # fmt: skip
            signal.connect(self._look, Qt.ConnectionType.QueuedConnection)
        workspace.troubled.connect(lambda error: self._end(str(error)))

    def start(self) -> None:
        """Begin."""
        self._patience.start()
        QTimer.singleShot(0, self._look)

    # ------------------------------------------------------------------ the script

    def _gestures(self) -> Iterator[Callable[[], bool]]:
        """The job, gesture by gesture; each yields what must be true before the next."""
        workspace = self._workspace
        yield lambda: workspace.model is not None
        self._say(f"model: {workspace.model.name} on {workspace.model.device}"
                  if workspace.model else "no model")  # fmt: skip
        yield from self._open_sample()
        yield from self._click("cat", _CAT)
        yield from self._box("coffee", _CUP)
        yield from self._correct("astronaut", _SUIT)
        if workspace.can(Capability.EXEMPLAR):
            yield from self._find_similar("coins", _COIN)
        yield from self._undo_and_redo()
        yield from self._export()

    def _open_sample(self) -> Iterator[Callable[[], bool]]:
        home = self._folder / "sample"
        project = home / f"sample{SUFFIX}"
        if home.exists() and not project.exists():
            raise FileTrouble("{folder} is not of an earlier demo.", _ELSEWHERE, folder=home)
        shutil.rmtree(home, ignore_errors=True)
        try:
            shutil.copytree(paths.resource("sample"), home)
        except shutil.Error as error:
            shutil.rmtree(home, ignore_errors=True)
            raise FileTrouble(
                "The sample could not be copied to {folder}: {why}.",
                _ELSEWHERE,
                folder=home,
                why=error.args[0][0][2],
            ) from error
        files = self._window.desks.files
        files.create(project)
        files.add([home / "pictures"], home)
        self._say("opened a folder of pictures")
        yield lambda: self._project_media() == 5
        yield lambda: self._workspace.segmenting.attempt.frame is not None

    def _click(self, name: str, place: tuple[int, int]) -> Iterator[Callable[[], bool]]:
        yield from self._go_to(name)
        self._workspace.state.update(tool=Tool.CLICK)
        self._mouse_click(place)
        yield self._is_answered
        count = len(self._workspace.segmenting.attempt.choices)
        self._say(f"clicked the {name}: {count} masks offered")
        yield from self._shoot(f"1-click-{name}")
        QTest.keyClick(self._canvas, Qt.Key.Key_Return)
        yield lambda: self._objects() == 1

    def _box(self, name: str, box: tuple[int, int, int, int]) -> Iterator[Callable[[], bool]]:
        yield from self._go_to(name)
        before = self._objects()
        self._workspace.state.update(tool=Tool.BOX)
        self._mouse_drag([box[:2], box[2:]])
        yield self._is_answered
        QTest.keyClick(self._canvas, Qt.Key.Key_Return)
        yield lambda: self._objects() > before
        self._say(f"boxed the {name}")
        yield from self._shoot(f"2-box-{name}")

    def _correct(self, name: str, place: tuple[int, int]) -> Iterator[Callable[[], bool]]:
        yield from self._go_to(name)
        before = self._objects()
        self._workspace.state.update(tool=Tool.CLICK)
        self._mouse_click(place)
        yield self._is_answered
        for _ in range(self._steps_to_largest()):
            QTest.keyClick(self._canvas, Qt.Key.Key_Tab)
        yield self._is_answered
        self._mouse_click(_BACKGROUND, Qt.MouseButton.RightButton)
        yield self._is_answered
        QTest.keyClick(self._canvas, Qt.Key.Key_Return)
        yield lambda: self._objects() > before
        self._say("clicked the suit, chose the whole of it, and took the background away")
        made = self._newest_object()
        self._workspace.state.update(tool=Tool.BRUSH, selection=(made,))
        steps = len(self._history())
        self._mouse_drag(_STROKE)
        yield lambda: len(self._history()) > steps
        self._say("painted a missing part with the brush")
        yield from self._shoot(f"3-brush-{name}")

    def _find_similar(
        self, name: str, box: tuple[int, int, int, int]
    ) -> Iterator[Callable[[], bool]]:
        yield from self._go_to(name)
        before = self._objects()
        self._workspace.state.update(tool=Tool.EXEMPLAR, selection=())
        self._mouse_drag([box[:2], box[2:]])
        yield lambda: self._workspace.detecting.search.has_answer
        search = self._workspace.detecting.search
        self._say(f"one exemplar among the {name}: {len(search.open)} candidates above threshold")
        yield from self._shoot(f"4-find-{name}")
        if search.open:
            self._window.desks.finding.accept_all()
            yield lambda: self._objects() > before

    def _undo_and_redo(self) -> Iterator[Callable[[], bool]]:
        before = self._objects()
        document = self._workspace.require_document()
        steps = min(5, sum(not entry.is_undone for entry in self._history()))
        yield from self._settle()
        for _ in range(steps):
            self._window.table["edit.undo"].trigger()
        yield lambda: bool(document.redo_title)
        yield from self._settle()
        for _ in range(steps):
            self._window.table["edit.redo"].trigger()
        yield lambda: self._objects() == before and not document.redo_title
        self._say(f"undid and redid {steps} steps")

    def _export(self) -> Iterator[Callable[[], bool]]:
        document = self._workspace.require_document()
        labels = finished(collect_labels(document.project, Scope()))
        target = self._folder / "labels.json"
        self.report.export = export_labels("coco", labels, target)
        self._say(f"exported COCO: {self.report.export.counts}")
        yield from self._shoot("5-done")

    # ------------------------------------------------------------------ hands and eyes

    def _look(self) -> None:
        try:
            self._go_on()
        except (AnnotatorError, OSError) as error:
            self._end(str(error))
        except Exception as error:
            self._end(f"{type(error).__name__}: {error}")
            raise

    def _go_on(self) -> None:
        while self.report.trouble == "" and self._is_met():
            step = next(self._script, None)
            if step is None:
                self._end("")
                return
            self._is_met = step

    def _end(self, trouble: str) -> None:
        if not self._patience.isActive():
            return
        self._patience.stop()
        self._script = iter(())
        self._is_met = lambda: False
        self.report.trouble = trouble
        self._on_ended(self.report)

    def _go_to(self, name: str) -> Iterator[Callable[[], bool]]:
        project = self._workspace.require_document().project
        media = next(m for m in project.media.values() if name in m.path)
        self._window.desks.navigation.go_to(media.id)
        yield lambda: self._shown_media() == media.id

    def _shown_media(self) -> MediaId | None:
        frame = self._workspace.segmenting.attempt.frame
        return None if frame is None else frame.media.media_id

    def _is_answered(self) -> bool:
        attempt = self._workspace.segmenting.attempt
        return attempt.is_open and not attempt.is_waiting

    def _at(self, place: tuple[int, int]) -> QPoint:
        x, y = self._canvas.viewport.to_widget(Point(place[0] + 0.5, place[1] + 0.5))
        return QPoint(round(x), round(y))

    def _mouse_click(
        self, place: tuple[int, int], button: Qt.MouseButton = Qt.MouseButton.LeftButton
    ) -> None:
        QTest.mouseClick(self._canvas, button, Qt.KeyboardModifier.NoModifier, self._at(place))

    def _mouse_drag(self, places: Sequence[tuple[int, ...]]) -> None:
        first, *rest = [self._at((p[0], p[1])) for p in places]
        none, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
        QTest.mousePress(self._canvas, left, none, first)
        for point in rest:
            QTest.mouseMove(self._canvas, point)
        QTest.mouseRelease(self._canvas, left, none, rest[-1])

    def _say(self, line: str) -> None:
        self.report.lines.append(line)

    def _shoot(self, name: str) -> Iterator[Callable[[], bool]]:
        """A picture of the window, once everything that reacts to the gesture has reacted."""
        yield from self._settle()
        path = self._folder / f"{name}.png"
        self._window.grab().save(str(path))
        self.report.pictures.append(path)

    def _settle(self) -> Iterator[Callable[[], bool]]:
        """Let menus and panels, which follow a moment later, catch up."""
        settled: list[bool] = []

        def settle() -> None:
            settled.append(True)
            self._look()

        QTimer.singleShot(_SETTLE_MS, self, settle)
        yield lambda: bool(settled)

    def _steps_to_largest(self) -> int:
        attempt = self._workspace.segmenting.attempt
        areas = [choice.mask.area for choice in attempt.choices]
        largest = max(range(len(areas)), key=areas.__getitem__)
        return (largest - attempt.chosen) % len(areas)

    def _project_media(self) -> int:
        project = self._workspace.project
        return 0 if project is None else len(project.media)

    def _objects(self) -> int:
        project = self._workspace.project
        if project is None:
            return 0
        return sum(len(project.objects(media)) for media in project.media)

    def _newest_object(self) -> ObjectId:
        media = self._shown_media()
        project = self._workspace.require_document().project
        objects = () if media is None else project.objects(media)
        return max(item.id for item in objects)

    def _history(self) -> tuple[HistoryEntry, ...]:
        return self._workspace.require_document().history()
