"""Files are whole or not there: full disk, interruption, folders that are not ours, devices."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import pytest

from sam3_annotator.errors import FileTrouble
from sam3_annotator.io import atomic
from sam3_annotator.io.atomic import (
    check_new_folder,
    check_writable,
    make_folder,
    new_folder,
    write_file,
)


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), FileTrouble),
        (KeyboardInterrupt(), KeyboardInterrupt),
        (MemoryError(), MemoryError),
    ],
)
@pytest.mark.parametrize("is_there", [True, False])
def test_what_ends_in_the_middle_leaves_the_old_file_alone(
    tmp_path, monkeypatch, error, raised, is_there
):
    target = tmp_path / "labels.json"
    if is_there:
        target.write_text("old")

    def fail(_):
        raise error

    monkeypatch.setattr(atomic.os, "fsync", fail)
    with pytest.raises(raised):
        write_file(target, b"new")
    assert [p.name for p in tmp_path.iterdir()] == ["labels.json"] * is_there
    assert not is_there or target.read_text() == "old"


def test_a_folder_interrupted_in_the_middle_leaves_nothing(tmp_path):
    def write():
        with new_folder(tmp_path / "out") as folder:
            (folder / "half").write_text("a")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write()
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="named pipes are no files there")
def test_a_pipe_or_device_is_written_to_and_stays_what_it_is(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_file(pipe, b"labels")
        assert os.read(reader, 100) == b"labels"
    finally:
        os.close(reader)
    assert pipe.is_fifo()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_device_that_takes_nothing_is_told():
    with pytest.raises(FileTrouble, match="disk is full"):
        write_file(Path("/dev/full"), b"labels")


def test_a_target_is_checked_before_the_work(tmp_path):
    check_writable(tmp_path / "new.json")
    (tmp_path / "old.json").write_text("{}")
    check_writable(tmp_path / "old.json")
    with pytest.raises(FileTrouble, match="directory"):
        check_writable(tmp_path)
    with pytest.raises(FileTrouble, match="does not exist"):
        check_writable(tmp_path / "no" / "new.json")
    check_new_folder(tmp_path / "a" / "b")
    with pytest.raises(FileTrouble, match="already holds files"):
        check_new_folder(tmp_path)
    with pytest.raises(FileTrouble, match="may not be written"):
        check_new_folder(tmp_path / "old.json" / "b")


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    make_folder(tmp_path / "a" / "b")
    make_folder(tmp_path / "a" / "b")
    (tmp_path / "file").write_text("")
    with pytest.raises(FileTrouble, match="was not written"):
        make_folder(tmp_path / "file")
