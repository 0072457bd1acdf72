"""Media that lie outside the project's folder: exports stay where they belong and come back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sam3_annotator.io.export_names import with_inner_names
from sam3_annotator.io.registry import FORMATS, export_labels, import_labels
from tests.support.labels import disjoint, only_clips, sample, shapes_of, target_of

OUTSIDE = ("../town/a.jpg", "/mnt/disk/scan.tif", "C:\\films\\run.mp4")


def moved(names=OUTSIDE):
    """The sample, its three media under other names."""
    labels = sample()
    media = zip(labels.media, names, strict=True)
    return replace(labels, media=tuple(replace(entry, name=name) for entry, name in media))


def names_of(labels):
    return [entry.name for entry in labels.media]


def test_names_inside_stay_as_they_are():
    labels = sample()
    assert with_inner_names(labels) is labels


def test_what_leads_out_is_taken_from_the_front_and_told():
    found = with_inner_names(moved())
    assert names_of(found) == ["town/a.jpg", "mnt/disk/scan.tif", "films/run.mp4"]
    assert len(found.notes) == 1
    assert found.notes[0].endswith("as if they lay in it: ../town/a.jpg is town/a.jpg.")


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (("../a.jpg", "a.jpg", "../../A.JPG"), ["a (2).jpg", "a.jpg", "A (3).JPG"]),
        (("..", "/", ".."), ["media", "media (2)", "media"]),
        (("a/../../b.c/d", "../x\ny.png", "b.c/d"), ["a/b.c/d", "xy.png", "b.c/d"]),
    ],
)
def test_two_media_never_get_one_name(names, found):
    assert names_of(with_inner_names(moved(names))) == found


@pytest.mark.parametrize("chosen", FORMATS, ids=lambda chosen: chosen.key)
def test_exports_stay_in_their_folder_and_come_back_whole(tmp_path, chosen):
    labels = moved(("../../../town/a.jpg", str(tmp_path / "scan.tif"), "../../run.mp4"))
    labels = labels if chosen.holds_pictures else only_clips(labels)
    labels = labels if chosen.holds_overlaps else disjoint(labels)
    folder = tmp_path / "deep" / "down"
    folder.mkdir(parents=True)
    target = target_of(chosen.key, folder)
    report = export_labels(chosen.key, labels, target)
    assert not report.differences
    outside = [p for p in tmp_path.rglob("*") if p.is_file() and target not in (p, *p.parents)]
    assert not outside
    if chosen.importer is not None:
        back = import_labels(chosen.key, [target]).labels
        assert {shape[-1] for shape in shapes_of(back)} == {s[-1] for s in shapes_of(labels)}
