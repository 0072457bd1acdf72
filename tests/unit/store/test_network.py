from __future__ import annotations

import sqlite3
import sys

import pytest

from sam3_annotator.domain.media_paths import real_path, stored_path
from sam3_annotator.errors import FileTrouble, ProjectTrouble
from sam3_annotator.store import database
from sam3_annotator.store.database import translated
from sam3_annotator.store.network import is_on_network
from sam3_annotator.workflow.document import Document
from tests.support.projects import Made, snapshot

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/lab {folder}/lab nfs4 rw 0 0
//nas/share {folder}/my\\040share cifs rw 0 0
tmpfs {folder}/lab/local tmpfs rw 0 0
broken line
"""


@pytest.mark.skipif(sys.platform == "win32", reason="reads a table of mounts")
def test_network_drives_are_told_from_local_ones(tmp_path):
    table = tmp_path / "mounts"
    table.write_text(MOUNTS.format(folder=tmp_path))
    assert is_on_network(tmp_path / "lab" / "deep" / "p.s3a", table)
    assert is_on_network(tmp_path / "my share" / "p.s3a", table)
    assert not is_on_network(tmp_path / "lab" / "local" / "p.s3a", table)
    assert not is_on_network(tmp_path / "p.s3a", table)
    assert not is_on_network(tmp_path / "p.s3a", tmp_path / "no such table")


def test_a_project_on_a_network_drive_does_without_a_log(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "is_on_network", lambda _: True)
    made = Made(tmp_path / "p.s3a")
    with made.document._file.database.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "delete"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    state = snapshot(made.document)
    made.reopen()
    assert snapshot(made.document) == state
    made.close()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("database or disk is full", FileTrouble),
        ("attempt to write a readonly database", FileTrouble),
        ("database is locked", FileTrouble),
        ("disk I/O error", FileTrouble),
        ("unable to open database file", FileTrouble),
        ("database disk image is malformed", ProjectTrouble),
        ("file is not a database", ProjectTrouble),
    ],
)
def test_errors_of_the_world_are_told_with_a_remedy(tmp_path, text, kind):
    with pytest.raises(kind) as trouble, translated(tmp_path / "p.s3a"):
        raise sqlite3.OperationalError(text)
    assert trouble.value.remedy
    assert "p.s3a" in trouble.value.message


def test_our_own_mistakes_pass_through(tmp_path):
    with pytest.raises(sqlite3.OperationalError), translated(tmp_path / "p.s3a"):
        raise sqlite3.OperationalError("no such table: typo")


def test_a_program_that_holds_the_file_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "_BUSY_TIMEOUT_MS", 1)
    made = Made(tmp_path / "p.s3a")
    other = sqlite3.connect(made.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    before = snapshot(made.document)
    with pytest.raises(FileTrouble, match="another program"):
        made.document.undo()
    other.execute("ROLLBACK")
    other.close()
    assert snapshot(made.document) == before
    made.document.undo()
    made.close()


def test_a_missing_mask_is_told(tmp_path):
    made = Made(tmp_path / "p.s3a")
    made.close()
    raw = sqlite3.connect(made.path)
    raw.execute("DELETE FROM blobs")
    raw.commit()
    raw.close()
    document = Document.open(made.path)
    with pytest.raises(ProjectTrouble, match="missing"):
        document.mask(made.objects[0], 0)
    document.close()


def test_a_damaged_mask_is_told(tmp_path):
    made = Made(tmp_path / "p.s3a")
    made.close()
    raw = sqlite3.connect(made.path)
    raw.execute("UPDATE blobs SET data = x'00'")
    raw.commit()
    raw.close()
    document = Document.open(made.path)
    with pytest.raises(ProjectTrouble, match="damaged"):
        document.mask(made.objects[0], 0)
    document.close()


def test_media_paths_are_relative_with_slashes(tmp_path):
    folder = tmp_path / "projects"
    stored = stored_path(tmp_path / "media" / "a b.jpg", folder)
    assert stored == "../media/a b.jpg"
    assert real_path(stored, folder) == tmp_path / "media" / "a b.jpg"
    assert stored_path(folder / "x.jpg", folder) == "x.jpg"
    assert real_path("/elsewhere/x.jpg", folder).as_posix().endswith("/elsewhere/x.jpg")
