"""Propagating: a run over frames becomes annotations as it goes, as one undo step.

Each frame is on disk as soon as it is computed, so that a cancel, a crash or a power cut keeps what
is done. Human and accepted frames are never among the results: a correction's run ends before them
(``run_plan``), and the document refuses to change them besides.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sam3_annotator.domain.commands import FrameMask, ObjectFrames, SetMasks
from sam3_annotator.domain.entities import MEASURED_PASSES, Source
from sam3_annotator.domain.ids import FrameIndex, ObjectId
from sam3_annotator.domain.mask import EMPTY_MASK
from sam3_annotator.domain.painting import lasting_attributes
from sam3_annotator.engine.protocol import (
    Direction,
    FrameMasks,
    Item,
    ObjectMask,
    Propagate,
    TrackSeed,
)
from sam3_annotator.engine.session import Done
from sam3_annotator.errors import AnnotatorError, Rejected
from sam3_annotator.wording import Wording
from sam3_annotator.workflow.arrival import Replaced, second_thoughts, settled_mask
from sam3_annotator.workflow.frame_runs import LANE, FrameRun, FrameRuns
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
    settled_masklets,
    split_legs,
)

if TYPE_CHECKING:
    from sam3_annotator.domain.entities import Attributes
    from sam3_annotator.domain.ids import MediaId
    from sam3_annotator.engine.session import Ending

_TITLES = {
    Reach.FORWARD: Wording("Propagate forward"),
    Reach.BACKWARD: Wording("Propagate backward"),
    Reach.BOTH: Wording("Propagate both"),
    Reach.BETWEEN: Wording("Propagate between"),
}


@dataclass(slots=True, kw_only=True)
class _Run(FrameRun):
    """Its legs, the present one first."""

    legs: list[Leg]
    agreement: Agreement | None
    watch: AgreementWatch = field(default_factory=lambda: AgreementWatch(Agreement()))
    finished: set[ObjectId] = field(default_factory=set)
    walks: dict[ObjectId, list[Replaced]] = field(default_factory=dict)
    is_leg_complete: bool = False

    @property
    def leg(self) -> Leg:
        return self.legs[0]


@dataclass(frozen=True, slots=True)
class _Stopped:
    """What it takes to go on with a run that was stopped."""

    media_id: MediaId
    legs: tuple[Leg, ...]
    agreement: Agreement | None


class Propagating(FrameRuns[_Run, _Stopped]):
    """Runs over the frames of a clip for objects that exist."""

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
        masklets = settled_masklets(self._document.project, objects)
        legs = split_legs(plan_run(masklets, wish), at_once)
        self._begin(_Stopped(media_id, tuple(legs), agreement), _TITLES[wish.reach])

    def go_on(self) -> None:
        """Compute the rest of a run that was stopped.

        Raises:
            Rejected: nothing was stopped, or a run is in progress.
        """
        if self._stopped is None:
            raise Rejected("No stopped run to take up.")
        self._begin(self._stopped, Wording("Propagate on"))

    # ------------------------------------------------------------------ a run

    def _begin(self, rest: _Stopped, title: str) -> None:
        if self._run is not None:
            raise Rejected("A run is in progress. Cancel it first, or wait.")
        model = self._model()
        if model is None:
            raise Rejected("No model is loaded yet.")
        legs, agreement, media = rest.legs, rest.agreement, self._media_ref(rest.media_id)
        settings = {"legs": [leg.direction.value for leg in legs]}
        if agreement is not None:
            settings["agreement"] = [str(agreement.min_iou), str(agreement.frames)]
        step, pass_id = self._open(title, sum(leg.frame_count for leg in legs), model, settings)
        self._set_out(
            _Run(media=media, step=step, pass_id=pass_id, legs=list(legs), agreement=agreement)
        )

    def _ask(self, run: _Run) -> None:
        run.watch = AgreementWatch(run.agreement or Agreement())
        run.finished.clear()
        run.walks.clear()
        run.is_leg_complete = False
        leg = run.leg
        seeds = tuple(seed for s in leg.stretches for seed in self._seeds(leg, s))
        self._walk(run, Propagate(LANE, run.media, seeds, leg.start, leg.stop, leg.direction))

    def _seeds(self, leg: Leg, stretch: Stretch) -> list[TrackSeed]:
        project = self._document.project
        frames = seed_frames(project.masklet(stretch.object_id), leg, stretch)
        beyond = stretch.stop + _step(leg)
        if beyond not in frames and settled_mask(project, stretch.object_id, beyond) is not None:
            frames = tuple(sorted((*frames, beyond)))
        seeds = []
        for frame in frames:
            mask = self._document.mask(stretch.object_id, FrameIndex(frame))
            if mask is not None and not mask.is_empty:
                seeds.append(TrackSeed(stretch.object_id, FrameIndex(frame), mask))
        return seeds

    def _on_item(self, item: Item) -> None:
        run = self._run
        if run is None or not isinstance(item, FrameMasks) or run.is_leg_complete:
            return
        results = {ObjectId(o.track): o for o in item.objects}
        items = []
        for stretch in run.leg.stretches:
            found = results.get(stretch.object_id)
            if found is None or stretch.object_id in run.finished:
                continue
            if stretch.covers(item.frame) and self._is_there(stretch.object_id):
                items.append(self._result(run, stretch, item.frame, found))
        if items:
            run.step.do(SetMasks(tuple(items), Source.MODEL, run.pass_id))
        self._count(run, item.frame)
        self._end_leg_early(run)

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
            try:
                self._think_again(run)
            except AnnotatorError as error:
                self._give_up(run, error)
            run.legs.pop(0)
            if run.legs and not run.is_cancelled:
                self._ask(run)
                return
            run.last_frame = None
        left = tuple(_rest_of(run))
        self._stopped = _Stopped(run.media.media_id, left, run.agreement) if left else None
        self._close()

    def _think_again(self, run: _Run) -> None:
        """Bring back what a correction's walk has replaced while it had lost its way."""
        step = _step(run.leg)
        for stretch in run.leg.stretches:
            walk = run.walks.get(stretch.object_id)
            if walk and self._is_there(stretch.object_id):
                project = self._document.project
                behind = project.mask(stretch.object_id, FrameIndex(stretch.start - step))
                beyond = settled_mask(project, stretch.object_id, stretch.stop + step)
                for command in second_thoughts(walk, behind, beyond):
                    run.step.do(command)


def _step(leg: Leg) -> int:
    return 1 if leg.direction is Direction.FORWARD else -1


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
    step = _step(run.leg)
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
