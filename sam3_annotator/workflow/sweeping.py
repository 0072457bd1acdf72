"""Sweeping: the search for a concept over many frames, kept as it goes, as one undo step.

Each frame's finds are on disk before the next frame is asked for, as proposals of the model that
a person has still to look at. Only two frames are with the engine at a time, so that clicks and
the visible picture are answered in between and a cancel takes effect at once.
"""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from sam3_annotator.domain.commands import AddModelPass, AddObjects, FrameMask, NewObject
from sam3_annotator.domain.entities import Source
from sam3_annotator.domain.ids import PassId
from sam3_annotator.engine.protocol import Candidates, FindConcept, Priority
from sam3_annotator.engine.session import Crashed, Failed
from sam3_annotator.errors import AnnotatorError, Rejected
from sam3_annotator.workflow.desk import Listener

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sam3_annotator.domain.ids import CategoryId
    from sam3_annotator.domain.prompts import ConceptPrompt
    from sam3_annotator.engine.protocol import FrameRef, Item, ModelInfo
    from sam3_annotator.engine.session import Ending, Ticket
    from sam3_annotator.workflow.desk import Desk
    from sam3_annotator.workflow.document import Document, OpenStep

IN_FLIGHT = 2
SAME_IOU = 0.7


@dataclass(frozen=True, slots=True)
class SweepReport:
    """How a sweep went.

    Attributes:
        frames: frames searched.
        found: objects added.
        known: finds left out because an object of the category already covers them.
        failed: frames that could not be searched, or are no longer in the project.
        is_cancelled: whether it was stopped before the last frame.
    """

    frames: int = 0
    found: int = 0
    known: int = 0
    failed: int = 0
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True)
class SweepWish:
    """What to look for, and what to keep.

    Attributes:
        category: what the finds are called.
        threshold: finds below it are not kept.
        title: names the step in the Undo menu.
    """

    concept: ConceptPrompt
    category: CategoryId
    threshold: float
    title: str


class Sweeping:
    """One search over many frames at a time.

    Args:
        desk: where the model is asked.
        on_progress: told (frames done, frames in all).
        on_ended: told how it went, once.
        on_trouble: told about an answer that could not be written down; the sweep stops then.
    """

    def __init__(
        self,
        desk: Desk,
        on_progress: Callable[[int, int], None],
        on_ended: Callable[[SweepReport], None],
        on_trouble: Callable[[AnnotatorError], None],
    ) -> None:
        self._desk = desk
        self._on_progress, self._on_ended = on_progress, on_ended
        self._on_trouble = on_trouble
        self._run: _Run | None = None

    @property
    def is_running(self) -> bool:
        """Whether a sweep is on its way."""
        return self._run is not None

    def start(
        self, document: Document, frames: Iterable[FrameRef], wish: SweepWish, model: ModelInfo
    ) -> None:
        """Begin.

        Raises:
            Rejected: a sweep is running already, or there is nothing to look for.
            FileTrouble: the run could not be recorded.
        """
        waiting = deque(frames)
        if self._run is not None:
            raise Rejected("A search over all pictures is running already.")
        if wish.concept.is_empty or not waiting:
            raise Rejected("Type what to find first.")
        step = document.open_step(wish.title)
        settings = {"phrase": wish.concept.phrase, "threshold": wish.threshold}
        made = step.do(AddModelPass(model.name, model.weights_hash, json.dumps(settings))).made
        self._run = _Run(document, step, wish, PassId(made[0]), waiting, len(waiting))
        self._fill()

    def cancel(self) -> None:
        """Stop; what was found stays."""
        run = self._run
        if run is None:
            return
        run.is_cancelled = True
        run.waiting.clear()
        for ticket in tuple(run.tickets.values()):
            self._desk.cancel(ticket)

    def abandon(self) -> None:
        """Stop at once, before the document is closed or steps taken back; what was found stays."""
        self.cancel()
        run, self._run = self._run, None
        if run is not None:
            self._on_ended(run.report())

    # ------------------------------------------------------------------ inside

    def _fill(self) -> None:
        run = self._run
        if run is None:
            return
        while run.waiting and len(run.tickets) < IN_FLIGHT:
            frame = run.waiting.popleft()
            number = run.asked
            run.asked += 1
            listener = Listener(partial(self._keep, run), partial(self._ended, run, number))
            ticket = self._desk.ask(
                FindConcept(("sweep", number), frame, run.wish.concept, run.wish.threshold),
                lane=("sweep", number),
                priority=Priority.RUN,
                listener=listener,
            )
            run.tickets[number] = ticket
        if not run.tickets and not run.waiting:
            self._run = None
            self._on_ended(run.report())

    def _keep(self, run: _Run, item: Item) -> None:
        if run is not self._run or run.is_cancelled or not isinstance(item, Candidates):
            return
        project = run.document.project
        if item.frame.media.media_id not in project.media:
            run.failed += 1
            return
        try:
            project.category(run.wish.category)
            run.keep(item)
        except AnnotatorError as error:
            self._on_trouble(error)
            self.cancel()

    def _ended(self, run: _Run, number: int, ending: Ending) -> None:
        if run is not self._run:
            return
        run.tickets.pop(number, None)
        if isinstance(ending, Failed | Crashed):
            run.failed += 1
        run.done += 1
        self._on_progress(run.done, run.total)
        self._fill()


@dataclass(slots=True)
class _Run:
    """A sweep on its way; everything here dies with it."""

    document: Document
    step: OpenStep
    wish: SweepWish
    model_pass: PassId
    waiting: deque[FrameRef]
    total: int
    tickets: dict[int, Ticket] = field(default_factory=dict)
    asked: int = 0
    done: int = 0
    found: int = 0
    known: int = 0
    failed: int = 0
    is_cancelled: bool = False

    def keep(self, answer: Candidates) -> None:
        """Write one frame's finds down, but for those that an object already covers."""
        media_id, frame = answer.frame.media.media_id, answer.frame.frame
        project = self.document.project
        there = [
            project.mask(item.id, frame)
            for item, _ in project.on_frame(media_id, frame)
            if item.category_id == self.wish.category
        ]
        fresh = []
        for found in answer.found:
            if found.score < self.wish.threshold or found.mask.is_empty:
                continue
            if any(mask is not None and mask.iou(found.mask) >= SAME_IOU for mask in there):
                self.known += 1
                continue
            fresh.append(
                NewObject(
                    media_id,
                    self.wish.category,
                    (FrameMask(frame, found.mask, found.score),),
                    origin=f"concept:{self.wish.concept.phrase}",
                    score=found.score,
                    source=Source.MODEL,
                    pass_id=self.model_pass,
                    prompts=self.wish.concept,
                )
            )
        if fresh:
            outcome = self.step.do(AddObjects(tuple(fresh), self.wish.title))
            self.found += len(outcome.made)
            self.known += outcome.skipped

    def report(self) -> SweepReport:
        """How it went."""
        searched = self.done - self.failed
        return SweepReport(searched, self.found, self.known, self.failed, self.is_cancelled)
