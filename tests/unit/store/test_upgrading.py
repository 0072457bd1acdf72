"""Projects of older versions: brought up to date after a backup, all or nothing."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from sam3_annotator.errors import FileTrouble, ProjectTrouble
from sam3_annotator.store import schema
from sam3_annotator.store.database import Database, read_version
from sam3_annotator.workflow.document import Document
from tests.support.projects import snapshot, square

GOLDEN = Path(__file__).parents[2] / "golden" / "projects" / "version1.s3a"


def test_an_older_file_is_upgraded_after_a_backup(closed, monkeypatch):
    path, state = closed

    def add_table(connection):
        connection.exec_driver_sql("CREATE TABLE notes (id INTEGER PRIMARY KEY)")

    present, kept = schema.MIGRATIONS, path.with_name(f"p.version{schema.schema_version()}.s3a")
    monkeypatch.setattr(schema, "MIGRATIONS", (*present, add_table))
    document = Document.open(path)
    assert snapshot(document) == state
    document.close()
    assert kept.exists()
    Document.open(path).close()
    monkeypatch.setattr(schema, "MIGRATIONS", present)
    with pytest.raises(ProjectTrouble, match="newer"):
        Document.open(path)
    Document.open(kept).close()


def test_a_failing_upgrade_changes_nothing(closed, monkeypatch):
    path, state = closed

    def fail(connection):
        connection.exec_driver_sql("DELETE FROM annotations")
        raise sqlite3.OperationalError("database or disk is full")

    present = schema.MIGRATIONS
    monkeypatch.setattr(schema, "MIGRATIONS", (*present, fail))
    with pytest.raises(FileTrouble):
        Document.open(path)
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
    monkeypatch.setattr(schema, "MIGRATIONS", present)
    document = Document.open(path)
    assert snapshot(document) == state
    document.close()


def test_a_backup_is_whole_and_replaces_nothing(tmp_path, monkeypatch):
    path, kept = tmp_path / "p.s3a", tmp_path / "p.version1.s3a"
    shutil.copyfile(GOLDEN, path)
    kept.write_bytes(b"precious")

    def fail(_, target):
        target.write_bytes(b"half a ba")
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Database, "back_up", fail)
        with pytest.raises(FileTrouble, match="No space left"):
            Document.open(path)
    assert {entry.name for entry in tmp_path.iterdir()} == {path.name, kept.name}
    assert read_version(path) == 1
    Document.open(path).close()
    assert kept.read_bytes() == b"precious"
    assert read_version(tmp_path / "p.version1 2.s3a") == 1
    assert read_version(path) == schema.schema_version()


def test_the_golden_project_of_version_1_opens(tmp_path):
    path = tmp_path / "golden.s3a"
    shutil.copyfile(GOLDEN, path)
    document = Document.open(path)
    project = document.project
    assert [media.path for media in project.media.values()] == ["clip.mp4", "a.jpg"]
    assert [category.name for category in project.categories.values()] == ["bus", "car"]
    assert document.mask(1, 5) == square(12, 9)
    assert project.masklet(1).at(5).author == "anna"
    assert [comment.text for comment in project.contents(1).comments.values()] == ["blurred"]
    while document.undo_title:
        document.undo()
    assert not project.media
    while document.redo_title:
        document.redo()
    assert document.mask(1, 5) == square(12, 9)
    document.close()


def test_an_upgrade_that_is_still_in_the_log_is_not_made_twice(closed, monkeypatch):
    path, state = closed
    times, version = [], schema.schema_version()
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, times.append))
    monkeypatch.setattr(Database, "checkpoint", lambda _: None)
    document = Document.open(path)
    for end in ("", "-wal"):
        shutil.copyfile(f"{path}{end}", path.with_name(f"killed.s3a{end}"))
    document.close()
    assert read_version(path.with_name("killed.s3a")) == version
    again = Document.open(path.with_name("killed.s3a"))
    assert len(times) == 1
    assert snapshot(again) == state
    again.close()
