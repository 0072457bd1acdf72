"""Reviewing: the queue of doubtful spans, verdicts on them, and how well the queue has served.

Nothing here is kept: verdicts, comments and sign-offs are rows of the project, doubts are measured
anew from the masklets whenever they are needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

from sam3_annotator.domain.changes import Table
from sam3_annotator.domain.commands import SetReview, SwapTracks
from sam3_annotator.domain.doubts.calibration import Calibration, calibrate
from sam3_annotator.domain.doubts.looks import Eye
from sam3_annotator.domain.doubts.records import VERDICT, judged_frames, verdict_to_text
from sam3_annotator.domain.doubts.signals import Weights
from sam3_annotator.domain.entities import MediaKind, ReviewState
from sam3_annotator.domain.ids import FrameIndex, MediaId, ObjectId
from sam3_annotator.domain.review import REVIEW_CODES, all_unsigned_frames, standing_codes
from sam3_annotator.errors import Rejected
from sam3_annotator.workflow.doubting import Doubting

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from sam3_annotator.domain.changes import Touched
    from sam3_annotator.domain.contents import MediaContents
    from sam3_annotator.domain.doubts.pairs import LikelySwap
    from sam3_annotator.domain.doubts.queue import Doubt
    from sam3_annotator.domain.entities import PromptRecord
    from sam3_annotator.workflow.document import Document, Outcome


_STATES = {code: state for state, code in REVIEW_CODES.items()}


DOUBTFUL = 0.05
"""Chance of an error from which a span is shown unasked."""


class Show(str, Enum):
    """Which rows of the queue to show."""

    DOUBTFUL = "doubtful"
    """Not judged yet, or changed since, with a reason to doubt."""
    OPEN = "open"
    """Everything that nobody has judged."""
    UNSIGNED = "unsigned"
    """Everything that changed since the last sign-off."""
    NEEDS_WORK = "needs_work"
    """Judged to need work, or rejected."""
    ACCEPTED = "accepted"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One span of one object to look at.

    Attributes:
        state: what was said about its peak; PROPOSED again once the mask changed.
        is_unsigned: whether its peak changed since the last sign-off.
    """

    media_id: MediaId
    doubt: Doubt
    state: ReviewState
    is_unsigned: bool = True

    @property
    def object_id(self) -> ObjectId:
        """Whose span it is."""
        return self.doubt.object_id

    @property
    def is_doubtful(self) -> bool:
        """Whether nobody has judged it and something is unusual."""
        return self.state is ReviewState.PROPOSED and self.doubt.probability >= DOUBTFUL

    def fits(self, show: Show) -> bool:
        """Whether a filter lets it through."""
        return {
            Show.DOUBTFUL: self.is_doubtful,
            Show.OPEN: self.state is ReviewState.PROPOSED,
            Show.UNSIGNED: self.is_unsigned,
            Show.NEEDS_WORK: self.state in (ReviewState.NEEDS_WORK, ReviewState.REJECTED),
            Show.ACCEPTED: self.state is ReviewState.ACCEPTED,
            Show.ALL: True,
        }[show]


class Reviewing:
    """A reviewer's work on one document.

    It does a little work whenever :meth:`work` is called, and never more than it was allowed.

    Args:
        document: the open project.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self._eye = Eye()
        self._doubting: dict[MediaId, Doubting] = {}
        self._scope: tuple[MediaId, ...] = ()
        self._verdicts: dict[MediaId, tuple[PromptRecord, ...]] = {}
        self._unread: list[MediaId] = list(document.project.media)
        self._calibration: Calibration | None = None
        self._rows: tuple[QueueRow, ...] | None = None
        self._said: dict[MediaId, _Said] = {}

    # ------------------------------------------------------------------ measuring

    def look_at(self, media_id: MediaId | None) -> None:
        """Choose what is reviewed: a clip by itself, pictures all together."""
        project = self._document.project
        if media_id is None or media_id not in project.media:
            scope: tuple[MediaId, ...] = ()
        elif project.medium(media_id).kind is MediaKind.CLIP:
            scope = (media_id,)
        else:
            scope = tuple(
                m.id
                for m in project.media.values()
                if m.kind is MediaKind.IMAGE and project.object_counts(m.id)
            )
        if scope != self._scope:
            self._scope = scope
            self._rows = None
            for gone in set(self._doubting) - set(scope):
                del self._doubting[gone]

    def work(self, seconds: float) -> bool:
        """Read, measure and calibrate for about that long; whether something is left to do."""
        if self._unread:
            media_id = self._unread.pop()
            self._read_verdicts(media_id)
            return True
        if self._calibration is None:
            self._calibrate()
            return True
        for media_id in self._scope:
            doubting = self._doubting.get(media_id)
            if doubting is None:
                doubting = Doubting(self._document.project, media_id, self._eye)
                doubting.use(self.weights)
                self._doubting[media_id] = doubting
            if not doubting.is_done:
                doubting.work(seconds)
                self._rows = None
                return True
        return False

    @property
    def is_done(self) -> bool:
        """Whether everything in view has been measured."""
        return (
            not self._unread
            and self._calibration is not None
            and all(m in self._doubting and self._doubting[m].is_done for m in self._scope)
        )

    def touched(self, touched: Touched) -> None:
        """Hear what has changed."""
        project = self._document.project
        self._rows = None
        for media_id in touched.media:
            self._said.pop(media_id, None)
        for media_id in touched.media & set(self._doubting):
            if media_id in project.media:
                there = set(project.contents(media_id).objects)
                self._doubting[media_id].forget((touched.objects & there) if touched.spans else ())
        if Table.PROMPTS in touched.tables:
            self._unread = [*set(self._unread) | (touched.media & set(project.media))]
        if Table.MEDIA in touched.tables:
            for gone in set(self._doubting) - set(project.media):
                del self._doubting[gone]
            self._scope = tuple(m for m in self._scope if m in project.media)

    # ------------------------------------------------------------------ the queue

    def rows(self, show: Show = Show.DOUBTFUL) -> tuple[QueueRow, ...]:
        """The queue, the likeliest errors first."""
        if self._rows is None:
            found = [row for media_id in self._scope for row in self._rows_of(media_id)]
            found.sort(key=lambda r: (-r.doubt.probability, r.media_id, r.object_id, r.doubt.peak))
            self._rows = tuple(found)
        return tuple(row for row in self._rows if row.fits(show))

    def row_at(
        self, media_id: MediaId, frame: int, objects: Iterable[ObjectId] = ()
    ) -> QueueRow | None:
        """The row about a frame, of one of these objects if any are given; the likeliest one."""
        wanted = tuple(objects)
        for row in self.rows(Show.ALL):
            is_here = row.media_id == media_id and row.doubt.covers(frame)
            if is_here and (not wanted or row.object_id in wanted):
                return row
        return None

    def same_row(self, row: QueueRow) -> QueueRow | None:
        """The row that is now about what ``row`` was about; None when there is none any more."""
        found = self.row_at(row.media_id, row.doubt.peak, (row.object_id,))
        return found if found is not None or not self.is_done else None

    def beside(self, row: QueueRow | None, step: int, show: Show) -> QueueRow | None:
        """The next (+1) or previous (-1) row of what is shown; the first one for None."""
        rows = self.rows(show)
        if not rows:
            return None
        if row is None or row not in rows:
            place = 0 if row is None else self._place_of(row, rows)
            return rows[min(max(place if step > 0 else place - 1, 0), len(rows) - 1)]
        place = rows.index(row) + step
        return rows[place] if 0 <= place < len(rows) else None

    @property
    def swaps(self) -> tuple[tuple[MediaId, LikelySwap], ...]:
        """Likely exchanges of identity in what is reviewed."""
        return tuple(
            (media_id, swap)
            for media_id in self._scope
            if media_id in self._doubting
            for swap in self._doubting[media_id].swaps
        )

    # ------------------------------------------------------------------ verdicts

    def judge(self, row: QueueRow, state: ReviewState) -> Outcome:
        """Say what one thinks of a span; how it looked is kept for the calibration.

        Raises:
            Rejected: the object is no longer there.
        """
        doubting = self._doubting.get(row.media_id)
        evidence = None if doubting is None else doubting.evidence(row.object_id)
        text = "" if evidence is None else verdict_to_text(evidence, row.doubt, state)
        return self._document.do(
            SetReview((row.object_id,), state, row.doubt.start, row.doubt.stop, text)
        )

    def swap_near(self, media_id: MediaId, frame: int, objects: Iterable[ObjectId]) -> LikelySwap:
        """The likely swap that is meant: of these objects if any, the nearest to a frame.

        Raises:
            Rejected: none was found.
        """
        wanted = set(objects)
        found = [swap for home, swap in self.swaps if home == media_id]
        chosen = [swap for swap in found if wanted & {swap.first, swap.second}] or found
        if not chosen:
            raise Rejected("No two objects seem to have changed places here.")
        return min(chosen, key=lambda swap: abs(swap.frame - frame))

    def repair(self, swap: LikelySwap) -> Outcome:
        """Exchange two objects from where they changed places.

        It ends before the next swap of the same two, or before the next human frame of either,
        which says who is who.

        Raises:
            Rejected: the objects are locked or no longer there.
        """
        project = self._document.project
        media_id = project.object(swap.first).media_id
        ends = [project.medium(media_id).frame_count]
        for object_id in (swap.first, swap.second):
            masklet = project.masklet(object_id)
            human = masklet.frames[masklet.is_human]
            ends.extend(human[human > swap.frame].tolist()[:1])
        pair = {swap.first, swap.second}
        ends.extend(
            later.frame
            for home, later in self.swaps
            if home == media_id and later.frame > swap.frame and {later.first, later.second} == pair
        )
        return self._document.do(
            SwapTracks(swap.first, swap.second, swap.frame, FrameIndex(min(ends) - 1))
        )

    # ------------------------------------------------------------------ calibration

    @property
    def weights(self) -> Weights:
        """How much each signal counts at present."""
        return Weights.default() if self._calibration is None else self._calibration.weights

    @property
    def calibration(self) -> Calibration:
        """How well the queue has served on what this project's reviewers judged."""
        return self._calibration or Calibration(Weights.default())

    def _calibrate(self) -> None:
        records = [record for kept in self._verdicts.values() for record in kept]
        self._calibration = calibrate(judged_frames(records))
        for doubting in self._doubting.values():
            doubting.use(self._calibration.weights)
        self._rows = None

    def _read_verdicts(self, media_id: MediaId) -> None:
        project = self._document.project
        if media_id not in project.media:
            return
        found = tuple(r for r in project.prompts(media_id) if r.kind == VERDICT)
        if found != self._verdicts.get(media_id, ()):
            self._verdicts[media_id] = found
            self._calibration = None

    # ------------------------------------------------------------------ inside

    def _rows_of(self, media_id: MediaId) -> list[QueueRow]:
        doubting = self._doubting.get(media_id)
        if doubting is None:
            return []
        said = self._said.get(media_id)
        if said is None:
            said = self._said[media_id] = _Said.of(self._document.project.contents(media_id))
        return [
            QueueRow(media_id, doubt, said.state(doubt), said.is_unsigned(doubt))
            for doubt in doubting.doubts
            if doubt.object_id in said.frames
        ]

    def _place_of(self, row: QueueRow, rows: tuple[QueueRow, ...]) -> int:
        """Where a row that is no longer shown would stand."""
        chances = [-one.doubt.probability for one in rows]
        return int(np.searchsorted(chances, -row.doubt.probability))


@dataclass(frozen=True, slots=True, eq=False)
class _Said:
    """What was said about the frames of one media, ready to be looked up."""

    frames: dict[ObjectId, NDArray[np.int32]]
    codes: dict[ObjectId, NDArray[np.uint8]]
    unsigned: dict[ObjectId, NDArray[np.int32]]

    @staticmethod
    def of(contents: MediaContents) -> _Said:
        return _Said(
            {o: masklet.frames for o, masklet in contents.masklets.items()},
            {o: standing_codes(contents, o) for o in contents.masklets},
            all_unsigned_frames(contents),
        )

    def state(self, doubt: Doubt) -> ReviewState:
        frames = self.frames[doubt.object_id]
        place = int(np.searchsorted(frames, doubt.peak))
        if place == frames.size or frames[place] != doubt.peak:
            return ReviewState.PROPOSED
        return _STATES[int(self.codes[doubt.object_id][place])]

    def is_unsigned(self, doubt: Doubt) -> bool:
        frames = self.unsigned[doubt.object_id]
        place = int(np.searchsorted(frames, doubt.peak))
        return place < frames.size and int(frames[place]) == doubt.peak
