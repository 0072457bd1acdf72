"""The work report: who did how much, how fast, and what share of the frames people made.

Time is what lies between two traces of the same person (steps, edits, prompts, verdicts), as long
as they follow each other within two minutes; longer breaks count as nothing.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timezone
from typing import TYPE_CHECKING

import numpy as np

from sam3_annotator.domain.entities import ReviewState, Source
from sam3_annotator.domain.masklet import SOURCE_CODES
from sam3_annotator.domain.review import standing_state

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sam3_annotator.domain.contents import MediaContents
    from sam3_annotator.domain.entities import Media
    from sam3_annotator.domain.ids import ObjectId
    from sam3_annotator.workflow.document import Document

IDLE_S = 120.0
"""A longer pause is a break."""
_QUARTER_S = 900
"""Days begin at a full quarter of an hour in every time zone, so that whole ones can be dated."""
EVERYBODY = ""
"""The name under which all persons are added up."""


@dataclass(frozen=True, slots=True)
class PersonWork:
    """What one person did.

    Attributes:
        active_s: time at work, in seconds.
        review_s: the part of it that ended in a verdict.
        human_frames: object-frames that this person drew, corrected or accepted last.
        objects: objects with at least one such frame.
        clicks: points placed; boxes: boxes drawn.
        pointed_objects: objects that any of these was for.
        verdicts: review marks by state.
    """

    name: str
    active_s: float = 0.0
    review_s: float = 0.0
    human_frames: int = 0
    objects: int = 0
    clicks: int = 0
    boxes: int = 0
    pointed_objects: int = 0
    verdicts: dict[ReviewState, int] = field(default_factory=dict)

    @property
    def seconds_per_frame(self) -> float | None:
        """Labelling time for each human frame; None where there is none."""
        return (self.active_s - self.review_s) / self.human_frames if self.human_frames else None

    @property
    def clicks_per_object(self) -> float | None:
        """Clicks and boxes for each object that got any; None where none did."""
        pointed = self.clicks + self.boxes
        return pointed / self.pointed_objects if self.pointed_objects else None

    @property
    def judged(self) -> int:
        """Verdicts given."""
        return sum(self.verdicts.values())

    @property
    def seconds_per_verdict(self) -> float | None:
        """Review time for each verdict; None where there is none."""
        return self.review_s / self.judged if self.judged else None


@dataclass(frozen=True, slots=True)
class ObjectWork:
    """What one object took.

    Attributes:
        frames: object-frames by source.
    """

    media: str
    name: str
    review: ReviewState
    frames: dict[Source, int]
    clicks: int
    boxes: int


@dataclass(frozen=True, slots=True)
class WorkReport:
    """Everything the report says.

    Attributes:
        people: each person, by name.
        total: everybody together.
        frames: object-frames by source.
        days: human frames by the day they were last edited, in local time, ascending.
    """

    people: tuple[PersonWork, ...]
    total: PersonWork
    frames: dict[Source, int]
    objects: tuple[ObjectWork, ...]
    days: tuple[tuple[date, int], ...]

    def share(self, source: Source) -> float:
        """Share of the object-frames that come from a source, in [0, 1]."""
        return self.frames.get(source, 0) / max(1, sum(self.frames.values()))


def work_report(document: Document) -> Iterator[WorkReport | None]:
    """Gather the report, a media for each ``next()``: None while it is incomplete, then once it."""
    gathered = _Gathered()
    for step in document.history(limit=-1):
        gathered.trace(step.author, step.made_at)
    for media, contents in document.project.walk():
        gathered.add(document, media, contents)
        yield None
    yield gathered.report()


def people_csv(report: WorkReport) -> bytes:
    """One line for each person and one for all, with a heading."""
    heads = (
        "person", "active_s", "review_s", "human_frames", "seconds_per_human_frame", "objects",
        "clicks", "boxes", "clicks_per_object", *(f"judged_{s.value}" for s in _JUDGED),
        "seconds_per_verdict", *(f"{s.value}_frames" for s in Source),
        *(f"{s.value}_share" for s in Source),
    )  # fmt: skip
    rows = [(*_person_row(work), *("",) * (2 * len(Source))) for work in report.people]
    frames = [str(report.frames.get(source, 0)) for source in Source]
    shares = [f"{report.share(source):.4f}" for source in Source]
    rows.append(("all", *_person_row(report.total)[1:], *frames, *shares))
    return _csv(heads, rows)


def objects_csv(report: WorkReport) -> bytes:
    """One line for each object, with a heading."""
    heads = ("media", "object", "review", *(f"{s.value}_frames" for s in Source), "clicks", "boxes")
    rows = [
        (
            work.media,
            work.name,
            work.review.value,
            *(str(work.frames.get(source, 0)) for source in Source),
            str(work.clicks),
            str(work.boxes),
        )
        for work in report.objects
    ]
    return _csv(heads, rows)


_JUDGED = (ReviewState.ACCEPTED, ReviewState.REJECTED, ReviewState.NEEDS_WORK)


def _person_row(work: PersonWork) -> tuple[str, ...]:
    return (
        work.name,
        f"{work.active_s:.0f}",
        f"{work.review_s:.0f}",
        str(work.human_frames),
        _number(work.seconds_per_frame),
        str(work.objects),
        str(work.clicks),
        str(work.boxes),
        _number(work.clicks_per_object),
        *(str(work.verdicts.get(state, 0)) for state in _JUDGED),
        _number(work.seconds_per_verdict),
    )


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _csv(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


class _Gathered:
    """Counts while the media are walked."""

    def __init__(self) -> None:
        self._traces: dict[str, list[float]] = defaultdict(list)
        self._verdict_times: dict[str, list[float]] = defaultdict(list)
        self._verdicts: dict[str, Counter[ReviewState]] = defaultdict(Counter)
        self._human: Counter[str] = Counter()
        self._owned: dict[str, set[ObjectId]] = defaultdict(set)
        self._pointed: dict[str, set[ObjectId]] = defaultdict(set)
        self._clicks: Counter[str] = Counter()
        self._boxes: Counter[str] = Counter()
        self._sources: Counter[Source] = Counter()
        self._objects: list[ObjectWork] = []
        self._days: Counter[date] = Counter()

    def trace(self, author: str, at: float) -> None:
        """Somebody was at work at a moment."""
        self._traces[author].append(at)

    def add(self, document: Document, media: Media, contents: MediaContents) -> None:
        """Count what lies on one media."""
        pointed = self._add_prompts(document, media)
        for mark in contents.reviews.values():
            self._verdicts[mark.author][mark.state] += 1
            self._verdict_times[mark.author].append(mark.marked_at)
            self.trace(mark.author, mark.marked_at)
        for item in contents.ordered():
            frames = self._add_frames(document, contents, item.id)
            clicks, boxes = pointed.get(item.id, (0, 0))
            category = document.project.categories.get(item.category_id)
            name = f"{category.name if category else '?'} {item.number}"
            state = standing_state(contents, item.id)
            self._objects.append(ObjectWork(media.path, name, state, frames, clicks, boxes))

    def report(self) -> WorkReport:
        """Everything counted, put together."""
        names = sorted(set(self._traces) | set(self._human) | set(self._verdicts))
        people = tuple(self._person(name) for name in names)
        total = PersonWork(
            EVERYBODY,
            sum(p.active_s for p in people),
            sum(p.review_s for p in people),
            sum(p.human_frames for p in people),
            len(set().union(*self._owned.values())),
            sum(p.clicks for p in people),
            sum(p.boxes for p in people),
            len(set().union(*self._pointed.values())),
            dict(sum(self._verdicts.values(), Counter())),
        )
        days = tuple(sorted(self._days.items()))
        return WorkReport(people, total, dict(self._sources), tuple(self._objects), days)

    def _person(self, name: str) -> PersonWork:
        active, review = _at_work(self._traces[name], self._verdict_times[name])
        return PersonWork(
            name,
            active,
            review,
            self._human[name],
            len(self._owned[name]),
            self._clicks[name],
            self._boxes[name],
            len(self._pointed[name]),
            dict(self._verdicts[name]),
        )

    def _add_prompts(self, document: Document, media: Media) -> dict[ObjectId, tuple[int, int]]:
        pointed: dict[ObjectId, tuple[int, int]] = {}
        for record in document.project.prompts(media.id):
            self.trace(record.author, record.given_at)
            clicks, boxes = _pointing(record.kind, record.payload)
            self._clicks[record.author] += clicks
            self._boxes[record.author] += boxes
            if record.object_id is not None and clicks + boxes:
                before = pointed.get(record.object_id, (0, 0))
                pointed[record.object_id] = (before[0] + clicks, before[1] + boxes)
                self._pointed[record.author].add(record.object_id)
        return pointed

    def _add_frames(
        self, document: Document, contents: MediaContents, object_id: ObjectId
    ) -> dict[Source, int]:
        masklet = contents.masklets.get(object_id)
        if masklet is None:
            return {}
        found = {
            source: int(np.count_nonzero(masklet.rows["source"] == code))
            for source, code in SOURCE_CODES.items()
        }
        self._sources.update(found)
        human = masklet.rows[masklet.is_human]
        for number in np.unique(human["author"]).tolist():
            name = document.project.people.name(number)
            mine = human["edited_at"][human["author"] == number]
            self._human[name] += int(mine.size)
            self._owned[name].add(object_id)
            self._traces[name].extend(np.unique(mine).tolist())
        quarters, counts = np.unique(human["edited_at"] // _QUARTER_S, return_counts=True)
        for quarter, count in zip(quarters.tolist(), counts.tolist(), strict=True):
            at = datetime.fromtimestamp(quarter * _QUARTER_S, tz=timezone.utc)
            self._days[at.astimezone().date()] += count
        return {source: count for source, count in found.items() if count}


def _at_work(traces: list[float], verdicts: list[float]) -> tuple[float, float]:
    """Seconds at work, and those of them that ended in a verdict."""
    moments = np.unique(np.array(traces, np.float64))
    if moments.size < 2:
        return 0.0, 0.0
    gaps = np.diff(moments)
    is_work = gaps <= IDLE_S
    told = np.unique(np.array(verdicts, np.float64))
    # The first moment from a verdict on is the one that the gap before led to.
    ends = np.searchsorted(moments, told)
    is_review = np.zeros(gaps.size, np.bool_)
    is_review[ends[(ends > 0) & (ends <= gaps.size)] - 1] = True
    return float(gaps[is_work].sum()), float(gaps[is_work & is_review].sum())


def _pointing(kind: str, payload: str) -> tuple[int, int]:
    """Clicks and boxes of one prompt record."""
    if kind == "concept":
        return 0, len(json.loads(payload)["exemplars"])
    if kind not in {"clicks", "box"}:
        return 0, 0
    data = json.loads(payload)
    return len(data["clicks"]), 0 if data["box"] is None else 1
