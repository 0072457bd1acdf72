"""The work report: whose frames, how long, how many clicks; and its CSV files."""

from __future__ import annotations

import csv
import io

import pytest

from sam3_annotator.domain.commands import (
    AddObjects,
    FrameMask,
    NewObject,
    ObjectFrames,
    SetMask,
    SetMasks,
    SetReview,
)
from sam3_annotator.domain.entities import ReviewState, Source
from sam3_annotator.domain.geometry import Box, Point
from sam3_annotator.domain.ids import FrameIndex, ObjectId
from sam3_annotator.domain.prompts import Click, PromptSet
from sam3_annotator.workflow.document import Document
from sam3_annotator.workflow.work_report import IDLE_S, objects_csv, people_csv, work_report
from tests.support.projects import Made, square


class Clock:
    """Stands where it is put."""

    def __init__(self, at):
        self.at = at

    def __call__(self):
        return self.at


@pytest.fixture
def made(tmp_path):
    made = Made(tmp_path / "p.s3a", objects=0)
    made.close()
    return made


def at_work(made, author, clock):
    return Document.open(made.path, author, clock)


def report_of(document):
    *waits, report = work_report(document)
    assert waits == [None] * len(document.project.media)
    return report


def clicked(made):
    clicks = tuple(Click(Point(6, 6 + y), is_positive=True) for y in range(3))
    prompts = PromptSet(clicks=clicks, box=Box(4, 4, 12, 12))
    masks = (FrameMask(FrameIndex(0), square(4, 4)),)
    return NewObject(made.media, made.bus, masks, origin="click", prompts=prompts)


def test_time_counts_until_somebody_takes_a_break(made):
    clock = Clock(10_000.0)
    document = at_work(made, "bea", clock)
    item = ObjectId(document.do(AddObjects((clicked(made),))).made[0])
    for at in (10_010.0, 10_030.0, 10_030.0 + IDLE_S + 1, 10_045.0 + IDLE_S + 1):
        clock.at = at
        document.do(SetMask(item, FrameIndex(int(at) % 20), square(5, 5)))
    bea = next(p for p in report_of(document).people if p.name == "bea")
    assert bea.active_s == pytest.approx(10 + 20 + 15)
    document.close()


def test_each_person_has_their_frames_clicks_and_verdicts(made):
    clock = Clock(10_000.0)
    document = at_work(made, "bea", clock)
    item = ObjectId(document.do(AddObjects((clicked(made),))).made[0])
    model = tuple(FrameMask(FrameIndex(f), square(4 + f, 4), 0.9) for f in range(1, 8))
    clock.at = 10_008.0
    document.do(SetMasks((ObjectFrames(item, model),), Source.MODEL))
    document.close()
    clock.at = 20_000.0
    document = at_work(made, "cem", clock)
    document.do(SetMask(item, FrameIndex(3), square(9, 9)))
    for at, state in ((20_006.0, ReviewState.ACCEPTED), (20_010.0, ReviewState.REJECTED)):
        clock.at = at
        document.do(SetReview((item,), state, FrameIndex(1), FrameIndex(2)))
    report = report_of(document)
    people = {person.name: person for person in report.people}
    bea, cem = people["bea"], people["cem"]
    assert (bea.human_frames, bea.clicks, bea.boxes, bea.pointed_objects) == (1, 3, 1, 1)
    assert bea.clicks_per_object == 4
    assert bea.seconds_per_frame == 8
    assert (cem.human_frames, cem.objects, cem.judged) == (1, 1, 2)
    assert cem.active_s == cem.review_s == 10
    assert cem.seconds_per_verdict == 5
    assert cem.clicks_per_object is None
    assert report.frames[Source.HUMAN] == 2
    assert report.frames[Source.MODEL] == 6
    assert report.share(Source.HUMAN) == 0.25
    assert report.total.human_frames == 2
    assert sum(count for _, count in report.days) == 2
    document.close()


def test_both_files_have_a_line_for_everything(made):
    document = at_work(made, "bea", Clock(10_000.0))
    document.do(AddObjects((clicked(made), clicked(made))))
    report = report_of(document)
    people = list(csv.DictReader(io.StringIO(people_csv(report).decode())))
    assert [row["person"] for row in people] == [*(p.name for p in report.people), "all"]
    assert people[-1]["human_share"] == "1.0000"
    assert people[-1]["clicks_per_object"] == "4.00"
    objects = list(csv.DictReader(io.StringIO(objects_csv(report).decode())))
    assert [(row["object"], row["clicks"], row["boxes"]) for row in objects] == [
        ("bus 1", "3", "1"),
        ("bus 2", "3", "1"),
    ]
    document.close()


def test_an_object_is_accepted_once_every_frame_is(made):
    document = at_work(made, "bea", Clock(10_000.0))
    item = ObjectId(document.do(AddObjects((clicked(made),))).made[0])
    (before,) = report_of(document).objects
    document.do(SetReview((item,), ReviewState.ACCEPTED, FrameIndex(0), FrameIndex(0)))
    (after,) = report_of(document).objects
    assert (before.review, after.review) == (ReviewState.PROPOSED, ReviewState.ACCEPTED)
    document.close()


def test_an_empty_project_has_an_empty_report(tmp_path):
    document = Document.create(tmp_path / "empty.s3a", "bea")
    report = report_of(document)
    assert report.people == ()
    assert report.total.seconds_per_frame is None
    assert report.share(Source.HUMAN) == 0
    document.close()
