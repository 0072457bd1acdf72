"""The demo ends with words when it cannot go on, and takes nobody's folder away."""

from __future__ import annotations

import shutil

import pytest

from sam3_annotator.demo import Demo


@pytest.fixture
def ended(launch, qtbot, tmp_path):
    """Runs the demo in a window with the fake engine; its report."""

    def run():
        running, reports = launch(), []
        demo = Demo(running.window, tmp_path / "out", reports.append)
        demo.start()
        qtbot.waitUntil(lambda: bool(reports), timeout=60_000)
        return reports[0]

    return run


def test_a_folder_of_somebody_elses_is_left_alone(ended, tmp_path):
    theirs = tmp_path / "out" / "sample" / "precious.txt"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("mine")
    report = ended()
    assert "is not of an earlier demo" in report.trouble
    assert "--output" in report.trouble
    assert theirs.read_text() == "mine"


def test_a_full_disk_ends_it_at_once_in_words(ended, monkeypatch, tmp_path):
    def full(source, home):
        (home / "pictures").mkdir(parents=True)
        raise shutil.Error([(str(source), str(home), "[Errno 28] No space left on device")])

    monkeypatch.setattr(shutil, "copytree", full)
    report = ended()
    assert "could not be copied" in report.trouble
    assert "No space left" in report.trouble
    assert not (tmp_path / "out" / "sample").exists()
