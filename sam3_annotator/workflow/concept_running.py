"""Concept running: a phrase is found and tracked through a clip; objects appear as they are found.

Like a propagation, each frame is on disk as soon as it is computed and the whole run is one undo
step. What it makes are proposals: a reviewer accepts them, and what a person has touched meanwhile
is never taken back by the run.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sam3_annotator.domain.commands import (
    AddModelPass,
    AddObjects,
    FrameMask,
    NewObject,
    ObjectFrames,
    RemoveObjects,
    SetMasks,
)
from sam3_annotator.domain.entities import Source
from sam3_annotator.domain.ids import FrameIndex, ObjectId, PassId
from sam3_annotator.engine.protocol import (
    Capability,
    Direction,
    Done,
    FrameMasks,
    Item,
    ObjectMask,
    Priority,
    TrackConcept,
)
from sam3_annotator.errors import AnnotatorError, Rejected
from sam3_annotator.workflow.desk import Listener
from sam3_annotator.workflow.propagating import LANE
from sam3_annotator.workflow.run_progress import Pace, RunProgress

if TYPE_CHECKING:
    from collections.abc import Callable

    from sam3_annotator.domain.ids import CategoryId, MediaId
    from sam3_annotator.domain.prompts import ConceptPrompt
    from sam3_annotator.engine.protocol import Ending, MediaRef, ModelInfo, Ticket
    from sam3_annotator.workflow.desk import Desk
    from sam3_annotator.workflow.document import Document, OpenStep

SAME_IOU = 0.7
"""From this overlap on a find is an object that is there already."""


@dataclass(frozen=True, slots=True)
class ConceptWish:
    """What to look for, where, and what to call it.

    Attributes:
        concept: a phrase, exemplars on frame ``at``, or both.
        category: of the objects that are made.
        at: the frame that the exemplars lie on.
        start: first frame looked at.
        stop: last frame looked at, included; smaller than ``start`` to go backward.
        min_score: tracks that begin with a lower score are not kept.
    """

    concept: ConceptPrompt
    category: CategoryId
    at: FrameIndex
    start: FrameIndex
    stop: FrameIndex
    min_score: float = 0.0

    @property
    def direction(self) -> Direction:
        """Which way the run walks."""
        return Direction.FORWARD if self.stop >= self.start else Direction.BACKWARD

    @property
    def frame_count(self) -> int:
        """How many frames are looked at."""
        return abs(self.stop - self.start) + 1

    def from_frame(self, frame: int) -> ConceptWish:
        """The rest of the wish from a frame on."""
        return replace(self, start=FrameIndex(frame))


@dataclass(slots=True)
class _Run:
    """A run in progress.

    Attributes:
        objects: the object of every track; None for tracks that are not followed up.
    """

    media: MediaRef
    wish: ConceptWish
    step: OpenStep
    pass_id: PassId
    objects: dict[int, ObjectId | None] = field(default_factory=dict)
    ticket: Ticket | None = None
    last_frame: int | None = None


class ConceptRunning:
    """One search through a clip at a time.

    Args:
        document: where objects go.
        desk: where the model is asked.
        on_changed: hears every change of :attr:`progress`.
        media_ref: tells the engine where a media is.
        model: what is loaded; noted with every result.
        clock: seconds that only go forward.

    Attributes:
        found: how many objects the present run, or the last one, has made and kept.
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
        self._run: _Run | None = None
        self._stopped: tuple[MediaId, ConceptWish] | None = None
        self.found = 0
        self.progress = RunProgress()
        self.on_trouble: Callable[[AnnotatorError], None] = lambda _: None

    @property
    def is_running(self) -> bool:
        """Whether a run is in progress, paused or not."""
        return self._run is not None

    def start(self, media_id: MediaId, wish: ConceptWish) -> None:
        """Begin.

        Raises:
            Rejected: a run is in progress, the model cannot do it, or there is nothing to find.
        """
        model = self._model()
        if self._run is not None:
            raise Rejected("A search through a clip is in progress. Cancel it first, or wait.")
        if wish.concept.is_empty:
            raise Rejected("Type what to find, or draw an exemplar box around one.")
        if model is None or Capability.TRACK_CONCEPT not in model.capabilities:
            raise Rejected("The loaded model cannot find and track a phrase through a clip.")
        self._stopped = None
        title = f"Find “{wish.concept.phrase}” in the clip" if wish.concept.phrase else "Find alike"
        settings = json.dumps(
            {
                "phrase": wish.concept.phrase,
                "exemplars": len(wish.concept.exemplars),
                "min_score": wish.min_score,
            }
        )
        step = self._document.open_step(title)
        made = step.do(AddModelPass(model.name, model.weights_hash, settings)).made
        run = _Run(self._media_ref(media_id), wish, step, PassId(made[0]))
        self._run, self.found = run, 0
        self.progress = RunProgress(title=title, total=wish.frame_count, is_running=True)
        self._pace.restart()
        request = TrackConcept(
            LANE, run.media, ((wish.at, wish.concept),), wish.start, wish.stop, wish.direction
        )
        run.ticket = self._desk.ask(
            request,
            lane=LANE,
            priority=Priority.RUN,
            listener=Listener(self._on_item, self._on_ending),
            latest_wins=False,
        )
        self._set()

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
        """Stop after the present frame; what was found stays."""
        if self._run is not None and self._run.ticket is not None:
            self._desk.cancel(self._run.ticket)

    def go_on(self) -> None:
        """Search the rest of a run that was stopped; known objects are recognised by overlap.

        Raises:
            Rejected: nothing was stopped, or a run is in progress.
        """
        if self._stopped is None:
            raise Rejected("No stopped search to take up.")
        self.start(*self._stopped)

    def abandon(self) -> None:
        """Stop and hear nothing more, because the document is about to be closed."""
        run, self._run = self._run, None
        self._stopped = None
        if run is not None and run.ticket is not None:
            self._desk.cancel(run.ticket)

    # ------------------------------------------------------------------ a run

    def _on_item(self, item: Item) -> None:
        run = self._run
        if run is None or not isinstance(item, FrameMasks):
            return
        try:
            self._take_back(run, item.removed)
            self._keep(run, item)
        except AnnotatorError as error:
            self.cancel()
            self.on_trouble(error)
            return
        run.last_frame = int(item.frame)
        self._pace.tick()
        self._set(done=self.progress.done + 1)

    def _keep(self, run: _Run, item: FrameMasks) -> None:
        known: list[ObjectFrames] = []
        for found in item.objects:
            if found.track not in run.objects and self._is_made(run, item.frame, found):
                continue
            object_id = run.objects.get(found.track)
            if object_id is not None and self._is_there(object_id):
                mask = None if found.mask.is_empty else found.mask
                frame_mask = FrameMask(item.frame, mask, _score(found))
                known.append(ObjectFrames(object_id, (frame_mask,)))
        if known:
            run.step.do(SetMasks(tuple(known), Source.MODEL, run.pass_id, self.progress.title))

    def _is_made(self, run: _Run, frame: FrameIndex, found: ObjectMask) -> bool:
        """Make a new object of a track that is seen for the first time.

        Returns:
            False when it is an object that is there already, or none at all.
        """
        if found.mask.is_empty:
            return False
        known = self._same_as(run, frame, found)
        if known is not None or found.score < run.wish.min_score:
            run.objects[found.track] = self._continued(known, frame)
            return False
        phrase = run.wish.concept.phrase.strip()
        new = NewObject(
            run.media.media_id,
            run.wish.category,
            (FrameMask(frame, found.mask, _score(found)),),
            origin=f"concept:{phrase}" if phrase else "exemplar",
            score=found.score,
            source=Source.MODEL,
            pass_id=run.pass_id,
            prompts=run.wish.concept,
        )
        made = run.step.do(AddObjects((new,), self.progress.title)).made
        run.objects[found.track] = ObjectId(made[0])
        self.found += 1
        return True

    def _same_as(self, run: _Run, frame: FrameIndex, found: ObjectMask) -> ObjectId | None:
        """The object of the category that lies here already."""
        project, wish = self._document.project, run.wish
        step = 1 if wish.direction is Direction.FORWARD else -1
        taken = {one for one in run.objects.values() if one is not None}
        for near in (frame, FrameIndex(frame - step)):
            for item, _ in project.on_frame(run.media.media_id, near):
                if item.category_id != wish.category or item.id in taken:
                    continue
                mask = project.mask(item.id, near)
                if mask is not None and mask.iou(found.mask) >= SAME_IOU:
                    return item.id
        return None

    def _continued(self, known: ObjectId | None, frame: FrameIndex) -> ObjectId | None:
        """An object that ends here goes on; one that is known here already is left as it is."""
        if known is None or self._document.project.masklet(known).at(frame) is not None:
            return None
        return known

    def _take_back(self, run: _Run, removed: tuple[int, ...]) -> None:
        """Remove what turned out to be mistakes, unless a person has worked on it."""
        gone = []
        for track in removed:
            object_id = run.objects.get(track)
            run.objects[track] = None
            if object_id is None or not self._is_there(object_id):
                continue
            item = self._document.project.object(object_id)
            if not item.is_locked and not self._document.project.masklet(object_id).is_human.any():
                gone.append(object_id)
        if gone:
            run.step.do(RemoveObjects(tuple(gone)))
            self.found = max(0, self.found - len(gone))

    def _is_there(self, object_id: ObjectId) -> bool:
        try:
            self._document.project.object(object_id)
        except Rejected:
            return False
        return True

    def _on_ending(self, ending: Ending) -> None:
        run, self._run = self._run, None
        if run is None:
            return
        run.step.close()
        wish = run.wish
        step = 1 if wish.direction is Direction.FORWARD else -1
        next_frame = wish.start if run.last_frame is None else run.last_frame + step
        is_over = isinstance(ending, Done) or (wish.stop - next_frame) * step < 0
        self._stopped = None if is_over else (run.media.media_id, wish.from_frame(next_frame))
        self._set(is_running=False, is_paused=False, can_go_on=not is_over, seconds_left=None)

    def _set(self, **changes: object) -> None:
        progress = replace(self.progress, **changes)  # type: ignore[arg-type]  # RunProgress fields
        if progress.is_running:
            left = max(0, progress.total - progress.done)
            progress = replace(
                progress,
                frames_per_s=self._pace.frames_per_s,
                seconds_left=self._pace.seconds_for(left),
            )
        self.progress = progress
        self._on_changed(progress)


def _score(found: ObjectMask) -> float:
    presence = 1.0 if found.object_score is None else found.object_score
    return found.score * presence
