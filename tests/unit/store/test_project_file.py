from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import struct
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from sam3_annotator.errors import FileTrouble, ProjectTrouble
from sam3_annotator.store import project_file, schema
from sam3_annotator.store.lock import ProjectLock
from sam3_annotator.store.salvage import salvage_copy
from sam3_annotator.workflow.document import Document
from tests.support.projects import Made, snapshot

if TYPE_CHECKING:
    from pathlib import Path


def _fingerprint(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_nothing_but_the_project_file_is_left_after_closing(closed):
    path, _ = closed
    assert [entry.name for entry in path.parent.iterdir()] == ["p.s3a"]


def test_a_second_window_is_refused(closed):
    path, state = closed
    first = Document.open(path, "anna")
    with pytest.raises(FileTrouble, match="already open by anna"):
        Document.open(path, "bob")
    with pytest.raises(FileTrouble, match="already open by anna"):
        Document.create(path, "bob")
    assert snapshot(first) == state
    first.close()
    first.close()
    Document.open(path, "bob").close()


def test_another_process_is_refused_and_let_in_after_a_kill(closed):
    path, state = closed
    code = (
        "import sys; from pathlib import Path; from sam3_annotator.workflow.document import "
        f"Document; held = Document.open(Path({str(path)!r}), 'eve'); print('open', flush=True); "
        "sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout.readline() == b"open\n"
        with pytest.raises(FileTrouble, match="already open by eve"):
            Document.open(path)
        child.kill()
        child.wait()
    document = Document.open(path)
    assert snapshot(document) == state
    document.close()


def test_a_file_that_exists_is_not_overwritten(tmp_path):
    path = tmp_path / "p.s3a"
    path.write_bytes(b"precious")
    with pytest.raises(FileTrouble, match="exists already"):
        Document.create(path)
    assert path.read_bytes() == b"precious"
    assert [entry.name for entry in tmp_path.iterdir()] == ["p.s3a"]


def test_a_missing_project_is_told(tmp_path):
    with pytest.raises(FileTrouble, match="cannot be opened"):
        Document.open(tmp_path / "none.s3a")
    with pytest.raises(FileTrouble, match="cannot be written"):
        Document.create(tmp_path / "nowhere" / "p.s3a")
    assert not list(tmp_path.iterdir())


def _newer(path):
    data = bytearray(path.read_bytes())
    data[60:64] = struct.pack(">I", 99)
    path.write_bytes(data)


def _versionless(path):
    data = bytearray(path.read_bytes())
    data[60:64] = struct.pack(">I", 0)
    path.write_bytes(data)


def _truncated(path):
    os.truncate(path, path.stat().st_size // 2)


def _scribbled(path):
    data = bytearray(path.read_bytes())
    for page in range(2, len(data) // 4096):
        data[page * 4096 : page * 4096 + 64] = b"\xaa" * 64
    path.write_bytes(data)


def _beheaded(path):
    path.write_bytes(b"\0" * 200 + path.read_bytes()[200:])


def _text(path):
    path.write_text("not a project at all, though long enough " * 10)


def _empty(path):
    path.write_bytes(b"")


def _foreign(path):
    path.unlink()
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE t (x)")
    other.commit()
    other.close()


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (_newer, "newer version"),
        (_versionless, "damaged"),
        (_truncated, "damaged"),
        (_scribbled, "damaged"),
        (_beheaded, "not a SAM 3 Annotator project"),
        (_text, "not a SAM 3 Annotator project"),
        (_empty, "not a SAM 3 Annotator project"),
        (_foreign, "not a SAM 3 Annotator project"),
    ],
)
def test_a_newer_or_damaged_file_is_told_and_not_touched(closed, harm, words):
    path, _ = closed
    harm(path)
    before = _fingerprint(path.parent)
    with pytest.raises(ProjectTrouble, match=words) as trouble:
        Document.open(path)
    assert trouble.value.remedy
    assert _fingerprint(path.parent) == before


def test_what_is_readable_of_a_damaged_file_can_be_saved(closed, tmp_path):
    path, _ = closed
    _harm_a_mask(path)
    before = _fingerprint(tmp_path)
    target = tmp_path / "saved.s3a"
    report = salvage_copy(path, target)
    assert {k: v for k, v in _fingerprint(tmp_path).items() if k != "saved.s3a"} == before
    assert report.rows["objects"] == 2
    assert report.lost_masks > 0
    document = Document.open(target)
    for item in document.project.objects(1):
        for note in document.project.masklet(item.id).annotations():
            if note.blob_id is not None:
                assert document.mask(item.id, note.frame) is not None
    document.close()


def test_salvaging_a_whole_file_loses_nothing(closed, tmp_path):
    path, state = closed
    report = salvage_copy(path, tmp_path / "saved.s3a")
    assert report.lost_masks == 0
    document = Document.open(tmp_path / "saved.s3a")
    assert snapshot(document) == state
    assert not document.history()
    document.close()


def test_a_copy_beside_keeps_the_history(closed):
    path, state = closed
    document = Document.open(path)
    document.save_copy(path.with_name("copy.s3a"))
    with pytest.raises(FileTrouble, match="onto itself"):
        document.save_copy(path)
    document.close()
    copy = Document.open(path.with_name("copy.s3a"))
    assert snapshot(copy) == state
    assert copy.undo_title
    copy.close()


def test_a_copy_elsewhere_still_finds_its_media(closed, tmp_path):
    path, _ = closed
    document = Document.open(path)
    there = tmp_path / "deep" / "er"
    there.mkdir(parents=True)
    document.save_copy(there / "copy.s3a")
    wanted = document.media_path(1)
    document.close()
    copy = Document.open(there / "copy.s3a")
    assert copy.media_path(1) == wanted
    assert copy.project.media[1].path == "../../clip.mp4"
    assert not copy.history()
    copy.close()
    assert [entry.name for entry in there.iterdir()] == ["copy.s3a"]


def test_a_copy_takes_the_place_of_another_project_and_of_its_log(closed, tmp_path):
    path, state = closed
    other = Made(tmp_path / "other.s3a")
    document = Document.open(path)
    with pytest.raises(FileTrouble, match="already open by anna"):
        document.save_copy(other.path)
    for end in ("", "-wal"):
        shutil.copyfile(f"{other.path}{end}", tmp_path / f"killed.s3a{end}")
    other.close()
    document.save_copy(tmp_path / "killed.s3a")
    document.close()
    copy = Document.open(tmp_path / "killed.s3a")
    assert snapshot(copy) == state
    copy.close()


def test_a_copy_that_cannot_be_written_leaves_nothing(closed, tmp_path):
    path, _ = closed
    document = Document.open(path)
    with pytest.raises(FileTrouble):
        document.save_copy(tmp_path / "nowhere" / "copy.s3a")
    assert [e.name for e in tmp_path.iterdir() if "copy" in e.name] == []
    document.close()


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX permissions")
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_told(closed):
    path, _ = closed
    path.parent.chmod(0o500)
    try:
        with pytest.raises(FileTrouble, match="cannot be written"):
            Document.open(path)
    finally:
        path.parent.chmod(0o700)


def test_a_project_that_cannot_be_made_leaves_nothing(tmp_path, monkeypatch):
    def fail(_connection):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(schema.METADATA, "create_all", fail)
    with pytest.raises(FileTrouble, match="no space"):
        Document.create(tmp_path / "p.s3a")
    assert not list(tmp_path.iterdir())
    monkeypatch.undo()
    Document.create(tmp_path / "p.s3a").close()


def test_a_lock_that_was_just_released_by_another_is_taken_again(closed, monkeypatch):
    path, _ = closed
    answers = iter([False, False, True])
    monkeypatch.setattr(ProjectLock, "_is_current", lambda *_: next(answers))
    Document.open(path).close()
    monkeypatch.setattr(ProjectLock, "_is_current", lambda *_: False)
    with pytest.raises(FileTrouble, match="being opened elsewhere"):
        Document.open(path)


def test_a_lock_without_words_still_holds(closed):
    path, _ = closed
    document = Document.open(path)
    path.with_name("p.s3a.lock").write_bytes(b"")
    with pytest.raises(FileTrouble, match="already open in another window"):
        Document.open(path)
    document.close()


@pytest.mark.parametrize("name", ["a b?c=1#d%20.s3a", "项目 ü.s3a"])
def test_any_name_a_file_may_have_will_do(tmp_path, name):
    if sys.platform == "win32" and "?" in name:
        pytest.skip("Windows allows no question mark")
    made = Made(tmp_path / name)
    state = snapshot(made.document)
    made.reopen()
    assert snapshot(made.document) == state
    made.document.save_copy(tmp_path / f"copy of {name}")
    made.close()
    assert {entry.name for entry in tmp_path.iterdir()} == {name, f"copy of {name}"}


def _harm_a_mask(path):
    """Break the page of a mask that nobody reads while opening."""
    data = bytearray(path.read_bytes())
    page = data.rfind(b"S3M1") // 4096
    data[page * 4096 : page * 4096 + 16] = b"\xaa" * 16
    path.write_bytes(data)


def test_damage_is_found_even_where_opening_does_not_look(closed):
    path, _ = closed
    _harm_a_mask(path)
    with pytest.raises(ProjectTrouble, match="damaged"):
        Document.open(path)


def test_large_files_are_read_through_after_an_unclean_end_only(closed, monkeypatch):
    path, _ = closed
    monkeypatch.setattr(project_file, "_CHECKED_ALWAYS_BYTES", 0)
    checked = []
    check = project_file.check_integrity
    monkeypatch.setattr(
        project_file,
        "check_integrity",
        lambda path, **how: (checked.append(how), check(path, **how))[1],
    )
    document = Document.open(path)
    document.undo()
    copy = path.with_name("killed.s3a")
    for end in ("", "-wal"):
        shutil.copyfile(f"{path}{end}", f"{copy}{end}")
    document.close()
    assert checked == []
    Document.open(copy).close()
    assert checked == [{"has_log": True}]
    os.truncate(path, path.stat().st_size - 4096)
    with pytest.raises(ProjectTrouble, match="bytes where"):
        Document.open(path)
