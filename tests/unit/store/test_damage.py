"""Damaged project files: they are told of, never touched, and what is readable is saved."""

from __future__ import annotations

import os
import shutil
import sqlite3

import numpy as np
import pytest

from sam3_annotator.domain.commands import AddObjects, NewObject, SetMask
from sam3_annotator.domain.mask import Mask
from sam3_annotator.errors import ProjectTrouble
from sam3_annotator.store import project_file, schema
from sam3_annotator.store.database import Database
from sam3_annotator.store.salvage import salvage_copy
from sam3_annotator.workflow.document import Document
from tests.support.projects import Made, snapshot

PAGE = 4096
FRAMES = 260


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A project of several pages of masks and annotations; its folder is copied for each test."""
    folder = tmp_path_factory.mktemp("large")
    made, dice = Made(folder / "p.s3a", frame_count=FRAMES), np.random.default_rng(5)
    for frame in range(1, FRAMES):
        ragged = Mask.from_array(dice.random((24, 24)) < 0.5, 10, 10)
        made.document.do(SetMask(made.objects[0], frame, ragged))
    made.close()
    return made.path


@pytest.fixture
def path(large, tmp_path):
    shutil.copyfile(large, tmp_path / "p.s3a")
    return tmp_path / "p.s3a"


def _pages_of(path, mark):
    """Numbers of the pages that hold some bytes."""
    data = path.read_bytes()
    return [at for at in range(len(data) // PAGE) if mark in data[at * PAGE : (at + 1) * PAGE]]


def _scribble(path, page):
    data = bytearray(path.read_bytes())
    data[page * PAGE : (page + 1) * PAGE] = b"\xaa" * PAGE
    path.write_bytes(data)


def _change(path, statement):
    raw = sqlite3.connect(path)
    raw.execute(statement)
    raw.commit()
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()


def _saved(path):
    target = path.with_name("saved.s3a")
    return salvage_copy(path, target), target


def test_what_lies_between_two_bad_pages_is_saved(path):
    pages = _pages_of(path, b"S3M1")
    assert len(pages) > 4
    whole = sqlite3.connect(path).execute("SELECT count(*) FROM blobs").fetchone()[0]
    on_a_page = whole / len(pages)
    for page in (pages[1], pages[-2]):
        _scribble(path, page)
    report, target = _saved(path)
    assert whole - 4 * on_a_page < report.rows["blobs"] < whole
    document = Document.open(target)
    masklet = document.project.masklet(1)
    assert FRAMES - len(masklet) == report.lost_masks
    assert all(document.mask(1, int(frame)) is not None for frame in masklet.frames)
    document.close()


def test_of_a_file_that_was_cut_the_rest_is_saved(path):
    os.truncate(path, int(path.stat().st_size * 0.9))
    with pytest.raises(ProjectTrouble, match="damaged"):
        Document.open(path)
    report, target = _saved(path)
    assert report.rows["objects"] == 2
    document = Document.open(target)
    assert len(document.project.masklet(1)) > FRAMES / 2
    document.close()


def test_ids_are_not_given_again_where_the_record_of_them_is_lost(path):
    _change(path, "DELETE FROM sequences")
    _change(path, "DELETE FROM people")
    _, target = _saved(path)
    document = Document.open(target, "bob")
    made = document.do(AddObjects((NewObject(1, 1),))).made
    assert made == (3,)
    assert document.project.masklet(1).at(0).author == ""
    document.close()


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE objects SET review = 'scribble' WHERE id = 2",
        "UPDATE objects SET attributes = '{' WHERE id = 2",
        "UPDATE annotations SET attributes = '{' WHERE object_id = 2",
        "UPDATE annotations SET blob = x'01' WHERE object_id = 2",
    ],
)
def test_values_without_sense_are_told_and_left_out_of_the_copy(path, harm):
    _change(path, harm)
    document = Document.open(path)
    with pytest.raises(ProjectTrouble, match="damaged"):
        document.project.contents(1)
    document.close()
    _, target = _saved(path)
    document = Document.open(target)
    assert len(document.project.masklet(1)) == FRAMES
    document.close()


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE changes SET after = x'00112233' WHERE id = (SELECT max(id) FROM changes)",
        "UPDATE changes SET target = 'scribble' WHERE id = (SELECT max(id) FROM changes)",
        "UPDATE steps SET title = CAST(x'ff41' AS TEXT)",
    ],
)
def test_a_damaged_step_is_told_and_nothing_is_undone(path, harm):
    document = Document.open(path)
    before = snapshot(document)
    raw = document._file.database
    with raw.transaction() as connection:
        connection.exec_driver_sql(harm)
    with pytest.raises(ProjectTrouble, match="damaged"):
        (document.history() and document.undo())
    assert snapshot(document) == before
    document.close()


@pytest.mark.parametrize("wording", ["{", "7", '["{a", {"a": 1}]', '["{b} {c}", {"b": 1}]', "[]"])
def test_a_step_whose_wording_is_damaged_is_told_in_english(path, wording):
    _change(path, f"UPDATE steps SET wording = '{wording}'")
    document = Document.open(path)
    assert document.undo_title == "Edit mask: bus 1"
    document.undo()
    document.close()


def test_a_newer_file_is_refused_even_when_only_its_log_says_so(path, monkeypatch):
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, lambda _: None))
    monkeypatch.setattr(Database, "checkpoint", lambda _: None)
    document = Document.open(path)
    killed = path.with_name("killed.s3a")
    for end in ("", "-wal"):
        shutil.copyfile(f"{path}{end}", f"{killed}{end}")
    document.close()
    monkeypatch.undo()
    before = {end: path.with_name(f"killed.s3a{end}").read_bytes() for end in ("", "-wal")}
    with pytest.raises(ProjectTrouble, match="newer"):
        Document.open(killed)
    assert before == {end: path.with_name(f"killed.s3a{end}").read_bytes() for end in ("", "-wal")}


def test_salvaging_what_is_no_database_is_refused(tmp_path):
    path = tmp_path / "p.s3a"
    path.write_text("words " * 100)
    with pytest.raises(ProjectTrouble, match="Nothing"):
        salvage_copy(path, tmp_path / "saved.s3a")
    assert [entry.name for entry in tmp_path.iterdir()] == ["p.s3a"]


def test_reading_ahead_passes_over_a_bad_page_and_asking_tells(path, monkeypatch):
    _scribble(path, _pages_of(path, b"S3M1")[3])
    monkeypatch.setattr(project_file, "_CHECKED_ALWAYS_BYTES", 0)
    document = Document.open(path)
    masks, blobs = document.project.masks, document.project.contents(1).blobs_between(0, FRAMES)
    masks.preload(blobs)
    assert masks.passing(blobs) == {}
    assert 0 < sum(_is_told(masks, blob) for blob in blobs) < len(blobs) / 2
    document.close()


def _is_told(masks, blob):
    try:
        masks.get(blob)
    except ProjectTrouble:
        return True
    return False
