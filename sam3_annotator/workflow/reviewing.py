"""Reviewing: the queue of doubtful spans, verdicts on them, and how well the queue has served.

Nothing here is kept: verdicts, comments and sign-offs are rows of the project, doubts are measured
anew from the masklets whenever they are needed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sam3_annotator.domain.changes import Table
from sam3_annotator.domain.commands import SetReview, SwapTracks
from sam3_annotator.domain.doubts.calibration import Calibration, calibrate
from sam3_annotator.domain.doubts.looks import Eye
from sam3_annotator.domain.doubts.records import (
    VERDICT,
    judged_frames,
    span_to_text,
    verdict_to_text,
)
from sam3_annotator.domain.doubts.signals import Weights
from sam3_annotator.domain.entities import MediaKind, ReviewState
from sam3_annotator.domain.ids import FrameIndex, MediaId, ObjectId
from sam3_annotator.domain.review import REVIEW_CODES, all_unsigned_frames, standing_codes
from sam3_annotator.errors import Rejected
from sam3_annotator.workflow.doubting import Doubting
from sam3_annotator.workflow.queue_rows import QueueRow, Show

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from sam3_annotator.domain.changes import Touched
    from sam3_annotator.domain.contents import MediaContents
    from sam3_annotator.domain.doubts.evidence import Evidence
    from sam3_annotator.domain.doubts.pairs import LikelySwap
    from sam3_annotator.domain.doubts.queue import Doubt
    from sam3_annotator.domain.entities import PromptRecord, ReviewMark
    from sam3_annotator.domain.masklet import Masklet
    from sam3_annotator.workflow.document import Document, Outcome

    Span = tuple[FrameIndex, FrameIndex]

_STATES = {code: state for state, code in REVIEW_CODES.items()}


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
        self._shown: dict[Show, tuple[QueueRow, ...]] = {}
        self._made: dict[MediaId, dict[ObjectId, tuple[_Basis, tuple[QueueRow, ...]]]] = {}
        self._unsigned: dict[MediaId, dict[ObjectId, NDArray[np.int32]]] = {}

    # ------------------------------------------------------------------ measuring

    def look_at(self, media_id: MediaId | None, frame: int | None = None) -> None:
        """Choose what is reviewed: a clip by itself, pictures all together.

        Args:
            media_id: what is shown.
            frame: where masks are looked at before others.
        """
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
            self._shown.clear()
            self._drop(set(self._doubting) - set(scope))
        if media_id in self._doubting:
            self._doubting[media_id].look_near(frame)

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
                version = doubting.version
                doubting.work(seconds)
                if doubting.version != version:
                    self._shown.clear()
                return True
        return False

    @property
    def masks(self) -> tuple[int, int]:
        """How many masks in view have been looked at, and how many there are as far as is known."""
        found = [self._doubting[m].masks for m in self._scope if m in self._doubting]
        return sum(seen for seen, _ in found), sum(total for _, total in found)

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
        self._shown.clear()
        for media_id in touched.media:
            self._unsigned.pop(media_id, None)
            for object_id in touched.objects:
                self._made.get(media_id, {}).pop(object_id, None)
        for media_id in touched.media & set(self._doubting):
            self._doubting[media_id].forget(touched.objects if touched.spans else ())
        if Table.PROMPTS in touched.tables:
            self._unread = [*set(self._unread) | (touched.media & set(project.media))]
        if Table.MEDIA in touched.tables:
            self._drop(set(self._doubting) - set(project.media))
            self._scope = tuple(m for m in self._scope if m in project.media)

    # ------------------------------------------------------------------ the queue

    def rows(self, show: Show = Show.DOUBTFUL) -> tuple[QueueRow, ...]:
        """The queue, the likeliest errors first."""
        if show not in self._shown:
            found = [row for row in self._every_row() if row.fits(show)]
            found.sort(key=lambda r: (-r.doubt.probability, r.media_id, r.object_id, r.doubt.peak))
            self._shown[show] = tuple(found)
        return self._shown[show]

    def row_at(
        self, media_id: MediaId, frame: int, objects: Iterable[ObjectId] = ()
    ) -> QueueRow | None:
        """The row about a frame, of one of these objects if any are given; the likeliest one."""
        wanted = set(objects)
        here = [
            row
            for row in self._every_row((media_id,) if media_id in self._scope else ())
            if row.doubt.covers(frame) and (not wanted or row.object_id in wanted)
        ]
        return max(here, key=lambda row: row.doubt.probability, default=None)

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
        evidence = self._evidence(row.object_id)
        text = "" if evidence is None else verdict_to_text(evidence, row.doubt, state)
        return self._document.do(
            SetReview((row.object_id,), state, row.doubt.start, row.doubt.stop, text)
        )

    def judge_frames(
        self, objects: tuple[ObjectId, ...], state: ReviewState, span: Span | None
    ) -> SetReview:
        """The command that says the same of a span of frames, or of all of them.

        How one object looked there is kept for the calibration, as far as it has been measured.
        """
        command = SetReview(objects, state, *(span or ()))
        if len(objects) != 1:
            return command
        evidence = self._evidence(objects[0])
        if evidence is None or not evidence.frames.size:
            return command
        start, stop = span or (0, int(evidence.frames[-1]))
        return replace(command, evidence=span_to_text(evidence, start, stop, state))

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
        self._shown.clear()

    def _read_verdicts(self, media_id: MediaId) -> None:
        project = self._document.project
        if media_id not in project.media:
            return
        found = tuple(r for r in project.prompts(media_id) if r.kind == VERDICT)
        if found != self._verdicts.get(media_id, ()):
            self._verdicts[media_id] = found
            self._calibration = None

    # ------------------------------------------------------------------ inside

    def _drop(self, gone: Iterable[MediaId]) -> None:
        """Forget what was measured of media that nobody looks at any more."""
        for media_id in gone:
            for known in (self._doubting, self._made, self._unsigned):
                known.pop(media_id, None)

    def _every_row(self, scope: tuple[MediaId, ...] | None = None) -> Iterator[QueueRow]:
        for media_id in self._scope if scope is None else scope:
            doubting = self._doubting.get(media_id)
            if doubting is None:
                continue
            contents = self._document.project.contents(media_id)
            marks: dict[ObjectId, list[ReviewMark]] = {}
            for mark in contents.reviews.values():
                marks.setdefault(mark.object_id, []).append(mark)
            signed = tuple(contents.signoffs)
            for object_id, doubts in doubting.doubts_by_object.items():
                masklet = contents.masklets.get(object_id)
                if masklet is not None:
                    basis = _Basis(masklet, doubts, tuple(marks.get(object_id, ())), signed)
                    yield from self._rows_of(media_id, contents, basis)

    def _rows_of(
        self, media_id: MediaId, contents: MediaContents, basis: _Basis
    ) -> tuple[QueueRow, ...]:
        """The rows of one object; made anew only when something they say may have changed."""
        object_id, made = basis.masklet.object_id, self._made.setdefault(media_id, {})
        kept = made.get(object_id)
        if kept is not None and kept[0].is_same(basis):
            return kept[1]
        if media_id not in self._unsigned:
            self._unsigned[media_id] = all_unsigned_frames(contents)
        frames, codes = basis.masklet.frames, standing_codes(contents, object_id)
        peaks = np.array([int(doubt.peak) for doubt in basis.doubts], np.int32)
        places = np.minimum(np.searchsorted(frames, peaks), len(frames) - 1)
        is_there = frames[places] == peaks
        states = np.where(is_there, codes[places], 0).tolist()
        is_unsigned = np.isin(peaks, self._unsigned[media_id].get(object_id, ())).tolist()
        rows = tuple(
            QueueRow(media_id, doubt, _STATES[state], unsigned)
            for doubt, state, unsigned in zip(basis.doubts, states, is_unsigned, strict=True)
        )
        made[object_id] = (basis, rows)
        return rows

    def _evidence(self, object_id: ObjectId) -> Evidence | None:
        """The signals of an object's frames, where they have been measured."""
        media_id = self._document.project.object(object_id).media_id
        doubting = self._doubting.get(media_id)
        return None if doubting is None else doubting.evidence(object_id)

    def _place_of(self, row: QueueRow, rows: tuple[QueueRow, ...]) -> int:
        """Where a row that is no longer shown would stand."""
        chances = [-one.doubt.probability for one in rows]
        return int(np.searchsorted(chances, -row.doubt.probability))


@dataclass(frozen=True, slots=True, eq=False)
class _Basis:
    """What the rows of one object were made of.

    Attributes:
        signed: ids of the media's sign-offs.
    """

    masklet: Masklet
    doubts: list[Doubt]
    marks: tuple[ReviewMark, ...]
    signed: tuple[int, ...]

    def is_same(self, other: _Basis) -> bool:
        return (
            self.masklet is other.masklet
            and self.doubts is other.doubts
            and self.marks == other.marks
            and self.signed == other.signed
        )
