"""Concept running: a phrase is found and tracked through a clip; objects appear as they are found.

A run makes the walks of its plan (``concept_plan``) one after the other. Like a propagation, each
frame is on disk as soon as it is computed and the whole run is one undo step. What it makes are
proposals: a reviewer accepts them, and what a person has touched meanwhile is never taken back by
the run. It writes only where its objects have nothing yet.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sam3_annotator.domain.commands import (
    AddObjects,
    ClearMask,
    FrameMask,
    NewObject,
    ObjectFrames,
    RemoveObjects,
    SetMasks,
)
from sam3_annotator.domain.entities import MEASURED_DETECTOR, Source
from sam3_annotator.domain.ids import FrameIndex, ObjectId
from sam3_annotator.domain.review import accepted_frames
from sam3_annotator.engine.protocol import Capability, FrameMasks, Item, ObjectMask, TrackConcept
from sam3_annotator.engine.session import Done
from sam3_annotator.errors import Rejected
from sam3_annotator.wording import Wording
from sam3_annotator.workflow.concept_plan import plan_search, prompts_of, seeds_of
from sam3_annotator.workflow.frame_runs import LANE, FrameRun, FrameRuns

if TYPE_CHECKING:
    from sam3_annotator.domain.entities import Attributes
    from sam3_annotator.domain.ids import CategoryId, MediaId
    from sam3_annotator.engine.protocol import TrackSeed
    from sam3_annotator.engine.session import Ending
    from sam3_annotator.workflow.concept_plan import ConceptWish, Walk

SAME_IOU = 0.7
"""From this overlap on a find is an object that is there already."""


@dataclass(slots=True, kw_only=True)
class _Run(FrameRun):
    """What it looks for, and what it has found.

    Attributes:
        category: of the objects that are made.
        walks: those that are not done, the present one first.
        followed: objects that this run writes, in the order they were found.
        objects: the object of every track of the present walk; None for those not followed up.
        new: those that this run has made.
    """

    wish: ConceptWish
    category: CategoryId
    walks: list[Walk]
    followed: list[ObjectId]
    objects: dict[int, ObjectId | None] = field(default_factory=dict)
    new: set[ObjectId] = field(default_factory=set)

    @property
    def walk(self) -> Walk:
        return self.walks[0]


@dataclass(frozen=True, slots=True)
class _Stopped:
    """What it takes to go on with a run that was stopped."""

    media_id: MediaId
    wish: ConceptWish
    category: CategoryId
    walks: tuple[Walk, ...]
    followed: tuple[ObjectId, ...]


class ConceptRunning(FrameRuns[_Run, _Stopped]):
    """Searches through a clip.

    Attributes:
        found: how many objects the present run, or the last one, has made and kept.
    """

    found = 0

    def start(self, media_id: MediaId, wish: ConceptWish, category: CategoryId) -> None:
        """Begin.

        Args:
            media_id: the clip.
            wish: what to look for, and where.
            category: of the objects that are made.

        Raises:
            Rejected: a run is in progress, the model cannot do it, or there is nothing to find.
        """
        walks = plan_search(wish)
        self.found = 0
        self._begin(_Stopped(media_id, wish, category, walks, ()))

    def go_on(self) -> None:
        """Search the rest of a run that was stopped, for the same objects and others.

        Raises:
            Rejected: nothing was stopped, or a run is in progress.
        """
        if self._stopped is None:
            raise Rejected("No stopped search to take up.")
        self._begin(self._stopped)

    # ------------------------------------------------------------------ a run

    def _begin(self, rest: _Stopped) -> None:
        model = self._model()
        if self._run is not None:
            raise Rejected("A search through a clip is in progress. Cancel it first, or wait.")
        if model is None or Capability.TRACK_CONCEPT not in model.capabilities:
            raise Rejected("The loaded model cannot find and track a phrase through a clip.")
        wish = rest.wish
        settings = {
            "phrase": wish.phrase,
            "exemplars": sum(len(prompt.exemplars) for _, prompt in wish.prompts),
            "min_score": wish.min_score,
            "walks": [walk.direction.value for walk in rest.walks],
        }
        total = sum(walk.frame_count for walk in rest.walks)
        media = self._media_ref(rest.media_id)
        step, pass_id = self._open(_title(wish), total, model, settings)
        self._set_out(
            _Run(
                media=media,
                step=step,
                pass_id=pass_id,
                wish=wish,
                category=rest.category,
                walks=list(rest.walks),
                followed=list(rest.followed),
            )
        )

    def _ask(self, run: _Run) -> None:
        """Make the next walk; those that have nothing to look for are passed over."""
        request = self._next_request(run)
        if request is None:
            self._finish(run)
            return
        run.objects = {int(seed.object_id): seed.object_id for seed in request.seeds}
        self._walk(run, request)

    def _next_request(self, run: _Run) -> TrackConcept | None:
        while run.walks:
            walk, seeds = run.walk, self._seeds(run)
            prompts = prompts_of(run.wish, walk)
            if prompts or seeds:
                return TrackConcept(
                    LANE, run.media, prompts, walk.start, walk.stop, walk.direction, seeds
                )
            self._set(total=self.progress.total - walk.frame_count)
            run.walks.pop(0)
        return None

    def _seeds(self, run: _Run) -> tuple[TrackSeed, ...]:
        project = self._document.project
        return seeds_of(
            [project.object(one) for one in run.followed if self._is_there(one)],
            lambda item: project.masklet(item.id),
            lambda item, frame: self._document.mask(item.id, frame),
            run.walk,
        )

    def _on_item(self, item: Item) -> None:
        run = self._run
        if run is None or not isinstance(item, FrameMasks):
            return
        self._take_back(run, item.removed)
        self._keep(run, item)
        self._count(run, item.frame)

    def _keep(self, run: _Run, item: FrameMasks) -> None:
        known: list[ObjectFrames] = []
        for found in item.objects:
            if found.track not in run.objects and self._is_made(run, item.frame, found):
                continue
            object_id = run.objects.get(found.track)
            if object_id is None or not self._is_there(object_id):
                continue
            # Whoever was here first is right: a person, another walk, another run.
            if self._document.project.masklet(object_id).at(item.frame) is None:
                known.append(ObjectFrames(object_id, (_frame_mask(item.frame, found),)))
        if known:
            run.step.do(SetMasks(tuple(known), Source.MODEL, run.pass_id, self.progress.title))

    def _is_made(self, run: _Run, frame: FrameIndex, found: ObjectMask) -> bool:
        """Make a new object of a track that is seen for the first time.

        Returns:
            False when it is an object that is there already and goes on, or none at all.
        """
        if found.mask.is_empty:
            return False
        known = self._same_as(run, frame, found)
        if known is not None or found.score < run.wish.min_score:
            run.objects[found.track] = known
            if known is not None and known not in run.followed:
                run.followed.append(known)
            return False
        phrase = run.wish.phrase
        new = NewObject(
            run.media.media_id,
            run.category,
            (_frame_mask(frame, found),),
            origin=f"concept:{phrase}" if phrase else "exemplar",
            score=found.score,
            source=Source.MODEL,
            pass_id=run.pass_id,
            prompts=run.wish.on(frame),
        )
        added = run.step.do(AddObjects((new,), self.progress.title)).made
        if not added:  # it lies under others of a category without overlaps; it may come out
            return False
        made = ObjectId(added[0])
        run.objects[found.track] = made
        run.followed.append(made)
        run.new.add(made)
        self.found += 1
        return True

    def _same_as(self, run: _Run, frame: FrameIndex, found: ObjectMask) -> ObjectId | None:
        """The object of the category that lies here already, or ended on the frame before."""
        project = self._document.project
        taken = {one for one in run.objects.values() if one is not None}
        for near in (frame, FrameIndex(frame - run.walk.step)):
            for item, _ in project.on_frame(run.media.media_id, near):
                if item.category_id != run.category or item.id in taken:
                    continue
                mask = project.mask(item.id, near)
                if mask is not None and mask.iou(found.mask) >= SAME_IOU:
                    return item.id
        return None

    def _take_back(self, run: _Run, removed: tuple[int, ...]) -> None:
        """Remove mistakes: objects of this run untouched by people, its share of older ones."""
        gone = []
        for track in removed:
            object_id = run.objects.get(track)
            run.objects[track] = None
            if object_id is None or not self._is_there(object_id):
                continue
            if self._document.project.object(object_id).is_locked:
                continue
            ours = self._untouched(run, object_id)
            if len(ours) == len(self._document.project.masklet(object_id)):
                gone.append(object_id)
            elif object_id not in run.new and ours:
                run.step.do(ClearMask(object_id, ours))
        if gone:
            run.step.do(RemoveObjects(tuple(gone)))
            self.found = max(0, self.found - len(gone))

    def _untouched(self, run: _Run, object_id: ObjectId) -> tuple[FrameIndex, ...]:
        """Frames that this run has written and no person has changed or accepted since."""
        project = self._document.project
        masklet = project.masklet(object_id)
        ours = masklet.frames[(masklet.rows["pass_id"] == run.pass_id) & ~masklet.is_human]
        accepted = accepted_frames(project.contents(run.media.media_id), object_id, ours.tolist())
        return tuple(FrameIndex(f) for f in ours.tolist() if f not in accepted)

    def _on_ending(self, ending: Ending) -> None:
        run = self._run
        if run is None:
            return
        is_whole = isinstance(ending, Done) and not run.is_stuck
        rest = None if is_whole else run.walk.after(run.last_frame)
        run.walks[:1] = [] if rest is None else [rest]
        if run.walks and is_whole and not run.is_cancelled:
            self._ask(run)
        else:
            self._finish(run)

    def _finish(self, run: _Run) -> None:
        if run.walks:
            walks, followed = tuple(run.walks), tuple(run.followed)
            media_id = run.media.media_id
            self._stopped = _Stopped(media_id, run.wish, run.category, walks, followed)
        self._close()


def _title(wish: ConceptWish) -> str:
    if not wish.phrase:
        return Wording("Find alike")
    return Wording("Find “{phrase}” in the clip", phrase=wish.phrase)


def _frame_mask(frame: FrameIndex, found: ObjectMask) -> FrameMask:
    """What is kept of an answer: mask, score, and how far the detector agrees."""
    presence = 1.0 if found.object_score is None else found.object_score
    attributes: Attributes = ()
    if found.detector_iou is not None:
        attributes = ((MEASURED_DETECTOR, round(found.detector_iou, 3)),)
    mask = None if found.mask.is_empty else found.mask
    return FrameMask(frame, mask, found.score * presence, attributes=attributes)
