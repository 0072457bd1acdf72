"""FrameRuns: what runs over the frames of a clip have in common, whatever they look for.

There is one run at a time. It asks the model for walks, one after the other; each frame is on disk
as soon as it is computed, and the whole run is one undo step. So a cancel, a crash or a power cut
keeps what is done, and a run that was stopped can be taken up again.
"""

from __future__ import annotations

import json
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

from sam3_annotator.domain.commands import AddModelPass
from sam3_annotator.domain.ids import PassId
from sam3_annotator.engine.protocol import Priority
from sam3_annotator.errors import AnnotatorError, Rejected
from sam3_annotator.workflow.desk import Listener
from sam3_annotator.workflow.run_progress import Pace, RunProgress

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sam3_annotator.domain.ids import FrameIndex, MediaId, ObjectId
    from sam3_annotator.engine.protocol import Item, MediaRef, ModelInfo, Request
    from sam3_annotator.engine.session import Ending, Ticket
    from sam3_annotator.workflow.desk import Desk
    from sam3_annotator.workflow.document import Document, OpenStep

LANE = "run"


@dataclass(slots=True, kw_only=True)
class FrameRun:
    """A run in progress; everything in it dies with it.

    Attributes:
        step: what all results become together.
        ticket: of the present walk.
        is_stuck: whether a frame could not be written down; those under way are dropped then, so
            that no gap is left.
        last_frame: the last one written in the present walk; None before that.
    """

    media: MediaRef
    step: OpenStep
    pass_id: PassId
    ticket: Ticket | None = None
    is_cancelled: bool = False
    is_stuck: bool = False
    last_frame: int | None = None


Run = TypeVar("Run", bound=FrameRun)
Rest = TypeVar("Rest")


class FrameRuns(ABC, Generic[Run, Rest]):
    """One run over the frames of a clip at a time; subclasses say what it looks for.

    Args:
        document: where results go.
        desk: where the model is asked.
        on_changed: hears every change of :attr:`progress`.
        media_ref: tells the engine where a media is.
        model: what is loaded; noted with every result.
        clock: seconds that only go forward.

    Attributes:
        progress: the present run, or how the last one ended.
        on_trouble: hears why a run was stopped when its results could not be written down.
    """

    def __init__(
        self,
        document: Document,
        desk: Desk,
        on_changed: Callable[[RunProgress], None],
        media_ref: Callable[[MediaId], MediaRef],
        model: Callable[[], ModelInfo | None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._document = document
        self._desk = desk
        self._on_changed = on_changed
        self._media_ref = media_ref
        self._model = model
        self._pace = Pace(clock)
        self._run: Run | None = None
        self._stopped: Rest | None = None
        self.progress = RunProgress()
        self.on_trouble: Callable[[AnnotatorError], None] = lambda _: None

    @property
    def is_running(self) -> bool:
        """Whether a run is in progress, paused or not."""
        return self._run is not None

    @property
    def running_on(self) -> MediaId | None:
        """The clip that a run goes through; None without one, and once it has been cancelled."""
        return None if self._run is None or self._run.is_cancelled else self._run.media.media_id

    def pause(self, *, is_paused: bool) -> None:
        """Hold the run between two frames, or let it go on."""
        if self._run is None or self._run.ticket is None:
            return
        if is_paused:
            self._desk.pause(self._run.ticket)
        else:
            self._pace.restart()
            self._desk.resume(self._run.ticket)
        self._set(is_paused=is_paused)

    def cancel(self) -> None:
        """Stop after the present frame; what is done stays, and :meth:`go_on` takes it up."""
        if self._run is not None and self._run.ticket is not None:
            # Remembered, because the present walk may be over although we have not heard of it.
            self._run.is_cancelled = True
            self._desk.cancel(self._run.ticket)

    @abstractmethod
    def go_on(self) -> None:
        """Take up a run that was stopped.

        Raises:
            Rejected: nothing was stopped, or a run is in progress.
        """

    def abandon(self) -> None:
        """Stop and hear nothing more, because the document is about to be closed."""
        run, self._run = self._run, None
        self._stopped = None
        if run is not None and run.ticket is not None:
            self._desk.cancel(run.ticket)

    def end(self) -> None:
        """Stop at once and for good, because the newest step is about to be taken back.

        What is under way is dropped, and so is what is left of a run that was stopped if that step
        is its own: either would leave a gap where something was taken back.
        """
        run = self._run
        if run is None and self._document.undo_title != self.progress.title:
            return
        self._stopped = None
        if run is not None and run.ticket is not None:
            self._desk.cancel(run.ticket)
        self._close()

    # ------------------------------------------------------------------ for subclasses

    @abstractmethod
    def _ask(self, run: Run) -> None:
        """Make the next walk of a run."""

    @abstractmethod
    def _on_item(self, item: Item) -> None:
        """One thing that the present walk has found; what it raises stops the run."""

    @abstractmethod
    def _on_ending(self, ending: Ending) -> None:
        """The present walk is over."""

    def _open(
        self, title: str, total: int, model: ModelInfo, settings: Mapping[str, object]
    ) -> tuple[OpenStep, PassId]:
        """Note which model begins what, as the first part of the run's step."""
        self._stopped = None
        step = self._document.open_step(title)
        made = step.do(AddModelPass(model.name, model.weights_hash, json.dumps(settings))).made
        self.progress = RunProgress(title=title, total=total, is_running=True)
        return step, PassId(made[0])

    def _set_out(self, run: Run) -> None:
        """Make the first walk; without it there is no run."""
        self._run = run
        try:
            self._ask(run)
        except AnnotatorError:
            self._close()
            raise

    def _walk(self, run: Run, request: Request) -> None:
        """Ask for a walk."""
        run.last_frame = None
        self._pace.restart()
        run.ticket = self._desk.ask(
            request,
            lane=LANE,
            priority=Priority.RUN,
            listener=Listener(partial(self._heard, run), partial(self._ended, run)),
            latest_wins=False,
        )
        if self.progress.is_paused:  # said when the walk before was over, though not heard of yet
            self._desk.pause(run.ticket)
        self._set()

    def _heard(self, run: Run, item: Item) -> None:
        if self._run is not run or run.is_stuck:
            return
        try:
            self._on_item(item)
        except AnnotatorError as error:
            self._give_up(run, error)

    def _ended(self, run: Run, ending: Ending) -> None:
        if self._run is not run:
            return
        try:
            self._on_ending(ending)
        except AnnotatorError as error:  # what the next walk would go out from cannot be read
            self._close()
            self.on_trouble(error)

    def _count(self, run: Run, frame: FrameIndex) -> None:
        """A frame of the walk is done and on disk."""
        run.last_frame = int(frame)
        self._pace.tick()
        self._set(done=self.progress.done + 1)

    def _give_up(self, run: Run, error: AnnotatorError) -> None:
        """A frame could not be written down: stop, and tell."""
        run.is_stuck = True
        self.cancel()
        self.on_trouble(error)

    def _close(self) -> None:
        """The run has ended; what is left of it lies in ``_stopped``."""
        if self._run is not None:
            self._run.step.close()
        self._run = None
        can_go_on = self._stopped is not None
        self._set(is_running=False, is_paused=False, can_go_on=can_go_on, seconds_left=None)

    def _is_there(self, object_id: ObjectId) -> bool:
        """Whether an object has not been removed meanwhile."""
        try:
            self._document.project.object(object_id)
        except Rejected:
            return False
        return True

    def _set(self, **changes: object) -> None:
        progress = replace(self.progress, **changes)  # type: ignore[arg-type]  # RunProgress fields
        if progress.is_running:
            left = max(0, progress.total - progress.done - progress.saved)
            progress = replace(
                progress,
                frames_per_s=self._pace.frames_per_s,
                seconds_left=self._pace.seconds_for(left),
            )
        self.progress = progress
        self._on_changed(progress)
