"""Propagating: a run over frames becomes annotations as it goes, as one undo step.

Each frame is on disk as soon as it is computed, so that a cancel, a crash or a power cut keeps what
is done. Human frames are never among the results (``run_plan``), and the document refuses to
change them besides.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sam3_annotator.domain.commands import AddModelPass, FrameMask, ObjectFrames, SetMasks
from sam3_annotator.domain.entities import MEASURED_PASSES, Source
from sam3_annotator.domain.ids import FrameIndex, ObjectId, PassId
from sam3_annotator.domain.mask import EMPTY_MASK
from sam3_annotator.domain.painting import lasting_attributes
from sam3_annotator.engine.protocol import (
    Direction,
    Done,
    FrameMasks,
    Item,
    ObjectMask,
    Priority,
    Propagate,
    TrackSeed,
)
from sam3_annotator.errors import AnnotatorError, Rejected
from sam3_annotator.wording import Wording
from sam3_annotator.workflow.arrival import Replaced, human_mask, second_thoughts
from sam3_annotator.workflow.desk import Listener
from sam3_annotator.workflow.fusion import fused
from sam3_annotator.workflow.run_plan import (
    Agreement,
    AgreementWatch,
    Leg,
    Reach,
    Stretch,
    Wish,
    masks_ahead,
    plan_run,
    remaining_frames,
    seed_frames,
    split_legs,
)
from sam3_annotator.workflow.run_progress import Pace, RunProgress

if TYPE_CHECKING:
    from collections.abc import Callable

    from sam3_annotator.domain.entities import Attributes
    from sam3_annotator.domain.ids import MediaId
    from sam3_annotator.engine.protocol import Ending, MediaRef, ModelInfo, Ticket
    from sam3_annotator.workflow.desk import Desk
    from sam3_annotator.workflow.document import Document, OpenStep

LANE = "run"
_TITLES = {
    Reach.FORWARD: Wording("Propagate forward"),
    Reach.BACKWARD: Wording("Propagate backward"),
    Reach.BOTH: Wording("Propagate both"),
    Reach.BETWEEN: Wording("Propagate between"),
}


@dataclass(slots=True)
class _Run:
    """A run in progress; everything here dies with it."""

    media: MediaRef
    legs: list[Leg]
    step: OpenStep
    pass_id: PassId
    agreement: Agreement | None
    watch: AgreementWatch = field(default_factory=lambda: AgreementWatch(Agreement()))
    finished: set[ObjectId] = field(default_factory=set)
    walks: dict[ObjectId, list[Replaced]] = field(default_factory=dict)
    ticket: Ticket | None = None
    is_leg_complete: bool = False
    is_cancelled: bool = False
    is_stuck: bool = False
    last_frame: int | None = None

    @property
    def leg(self) -> Leg:
        return self.legs[0]


class Propagating:
    """Runs over the frames of a clip for objects that exist.

    Args:
        document: where results go.
        desk: where the model is asked.
        on_changed: hears every change of :attr:`progress`.
        media_ref: tells the engine where a media is.
        model: what is loaded; noted with every result.
        clock: seconds that only go forward.

    Attributes:
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
        self._stopped: tuple[MediaId, list[Leg], Agreement | None] | None = None
        self.progress = RunProgress()
        self.on_trouble: Callable[[AnnotatorError], None] = lambda _: None

    @property
    def is_running(self) -> bool:
        """Whether a run is in progress, paused or not."""
        return self._run is not None

    def start(
        self,
        media_id: MediaId,
        objects: tuple[ObjectId, ...],
        wish: Wish,
        agreement: Agreement | None = None,
        at_once: int = 0,
    ) -> None:
        """Begin a run.

        Args:
            media_id: the clip.
            objects: whom to track.
            wish: how far and from where.
            agreement: stop an object where its new masks agree with its old ones; None never.
            at_once: how many objects the device has room for; the rest follow in further walks. 0
                for all.

        Raises:
            Rejected: a run is in progress, no model can track, or there is nothing to compute.
        """
        masklets = {o: self._document.project.masklet(o) for o in objects}
        legs = split_legs(plan_run(masklets, wish), at_once)
        self._begin(media_id, list(legs), agreement, _TITLES[wish.reach])

    def pause(self) -> None:
        """Hold the run between two frames."""
        if self._run is not None and self._run.ticket is not None:
            self._desk.pause(self._run.ticket)
            self._set(is_paused=True)

    def unpause(self) -> None:
        """Let a held run go on."""
        if self._run is not None and self._run.ticket is not None:
            self._pace.restart()
            self._desk.resume(self._run.ticket)
            self._set(is_paused=False)

    def cancel(self) -> None:
        """Stop after the present frame; what is done stays, and :meth:`go_on` takes it up."""
        if self._run is not None and self._run.ticket is not None:
            # Remembered, because the present walk may be over although we have not heard of it.
            self._run.is_cancelled = True
            self._desk.cancel(self._run.ticket)

    def abandon(self) -> None:
        """Stop and hear nothing more, because the document is about to be closed."""
        run, self._run = self._run, None
        self._stopped = None
        if run is not None and run.ticket is not None:
            self._desk.cancel(run.ticket)

    def go_on(self) -> None:
        """Take up a run that was stopped.

        Raises:
            Rejected: nothing was stopped, or a run is in progress.
        """
        if self._stopped is None:
            raise Rejected("No stopped run to take up.")
        media_id, legs, agreement = self._stopped
        self._begin(media_id, legs, agreement, Wording("Propagate on"))

    # ------------------------------------------------------------------ a run

    def _begin(
        self, media_id: MediaId, legs: list[Leg], agreement: Agreement | None, title: str
    ) -> None:
        if self._run is not None:
            raise Rejected("A run is in progress. Cancel it first, or wait.")
        model = self._model()
        if model is None:
            raise Rejected("No model is loaded yet.")
        self._stopped = None
        step = self._document.open_step(title)
        settings = {"legs": [leg.direction.value for leg in legs]}
        if agreement is not None:
            settings["agreement"] = [str(agreement.min_iou), str(agreement.frames)]
        outcome = step.do(AddModelPass(model.name, model.weights_hash, json.dumps(settings)))
        pass_id = PassId(outcome.made[0])
        self._run = _Run(self._media_ref(media_id), legs, step, pass_id, agreement)
        total = sum(leg.frame_count for leg in legs)
        self.progress = RunProgress(title=title, total=total, is_running=True)
        self._ask()

    def _ask(self) -> None:
        run = self._run
        if run is None:
            return
        run.watch = AgreementWatch(run.agreement or Agreement())
        run.finished.clear()
        run.walks.clear()
        run.is_leg_complete = False
        run.last_frame = None
        leg = run.leg
        seeds = tuple(seed for s in leg.stretches for seed in self._seeds(leg, s))
        request = Propagate(LANE, run.media, seeds, leg.start, leg.stop, leg.direction)
        self._pace.restart()
        run.ticket = self._desk.ask(
            request,
            lane=LANE,
            priority=Priority.RUN,
            listener=Listener(self._on_item, self._on_ending),
            latest_wins=False,
        )
        self._set()

    def _seeds(self, leg: Leg, stretch: Stretch) -> list[TrackSeed]:
        masklet = self._document.project.masklet(stretch.object_id)
        seeds = []
        for frame in seed_frames(masklet, leg, stretch):
            mask = self._document.mask(stretch.object_id, FrameIndex(frame))
            if mask is not None and not mask.is_empty:
                seeds.append(TrackSeed(stretch.object_id, FrameIndex(frame), mask))
        return seeds

    def _on_item(self, item: Item) -> None:
        run = self._run
        if run is None or not isinstance(item, FrameMasks) or run.is_leg_complete or run.is_stuck:
            return
        results = {ObjectId(o.track): o for o in item.objects}
        items = []
        for stretch in run.leg.stretches:
            found = results.get(stretch.object_id)
            if found is None or stretch.object_id in run.finished:
                continue
            if stretch.covers(item.frame) and self._is_there(stretch.object_id):
                items.append(self._result(run, stretch, item.frame, found))
        if items and not self._written(run, items):
            return
        run.last_frame = int(item.frame)
        self._pace.tick()
        self._set(done=self.progress.done + 1)
        self._end_leg_early(run)

    def _written(self, run: _Run, items: list[ObjectFrames]) -> bool:
        """Put a frame's results on disk; False when that failed and the run was stopped."""
        return self._carried_out(run, SetMasks(tuple(items), Source.MODEL, run.pass_id))

    def _carried_out(self, run: _Run, command: SetMasks) -> bool:
        try:
            run.step.do(command)
        except AnnotatorError as error:
            run.is_stuck = True  # frames under way must not leave a gap where this one failed
            self.cancel()
            self.on_trouble(error)
            return False
        return True

    def _is_there(self, object_id: ObjectId) -> bool:
        """Whether the object has not been removed meanwhile."""
        try:
            self._document.project.object(object_id)
        except Rejected:
            return False
        return True

    def _result(
        self, run: _Run, stretch: Stretch, frame: FrameIndex, found: ObjectMask
    ) -> ObjectFrames:
        object_id = stretch.object_id
        masklet = self._document.project.masklet(object_id)
        old = masklet.at(frame)
        old_mask = self._document.mask(object_id, frame) if old is not None else None
        mask, score = found.mask, _score(found)
        attributes: Attributes = ()
        if run.leg.is_second_pass and old is not None and old.source is Source.MODEL:
            weight = _second_pass_weight(stretch, frame)
            measured = (MEASURED_PASSES, round((old_mask or EMPTY_MASK).iou(mask), 3))
            attributes = (*lasting_attributes(old), measured)
            mask, score = fused(old_mask, old.score, mask, score, weight)
        elif run.agreement is not None and old is not None and old.source is not Source.HUMAN:
            replaced = Replaced(old, old_mask, mask)
            run.walks.setdefault(object_id, []).append(replaced)
            self._watch(run, stretch, replaced)
        kept = None if mask.is_empty else mask
        edit = FrameMask(frame, kept, score, attributes=attributes)
        return ObjectFrames(object_id, (edit,))

    def _watch(self, run: _Run, stretch: Stretch, replaced: Replaced) -> None:
        masklet, frame = self._document.project.masklet(stretch.object_id), replaced.old.frame
        if replaced.is_absence and masks_ahead(masklet, stretch, frame):
            return  # that both see nothing here says nothing of the masks that follow
        if not run.watch.sees(stretch.object_id, replaced.overlap):
            return
        run.finished.add(stretch.object_id)
        saved = remaining_frames(masklet, stretch, frame, run.leg.direction)
        self._set(saved=self.progress.saved + saved)

    def _end_leg_early(self, run: _Run) -> None:
        if all(s.object_id in run.finished for s in run.leg.stretches) and run.ticket is not None:
            run.is_leg_complete = True
            self._desk.cancel(run.ticket)

    def _on_ending(self, ending: Ending) -> None:
        run = self._run
        if run is None:
            return
        if (isinstance(ending, Done) and not run.is_stuck) or run.is_leg_complete:
            self._think_again(run)
            run.legs.pop(0)
            if not run.legs:
                self._finish(can_go_on=False)
                return
            if not run.is_cancelled:
                self._ask()
                return
            run.last_frame = None
        left = _rest_of(run)
        self._stopped = (run.media.media_id, left, run.agreement) if left else None
        self._finish(can_go_on=bool(left))

    def _think_again(self, run: _Run) -> None:
        """Bring back what a correction's walk has replaced while it had lost its way."""
        step = 1 if run.leg.direction is Direction.FORWARD else -1
        for stretch in run.leg.stretches:
            walk = run.walks.get(stretch.object_id)
            if walk and self._is_there(stretch.object_id):
                ends = stretch.start - step, stretch.stop + step
                project = self._document.project
                human = (human_mask(project, stretch.object_id, frame) for frame in ends)
                for command in second_thoughts(walk, *human):
                    self._carried_out(run, command)

    def _finish(self, *, can_go_on: bool) -> None:
        if self._run is not None:
            self._run.step.close()
        self._run = None
        self._set(is_running=False, is_paused=False, can_go_on=can_go_on, seconds_left=None)

    def _set(self, **changes: object) -> None:
        progress = replace(self.progress, **changes)  # type: ignore[arg-type]  # RunProgress fields
        left = max(0, progress.total - progress.done - progress.saved)
        if progress.is_running:
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


def _second_pass_weight(stretch: Stretch, frame: int) -> float:
    """How much the second pass counts: 1 where it starts, 0 where the first one did."""
    length = abs(stretch.stop - stretch.start) + 2
    return 1.0 - (abs(frame - stretch.start) + 1) / length


def _rest_of(run: _Run) -> list[Leg]:
    """What a stopped run has not computed yet."""
    if run.last_frame is None:
        return list(run.legs)
    step = 1 if run.leg.direction is Direction.FORWARD else -1
    begin = run.last_frame + step
    stretches = []
    for stretch in run.leg.stretches:
        if stretch.object_id in run.finished:
            continue
        start = begin if (begin - stretch.start) * step > 0 else stretch.start
        if (stretch.stop - start) * step >= 0:
            stretches.append(replace(stretch, start=FrameIndex(start)))
    rest = [replace(run.leg, stretches=tuple(stretches))] if stretches else []
    return rest + run.legs[1:]
