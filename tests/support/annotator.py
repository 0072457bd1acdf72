"""A simulated person with the truth in mind: prompts, propagates, looks, corrects, and counts.

Everything goes the way it goes in the window: rows through the document, masks through the engine
thread, corrections through ``workflow.propagating``, the queue through ``workflow.reviewing``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

import cv2
import numpy as np

from sam3_annotator.domain.commands import (
    AddCategory,
    AddMedia,
    AddObjects,
    FrameMask,
    NewObject,
    SetFlags,
    SetMask,
)
from sam3_annotator.domain.entities import FrameFlag
from sam3_annotator.domain.geometry import Point
from sam3_annotator.domain.ids import CategoryId, FrameIndex, MediaId, ObjectId
from sam3_annotator.domain.mask import EMPTY_MASK, Mask
from sam3_annotator.engine.protocol import FrameRef, LoadModel, MediaRef, ModelLoaded, Priority
from sam3_annotator.io.opening import gather_clip
from sam3_annotator.workflow.desk import Listener, silent
from sam3_annotator.workflow.document import Document
from sam3_annotator.workflow.propagating import Propagating
from sam3_annotator.workflow.queue_rows import Show
from sam3_annotator.workflow.reviewing import Reviewing
from sam3_annotator.workflow.run_plan import Agreement, Reach, Wish
from sam3_annotator.workflow.segmenting import Segmenting

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sam3_annotator.engine.protocol import ModelInfo
    from tests.support.pump import Pump

GOOD_START = 0.9
"""Overlap from which the first mask is taken as it is."""
MOST_CLICKS = 5
LEAST_SEEN = 0.05
"""Share of a thing that must be seen for its frame to be judged; slivers say nothing."""


@dataclass(frozen=True)
class Truth:
    """What a thing really looks like.

    Attributes:
        masks: one per frame, empty where it is not to be seen.
        is_judged: (T,) whether a frame counts: it is gone, or seen well enough.
    """

    name: str
    masks: tuple[Mask, ...]
    is_judged: np.ndarray

    @staticmethod
    def of(name: str, seen: np.ndarray, whole: np.ndarray) -> Truth:
        """From (T, H, W) bool and the (T,) pixels that would be seen with nothing in front."""
        masks = tuple(Mask.from_array(frame) for frame in seen)
        areas = np.array([mask.area for mask in masks])
        return Truth(name, masks, (areas == 0) | (areas >= LEAST_SEEN * whole))

    @property
    def first(self) -> int:
        """The first frame that shows it."""
        return next(f for f, mask in enumerate(self.masks) if not mask.is_empty)

    def absence(self, frame: int) -> tuple[int, int]:
        """First and last frame of the absence that ``frame`` lies in."""
        start = stop = frame
        while start > 0 and self.masks[start - 1].is_empty:
            start -= 1
        while stop + 1 < len(self.masks) and self.masks[stop + 1].is_empty:
            stop += 1
        return start, stop


@dataclass(frozen=True)
class FirstMask:
    """The mask on the first frame, and how the person got it."""

    mask: Mask
    clicks: int
    is_painted: bool


@dataclass(frozen=True)
class FullRun:
    """A full re-run after a correction, beside the local one.

    Attributes:
        overlaps: IoU of kept and re-run masks, on every judged frame the local run left alone.
        is_beyond: for each of these, whether a human frame lies between it and the correction.
        gains: for each of these, IoU with the truth of the re-run mask less that of the kept one.
    """

    computed: int
    overlaps: np.ndarray
    is_beyond: np.ndarray
    gains: np.ndarray


@dataclass(frozen=True)
class Correction:
    """One thing that the person did.

    Attributes:
        frame: where.
        is_absence: the thing was marked absent, over all frames of that absence.
        computed: frames computed again.
        gap: frames up to the next human frame, or the clip's end, on both sides.
        rows_read: rows of the queue that were opened to find the frame.
        full: of a full re-run, where one was made.
    """

    frame: int
    is_absence: bool
    computed: int
    gap: int = 0
    rows_read: int = 0
    full: FullRun | None = None


@dataclass
class Story:
    """One thing from its first mask to the last correction.

    Attributes:
        states: its masks on every frame after 0, 1, 2, ... corrections.
    """

    truth: Truth
    states: list[tuple[Mask, ...]] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)

    def overlaps(self, done: int) -> np.ndarray:
        """(T,) IoU with the truth after ``done`` corrections; both empty is 1."""
        pairs = zip(self.states[min(done, len(self.states) - 1)], self.truth.masks, strict=True)
        return np.array([mine.iou(right) for mine, right in pairs])

    def share_right(self, done: int, least: float) -> float:
        """Share of the judged frames that overlap the truth by ``least`` or more."""
        return float((self.overlaps(done) >= least)[self.truth.is_judged].mean())

    def needed(self, least: float, share: float) -> int | None:
        """Corrections until that share of frames was right; None when that never came."""
        for done in range(len(self.states)):
            if self.share_right(done, least) >= share:
                return done
        return None


@dataclass(frozen=True)
class Habit:
    """How the person works.

    Attributes:
        uses_queue: goes where the review queue leads, instead of to the worst frame of all.
        least: overlap from which a frame is right.
        share: of the frames that must be right.
        limit: corrections after which the person gives a thing up.
        agreement: what lets a correction stop early.
        checked: after so many corrections of each thing a full re-run is made and taken back.
    """

    uses_queue: bool = False
    least: float = 0.9
    share: float = 0.95
    limit: int = 8
    agreement: Agreement = field(default_factory=Agreement)
    checked: int = 0


class Bench:
    """One project with one clip on one engine, and the workflow around it; no window.

    Args:
        pump: the engine with its session.
        folder: an empty folder for the project.
        film: the clip's file.
        model: what is loaded.
    """

    def __init__(self, pump: Pump, folder: Path, film: Path, model: ModelInfo) -> None:
        ticks = count(1.0)
        self.document = Document.create(folder / "clip.s3a", "bench", lambda: next(ticks))
        new = gather_clip(film, str).items
        self.media = MediaId(self.document.do(AddMedia(new)).made[0])
        self.category = CategoryId(self.document.do(AddCategory("thing")).made[0])
        self.frame_count = new[0].frame_count
        self.ref = MediaRef(self.media, str(film), 0, "clip", new[0].content_hash)
        self.reviewing = Reviewing(self.document)
        self.reviewing.look_at(self.media)
        self.document.subscribe(self.reviewing.touched)
        self._pump = pump
        self.running = Propagating(
            self.document, pump.desk, silent, lambda _media: self.ref, lambda: model
        )

    def close(self) -> None:
        """Close the project."""
        self.document.close()

    def first_mask(self, truth: Truth) -> FirstMask:
        """Box the thing on its first frame and click until it fits; else paint it."""
        right = truth.masks[truth.first]
        work = Segmenting(self._pump.desk, silent, silent)
        work.open_frame(FrameRef(self.ref, FrameIndex(truth.first)))
        work.draw_box(right.box.box())
        self._pump.settle()
        for clicks in range(MOST_CLICKS + 1):
            mask = work.attempt.mask or EMPTY_MASK
            if mask.iou(right) >= GOOD_START:
                return FirstMask(mask, clicks, is_painted=False)
            if clicks < MOST_CLICKS:
                point, is_positive = worst_place(mask, right)
                work.click(point, is_positive=is_positive)
                self._pump.settle()
        return FirstMask(right, MOST_CLICKS, is_painted=True)

    def add(self, truth: Truth, first: FirstMask) -> ObjectId:
        """Accept a first mask."""
        masks = (FrameMask(FrameIndex(truth.first), first.mask),)
        new = NewObject(self.media, self.category, masks, origin="box")
        return ObjectId(self.document.do(AddObjects((new,))).made[0])

    def run(
        self, objects: tuple[ObjectId, ...], wish: Wish, agreement: Agreement | None = None
    ) -> int:
        """Propagate to the end; frames computed."""
        self.running.start(self.media, objects, wish, agreement)
        self._pump.settle()
        return self.running.progress.done

    def wish(self, at: int, reach: Reach, *, is_local: bool = False) -> Wish:
        """A run over the whole clip from a frame."""
        last = FrameIndex(self.frame_count - 1)
        return Wish(FrameIndex(at), reach, FrameIndex(0), last, is_local=is_local)

    def masks(self, object_id: ObjectId) -> tuple[Mask, ...]:
        """The object's masks, one per frame."""
        frames = range(self.frame_count)
        return tuple(self.document.mask(object_id, FrameIndex(f)) or EMPTY_MASK for f in frames)

    def human_frames(self, object_id: ObjectId) -> np.ndarray:
        """The frames a person worked on."""
        masklet = self.document.project.masklet(object_id)
        return masklet.frames[masklet.is_human]

    def stamps(self, object_id: ObjectId) -> np.ndarray:
        """(T,) when each frame's mask was written down last; 0 where there is none."""
        rows = self.document.project.masklet(object_id).rows
        stamps = np.zeros(self.frame_count)
        stamps[rows["frame"]] = rows["edited_at"]
        return stamps

    def queue(self, object_id: ObjectId) -> list[tuple[int, ...]]:
        """The review queue's rows about an object: each its peak, then the rest of its frames."""
        while self.reviewing.work(1.0):
            pass
        rows = [r.doubt for r in self.reviewing.rows(Show.ALL) if r.object_id == object_id]
        return [(int(d.peak), *range(int(d.start), int(d.stop) + 1)) for d in rows]


class Annotator:
    """The person at one bench.

    Args:
        bench: where the work is done.
        habit: how.
    """

    def __init__(self, bench: Bench, habit: Habit) -> None:
        self._bench, self._habit = bench, habit

    def work(self, firsts: Mapping[str, FirstMask], truths: Sequence[Truth]) -> list[Story]:
        """Label a clip: everything is propagated once, then each thing is corrected."""
        objects = {t.name: self._bench.add(t, firsts[t.name]) for t in truths}
        for start in sorted({t.first for t in truths}):
            group = tuple(objects[t.name] for t in truths if t.first == start)
            self._bench.run(group, self._bench.wish(start, Reach.FORWARD))
        return [self._correct(objects[t.name], t) for t in truths]

    def _correct(self, object_id: ObjectId, truth: Truth) -> Story:
        story = Story(truth, [self._bench.masks(object_id)])
        while len(story.corrections) < self._habit.limit:
            if story.needed(self._habit.least, self._habit.share) is not None:
                break
            frame, rows_read = self._where(object_id, story)
            may_check = len(story.corrections) < self._habit.checked
            if truth.masks[frame].is_empty:
                done = self._say_absent(object_id, truth, frame, rows_read)
            else:
                done = self._redraw(object_id, truth, frame, rows_read, is_checked=may_check)
            story.corrections.append(done)
            story.states.append(self._bench.masks(object_id))
        return story

    def _where(self, object_id: ObjectId, story: Story) -> tuple[int, int]:
        """The frame to correct, and how many rows of the queue it took to find it."""
        overlaps = story.overlaps(len(story.corrections))
        wrong = (overlaps < self._habit.least) & story.truth.is_judged
        every = np.arange(wrong.size)
        if self._habit.uses_queue:
            for read, (peak, *frames) in enumerate(self._bench.queue(object_id), start=1):
                if wrong[peak]:
                    return peak, read
                if any(wrong[f] for f in frames):
                    return worst_frame(story.truth, overlaps, wrong & np.isin(every, frames)), read
        return worst_frame(story.truth, overlaps, wrong), 0

    def _say_absent(
        self, object_id: ObjectId, truth: Truth, frame: int, rows_read: int
    ) -> Correction:
        start, stop = (FrameIndex(f) for f in truth.absence(frame))
        self._bench.document.do(SetFlags((object_id,), start, stop, FrameFlag.ABSENT))
        return Correction(frame, is_absence=True, computed=0, rows_read=rows_read)

    def _redraw(
        self, object_id: ObjectId, truth: Truth, frame: int, rows_read: int, *, is_checked: bool
    ) -> Correction:
        bench = self._bench
        bench.document.do(SetMask(object_id, FrameIndex(frame), truth.masks[frame]))
        human = bench.human_frames(object_id)
        stop = min([bench.frame_count, *human[human > frame].tolist()])
        gap = stop - max([-1, *human[human < frame].tolist()]) - 2
        if not gap:
            return Correction(frame, False, 0, 0, rows_read)
        local = bench.wish(frame, Reach.BOTH, is_local=True)
        before = bench.stamps(object_id)
        computed = bench.run((object_id,), local, self._habit.agreement)
        kept = np.flatnonzero(before == bench.stamps(object_id))
        full = self._full_run(object_id, truth, frame, kept) if is_checked else None
        return Correction(frame, False, computed, gap, rows_read, full)

    def _full_run(self, object_id: ObjectId, truth: Truth, frame: int, kept: np.ndarray) -> FullRun:
        """Run from the correction to both ends, compare with what was kept, and undo it."""
        bench = self._bench
        human = bench.human_frames(object_id)
        kept = np.setdiff1d(np.intersect1d(kept, np.flatnonzero(truth.is_judged)), human)
        old = bench.masks(object_id)
        computed = bench.run((object_id,), bench.wish(frame, Reach.BOTH))
        new = bench.masks(object_id)
        bench.document.undo()
        between = [((human > min(f, frame)) & (human < max(f, frame))).any() for f in kept]
        return FullRun(
            computed,
            np.array([old[f].iou(new[f]) for f in kept]),
            np.array(between, np.bool_),
            np.array([new[f].iou(truth.masks[f]) - old[f].iou(truth.masks[f]) for f in kept]),
        )


def worst_frame(truth: Truth, overlaps: np.ndarray, wrong: np.ndarray) -> int:
    """The wrong frame of the least overlap; of several equally bad the one that shows most."""
    frames = np.flatnonzero(wrong)
    least = overlaps[frames].min()
    return max(
        (int(f) for f in frames if overlaps[f] <= least + 0.02),
        key=lambda f: (truth.masks[f].area, -f),
    )


def worst_place(mask: Mask, right: Mask) -> tuple[Point, bool]:
    """The middle of the largest wrong region, and whether a click there is positive."""
    window = mask.box.united(right.box)
    mine, true = mask.window(window), right.window(window)
    places = []
    for wrong, is_positive in ((true & ~mine, True), (mine & ~true, False)):
        padded = np.pad(wrong, 1).astype(np.uint8)
        depth = cv2.distanceTransform(padded, cv2.DIST_L2, 5)[1:-1, 1:-1]
        row, column = np.unravel_index(int(depth.argmax()), depth.shape)
        point = Point(window.left + float(column) + 0.5, window.top + float(row) + 0.5)
        places.append((float(depth.max()), is_positive, point))
    _, is_positive, point = max(places, key=lambda place: place[:2])
    return point, is_positive


def load(pump: Pump, weights: str) -> ModelInfo:
    """Load weights through the engine and say what is loaded."""
    found: list[ModelInfo] = []

    def told(item: object) -> None:
        if isinstance(item, ModelLoaded):
            found.append(item.info)

    pump.desk.ask(LoadModel(weights), lane="load", priority=Priority.CLICK,
                  listener=Listener(told, silent))  # fmt: skip
    pump.settle()
    return found[0]
