"""Rows to labels and back: scopes, matching of media, one step, nothing lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sam3_annotator.domain.commands import (
    AddCategory,
    AddMedia,
    AddModelPass,
    AddObjects,
    EditCategory,
    FrameMask,
    NewObject,
    ObjectFrames,
    SetFlags,
    SetMask,
    SetMasks,
    SetReview,
)
from sam3_annotator.domain.entities import FrameFlag, MediaKind, ReviewState, Source
from sam3_annotator.domain.ids import CategoryId, FrameIndex, MediaId, ObjectId, PassId
from sam3_annotator.io.exchange import (
    CategoryEntry,
    ImportData,
    Labels,
    MaskEntry,
    MediaEntry,
    ObjectEntry,
)
from sam3_annotator.workflow.document import Document
from sam3_annotator.workflow.exchanging import STRETCH, Scope, collect_labels, finished
from sam3_annotator.workflow.importing import bring_in, known_media
from tests.support.projects import HEIGHT, WIDTH, clip, picture, square, ticking


class Shelf:
    """A project of two pictures and a clip with three objects."""

    def __init__(self, path) -> None:
        self.document = Document.create(path, "anna", ticking())
        made = self.document.do(AddMedia((picture("a.jpg"), picture("b.jpg"), clip()))).made
        self.a, self.b, self.clip = (MediaId(one) for one in made)
        self.bus = CategoryId(self.document.do(AddCategory("bus", "#112233")).made[0])
        self.car = CategoryId(self.document.do(AddCategory("car")).made[0])
        self.first = self.add(self.a, self.bus, (0,))
        self.second = self.add(self.a, self.car, (0,))
        self.third = self.add(self.clip, self.bus, (0, 3, 7))

    def add(self, media, category, frames):
        masks = tuple(FrameMask(FrameIndex(f), square(4 + f, 4), 0.8) for f in frames)
        new = NewObject(media, category, masks, origin="box", score=0.9, attributes=(("x", 1.0),))
        return ObjectId(self.document.do(AddObjects((new,))).made[0])

    def labels(self, scope=None):
        return finished(collect_labels(self.document.project, scope or Scope()))


@pytest.fixture
def shelf(tmp_path):
    made = Shelf(tmp_path / "p.s3a")
    yield made
    made.document.close()


def test_everything_is_collected_with_its_facts(shelf):
    labels = shelf.labels()
    assert [entry.name for entry in labels.media] == ["a.jpg", "b.jpg", "clip.mp4"]
    assert [entry.name for entry in labels.categories] == ["bus", "car"]
    assert labels.categories[0].color == "#112233"
    assert len(labels.objects) == 3
    assert labels.objects[0].score == 0.9
    assert labels.objects[0].attributes == (("x", 1.0),)
    assert [(entry.object, entry.frame) for entry in labels.masks] == [
        (shelf.first, 0), (shelf.second, 0), (shelf.third, 0), (shelf.third, 3), (shelf.third, 7),
    ]  # fmt: skip
    assert labels.masks[3].mask == square(7, 4)


def test_progress_goes_by_frames_and_a_long_clip_is_done_in_stretches(shelf, tmp_path):
    (long,) = shelf.document.do(AddMedia((clip(3 * STRETCH, "long.mp4"),))).made
    item = shelf.add(long, shelf.bus, range(0, 3 * STRETCH, 2))
    steps = list(collect_labels(shelf.document.project, Scope()))
    total = 2 + 20 + 3 * STRETCH
    assert [steps[0], steps[-1]] == [(1, total), (total, total)]
    assert steps == sorted(steps)
    assert 22 < steps[-3][0] < steps[-2][0]
    labels = shelf.labels()
    other = Document.create(tmp_path / "q.s3a", "ben", ticking())
    other.do(AddMedia((clip(3 * STRETCH, "long.mp4"), picture("a.jpg"))))
    told = list(bring_in(other, ImportData(labels), {}, "Import"))
    assert told == sorted(told)
    assert told[-1] == (total, total)
    assert len([one for one in told if 22 < one[0] < total]) >= 1
    (again,) = other.project.objects(MediaId(1))
    assert other.project.masklet(again.id).frames.tolist() == list(range(0, 3 * STRETCH, 2))
    for frame in (0, STRETCH, 3 * STRETCH - 2):
        assert other.mask(again.id, frame) == shelf.document.mask(item, frame)
    other.undo()
    assert not other.project.objects(MediaId(1))
    other.close()


def test_a_long_object_that_is_hidden_at_first_is_made_where_it_comes_out(shelf):
    bus = shelf.document.project.category(shelf.bus)
    shelf.document.do(EditCategory(replace(bus, is_exclusive=True)))
    (long,) = shelf.document.do(AddMedia((clip(3 * STRETCH, "long.mp4"),))).made
    over = tuple(FrameMask(FrameIndex(f), square(0, 0, 40)) for f in range(STRETCH + 5))
    shelf.document.do(AddObjects((NewObject(long, shelf.bus, over),)))
    labels = Labels(
        (MediaEntry(1, "long.mp4", MediaKind.CLIP, WIDTH, HEIGHT, 3 * STRETCH),),
        (CategoryEntry(1, "bus"),),
        (ObjectEntry(1, 1, 1),),
        tuple(MaskEntry(1, frame, square(4, 4)) for frame in range(3 * STRETCH)),
    )
    summary = finished(bring_in(shelf.document, ImportData(labels), {}, "Import"))
    assert (summary.objects, summary.warnings) == (1, ())
    _, made = shelf.document.project.objects(long)
    frames = shelf.document.project.masklet(made.id).frames.tolist()
    assert frames == list(range(STRETCH + 5, 3 * STRETCH))


@pytest.mark.parametrize(
    ("make", "objects", "media"),
    [
        (lambda s: Scope(media=frozenset([s.a])), 2, 1),
        (lambda s: Scope(objects=frozenset([s.third])), 1, 3),
        (lambda s: Scope(categories=frozenset([s.car])), 1, 3),
        (lambda s: Scope(with_empty=False), 3, 2),
    ],
)
def test_scopes(shelf, make, objects, media):
    labels = shelf.labels(make(shelf))
    assert len(labels.objects) == objects
    assert len(labels.media) == media


@pytest.mark.parametrize("span", [(), (FrameIndex(0), FrameIndex(0))])
def test_rejected_objects_stay_out_unless_wanted(shelf, span):
    shelf.document.do(SetReview((shelf.first,), ReviewState.REJECTED, *span))
    labels = shelf.labels()
    assert len(labels.objects) == 2
    assert [str(note) for note in labels.notes] == [
        "Left out: one mask that a reviewer rejected.",
        "Nothing is left of one object.",
    ]
    everything = shelf.labels(Scope(with_rejected=True))
    assert (len(everything.objects), everything.notes) == (3, ())


def test_rejected_frames_stay_out_until_they_are_corrected(shelf):
    shelf.document.do(SetReview((shelf.third,), ReviewState.REJECTED, FrameIndex(2), FrameIndex(9)))
    frames = [e.frame for e in shelf.labels().masks if e.object == shelf.third]
    assert frames == [0]
    shelf.document.do(SetMask(shelf.third, FrameIndex(3), square(30, 30)))
    labels = shelf.labels()
    frames = [e.frame for e in labels.masks if e.object == shelf.third]
    assert frames == [0, 3]
    assert [str(note) for note in labels.notes] == ["Left out: one mask that a reviewer rejected."]
    assert len(shelf.labels(Scope(with_rejected=True)).masks) == 5


def test_masks_come_with_their_run_and_verdict(shelf):
    document = shelf.document
    (run,) = document.do(AddModelPass("mini", "ab" * 32, '{"legs": []}')).made
    masks = (FrameMask(FrameIndex(5), square(9, 9), 0.9),)
    document.do(SetMasks((ObjectFrames(shelf.third, masks),), Source.MODEL, PassId(run)))
    document.do(SetReview((shelf.third,), ReviewState.ACCEPTED, FrameIndex(5), FrameIndex(7)))
    labels = shelf.labels()
    found = {e.frame: (e.run, e.review) for e in labels.masks if e.object == shelf.third}
    accepted, proposed = ReviewState.ACCEPTED, ReviewState.PROPOSED
    assert found == {
        0: (None, proposed), 3: (None, proposed), 5: (run, accepted), 7: (None, accepted),
    }  # fmt: skip
    assert [(r.key, r.model, r.weights_hash) for r in labels.runs] == [(run, "mini", "ab" * 32)]


def test_absence_is_told_without_a_mask(shelf):
    shelf.document.do(SetFlags((shelf.third,), FrameIndex(3), FrameIndex(3), FrameFlag.ABSENT))
    entry = next(e for e in shelf.labels().masks if e.object == shelf.third and e.frame == 3)
    assert entry.mask.is_empty
    assert entry.flags & FrameFlag.ABSENT


def test_out_and_in_again_gives_the_same_masks(shelf, tmp_path):
    labels = shelf.labels()
    other = Document.create(tmp_path / "q.s3a", "ben", ticking())
    other.do(AddMedia((picture("b.jpg"), clip(), picture("a.jpg"))))
    summary = finished(bring_in(other, ImportData(labels, ("a warning",)), {}, "Import x"))
    assert (summary.media, summary.categories, summary.objects) == (0, 2, 3)
    assert summary.warnings == ("a warning",)
    assert summary.left_out == ()
    again = finished(collect_labels(other.project, Scope()))
    assert sorted(m.mask.blob_id for m in again.masks) == sorted(
        m.mask.blob_id for m in labels.masks
    )
    assert {m.source for m in again.masks} == {Source.IMPORTED}
    assert {o.attributes for o in again.objects} == {(("x", 1.0),)}
    other.undo()
    assert finished(collect_labels(other.project, Scope())).objects == ()
    assert other.project.categories == {}
    other.close()


def test_media_that_the_project_lacks_come_from_files_or_are_left_out(shelf, tmp_path):
    other = Document.create(tmp_path / "q.s3a", "ben", ticking())
    labels = shelf.labels()
    files = {labels.media[0].key: picture("moved/a.jpg")}
    summary = finished(bring_in(other, ImportData(labels), files, "Import"))
    assert summary.media == 1
    assert summary.objects == 2
    assert summary.left_out == ("b.jpg", "clip.mp4")
    assert [media.path for media in other.project.media.values()] == ["moved/a.jpg"]
    other.close()


def test_categories_of_the_same_name_are_one(shelf):
    entry = MediaEntry(1, "a.jpg", MediaKind.IMAGE, WIDTH, HEIGHT)
    labels = Labels(
        (entry,),
        (CategoryEntry(1, "BUS"), CategoryEntry(2, "Van")),
        (ObjectEntry(1, 1, 1), ObjectEntry(2, 1, 2)),
        (MaskEntry(1, 0, square(1, 1)),),
    )
    summary = finished(bring_in(shelf.document, ImportData(labels), {}, "Import"))
    assert summary.categories == 1
    names = [category.name for category in shelf.document.project.categories.values()]
    assert names == ["bus", "car", "Van"]


def test_what_lies_under_others_where_nothing_may_overlap_is_left_out_and_told(shelf):
    bus = shelf.document.project.category(shelf.bus)
    shelf.document.do(EditCategory(replace(bus, is_exclusive=True)))
    labels = Labels(
        (MediaEntry(1, "a.jpg", MediaKind.IMAGE, WIDTH, HEIGHT),),
        (CategoryEntry(1, "bus"),),
        (ObjectEntry(1, 1, 1), ObjectEntry(2, 1, 1)),
        (MaskEntry(1, 0, square(31, 21, 2)), MaskEntry(2, 0, square(30, 20))),
    )
    summary = finished(bring_in(shelf.document, ImportData(labels), {}, "Import"))
    assert summary.objects == 1
    (warning,) = summary.warnings
    assert warning.startswith("Left out: one object")


def media_entry(name, content="", width=WIDTH, page=0):
    return MediaEntry(9, name, MediaKind.IMAGE, width, HEIGHT, 1, page, content)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (media_entry("other/name.jpg", "hash of b.jpg"), "b"),
        (media_entry("a.jpg"), "a"),
        (media_entry("train/a.jpg"), "a"),
        (media_entry("train/a.jpg", "unknown hash"), "a"),
        (media_entry("a.jpg", width=1), None),
        (media_entry("a.jpg", page=3), None),
        (media_entry("nowhere.jpg"), None),
    ],
)
def test_media_are_known_by_content_path_or_unique_name(shelf, entry, expected):
    found = known_media(shelf.document.project, Labels((entry,), (), (), ()))
    assert found == ({} if expected is None else {9: getattr(shelf, expected)})


def test_a_name_that_fits_two_media_fits_none(shelf):
    shelf.document.do(AddMedia((picture("x/same.jpg"), picture("y/same.jpg"))))
    project = shelf.document.project
    ambiguous = Labels((media_entry("z/same.jpg"),), (), (), ())
    assert known_media(project, ambiguous) == {}
    exact = Labels((media_entry("y/same.jpg"),), (), (), ())
    assert project.media[known_media(project, exact)[9]].path == "y/same.jpg"
