"""FrameRunDesk: what the desks share that let something run over the frames of a clip."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from PySide6.QtCore import QObject, Signal

from sam3_annotator.errors import AnnotatorError, Rejected
from sam3_annotator.ui.text import in_words, translate, worded

if TYPE_CHECKING:
    from collections.abc import Callable

    from sam3_annotator.domain.ids import MediaId
    from sam3_annotator.engine.protocol import MediaRef, ModelInfo
    from sam3_annotator.ui.wiring.work import WorkDesk
    from sam3_annotator.ui.wiring.workspace import Workspace
    from sam3_annotator.workflow.desk import Desk
    from sam3_annotator.workflow.document import Document
    from sam3_annotator.workflow.frame_runs import FrameRuns
    from sam3_annotator.workflow.run_progress import RunProgress

    Make = Callable[
        [
            Document,
            Desk,
            Callable[[RunProgress], None],
            Callable[[MediaId], MediaRef],
            Callable[[], ModelInfo | None],
        ],
        "Runs",
    ]

Runs = TypeVar("Runs", bound="FrameRuns[Any, Any]")


class FrameRunDesk(QObject, Generic[Runs]):
    """Makes the workflow for each document, and shows its runs; subclasses begin them.

    Args:
        workspace: what the window shares.
        work: the list of long work.
        make: makes the workflow; a subclass of :class:`FrameRuns`.

    Attributes:
        ended_at: when the last run ended, in seconds of the monotonic clock.

    Signals:
        changed: the new moment of the run (:class:`RunProgress`).
    """

    changed = Signal(object)

    def __init__(self, workspace: Workspace, work: WorkDesk, make: Make[Runs]) -> None:
        super().__init__(workspace)
        self._workspace, self._work, self._make = workspace, work, make
        self._running: Runs | None = None
        self._is_shown = False
        self.ended_at = 0.0
        workspace.document_changed.connect(self._use_document)
        workspace.closing.connect(self._abandon)
        workspace.rewinding.connect(self._end)
        self._use_document()

    @property
    def progress(self) -> RunProgress | None:
        """The present run, or how the last one ended; None while no project is open."""
        return None if self._running is None else self._running.progress

    @property
    def can_go_on(self) -> bool:
        """Whether a stopped run can be taken up."""
        return self.progress is not None and self.progress.can_go_on

    @property
    def is_running_here(self) -> bool:
        """Whether a run goes through the shown clip, and has not been cancelled."""
        media_id = None if self._running is None else self._running.running_on
        return media_id is not None and media_id == self._workspace.view.media_id

    def go_on(self) -> None:
        """Take up the run that was stopped."""
        with self._workspace.explaining():
            self._need_running().go_on()

    def cancel(self) -> None:
        """Stop; what is done stays."""
        if self._running is not None:
            self._running.cancel()

    # ------------------------------------------------------------------ for subclasses

    def _need_running(self) -> Runs:
        if self._running is None:
            raise Rejected(translate("RunDesk", "Open a clip first."))
        return self._running

    def _title(self, progress: RunProgress) -> str:
        """What the status bar says is being done."""
        return progress.title

    def _so_far(self, progress: RunProgress) -> list[str]:
        """What the status bar says of a run in progress, beside its speed."""
        return [f"{progress.done} / {progress.total}"]

    def _summary(self, progress: RunProgress) -> str:
        """What is said when a run has ended."""
        raise NotImplementedError

    # ------------------------------------------------------------------ inside

    def _show(self, progress: RunProgress) -> None:
        running = self._running
        if progress.is_running and not self._is_shown and running is not None:
            self._is_shown = True
            self._work.begin(self, self._title(progress), running.cancel, self._pause)
        if progress.is_running:
            parts = self._so_far(progress)
            if progress.frames_per_s:
                speed = f"{progress.frames_per_s:.3g}"
                parts.insert(1, translate("RunDesk", "{n} frames/s").format(n=speed))
            text = in_words(parts)
            self._work.advance(self, progress.done, max(1, progress.total - progress.saved), text)
        elif self._is_shown:
            self._is_shown = False
            self.ended_at = time.monotonic()
            self._work.end(self)
            self._workspace.said.emit(self._summary(progress))
        self.changed.emit(progress)

    def _pause(self, is_paused: bool) -> None:  # noqa: FBT001 - what the work list calls
        if self._running is not None:
            self._running.pause(is_paused=is_paused)

    def _use_document(self) -> None:
        workspace = self._workspace
        if workspace.document is None:
            self._running = None
            return
        self._running = self._make(
            workspace.document,
            workspace.engine.desk,
            self._show,
            workspace.media_ref,
            lambda: workspace.model,
        )
        self._running.on_trouble = self._troubled

    def _end(self) -> None:
        """Steps are about to be taken back: whatever still adds to them would leave gaps."""
        if self._running is not None:
            self._running.end()

    def _abandon(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            running.abandon()
        if self._is_shown:
            self._is_shown = False
            self._work.end(self)

    def _troubled(self, error: AnnotatorError) -> None:
        if isinstance(error, Rejected):
            self._workspace.said.emit(worded(error))
        else:
            self._workspace.troubled.emit(error)
