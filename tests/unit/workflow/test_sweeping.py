"""Searching a whole folder: kept as it goes, one step, cancel keeps, failures are counted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sam3_annotator.domain.commands import (
    AddCategory,
    AddMedia,
    AddObjects,
    EditCategory,
    FrameMask,
    NewObject,
    RemoveCategory,
    RemoveMedia,
)
from sam3_annotator.domain.entities import Source
from sam3_annotator.domain.geometry import PixelBox
from sam3_annotator.domain.ids import CategoryId, FrameIndex, MediaId
from sam3_annotator.domain.mask import Mask
from sam3_annotator.domain.prompts import ConceptPrompt
from sam3_annotator.engine.protocol import EncodeFrame, FrameRef, MediaRef, Priority
from sam3_annotator.errors import FileTrouble, Rejected
from sam3_annotator.workflow.desk import Listener, silent
from sam3_annotator.workflow.document import Document
from sam3_annotator.workflow.sweeping import IN_FLIGHT, Sweeping, SweepWish
from tests.support.fake_session import fake_info
from tests.support.projects import HEIGHT, WIDTH, picture, ticking
from tests.support.pump import Pump


class Folder:
    """A project of five pictures and a sweep over them."""

    def __init__(self, path) -> None:
        self.pump = Pump(size=(WIDTH, HEIGHT))
        self.document = Document.create(path, "anna", ticking())
        rows = tuple(picture(f"{number}.jpg") for number in range(5))
        self.media = [MediaId(one) for one in self.document.do(AddMedia(rows)).made]
        self.category = CategoryId(self.document.do(AddCategory("bus")).made[0])
        self.progress, self.reports, self.troubles = [], [], []
        self.sweeping = Sweeping(
            self.pump.desk,
            lambda done, total: self.progress.append((done, total)),
            self.reports.append,
            self.troubles.append,
        )

    def frames(self):
        return [
            FrameRef(MediaRef(m, f"{m}.jpg", 0, "image", ""), FrameIndex(0)) for m in self.media
        ]

    def wish(self, phrase="bus", threshold=0.5):
        return SweepWish(ConceptPrompt(phrase), self.category, threshold, "Find bus")

    def start(self, **wish):
        self.sweeping.start(self.document, self.frames(), self.wish(**wish), fake_info())

    def counts(self):
        return [sum(self.document.project.object_counts(m).values()) for m in self.media]


@pytest.fixture
def folder(tmp_path):
    made = Folder(tmp_path / "p.s3a")
    yield made
    made.pump.close()
    made.document.close()


def test_every_picture_is_searched_and_finds_are_the_models(folder):
    folder.start()
    assert folder.sweeping.is_running
    folder.pump.settle()
    assert not folder.sweeping.is_running
    assert folder.counts() == [3] * 5
    assert folder.progress[-1] == (5, 5)
    (report,) = folder.reports
    assert (report.frames, report.found, report.known, report.failed) == (5, 15, 0, 0)
    assert not report.is_cancelled
    for media in folder.media:
        for item, annotation in folder.document.project.on_frame(media, FrameIndex(0)):
            assert annotation.source is Source.MODEL
            assert item.origin == "concept:bus"
            assert annotation.score == pytest.approx(item.score)
            assert annotation.pass_id in folder.document.project.passes


def test_the_threshold_says_what_is_kept(folder):
    folder.start(threshold=0.9)
    folder.pump.settle()
    assert folder.counts() == [1] * 5


def test_one_undo_takes_everything_back(folder):
    folder.start()
    folder.pump.settle()
    folder.document.undo()
    assert folder.counts() == [0] * 5
    folder.document.redo()
    assert folder.counts() == [3] * 5


def test_a_second_sweep_adds_nothing_that_is_there(folder):
    folder.start()
    folder.pump.settle()
    folder.start()
    folder.pump.settle()
    assert folder.counts() == [3] * 5
    assert folder.reports[-1].known == 15


def test_only_two_frames_are_asked_for_at_a_time(folder):
    folder.pump.session.gate.clear()
    folder.start()
    assert folder.pump.desk.open_tickets == IN_FLIGHT
    folder.pump.session.gate.set()
    folder.pump.settle()


def test_an_urgent_request_is_answered_in_between(folder):
    order = []
    folder.pump.session.gate.clear()
    folder.start()
    folder.pump.desk.ask(
        EncodeFrame(folder.frames()[0]),
        lane="urgent",
        priority=Priority.CLICK,
        listener=Listener(silent, lambda _: order.append(len(folder.progress))),
    )
    folder.pump.session.gate.set()
    folder.pump.settle()
    assert order[0] <= 1


def test_cancel_keeps_what_was_found(folder):
    folder.start()
    while not folder.progress:
        folder.pump.step()
    folder.sweeping.cancel()
    folder.pump.settle()
    (report,) = folder.reports
    assert report.is_cancelled
    assert sum(folder.counts()) == report.found >= 3
    assert report.frames < 5


def test_abandoning_ends_it_at_once_and_hears_nothing_more(folder):
    folder.start()
    while not folder.progress:
        folder.pump.step()
    folder.sweeping.abandon()
    (report,) = folder.reports
    found = sum(folder.counts())
    assert report.is_cancelled
    assert not folder.sweeping.is_running
    folder.pump.settle()
    assert len(folder.reports) == 1
    assert sum(folder.counts()) == found == report.found


def test_cancelling_nothing_does_nothing(folder):
    folder.sweeping.cancel()
    folder.sweeping.abandon()
    assert folder.reports == []


def test_a_failing_frame_is_counted_and_the_rest_goes_on(folder):
    folder.pump.session.fail_with = FileTrouble("The picture is gone.")
    folder.start()
    folder.pump.settle()
    (report,) = folder.reports
    assert (report.frames, report.failed) == (4, 1)
    assert sorted(folder.counts()) == [0, 3, 3, 3, 3]


def test_a_picture_taken_out_of_the_project_meanwhile_is_counted(folder):
    folder.pump.session.gate.clear()
    folder.start()
    folder.document.do(RemoveMedia((folder.media[0],)))
    folder.pump.session.gate.set()
    folder.pump.settle()
    (report,) = folder.reports
    assert report.failed == 1
    assert report.found == 12


def test_a_category_taken_out_of_the_project_meanwhile_ends_the_sweep(folder):
    folder.pump.session.gate.clear()
    folder.start()
    folder.document.do(RemoveCategory(folder.category))
    folder.pump.session.gate.set()
    folder.pump.settle()
    assert "no longer in the project" in str(folder.troubles[0])
    assert folder.reports[0].is_cancelled
    assert len(folder.progress) <= IN_FLIGHT


def test_answers_to_an_abandoned_sweep_do_not_count_for_the_next(folder):
    folder.pump.session.gate.clear()
    folder.pump.session.began.clear()
    folder.start()
    assert folder.pump.session.began.wait(20)
    late = folder.sweeping._run
    folder.sweeping.abandon()
    folder.start(threshold=0.9)
    folder.pump.session.gate.set()
    folder.pump.settle()
    assert late.found == late.done == 0
    assert folder.progress == [(number, 5) for number in range(1, 6)]
    assert folder.counts() == [1] * 5


def test_finds_that_lie_under_others_where_nothing_may_overlap_are_known(folder):
    category = folder.document.project.category(folder.category)
    folder.document.do(EditCategory(replace(category, is_exclusive=True)))
    over = FrameMask(FrameIndex(0), Mask.from_box(PixelBox(0, 0, WIDTH, HEIGHT)))
    folder.document.do(AddObjects((NewObject(folder.media[0], folder.category, (over,)),)))
    folder.start()
    folder.pump.settle()
    (report,) = folder.reports
    assert (report.frames, report.found, report.known, report.failed) == (5, 12, 3, 0)


def test_a_full_disk_is_told_once_and_ends_the_sweep(folder, monkeypatch):
    folder.start()

    def full(*_args, **_more):
        raise FileTrouble("The disk is full.", "Make room.")

    monkeypatch.setattr(folder.sweeping._run.step, "do", full, raising=False)
    folder.pump.settle()
    assert [str(one) for one in folder.troubles] == ["The disk is full. Make room."]
    assert folder.reports[0].is_cancelled
    assert folder.counts() == [0] * 5


def test_what_makes_no_sense_is_refused(folder):
    with pytest.raises(Rejected, match="Type what to find"):
        folder.start(phrase=" ")
    with pytest.raises(Rejected):
        folder.sweeping.start(folder.document, [], folder.wish(), fake_info())
    folder.pump.session.gate.clear()
    folder.start()
    with pytest.raises(Rejected, match="running already"):
        folder.start()
    folder.pump.session.gate.set()
    folder.pump.settle()
